"""What batches of Bulk API 1.0 bring: records as CSV, JSON or XML.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from infra.simulator.bulk.csv_format import CsvFormat
from infra.simulator.bulk.errors import invalid_batch
from infra.simulator.bulk.loader import Record
from infra.simulator.exchange.xml_tree import XmlError, child_of, is_nil, local_name, parsed
from infra.simulator.schema import unverified

MAX_BYTES = 10_000_000
MAX_RECORDS = 10_000
Content = tuple[list[str], list[Record]]
"""The names of the fields in a batch, and its records."""
_ABOUT_A_PARENT = ("type", "attributes")
"""What says of which object a parent is, where a reference may lead to several."""


def records_in(content: bytes, content_type: str) -> Content:
    """Read a batch. Raises SalesforceError InvalidBatch."""
    try:
        names, records = _READERS[content_type](content)
    except UnicodeDecodeError as error:
        raise invalid_batch(unverified.NOT_UTF8.format(place=error.start)) from error
    if not records:
        raise invalid_batch("Records not found")
    if len(records) > MAX_RECORDS:
        raise invalid_batch(unverified.TOO_MANY_IN_BATCH.format(most=MAX_RECORDS))
    return names, records


def _from_csv(content: bytes) -> Content:
    form = CsvFormat(line_ending=None)
    header, *rows = form.read(content.decode()) or [[]]
    return header, [form.record(header, row) for row in rows]


def _from_json(content: bytes) -> Content:
    text = content.decode()
    try:
        records = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise invalid_batch(unverified.BAD_JSON_BATCH.format(reason=error)) from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise invalid_batch(unverified.BAD_JSON_BATCH.format(reason="it is no list of records"))
    return _named([_flat(record) for record in records])


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number in JSON")


def _flat(record: dict[str, Any]) -> Record:
    """The fields of a record; those of a parent as `Owner.Username`."""
    values: dict[str, Any] = {}
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, dict):
            keys = {f"{name}.{key}": inner for key, inner in value.items() if key not in _ABOUT_A_PARENT}
            values.update(keys or {name: value})
        else:
            values[name] = value
    return values


def _from_xml(content: bytes) -> Content:
    try:
        root = parsed(content)
    except XmlError as error:
        raise invalid_batch(unverified.BAD_XML_BATCH.format(reason=error)) from error
    if local_name(root) != "sObjects":
        raise invalid_batch(unverified.BAD_XML_BATCH.format(reason="the root is no sObjects"))
    return _named([_of_element(element) for element in root if local_name(element) == "sObject"])


def _of_element(element: Element) -> Record:
    values: dict[str, Any] = {}
    for child in element:
        name = local_name(child)
        if len(child):
            parent = child_of(child, "sObject")
            keys = [] if parent is None else [key for key in parent if local_name(key) not in _ABOUT_A_PARENT]
            inner: dict[str, Any] = {f"{name}.{local_name(key)}": (key.text or "").strip() for key in keys}
            values.update(inner or {name: {}})
        elif is_nil(child):
            values[name] = None
        elif (child.text or "").strip():
            values[name] = child.text
    return values


def _named(records: list[Record]) -> Content:
    return [*dict.fromkeys(name for record in records for name in record)], records


_READERS: dict[str, Callable[[bytes], Content]] = {"CSV": _from_csv, "JSON": _from_json, "XML": _from_xml}
