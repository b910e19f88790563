"""What `describe` says about a field.

Source: fact sheet 2.5 (recorded keys and values); "DescribeSObjectResult", SOAP API Developer Guide.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from infra.simulator.schema.fields import Field, SObject

_SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "int": "xsd:int",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "base64": "xsd:base64Binary",
    "address": "urn:address",
    "location": "urn:location",
}


def described_field(sobject: SObject, field: Field) -> dict[str, Any]:
    """One field of the describe."""
    is_polymorphic = len(field.reference_to) > 1
    return {
        "aggregatable": field.aggregatable,
        "aiPredictionField": False,
        "autoNumber": field.auto_number,
        "byteLength": _byte_length(field),
        "calculated": field.formula is not None,
        "calculatedFormula": field.formula,
        "cascadeDelete": field.cascades,
        "caseSensitive": False,
        "compoundFieldName": field.compound,
        "controllerName": field.controller,
        "createable": field.createable and sobject.writable,
        "custom": field.custom,
        "defaultValue": field.default,
        "defaultValueFormula": None,
        "defaultedOnCreate": field.defaulted,
        "dependentPicklist": field.controller is not None,
        "deprecatedAndHidden": False,
        "digits": field.digits,
        "displayLocationInDecimal": field.type == "location",
        "encrypted": field.encrypted,
        "externalId": field.external_id,
        "extraTypeInfo": field.extra_type,
        "filterable": field.filterable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": field.blanks_as_zeros,
        "groupable": field.groupable,
        "highScaleNumber": False,
        "htmlFormatted": field.html,
        "idLookup": field.id_lookup,
        "inlineHelpText": None,
        "label": field.label,
        "length": field.length,
        "mask": "*" if field.encrypted else None,
        "maskType": "all" if field.encrypted else None,
        "name": field.name,
        "nameField": field.name == sobject.name_field,
        "namePointing": is_polymorphic,
        "nillable": field.nillable,
        "permissionable": field.permissionable,
        "picklistValues": described_choices(field),
        "polymorphicForeignKey": is_polymorphic,
        "precision": field.precision,
        "queryByDistance": not field.is_stored,
        "referenceTargetField": None,
        "referenceTo": [*field.reference_to],
        "relationshipName": field.relationship,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "searchPrefilterable": field.type == "reference" and not is_polymorphic and field.permissionable,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "sortable": field.sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable and sobject.writable,
        "writeRequiresMasterRead": False,
    }


def _byte_length(field: Field) -> int:
    """A character takes up to three bytes; ids are ASCII."""
    return field.length if field.type in ("id", "reference") else field.length * 3


def described_choices(field: Field) -> list[dict[str, Any]]:
    """The values of a picklist."""
    return [
        {
            "active": choice.is_active,
            "defaultValue": choice.is_default,
            "label": choice.label or choice.value,
            "validFor": None if choice.valid_for is None else _bitmap(choice.valid_for),
            "value": choice.value,
        }
        for choice in field.choices
    ]


def _bitmap(places: tuple[int, ...]) -> str:
    """A bit for each value of the controlling field, the first one in front; in base64, by groups of three bytes."""
    groups = max(places, default=0) // 24 + 1
    bits = bytearray(groups * 3)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return b64encode(bytes(bits)).decode()
