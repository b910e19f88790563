"""What the definitions say about an org's objects and fields.

Source: "EntityDefinition", "FieldDefinition" and "EntityParticle", Tooling API.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.simulator.org.storage import Row
from infra.simulator.schema.describe import described
from infra.simulator.schema.field_describe import described_field
from infra.simulator.schema.fields import Field, SObject

DurableIds = Mapping[str, str]
"""The part of a custom field's durable id after the point, by the object's and the field's names: `Lead.Score__c`."""

_SAME = {
    "KeyPrefix": "keyPrefix",
    "IsReplicateable": "replicateable",
    "IsRetrieveable": "retrieveable",
    "IsSearchLayoutable": "searchLayoutable",
    "IsSearchable": "searchable",
    "IsTriggerable": "triggerable",
    "IsApexTriggerable": "triggerable",
    "IsEverCreatable": "createable",
    "IsEverUpdatable": "updateable",
    "IsEverDeletable": "deletable",
    "IsFeedEnabled": "feedEnabled",
    "IsQueryable": "queryable",
    "IsMruEnabled": "mruEnabled",
    "IsLayoutable": "layoutable",
    "IsCustomizable": "layoutable",
    "IsWorkflowEnabled": "triggerable",
    "IsCompactLayoutable": "compactLayoutable",
}
_SAME_OF_FIELD = {
    "IsCalculated": "calculated",
    "IsHtmlFormatted": "htmlFormatted",
    "IsNameField": "nameField",
    "IsNillable": "nillable",
    "IsPolymorphicForeignKey": "polymorphicForeignKey",
    "IsApiFilterable": "filterable",
    "IsApiSortable": "sortable",
    "IsApiGroupable": "groupable",
    "IsListFilterable": "filterable",
    "IsListSortable": "sortable",
    "IsWorkflowFilterable": "filterable",
    "IsAutonumber": "autoNumber",
    "IsCaseSensitive": "caseSensitive",
    "IsUnique": "unique",
    "IsCreatable": "createable",
    "IsUpdatable": "updateable",
    "IsDefaultedOnCreate": "defaultedOnCreate",
    "IsPermissionable": "permissionable",
    "IsEncrypted": "encrypted",
    "IsDependentPicklist": "dependentPicklist",
    "IsDisplayLocationInDecimal": "displayLocationInDecimal",
    "IsIdLookup": "idLookup",
    "IsNamePointing": "namePointing",
    "Length": "length",
    "ByteLength": "byteLength",
    "Digits": "digits",
    "Precision": "precision",
    "Scale": "scale",
    "RelationshipName": "relationshipName",
    "ExtraTypeInfo": "extraTypeInfo",
    "Mask": "mask",
    "MaskType": "maskType",
    "ValueTypeId": "soapType",
}
_TYPES = {
    "boolean": "Checkbox",
    "date": "Date",
    "datetime": "Date/Time",
    "time": "Time",
    "email": "Email",
    "phone": "Phone",
    "picklist": "Picklist",
    "multipicklist": "Picklist (Multi-Select)",
    "combobox": "Combobox",
    "address": "Address",
    "location": "Geolocation",
    "id": "Lookup()",
    "base64": "Base64",
}
_PAGES = {"DetailUrl": "uiDetailTemplate", "EditUrl": "uiEditTemplate", "NewUrl": "uiNewRecord"}


def rows_of(sobject: SObject, objects: Iterable[SObject], moment: str, durable: DurableIds) -> Iterator[Row]:
    """What there is to say in one of the objects of definitions."""
    for described_object in objects:
        if sobject.name == "EntityDefinition":
            yield _entity(sobject, described_object, moment)
        else:
            yield from _fields(sobject, described_object, moment, durable)


def data_type(field: Field) -> str:
    """The type of a field as people are told it: `Text(255)`, `Lookup(User,Group)`."""
    kind = _kind(field)
    if field.formula is not None:
        return f"Formula ({kind.split('(')[0].strip()})"
    marks = (" (External ID)" if field.external_id else "") + (" (Unique Case Insensitive)" if field.unique else "")
    return kind + marks


def _kind(field: Field) -> str:
    if field.auto_number:
        return "Auto Number"
    if field.type == "reference":
        return f"Lookup({','.join(field.reference_to)})"
    if field.encrypted:
        return f"Text (Encrypted)({field.length})"
    if field.html:
        return f"Rich Text Area({field.length})"
    if field.type == "textarea":
        return f"{'Long ' if field.is_long else ''}Text Area({field.length})"
    if field.type == "int":
        return f"Number({field.digits}, 0)"
    number = {"double": "Number", "currency": "Currency", "percent": "Percent"}.get(field.type)
    if number:
        return f"{number}({field.precision - field.scale}, {field.scale})"
    if field.type == "string" and field.extra_type == "personname":
        return "Name"
    if field.type in ("string", "url"):
        return f"{'Text' if field.type == 'string' else 'URL'}({field.length})"
    return _TYPES.get(field.type, field.type)


def _entity(definition: SObject, sobject: SObject, moment: str) -> Row:
    said = described(sobject, "")
    return {
        **_named(definition, sobject.name, sobject.name, sobject.name, sobject.label),
        **{name: said[key] for name, key in _SAME.items()},
        **{name: said["urls"].get(key) for name, key in _PAGES.items()},
        "PluralLabel": sobject.plural,
        "IsIdEnabled": True,
        "LastModifiedDate": moment,
    }


def _fields(definition: SObject, sobject: SObject, moment: str, durable: DurableIds) -> Iterator[Row]:
    """One row for each field; a particle also for the parts of compound ones, of which a definition tells nothing."""
    is_particle = definition.name == "EntityParticle"
    keys = {name: key for name, key in _SAME_OF_FIELD.items() if definition.has(name)}

    def durable_id(name: str) -> str:
        return f"{sobject.name}.{durable.get(f'{sobject.name}.{name}', name)}"

    for field in sobject.fields:
        if field.compound is not None and not is_particle:
            continue
        said, whole = described_field(sobject, field), field.compound or field.name
        own: Row = {"DataType": data_type(field), "LastModifiedDate": moment}
        if is_particle:
            own = {"DataType": field.type, "Name": field.name, "IsCompound": field.name in sobject.wholes}
            own["IsComponent"] = field.compound is not None
            own["FieldDefinitionId"] = durable_id(whole)
        elif field.controller:
            own["ControllingFieldDefinitionId"] = durable_id(field.controller)
        if field.type == "reference" and not field.custom:
            own["DeveloperName"] = field.name.removesuffix("Id")  # called by what it refers to
        yield {
            **_named(definition, durable_id(field.name), whole, field.name, field.label),
            **{name: said[key] for name, key in keys.items()},
            "EntityDefinitionId": sobject.name,
            "IsIndexed": field.id_lookup or field.type in ("id", "reference"),
            "IsCompactLayoutable": sobject.is_layoutable,
            "IsListVisible": sobject.is_layoutable,
            **own,
        }


def _named(definition: SObject, durable_id: str, whole: str, name: str, label: str) -> dict[str, Any]:
    """What every definition begins with; flags of which there is nothing to say are off.

    A part is of the same namespace as its `whole`: `acme__Place__Latitude__s` as `acme__Place__c`.
    """
    namespace = whole.removesuffix("__c").rpartition("__")[0]
    return {
        **definition.defaults,
        "Id": durable_id,
        "DurableId": durable_id,
        "QualifiedApiName": name,
        "NamespacePrefix": namespace or None,
        "DeveloperName": name.removeprefix(f"{namespace}__").removesuffix("__c").removesuffix("__s"),
        "MasterLabel": label,
        "Label": label,
    }
