"""XML in and out: a bounded reader, what is found in its trees, and the elements of answers.

Elements are found by their local names. Source: fact sheet 0 (11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, TreeBuilder, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

XSI = "http://www.w3.org/2001/XMLSchema-instance"
MAX_DEPTH = 50
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


class XmlError(Exception):
    """The content is not plain, shallow XML; the message says why."""


def parsed(content: bytes) -> Element:
    """The root of a document. Raises XmlError."""
    parser = DefusedXMLParser(target=_BoundedBuilder(), forbid_dtd=True)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # an unknown encoding among them
        raise XmlError(str(error)) from error
    return root


def document(root: Element) -> str:
    return _HEAD + tostring(root, encoding="unicode")


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


def texts_of(element: Element, name: str) -> list[str]:
    """The trimmed texts of all children of that name."""
    return [(child.text or "").strip() for child in children_of(element, name)]


def is_nil(element: Element) -> bool:
    return element.get(f"{{{XSI}}}nil") in ("true", "1")


def flag_of(element: Element, name: str) -> bool:
    return text_of(element, name) in ("true", "1")


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


def add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _legal(text)


def _legal(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold."""
    return _ILLEGAL.sub("", text)


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
