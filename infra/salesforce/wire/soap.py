"""What only the SOAP API offers, converting, merging and undeleting: envelope out, results in.

Source: fact sheet 7.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import httpx
from defusedxml import ElementTree as SafeET
from defusedxml.common import DefusedXmlException

from domain.values.inputs import ConvertOptions
from infra.salesforce.wire.answers import ENOUGH_WITHOUT_BODY, Answer, NoAnswerError, retry_after

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_PARTNER = "urn:partner.soap.sforce.com"
_SOBJECT = "urn:sobject.partner.soap.sforce.com"
ET.register_namespace("soapenv", _ENVELOPE)

_FAULT_STATUS = {
    "INVALID_SESSION_ID": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "API_DISABLED_FOR_ORG": 403,
    "API_CURRENTLY_DISABLED": 403,
    "SERVER_UNAVAILABLE": 503,
    "UNKNOWN_EXCEPTION": 500,
}
"""The HTTP status that REST answers with for the same code; other codes of Salesforce mean 400."""


@dataclass(frozen=True)
class ConvertResult:
    """What became of one lead."""

    success: bool
    account_id: str | None
    contact_id: str | None
    opportunity_id: str | None
    errors: list[dict[str, Any]]
    """In the shape of REST's."""


def convert_lead(access_token: str, lead_id: str, status: str, options: ConvertOptions) -> bytes:
    """The envelope of a `convertLead` call for one lead.

    Source: fact sheet 7.1, 7.2.
    """
    envelope, call = _envelope(access_token, "convertLead", allow_duplicate=options.allow_duplicate)
    convert = _add(call, "leadConverts")
    for name, value in _lead_convert(lead_id, status, options).items():
        if value is not None:
            _add(convert, name, value)
    return _text_of(envelope)


def undelete(access_token: str, record_id: str) -> bytes:
    """The envelope of an `undelete` call for one record.

    Source: fact sheet 7.7.
    """
    envelope, call = _envelope(access_token, "undelete")
    _add(call, "ids", record_id)
    return _text_of(envelope)


def merge_leads(access_token: str, master_id: str, others: Sequence[str], record: Mapping[str, Any]) -> bytes:
    """The envelope of a `merge` call: the others into the master, which gets the values of the record.

    Source: fact sheet 7.7.
    """
    envelope, call = _envelope(access_token, "merge", allow_duplicate=True)
    request = _add(call, "request")
    master = _add(request, "masterRecord")
    for name, value in {"type": "Lead", "Id": master_id, **record}.items():
        ET.SubElement(master, f"{{{_SOBJECT}}}{name}").text = _written(value)
    for other in others:
        _add(request, "recordToMergeIds", other)
    return _text_of(envelope)


def _envelope(access_token: str, operation: str, *, allow_duplicate: bool = False) -> tuple[ET.Element, ET.Element]:
    """An envelope, and in it the element of the call."""
    envelope = ET.Element(f"{{{_ENVELOPE}}}Envelope")
    header = ET.SubElement(envelope, f"{{{_ENVELOPE}}}Header")
    _add(_add(header, "SessionHeader"), "sessionId", access_token)
    _add(_add(header, "CallOptions"), "client", "salesforce-lead-gateway")
    if allow_duplicate:
        rule = _add(header, "DuplicateRuleHeader")
        _add(rule, "allowSave", "true")
        _add(rule, "includeRecordDetails", "false")
        _add(rule, "runAsCurrentUser", "true")
    return envelope, _add(ET.SubElement(envelope, f"{{{_ENVELOPE}}}Body"), operation)


def _text_of(envelope: ET.Element) -> bytes:
    xml: bytes = ET.tostring(envelope, encoding="utf-8", xml_declaration=True)
    # A bare carriage return would be read as a line feed.
    return xml.replace(b"\r", b"&#13;")


def _lead_convert(lead_id: str, status: str, options: ConvertOptions) -> dict[str, str | None]:
    return {
        "accountId": options.account_id,
        "contactId": options.contact_id,
        "convertedStatus": status,
        "doNotCreateOpportunity": _boolean(not options.create_opportunity),
        "leadId": lead_id,
        "opportunityName": options.opportunity_name,
        "overwriteLeadSource": _boolean(options.overwrite_lead_source),
        "ownerId": options.owner_id,
        "sendNotificationEmail": _boolean(options.send_notification_email),
    }


def soap_answer(response: httpx.Response) -> Answer:
    """The element inside the body, or a fault in the shape of a REST error, so that both are read by the same rules.

    Raises NoAnswerError for anything that is not a SOAP envelope; a DTD is never accepted.
    """
    headers = dict(response.headers)
    if response.status_code in ENOUGH_WITHOUT_BODY:
        return Answer(response.status_code, None, headers)
    try:
        envelope = SafeET.fromstring(response.content, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError) as error:
        reason = f"HTTP {response.status_code}, and no SOAP envelope"
        raise NoAnswerError("not_salesforce", reason, retry_after(headers)) from error
    content = envelope.find(f"{{{_ENVELOPE}}}Body/*")
    if content is None:
        raise NoAnswerError("not_salesforce", f"HTTP {response.status_code}, and no SOAP body")
    if content.tag != f"{{{_ENVELOPE}}}Fault":
        return Answer(response.status_code, content, headers)
    prefix, _, code = (content.findtext("{*}faultcode") or "").rpartition(":")
    problem = {"errorCode": code, "message": content.findtext("{*}faultstring") or ""}
    # A fault of the SOAP server itself, unlike one of the request, leaves open what was done.
    refused = code == "Client" or (prefix == "sf" and code != "")
    return Answer(_FAULT_STATUS.get(code, 400 if refused else 500), [problem], headers)


def convert_result(answer: Answer) -> ConvertResult:
    """The result of the one lead in a `convertLeadResponse`.

    Raises NoAnswerError when there is none.
    Source: fact sheet 7.3.
    """
    result = _result(answer)
    return ConvertResult(
        success=_text(result, "success") == "true",
        account_id=_text(result, "accountId"),
        contact_id=_text(result, "contactId"),
        opportunity_id=_text(result, "opportunityId"),
        errors=[_error(error) for error in result.findall(f"{{{_PARTNER}}}errors")],
    )


def errors_of(answer: Answer) -> list[dict[str, Any]]:
    """Why the one record of an `undeleteResponse` or a `mergeResponse` was refused, in the shape of REST's errors;
    empty when it was done.

    Raises NoAnswerError when there is no result.
    Source: fact sheet 7.7.
    """
    result = _result(answer)
    if _text(result, "success") == "true":
        return []
    errors = [_error(error) for error in result.findall(f"{{{_PARTNER}}}errors")]
    return errors or [{"errorCode": "UNKNOWN_EXCEPTION", "message": "no reason given"}]


def _result(answer: Answer) -> ET.Element:
    element: Any = answer.body
    result = element.find(f"{{{_PARTNER}}}result") if isinstance(element, ET.Element) else None
    if result is None:
        raise NoAnswerError("not_salesforce", "no result in the answer to a SOAP call")
    return result


def _error(error: ET.Element) -> dict[str, Any]:
    told: dict[str, Any] = {
        "errorCode": _text(error, "statusCode") or "UNKNOWN_EXCEPTION",
        "message": _text(error, "message") or "",
        "fields": [field.text or "" for field in error.findall(f"{{{_PARTNER}}}fields")],
    }
    duplicates = error.find(f"{{{_PARTNER}}}duplicateResult")
    if duplicates is not None:
        told["duplicateResult"] = _duplicate_result(duplicates)
    return told


def _duplicate_result(result: ET.Element) -> dict[str, Any]:
    """Source: fact sheet 3.3."""
    ids = [element.text for element in result.findall(".//{*}matchRecords/{*}record/{*}Id")]
    return {
        "allowSave": result.findtext("{*}allowSave") != "false",
        "duplicateRule": result.findtext("{*}duplicateRule"),
        "matchResults": [{"matchRecords": [{"record": {"Id": record_id}} for record_id in ids]}],
    }


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_PARTNER}}}{name}")
    element.text = text
    return element


def _text(parent: ET.Element, name: str) -> str | None:
    return parent.findtext(f"{{{_PARTNER}}}{name}") or None


def _written(value: Any) -> str:
    """A value as XML Schema writes it; dates and times have come in its form already."""
    if isinstance(value, bool):
        return _boolean(value)
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def _boolean(value: bool) -> str:
    return "true" if value else "false"
