"""The answers of `describe` for leads, as values.

Source: fact sheet 2.5.
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from domain.values.described import DescribedField, DescribedLead, RecordType
from domain.values.ids import same_id
from domain.values.org import PicklistValue
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.errors import check
from infra.salesforce.wire.record_types import MASTER
from infra.salesforce.wire.records import field_name

_RECORD_TYPE = "RecordTypeId"


def described_lead_in(answer: Answer) -> DescribedLead:
    """The leads in the answer to a `describe`. Raises what `check` does."""
    check(answer)
    fields = {field["name"]: field for field in answer.body["fields"]}
    record_types = [_record_type(info) for info in answer.body["recordTypeInfos"] if not _is_master(info)]
    if not record_types:
        fields.pop(_RECORD_TYPE, None)
    described = [
        _record_type_field(field, record_types) if name == _RECORD_TYPE else _field(field, fields)
        for name, field in fields.items()
    ]
    return DescribedLead(tuple(described), tuple(record_types))


def values_by_record_type_in(answer: Answer) -> dict[str, dict[str, list[str]]]:
    """The values of picklists that each record type offers, by our names; record types by their Ids.

    Source: "DescribeLayoutResult", SOAP API Developer Guide. Raises what `check` does.
    """
    check(answer)
    return _OFFERED.validate_python(
        {
            mapping["recordTypeId"]: {
                field_name(picklist["picklistName"]): [
                    choice["value"] for choice in picklist["picklistValues"] if choice["active"]
                ]
                for picklist in mapping["picklistsForRecordType"] or ()
            }
            for mapping in answer.body["recordTypeMappings"]
        }
    )


_OFFERED = TypeAdapter(dict[str, dict[str, list[str]]])


def _is_master(info: Mapping[str, Any]) -> bool:
    return same_id(info["recordTypeId"], MASTER)


def _record_type(info: Mapping[str, Any]) -> RecordType:
    # Older versions tell neither the developer name nor whether it is active.
    return RecordType(
        id=info["recordTypeId"],
        name=info.get("developerName") or info["name"],
        label=info["name"],
        available=info.get("active", True) and info["available"],
        default=info["defaultRecordTypeMapping"],
    )


def _record_type_field(field: Mapping[str, Any], record_types: Sequence[RecordType]) -> DescribedField:
    """A record type is chosen by its name, as the value of a picklist is."""
    return DescribedField(
        name=field_name(_RECORD_TYPE),
        type="picklist",
        label=field["label"],
        createable=field["createable"],
        updateable=field["updateable"],
        restricted=True,
        values=tuple(
            PicklistValue(value=each.name, label=each.label, default=each.default)
            for each in record_types
            if each.available
        ),
    )


def _field(field: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> DescribedField:
    controller = field.get("controllerName")
    controlling = fields.get(controller) if controller else None
    return DescribedField(
        name=field_name(field["name"]),
        type=field["type"],
        label=field["label"],
        custom=field["custom"],
        length=field["length"],
        decimals=field["scale"],
        digits=field["digits"] or field["precision"] - field["scale"],
        required=field["createable"] and not field["nillable"] and not field["defaultedOnCreate"],
        filled_by_salesforce=field["calculated"] or field["autoNumber"],
        createable=field["createable"],
        updateable=field["updateable"],
        unique=field["unique"],
        external_id=field["externalId"],
        restricted=field["restrictedPicklist"],
        values=tuple(_value(choice, controlling) for choice in field["picklistValues"] if choice["active"]),
        inactive_values=tuple(choice["value"] for choice in field["picklistValues"] if not choice["active"]),
        controlling_field=field_name(controller) if controller else None,
    )


def _value(choice: Mapping[str, Any], controlling: Mapping[str, Any] | None) -> PicklistValue:
    value = PicklistValue(value=choice["value"], label=choice["label"], default=choice["defaultValue"])
    bitmap = choice.get("validFor")
    if controlling is None or not bitmap:
        return value
    return value.model_copy(update={"valid_for": _valid_for(bitmap, controlling)})


def _valid_for(bitmap: str, controlling: Mapping[str, Any]) -> list[str]:
    """Which values of the controlling field a bitmap in base64 names: a bit for each, the first one in front.

    Source: "PicklistEntry", SOAP API Developer Guide.
    """
    is_checkbox = controlling["type"] == "boolean"
    values = ["false", "true"] if is_checkbox else [choice["value"] for choice in controlling["picklistValues"]]
    # A state is valid for one of hundreds of countries, so most bytes are zero.
    places = (8 * place + bit for place, byte in enumerate(b64decode(bitmap)) if byte for bit in _BITS[byte])
    return [values[place] for place in places if place < len(values)]


_BITS = [[bit for bit in range(8) if byte & (0x80 >> bit)] for byte in range(256)]
"""The places of the bits that are set, by byte."""
