"""The objects in which an org tells about its own objects and fields, for queries.

Source: "EntityDefinition", "FieldDefinition" and "EntityParticle", Tooling API.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.declarations import flag, integer, read_only, text, typed
from infra.simulator.schema.fields import Field, SObject

_ENTITY_FLAGS = (
    "IsCustomizable,IsApexTriggerable,IsWorkflowEnabled,IsProcessEnabled,IsCompactLayoutable,IsCustomSetting,"
    "IsDeprecatedAndHidden,IsReplicateable,IsRetrieveable,IsSearchLayoutable,IsSearchable,IsTriggerable,IsIdEnabled,"
    "IsEverCreatable,IsEverUpdatable,IsEverDeletable,IsFeedEnabled,IsQueryable,IsMruEnabled,IsLayoutable,HasSubtypes,"
    "IsSubtype,IsInterface"
)
_FIELD_FLAGS = (
    "IsCalculated,IsHighScaleNumber,IsHtmlFormatted,IsNameField,IsNillable,IsWorkflowFilterable,IsCompactLayoutable,"
    "IsFieldHistoryTracked,IsIndexed,IsApiFilterable,IsApiSortable,IsApiGroupable,IsListFilterable,IsListSortable,"
    "IsListVisible,IsPolymorphicForeignKey"
)
_PARTICLE_FLAGS = (
    "IsAutonumber,IsCaseSensitive,IsUnique,IsCreatable,IsUpdatable,IsDefaultedOnCreate,IsWriteRequiresMasterRead,"
    "IsCalculated,IsHighScaleNumber,IsHtmlFormatted,IsNameField,IsNillable,IsPermissionable,IsEncrypted,"
    "IsWorkflowFilterable,IsCompactLayoutable,IsFieldHistoryTracked,IsIndexed,IsApiFilterable,IsApiSortable,"
    "IsListFilterable,IsListSortable,IsApiGroupable,IsListVisible,IsDependentPicklist,IsDisplayLocationInDecimal,"
    "IsIdLookup,IsNamePointing,IsComponent,IsCompound"
)


def _flags(names: str) -> tuple[Field, ...]:
    return tuple(flag(name) for name in names.split(","))


def _reference(name: str, to: str, children: str) -> Field:
    """A reference by the durable id, which is text."""
    field = text(name, 255, nillable=False)
    return replace(field, reference_to=(to,), relationship=name.removesuffix("Id"), children=children)


def _head(label: str) -> tuple[Field, ...]:
    """The id, which is the durable id as well, and what the thing is called."""
    return (
        replace(read_only(Field("Id", "string", 255, f"{label} ID", nillable=False)), id_lookup=True),
        text("DurableId", 255, nillable=False),
        text("QualifiedApiName", 70, nillable=False),
        text("NamespacePrefix", 15),
        text("DeveloperName", 40, nillable=False),
        text("MasterLabel", 70, nillable=False),
        text("Label", 120, nillable=False),
    )


def _definition(name: str, label: str, prefix: str, *fields: Field) -> SObject:
    head = _head(label)
    return SObject(
        name,
        label,
        f"{label}s",
        prefix,
        (*head, *fields),
        writable=False,
        searchable=False,
        indexed=("QualifiedApiName",),
        name_field="QualifiedApiName",
        is_virtual=True,
    )


ENTITY_DEFINITION = _definition(
    "EntityDefinition",
    "Object Definition",
    "4ie",
    text("PluralLabel", 120, nillable=False),
    text("KeyPrefix", 3),
    *_flags(_ENTITY_FLAGS),
    text("DetailUrl", 255),
    text("EditUrl", 255),
    text("NewUrl", 255),
    typed("LastModifiedDate", "datetime"),
)
FIELD_DEFINITION = _definition(
    "FieldDefinition",
    "Field Definition",
    "4fe",
    _reference("EntityDefinitionId", "EntityDefinition", "Fields"),
    text("DataType", 120, nillable=False),
    text("ValueTypeId", 40, nillable=False),
    text("ExtraTypeInfo", 40),
    integer("Length", 9),
    integer("Precision", 9),
    integer("Scale", 9),
    text("RelationshipName", 80),
    text("ControllingFieldDefinitionId", 255),
    *_flags(_FIELD_FLAGS),
    typed("LastModifiedDate", "datetime"),
)
ENTITY_PARTICLE = _definition(
    "EntityParticle",
    "Entity Particle",
    "4fl",
    _reference("EntityDefinitionId", "EntityDefinition", "Particles"),
    _reference("FieldDefinitionId", "FieldDefinition", "Particles"),
    text("Name", 70, nillable=False),
    text("DataType", 40, nillable=False),
    text("ValueTypeId", 40, nillable=False),
    text("ExtraTypeInfo", 40),
    integer("Length", 9),
    integer("ByteLength", 9),
    integer("Digits", 9),
    integer("Precision", 9),
    integer("Scale", 9),
    text("RelationshipName", 80),
    text("Mask", 40),
    text("MaskType", 40),
    *_flags(_PARTICLE_FLAGS),
)
DEFINITIONS = (ENTITY_DEFINITION, FIELD_DEFINITION, ENTITY_PARTICLE)
