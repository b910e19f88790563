"""Page layouts and compact layouts, as they follow from an object's fields: there is one of each, for all record types.

Source: "DescribeLayoutResult" and "DescribeCompactLayoutsResult", SOAP API Developer Guide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from infra.simulator.schema.describe import record_type_infos
from infra.simulator.schema.field_describe import described_choices, described_field
from infra.simulator.schema.fields import ChildRelationship, Field, SObject

COLUMNS = 2
SYSTEM_FIELDS = ("CreatedById", "LastModifiedById")
COMPACT_FIELDS = "Title,Company,AccountId,StageName,Amount,CloseDate,Type,Phone,Email,OwnerId"
"""What a record is told apart by at a glance, as far as it has it."""
_BUTTONS = ("Edit", "Delete", "Clone")
_UNSAID = "behavior,colors,content,contentSource,encoding,height,icons,url,width,windowPosition"
_OFF = "custom,menubar,overridden,resizeable,scrollbars,showsLocation,showsStatus,toolbar"
_COMPACT_NAME = "SYSTEM"


def described_layouts(
    sobject: SObject, rest: str, layout_id: str, find: Callable[[str], SObject | None]
) -> dict[str, Any]:
    """The layouts of an object. Where it has several record types each is asked for on its own."""
    infos = record_type_infos(sobject, rest)
    several = sum(not info["master"] for info in infos) > 1
    return {
        "layouts": None if several else [described_layout(sobject, layout_id, find)],
        "recordTypeMappings": [_mapped(sobject, info, layout_id) for info in infos],
        "recordTypeSelectorRequired": [several],
    }


def described_layout(sobject: SObject, layout_id: str, find: Callable[[str], SObject | None]) -> dict[str, Any]:
    """What stands where on the page of a record."""
    shown = fields_on_page(sobject)
    editable = shown if sobject.writable else []
    named = [each for each in sobject.children if each.name]
    system = [field for name in SYSTEM_FIELDS if (field := sobject.field(name))]
    return {
        "buttonLayoutSection": {"detailButtons": [_button(name) for name in _BUTTONS]},
        "detailLayoutSections": [
            _section(sobject, f"{sobject.label} Information", shown, layout_id),
            _section(sobject, "System Information", system, layout_id),
        ],
        "editLayoutSections": [_section(sobject, f"{sobject.label} Information", editable, layout_id)],
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": layout_id,
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "relatedLists": [_related(each, child) for each in named if (child := find(each.child))],
        "saveOptions": [],
    }


def fields_on_page(sobject: SObject) -> list[Field]:
    """The fields people see: a compound one for its parts, and none that only Salesforce fills in."""
    seen = (field for field in sobject.fields if field.compound is None)
    return [field for field in seen if field.createable or field.updateable or field.name in sobject.wholes]


def described_quick_layout(sobject: SObject) -> dict[str, Any]:
    """The form of a quick action."""
    return _section(sobject, "", [field for field in sobject.fields if field.required], "") | {"parentLayoutId": None}


def described_compact_layouts(sobject: SObject, rest: str) -> dict[str, Any]:
    """The compact layouts of an object: the one Salesforce made, which has no id."""
    compact = described_compact_layout(sobject)
    primary = f"{rest}/describe/compactLayouts/primary"
    return {
        "compactLayouts": [compact],
        "defaultCompactLayoutId": None,
        "recordTypeCompactLayoutMappings": [
            {
                "available": info["available"],
                "compactLayoutId": None,
                "compactLayoutName": compact["name"],
                "recordTypeId": info["recordTypeId"],
                "recordTypeName": info["name"],
                "urls": {"compactLayout": f"{rest}/describe/compactLayouts/{info['recordTypeId']}"},
            }
            for info in record_type_infos(sobject, rest)
        ],
        "urls": {"primary": primary},
    }


def described_compact_layout(sobject: SObject) -> dict[str, Any]:
    names = (sobject.name_field, *COMPACT_FIELDS.split(","))
    fields = [field for name in names if (field := sobject.field(name))]
    return {
        "actions": [],
        "fieldItems": [_item(sobject, field, place) for place, field in enumerate(fields, 1)],
        "id": None,
        "imageItems": [],
        "label": "System Default",
        "name": _COMPACT_NAME,
        "objectType": sobject.name,
    }


def _section(sobject: SObject, heading: str, fields: list[Field], layout_id: str) -> dict[str, Any]:
    items = [_item(sobject, field, place) for place, field in enumerate(fields, 1)]
    rows = [items[first : first + COLUMNS] for first in range(0, len(items), COLUMNS)]
    return {
        "collapsed": False,
        "columns": COLUMNS,
        "heading": heading,
        "layoutRows": [{"layoutItems": row, "numItems": len(row)} for row in rows],
        "layoutSectionId": None,
        "parentLayoutId": layout_id,
        "rows": len(rows),
        "tabOrder": "LeftToRight",
        "useCollapsibleSection": False,
        "useHeading": True,
    }


def _item(sobject: SObject, field: Field, place: int) -> dict[str, Any]:
    """A field with its label; what can be done with a compound one is what can be done with its parts."""
    parts = [part for part in sobject.fields if part.compound == field.name]
    component = _component(sobject, field, place)
    if parts:
        components = [_component(sobject, part, place + below) for below, part in enumerate(parts)]
        component |= {"components": components, "fieldType": field.extra_type or field.type}
    written = parts or [field]
    return {
        "editableForNew": sobject.writable and any(part.createable for part in written),
        "editableForUpdate": sobject.writable and any(part.updateable for part in written),
        "label": field.label,
        "layoutComponents": [component],
        "placeholder": False,
        "required": any(part.required for part in written),
    }


def _component(sobject: SObject, field: Field, place: int) -> dict[str, Any]:
    return {
        "details": described_field(sobject, field),
        "displayLines": 1,
        "tabOrder": place,
        "type": "Field",
        "value": field.name,
    }


def _button(label: str) -> dict[str, Any]:
    return {"label": label, "name": label, **dict.fromkeys(_UNSAID.split(",")), **dict.fromkeys(_OFF.split(","), False)}


def _related(child: ChildRelationship, target: SObject) -> dict[str, Any]:
    name = target.field(target.name_field) or target.fields[0]
    return {
        "accessLevelRequiredForCreate": None,
        "buttons": [],
        "columns": [
            {
                "field": f"{target.name}.{name.name}",
                "fieldApiName": name.name,
                "format": None,
                "label": name.label,
                "lookupId": "Id",
                "name": name.name,
                "sortable": name.sortable,
            }
        ],
        "custom": False,
        "field": child.field,
        "label": target.plural,
        "limitRows": 5,
        "name": child.name,
        "sobject": target.name,
        "sort": [{"ascending": True, "column": f"{target.name}.{name.name}"}],
    }


def _mapped(sobject: SObject, info: dict[str, Any], layout_id: str) -> dict[str, Any]:
    """Which layout and which values of its picklists a record type has."""
    own: Mapping[str, tuple[str, ...]] = next(
        (each.picklists for each in sobject.record_types if each.id == info["recordTypeId"]), {}
    )
    return {
        **info,
        "layoutId": layout_id,
        "picklistsForRecordType": [
            {"picklistName": field.name, "picklistValues": _values(field, own.get(field.name))}
            for field in sobject.fields
            if field.choices
        ],
    }


def _values(field: Field, own: tuple[str, ...] | None) -> list[dict[str, Any]]:
    """The values of a picklist; those of a record type, the first of which is its default, where it has its own."""
    every = described_choices(field)
    if own is None:
        return every
    return [{**value, "defaultValue": value["value"] == own[0]} for value in every if value["value"] in own]
