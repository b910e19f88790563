"""XML for those who ask for it."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from tests.infra.simulator.conftest import REST, OrgClient, error_of

XML = {"Accept": "application/xml"}
XML_BODY = {"Content-Type": "application/xml", **XML}
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SPAN = "start=2026-03-17T09:00:00Z&end=2026-03-17T10:00:00Z"


async def answer(org: OrgClient, path: str) -> Element:
    response = await org.send("GET", path, headers=XML)
    assert response.headers["Content-Type"] == "application/xml;charset=UTF-8"
    root: Element = fromstring(response.text)
    return root


async def test_a_record_is_an_element_of_its_object(org: OrgClient) -> None:
    lead_id = await org.create(FirstName="Ada", Company="A & B <\uffff>", NumberOfEmployees=12)

    lead = await answer(org, f"/sobjects/lead/{lead_id}")

    assert (lead.tag, lead.attrib) == ("Lead", {"type": "Lead", "url": f"{REST}/sobjects/Lead/{lead_id}"})
    fields = ("Id", "Company", "NumberOfEmployees", "IsConverted", "CreatedDate")
    assert [lead.findtext(name) for name in fields] == [lead_id, "A & B <>", "12", "false", "2026-03-17T09:30:00.000Z"]
    title = lead.find("Title")
    assert title is not None
    assert title.get(NIL) == "true"
    assert [part.tag for part in lead] == [*(await org.read(lead_id))][1:]


async def test_a_query_is_a_result_with_records_and_their_parents(org: OrgClient) -> None:
    account = await org.create("Account", Name="Acme")
    await org.create("Contact", LastName="Okafor", AccountId=account)
    soql = "SELECT Id, Owner.Name, (SELECT LastName FROM Contacts) FROM Account"

    result = await answer(org, f"/query?q={soql}")

    [record] = result.findall("records")
    assert (result.tag, result.findtext("done"), result.findtext("totalSize")) == ("QueryResult", "true", "1")
    assert record.attrib == {"type": "Account", "url": f"{REST}/sobjects/Account/{account}"}
    assert (record.findtext("Contacts/totalSize"), record.findtext("Contacts/records/LastName")) == ("1", "Okafor")
    owner = record.find("Owner")
    assert owner is not None
    assert owner.get("type") == "User"


@pytest.mark.parametrize(
    ("path", "root", "inside"),
    [
        ("", "Urls", "sobjects"),
        ("/sobjects", "DescribeGlobal", "sobjects/name"),
        ("/sobjects/LEAD", "Lead", "objectDescribe/keyPrefix"),
        ("/sobjects/lead/describe", "Lead", "fields/picklistValues/value"),
        (f"/sobjects/lead/updated?{SPAN}", "Lead", "latestDateCovered"),
        (f"/sobjects/lead/deleted?{SPAN}", "Lead", "earliestDateAvailable"),
        ("/limits", "LimitsSnapshot", "DailyApiRequests/Max"),
        ("/limits/recordCount", "Response", "sObjects/count"),
        ("/search?q=FIND {okafor}", "SearchResults", "searchRecords/Id"),
        ("/recent", "Records", "records/Name"),
        ("/tabs", "Tabs", "Tab/colors/color"),
        ("/theme", "Theme", "themeItems/name"),
        ("/query?explain=SELECT Id FROM Lead", "Response", "plans/sobjectType"),
        ("/actions", "Response", "standard"),
    ],
)
async def test_every_resource_has_its_xml(org: OrgClient, path: str, root: str, inside: str) -> None:
    await org.read(await org.create())

    found = await answer(org, path)

    assert found.tag == root
    assert found.findtext(inside)


async def test_the_versions_are_told_in_xml_too(org: OrgClient) -> None:
    response = await org.http.get("/services/data", headers={"Accept": BROWSER})

    versions = fromstring(response.text)
    assert versions.tag == "Versions"
    assert [version.findtext("version") for version in versions.findall("Version")][-1] == "67.0"


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "code"),
    [
        ("GET", "/sobjects/Nope", {}, 404, "NOT_FOUND"),
        ("GET", "/query?q=SELECT", {}, 400, "MALFORMED_QUERY"),
        ("GET", "/limits", {"token": "dead"}, 401, "INVALID_SESSION_ID"),
        ("POST", "/sobjects/Lead", {"json": {}}, 400, "REQUIRED_FIELD_MISSING"),
        ("PUT", "/sobjects/Lead", {}, 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_errors_are_elements(
    org: OrgClient, method: str, path: str, request_: dict[str, Any], status: int, code: str
) -> None:
    org.access_token = request_.pop("token", org.access_token)

    response = await org.send(method, path, headers=XML, **request_)

    errors = fromstring(response.text)
    assert (response.status_code, errors.tag, errors.findtext("Error/errorCode")) == (status, "Errors", code)
    assert errors.findtext("Error/message")
    fields = ["LastName", "Company"] if code == "REQUIRED_FIELD_MISSING" else []
    assert [each.text for each in errors.iter("fields")] == fields


@pytest.mark.parametrize(
    ("accept", "suffix", "is_xml"),
    [
        ("application/xml", "", True),
        ("text/xml", "", True),
        ("APPLICATION/XML; charset=utf-8", "", True),
        (BROWSER, "", True),
        ("application/json, application/xml", "", False),
        ("application/xml;q=0.5, application/json", "", False),
        ("application/json;q=0.5, application/xml;q=0.6", "", True),
        ("application/xml;q=nonsense", "", True),
        ("*/*", "", False),
        ("", "", False),
        ("image/png", "", False),
        ("*/*", ".xml", True),
        ("*/*", ".XML", True),
        ("application/xml", ".json", False),
        ("application/xml", ".pdf", None),
    ],
)
@pytest.mark.parametrize("resource", ["/limits", "/sobjects/Lead/describe", "/sobjects/Lead/{id}"])
async def test_header_or_suffix_say_which_format(
    org: OrgClient, resource: str, accept: str, suffix: str, is_xml: bool | None
) -> None:
    path = resource.format(id=await org.create()) + suffix

    response = await org.send("GET", path, headers={"Accept": accept})

    if is_xml is None:
        assert response.status_code == 404
    else:
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("application/xml" if is_xml else "application/json")


async def test_a_key_may_end_like_a_suffix(org: OrgClient) -> None:
    await org.change_org(unique_external_id="Key__c")

    created = await org.send("PATCH", "/sobjects/Lead/Key__c/a.xml", json={"LastName": "A", "Company": "B"})

    assert created.status_code == 201
    assert [lead["Key__c"] for lead in await org.query("SELECT Key__c FROM Lead")] == ["a.xml"]


async def test_composite_requests_and_bulk_jobs_know_json_only(org: OrgClient) -> None:
    part = {"method": "GET", "url": f"{REST}/limits", "referenceId": "a"}

    composite = await org.send("POST", "/composite", json={"compositeRequest": [part]}, headers=XML)
    jobs = await org.send("GET", "/jobs/ingest", headers=XML)

    assert composite.json()["compositeResponse"][0]["body"]["DailyApiRequests"]
    assert jobs.json()["records"] == []


async def test_pretty_xml_is_indented(org: OrgClient) -> None:
    pretty = await org.send("GET", "/actions", headers={**XML, "X-PrettyPrint": "1"})
    plain = await org.send("GET", "/actions", headers=XML)

    assert "\n  <standard>" in pretty.text
    assert "\n" not in plain.text


async def write(org: OrgClient, method: str, path: str, fields: str) -> httpx.Response:
    namespace = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    body = f'<?xml version="1.0" encoding="UTF-8"?><Lead {namespace}>{fields}</Lead>'
    return await org.send(method, path, content=body.encode(), headers=XML_BODY)


async def test_a_record_is_created_changed_and_upserted_in_xml(org: OrgClient) -> None:
    await org.change_org(unique_external_id="Key__c")
    fields = "<LastName>Müller &amp; Co</LastName><Company>B</Company><Title>CEO</Title>"
    changes = '<Title xsi:nil="true"/><Phone/><NumberOfEmployees>5</NumberOfEmployees>'

    created = await write(org, "POST", "/sobjects/Lead", f"{fields}<HasOptedOutOfFax>1</HasOptedOutOfFax>")
    result = fromstring(created.text)
    lead_id = result.findtext("id") or ""
    changed = await write(org, "PATCH", f"/sobjects/Lead/{lead_id}", changes)
    upserted = await write(org, "PATCH", "/sobjects/Lead/Key__c/1", "<LastName>B</LastName><Company>C</Company>")

    lead = await org.read(lead_id)
    assert (created.status_code, result.tag, result.findtext("success")) == (201, "Result", "true")
    assert (lead["LastName"], lead["HasOptedOutOfFax"]) == ("Müller & Co", True)
    assert (changed.status_code, changed.content, lead["Title"], lead["NumberOfEmployees"]) == (204, b"", None, 5)
    assert (upserted.status_code, fromstring(upserted.text).findtext("created")) == (201, "true")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "LastName",
        "<Lead>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><Lead><LastName>&a;</LastName></Lead>",
        "<Lead>" * 60 + "</Lead>" * 60,
        "<Lead><LastName>\x00</LastName></Lead>",
    ],
)
async def test_what_is_no_xml_is_refused(org: OrgClient, body: str) -> None:
    response = await org.send("POST", "/sobjects/Lead", content=body, headers={"Content-Type": "application/xml"})

    assert error_of(response) == (400, "XML_PARSER_ERROR")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("<LastName>A</LastName>", "REQUIRED_FIELD_MISSING"),
        ("<LastName><a>b</a></LastName><Company>B</Company>", "JSON_PARSER_ERROR"),
        ("<Nope>1</Nope>", "INVALID_FIELD"),
    ],
)
async def test_a_wrong_record_in_xml_is_refused_as_one_in_json_is(org: OrgClient, fields: str, code: str) -> None:
    response = await write(org, "POST", "/sobjects/Lead", fields)

    assert (response.status_code, fromstring(response.text).findtext("Error/errorCode")) == (400, code)


async def test_only_records_are_read_from_xml(org: OrgClient) -> None:
    response = await org.send("POST", "/composite", content="<a/>", headers={"Content-Type": "application/xml"})

    assert error_of(response) == (415, "UNSUPPORTED_MEDIA_TYPE")
