"""SOAP messages in and out: requests, answers and faults.

Source: fact sheet 7.1, 7.8 and 0 (6, 11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import XSI, XmlError, add, child_of, document, local_name, parsed, text_of

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER = "urn:partner.soap.sforce.com"
SOBJECT = "urn:sobject.partner.soap.sforce.com"
FAULT = "urn:fault.partner.soap.sforce.com"
METADATA = "http://soap.sforce.com/2006/04/metadata"
MEDIA_TYPE = "text/xml; charset=utf-8"


_QUERY_FAULTS = {
    "MALFORMED_QUERY": "MalformedQueryFault",
    "INVALID_FIELD": "InvalidFieldFault",
    "INVALID_TYPE": "InvalidSObjectFault",
    "MALFORMED_SEARCH": "MalformedSearchFault",
}
_KINDS = {
    **_QUERY_FAULTS,
    "INVALID_LOGIN": "LoginFault",
    "LOGIN_MUST_USE_SECURITY_TOKEN": "LoginFault",
    "INVALID_QUERY_LOCATOR": "InvalidQueryLocatorFault",
    "MALFORMED_ID": "InvalidIdFault",
}
_PLACE = re.compile(r"ERROR at Row:(\d+):Column:(\d+)")


class SoapFaultError(Exception):
    """The whole call is refused. Source: fact sheet 7.8."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 500,
        headers: Mapping[str, str] | None = None,
        client: bool = False,
        namespace: str = FAULT,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers or {}
        self.client = client
        """The message itself is wrong: `soapenv:Client`, without a detail."""
        self.namespace = namespace
        """Of the code; only those of the partner API have a detail."""

    def reply(self) -> Reply:
        return Reply(self.status, text=self._xml(), media_type=MEDIA_TYPE, headers=self.headers)

    def _xml(self) -> str:
        fault = Element("soapenv:Fault")
        if self.client:
            add(fault, "faultcode", "soapenv:Client")
            add(fault, "faultstring", self.message)
            return _enveloped(fault, {"xmlns:soapenv": SOAP})
        add(fault, "faultcode", f"sf:{self.code}")
        add(fault, "faultstring", f"{self.code}: {self.message}")
        if self.namespace != FAULT:
            return _enveloped(fault, {"xmlns:soapenv": SOAP, "xmlns:sf": self.namespace})
        kind = f"sf:{_KINDS.get(self.code, 'UnexpectedErrorFault')}"
        detail = SubElement(SubElement(fault, "detail"), kind, {"xsi:type": kind})
        add(detail, "sf:exceptionCode", self.code)
        add(detail, "sf:exceptionMessage", self.message)
        if self.code in _QUERY_FAULTS:
            where = _PLACE.search(self.message)
            add(detail, "sf:row", where[1] if where else "-1")
            add(detail, "sf:column", where[2] if where else "-1")
        return _enveloped(fault, {"xmlns:soapenv": SOAP, "xmlns:sf": FAULT, "xmlns:xsi": XSI})


def malformed(message: str) -> SoapFaultError:
    return SoapFaultError("Client", message, client=True)


@dataclass(frozen=True)
class Message:
    """A request: what is asked, and the headers around it. Elements are found by their local names."""

    operation: str
    body: Element
    headers: Mapping[str, Element]

    @property
    def session_id(self) -> str:
        header = self.headers.get("SessionHeader")
        return "" if header is None else text_of(header, "sessionId") or ""


def read(content: bytes) -> Message:
    """The message in a request body. Raises SoapFaultError for anything but plain, shallow XML."""
    try:
        envelope = parsed(content)
    except XmlError as error:
        raise malformed(f"Unable to parse the message: {error}") from error
    body = child_of(envelope, "Body")
    asked = None if body is None else next(iter(body), None)
    if local_name(envelope) != "Envelope" or asked is None:
        raise malformed("No operation was found: the message needs an Envelope with a Body")
    header = child_of(envelope, "Header")
    headers = {local_name(element): element for element in (header if header is not None else ())}
    return Message(local_name(asked), asked, headers)


def answer(operation: str, results: list[Element]) -> Reply:
    """A successful answer with its results."""
    response = Element(f"{operation}Response")
    response.extend(results)
    namespaces = {"xmlns:soapenv": SOAP, "xmlns": PARTNER, "xmlns:xsi": XSI, "xmlns:sf": SOBJECT}
    return Reply(200, text=_enveloped(response, namespaces), media_type=MEDIA_TYPE)


def _enveloped(content: Element, namespaces: Mapping[str, str]) -> str:
    envelope = Element("soapenv:Envelope", dict(namespaces))
    SubElement(envelope, "soapenv:Body").append(content)
    return document(envelope)
