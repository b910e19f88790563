"""Records in XML: the `sObject` of the partner API.

Source: fact sheet 2.4 and 7.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from infra.simulator.exchange.xml_tree import is_nil, local_name, text_of, texts_of, value
from infra.simulator.org.org import Org
from infra.simulator.org.values import text_for
from infra.simulator.schema.errors import SalesforceError, failure
from infra.simulator.schema.fields import SObject

_ONLY_REST = {"urls", "sobjectDescribeOption", "details", "multirowEditLayoutSections", "offlineLinks"}
_NO_FIELDS = {"type", "fieldstonull"}


def sobject_of(org: Org, element: Element) -> SObject:
    """The object an element says it is of. Raises SalesforceError INVALID_TYPE."""
    sobject = sobject_named(org, text_of(element, "type") or "")
    if not sobject.writable:
        raise unsuitable(sobject)
    return sobject


def sobject_named(org: Org, name: str) -> SObject:
    """The object of this name. Raises SalesforceError INVALID_TYPE."""
    sobject = org.object(name)
    if sobject is None:
        raise failure(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return sobject


def unsuitable(sobject: SObject) -> SalesforceError:
    message = f"entity type {sobject.name} does not support this operation"
    return failure(400, "INVALID_TYPE_FOR_OPERATION", message)


def values_of(element: Element) -> dict[str, Any]:
    """The fields of an element: what is named in `fieldsToNull` is None, what is empty is left out."""
    values: dict[str, Any] = {}
    for child in element:
        name = local_name(child)
        if name.lower() in _NO_FIELDS or is_nil(child):
            continue
        content: Any = {} if len(child) else (child.text or "").strip()
        if content != "":
            values[name] = content
    return values | dict.fromkeys(texts_of(element, "fieldsToNull"))


def record_element(name: str, record: Mapping[str, Any] | None) -> Element:
    """A record as queries show it, in XML: its type, its Id (nil when it was not asked for), its fields."""
    made = Element(name, {"xsi:type": "sf:sObject"})
    if record is None:
        return value(name, None)
    made.append(value("sf:type", record["attributes"]["type"]))
    made.append(value("sf:Id", record.get("Id")))
    for field, content in record.items():
        if field not in ("attributes", "Id"):
            made.append(_field(f"sf:{field}", content))
    return made


def result_element(name: str, total: int, records: list[dict[str, Any]], locator: str | None) -> Element:
    """What a query found, or one page of it."""
    made = Element(name, {"xsi:type": "QueryResult"})
    made.append(value("done", "false" if locator else "true"))
    made.append(value("queryLocator", locator))
    made.extend(record_element("records", record) for record in records)
    made.append(value("size", str(total)))
    return made


def _field(name: str, content: Any) -> Element:
    if not isinstance(content, dict):
        return value(name, text_for(content))
    if "attributes" in content:
        return record_element(name, content)
    if "records" in content:
        locator = content.get("nextRecordsUrl", "").rpartition("/")[2] or None
        return result_element(name, content["totalSize"], content["records"], locator)
    made = Element(name, {"xsi:type": "address" if "street" in content else "location"})
    for part, text in content.items():
        made.append(value(part, text_for(text)))
    return made


def structure(name: str, content: Mapping[str, Any]) -> Element:
    """A describe in XML: keys in alphabetical order, lists as repeated elements, nothing for null."""
    made = Element(name)
    for key in sorted(content.keys() - _ONLY_REST):
        _add(made, key, content[key])
    return made


def _add(parent: Element, key: str, content: Any) -> None:
    if isinstance(content, list):
        for item in content:
            _add(parent, key, item)
    elif isinstance(content, dict):
        parent.append(structure(key, content))
    elif content is not None:
        SubElement(parent, key).text = text_for(content)
