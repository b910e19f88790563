"""The envelope carries any text, and nothing but Salesforce's envelope is read."""

import json
import re
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.inputs import ConvertOptions
from infra.salesforce.wire import soap
from infra.salesforce.wire.answers import NoAnswerError

LEAD = "00Q000000000001AAA"
PARTNER = "{urn:partner.soap.sforce.com}"
XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


def sent(token: str = "t", options: ConvertOptions | None = None) -> dict[str, str | None]:
    xml = soap.convert_lead(token, LEAD, "Closed - Converted", options or ConvertOptions())
    return {element.tag.removeprefix(PARTNER): element.text for element in ET.fromstring(xml).iter()}


def answer(body: str, status: int = 200) -> httpx.Response:
    envelope = f"""<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
        xmlns="urn:partner.soap.sforce.com"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"""
    return httpx.Response(status, text=envelope)


@given(XML_TEXT)
def test_text_survives_the_envelope(token: str) -> None:
    assert (sent(token)["sessionId"] or "") == token


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]).filter(str.isprintable) | st.sampled_from("\t\r\n"))


@given(LINES)
def test_a_merged_value_keeps_every_letter_and_line_end(text: str) -> None:
    assert (merged(text) or "") == text


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.booleans())
def test_a_merged_value_is_written_without_exponent_and_loses_nothing(value: float | bool) -> None:
    text = merged(value) or ""

    assert re.fullmatch(r"-?\d+(\.\d+)?|true|false", text)
    assert type(value)(json.loads(text)) == value


def merged(value: object) -> str | None:
    """How the value is written into the record that stays, as a parser of XML reads it."""
    xml = soap.merge_leads("t", LEAD, [LEAD], {"Value__c": value})
    return next(element.text for element in ET.fromstring(xml).iter() if element.tag.endswith("}Value__c"))


def test_no_opportunity_is_made_unless_asked_for() -> None:
    assert sent()["doNotCreateOpportunity"] == "true"
    assert sent(options=ConvertOptions(create_opportunity=True))["doNotCreateOpportunity"] == "false"
    assert "opportunityName" not in sent()


def test_a_duplicate_is_allowed_only_when_asked_for() -> None:
    assert "allowSave" not in sent()
    assert sent(options=ConvertOptions(allow_duplicate=True))["allowSave"] == "true"


def test_a_result_holds_the_ids() -> None:
    body = f"""<convertLeadResponse><result>
        <accountId>001A</accountId><contactId>003A</contactId><leadId>{LEAD}</leadId>
        <opportunityId xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/><success>true</success>
        </result></convertLeadResponse>"""

    result = soap.convert_result(soap.soap_answer(answer(body)))

    assert (result.success, result.account_id, result.contact_id, result.opportunity_id) == (True, "001A", "003A", None)


def test_a_refused_lead_tells_why() -> None:
    body = """<convertLeadResponse><result><accountId/><contactId/><errors><fields>Status</fields>
        <message>invalid convertedStatus: Foo</message><statusCode>INVALID_STATUS</statusCode></errors>
        <success>false</success></result></convertLeadResponse>"""

    result = soap.convert_result(soap.soap_answer(answer(body)))

    assert not result.success
    assert [(each["errorCode"], each["fields"]) for each in result.errors] == [("INVALID_STATUS", ["Status"])]


def test_a_duplicate_tells_the_rule_and_the_matches() -> None:
    body = """<convertLeadResponse><result><errors><duplicateResult><allowSave>false</allowSave>
        <duplicateRule>Accounts</duplicateRule><matchResults><matchRecords><record><type>Account</type><Id>001A</Id>
        </record></matchRecords></matchResults></duplicateResult><message>Use one of these records?</message>
        <statusCode>DUPLICATES_DETECTED</statusCode></errors><success>false</success></result></convertLeadResponse>"""

    [told] = soap.convert_result(soap.soap_answer(answer(body))).errors

    assert told["duplicateResult"]["allowSave"] is False
    assert told["duplicateResult"]["duplicateRule"] == "Accounts"
    assert told["duplicateResult"]["matchResults"] == [{"matchRecords": [{"record": {"Id": "001A"}}]}]


def test_a_fault_of_the_server_itself_leaves_open_what_was_done() -> None:
    body = "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>oops</faultstring></soapenv:Fault>"

    assert soap.soap_answer(answer(body, 500)).status == 500


def test_a_fault_reads_like_an_error_over_rest() -> None:
    body = """<soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode>
        <faultstring>INVALID_SESSION_ID: Invalid Session ID found</faultstring></soapenv:Fault>"""

    fault = soap.soap_answer(answer(body, 500))

    assert fault.status == 401
    assert fault.problems[0].code == "INVALID_SESSION_ID"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>maintenance</body></html>",
        "not xml",
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
    ],
)
def test_anything_else_is_no_answer(text: str) -> None:
    with pytest.raises(NoAnswerError):
        soap.soap_answer(httpx.Response(200, text=text))


@pytest.mark.parametrize("status", [410, 429])
def test_some_statuses_say_enough_without_an_envelope(status: int) -> None:
    answer = soap.soap_answer(httpx.Response(status, html="<h1>no</h1>", headers={"Retry-After": "3"}))

    assert (answer.status, answer.problems, answer.headers["retry-after"]) == (status, [], "3")
