"""JSON or XML: in which an answer is written, and how a record is read from XML.

Everything is answered as JSON, and turned into XML here for those who ask for it; composite requests and Bulk 2.0 know
JSON only. Source: fact sheet 3.1 and the REST API Developer Guide on formats; names of roots that no source tells are
in `unverified`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.exchange.media_types import XML_TYPES
from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import XSI, XmlError, document, is_nil, local_name, parsed, value
from infra.simulator.org.values import text_for
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure

_JSON_TYPES = frozenset({"application/json", "application/*", "*/*"})
_JSON_ONLY = re.compile(r"/(?:composite|jobs)(?:/.*)?", re.IGNORECASE)
_NAMED_RECORD = re.compile(r"[^?]*/sobjects/[^/]+/[^/]+/.*", re.IGNORECASE)
"""A path that ends with the value of a key, which may end like a suffix."""
_OBJECT = re.compile(r"/sobjects/([^/]+)(?:/.*)?", re.IGNORECASE)
_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE)


def without_suffix(path: str) -> tuple[str, str | None]:
    """A path without the `.json` or `.xml` at its end, and which of them it was."""
    end = path[-5:].lower()
    if _NAMED_RECORD.fullmatch(path) or not end.endswith((".json", ".xml")):
        return path, None
    stem, _, suffix = path.rpartition(".")
    return stem, suffix.lower()


@dataclass(frozen=True)
class Format:
    """How an answer is written."""

    is_xml: bool = False
    pretty: bool = False

    @classmethod
    def asked_for(cls, request: Request, path: str, suffix: str | None = None) -> Format:
        """What a request wishes; its path begins after the version. A suffix counts for more than a header."""
        wishes_xml = suffix == "xml" if suffix else _prefers_xml(request.headers.get("accept", ""))
        return cls(wishes_xml and not _JSON_ONLY.fullmatch(path), request.headers.get("x-prettyprint") == "1")

    def written(self, reply: Reply, path: str, object_names: Iterable[str] = ()) -> Response:
        """The answer on the wire. The names tell how to spell the object in the path."""
        if self.is_xml and reply.body is not None:
            root = _root(reply.body, path, object_names)
            root.set("xmlns:xsi", XSI)
            if self.pretty:
                ElementTree.indent(root)
            reply = replace(reply, text=document(root), media_type="application/xml;charset=UTF-8")
        return reply.response(pretty=self.pretty)


def fields_from_xml(content: bytes) -> dict[str, Any]:
    """The fields of a record: nil and empty elements are null. Raises SalesforceError."""
    try:
        return _fields(parsed(content))
    except XmlError as error:
        raise failure(400, "XML_PARSER_ERROR", unverified.BAD_XML.format(reason=error)) from error


def _fields(element: Element) -> dict[str, Any]:
    return {local_name(child): _content(child) for child in element}


def _content(element: Element) -> Any:
    if is_nil(element):
        return None
    return _fields(element) if len(element) else (element.text or "").strip() or None


def _prefers_xml(accept: str) -> bool:
    """Whether XML comes before JSON in an Accept header; what the header does not name does not count."""
    if "xml" not in accept.lower():
        return False
    wishes = []
    for place, part in enumerate(accept.split(",")):
        media_type, *parameters = part.split(";")
        qualities = (found[1] for text in parameters if (found := _QUALITY.fullmatch(text)))
        wishes.append((-float(next(qualities, "1")), place, media_type.strip().lower()))
    known = [media_type for _, _, media_type in sorted(wishes) if media_type in XML_TYPES | _JSON_TYPES]
    return bool(known) and known[0] in XML_TYPES


def _root(body: Any, path: str, object_names: Iterable[str]) -> Element:
    """The whole answer, under a name that tells what it is."""
    if isinstance(body, list):
        name, item = _list_names(body)
        return _structure(name, {item: body})
    if "success" in body:
        return _element("Result", body)
    if "totalSize" in body:
        return _element("QueryResult", body)
    if "attributes" in body:
        return _element(body["attributes"]["type"], body)
    found = _OBJECT.fullmatch(path)
    if found:
        wanted = found[1].lower()
        return _element(next((name for name in object_names if name.lower() == wanted), found[1]), body)
    return _element(unverified.XML_ROOTS.get(path.strip("/").lower(), unverified.XML_ROOT), body)


def _list_names(items: list[Any]) -> tuple[str, str]:
    """What a list is called, and each of its items."""
    first = items[0] if items and isinstance(items[0], dict) else {}
    if "errorCode" in first:
        return "Errors", "Error"
    return next((names for key, names in unverified.XML_LISTS.items() if key in first), (unverified.XML_ROOT, "item"))


def _element(name: str, content: Any) -> Element:
    if not isinstance(content, Mapping):
        return value(name, text_for(content))
    made = _structure(name, {key: part for key, part in content.items() if key != "attributes"})
    for key, text in content.get("attributes", {}).items():
        made.set(key, str(text))
    return made


def _structure(name: str, content: Mapping[str, Any]) -> Element:
    """Keys as elements; a list is its items one after the other, each under the key."""
    made = Element(name)
    for key, part in content.items():
        made.extend(_element(key, item) for item in (part if isinstance(part, list) else [part]))
    return made
