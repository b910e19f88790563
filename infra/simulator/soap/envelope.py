"""SOAP messages in and out: a bounded reader, and a writer for answers and faults.

Source: fact sheet 7.1, 7.8 and 0 (6, 11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, TreeBuilder, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from infra.simulator.exchange.reply import Reply

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER = "urn:partner.soap.sforce.com"
SOBJECT = "urn:sobject.partner.soap.sforce.com"
FAULT = "urn:fault.partner.soap.sforce.com"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MEDIA_TYPE = "text/xml; charset=utf-8"
MAX_DEPTH = 50
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


_QUERY_FAULTS = {
    "MALFORMED_QUERY": "MalformedQueryFault",
    "INVALID_FIELD": "InvalidFieldFault",
    "INVALID_TYPE": "InvalidSObjectFault",
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
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers or {}
        self.client = client
        """The message itself is wrong: `soapenv:Client`, without a detail."""

    def reply(self) -> Reply:
        return Reply(self.status, text=self._xml(), media_type=MEDIA_TYPE, headers=self.headers)

    def _xml(self) -> str:
        fault = Element("soapenv:Fault")
        if self.client:
            _add(fault, "faultcode", "soapenv:Client")
            _add(fault, "faultstring", self.message)
            return _enveloped(fault, {"xmlns:soapenv": SOAP})
        _add(fault, "faultcode", f"sf:{self.code}")
        _add(fault, "faultstring", f"{self.code}: {self.message}")
        kind = f"sf:{_KINDS.get(self.code, 'UnexpectedErrorFault')}"
        detail = SubElement(SubElement(fault, "detail"), kind, {"xsi:type": kind})
        _add(detail, "sf:exceptionCode", self.code)
        _add(detail, "sf:exceptionMessage", self.message)
        if self.code in _QUERY_FAULTS:
            where = _PLACE.search(self.message)
            _add(detail, "sf:row", where[1] if where else "-1")
            _add(detail, "sf:column", where[2] if where else "-1")
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
    parser = DefusedXMLParser(target=_BoundedBuilder(), forbid_dtd=True)
    try:
        parser.feed(content)
        envelope = parser.close()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise malformed(f"Unable to parse the message: {error}") from error
    body = child_of(envelope, "Body")
    asked = None if body is None else next(iter(body), None)
    if local_name(envelope) != "Envelope" or asked is None:
        raise malformed("No operation was found: the message needs an Envelope with a Body")
    header = child_of(envelope, "Header")
    headers = {local_name(element): element for element in (header if header is not None else ())}
    return Message(local_name(asked), asked, headers)


def local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def child_of(element: Element, name: str) -> Element | None:
    return next(children_of(element, name), None)


def children_of(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if local_name(child) == name)


def text_of(element: Element, name: str) -> str | None:
    """The trimmed text of a child; None when it is absent, nil or empty."""
    child = child_of(element, name)
    if child is None or is_nil(child):
        return None
    return (child.text or "").strip() or None


def is_nil(element: Element) -> bool:
    return element.get(f"{{{XSI}}}nil") in ("true", "1")


def flag_of(element: Element, name: str) -> bool:
    return text_of(element, name) in ("true", "1")


def answer(operation: str, results: list[Element]) -> Reply:
    """A successful answer with its results."""
    response = Element(f"{operation}Response")
    response.extend(results)
    namespaces = {"xmlns:soapenv": SOAP, "xmlns": PARTNER, "xmlns:xsi": XSI, "xmlns:sf": SOBJECT}
    return Reply(200, text=_enveloped(response, namespaces), media_type=MEDIA_TYPE)


def element(name: str, *children: Element) -> Element:
    made = Element(name)
    made.extend(children)
    return made


def value(name: str, content: str | None) -> Element:
    """An element with text, or nil."""
    made = Element(name)
    if content is None:
        made.set("xsi:nil", "true")
    else:
        made.text = _legal(content)
    return made


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _legal(text)


def _enveloped(content: Element, namespaces: Mapping[str, str]) -> str:
    envelope = Element("soapenv:Envelope", dict(namespaces))
    SubElement(envelope, "soapenv:Body").append(content)
    return _HEAD + tostring(envelope, encoding="unicode")


def _legal(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold."""
    return "".join(character for character in text if character >= " " or character in "\t\n\r")


class _BoundedBuilder(TreeBuilder):
    """Builds the tree, and refuses one that is too deep before it is built."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ValueError(f"more than {MAX_DEPTH} levels of elements")
        return super().start(tag, attrs)

    def end(self, tag: Any) -> Element:
        self._depth -= 1
        return super().end(tag)
