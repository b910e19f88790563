"""What `describe` says about an object.

Source: fact sheet 2.5 (recorded keys).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from infra.simulator.schema.field_describe import described_field
from infra.simulator.schema.fields import RecordType, SObject

_MASTER_RECORD_TYPE = "012000000000000AAA"


def described(sobject: SObject, base_path: str, objects: Iterable[SObject] = ()) -> dict[str, Any]:
    """The whole describe. `objects` are those whose records may refer to this one's."""
    rest = f"{base_path}/sobjects/{sobject.name}"
    return {
        "actionOverrides": [],
        "childRelationships": _child_relationships(sobject, objects),
        **_flags(sobject),
        "compactLayoutable": sobject.is_layoutable,
        "extendedBy": None,
        "extendsInterfaces": None,
        "defaultImplementation": None,
        "fields": [described_field(sobject, field) for field in sobject.fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [
            {"name": name, "urls": {"layout": f"{rest}/describe/namedLayouts/{name}"}} for name in sobject.named_layouts
        ],
        "networkScopeFieldName": None,
        "recordTypeInfos": record_type_infos(sobject, rest),
        "searchLayoutable": sobject.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": _scopes(sobject),
        "urls": _urls(sobject, rest) | _page_urls(sobject),
    }


def summarized(sobject: SObject, base_path: str) -> dict[str, Any]:
    """An entry of the list of objects: the describe without its fields."""
    return {**_flags(sobject), "urls": _urls(sobject, f"{base_path}/sobjects/{sobject.name}")}


def _child_relationships(sobject: SObject, objects: Iterable[SObject]) -> list[dict[str, Any]]:
    """Every reference that leads here; some have a name by which their records can be listed."""
    named = {(child.child, child.field): child for child in sobject.children if child.name}
    found = []
    for other in objects:
        for field in other.fields:
            if sobject.name in field.reference_to:
                child = named.get((other.name, field.name))
                found.append(
                    {
                        "cascadeDelete": child.cascades if child else False,
                        "childSObject": other.name,
                        "deprecatedAndHidden": False,
                        "field": field.name,
                        "junctionIdListNames": [],
                        "junctionReferenceTo": [],
                        "relationshipName": child.name if child else None,
                        "restrictedDelete": False,
                    }
                )
    return sorted(found, key=lambda each: (each["childSObject"], each["field"]))


def _scopes(sobject: SObject) -> list[dict[str, str]]:
    """What USING SCOPE can say."""
    scopes = [{"label": f"All {sobject.plural.lower()}", "name": "everything"}]
    if sobject.has("OwnerId"):
        scopes.append({"label": f"My {sobject.plural.lower()}", "name": "mine"})
    return scopes


def _flags(sobject: SObject) -> dict[str, Any]:
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": sobject.writable and sobject.createable,
        "custom": sobject.is_custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": sobject.writable,
        "deprecatedAndHidden": False,
        "feedEnabled": sobject.writable,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.prefix,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "layoutable": sobject.is_layoutable,
        "mergeable": sobject.mergeable,
        "mruEnabled": sobject.writable,
        "name": sobject.name,
        "queryable": sobject.queryable,
        "replicateable": sobject.writable,
        "retrieveable": sobject.queryable,
        "searchable": sobject.searchable,
        "triggerable": sobject.writable,
        "undeletable": sobject.writable,
        "updateable": sobject.writable,
    }


def _urls(sobject: SObject, rest: str) -> dict[str, str]:
    """Where the rest of what there is to know about an object can be asked for."""
    urls = {"rowTemplate": f"{rest}/{{ID}}", "describe": f"{rest}/describe", "sobject": rest}
    if not sobject.is_layoutable:
        return urls
    return urls | {
        "layouts": f"{rest}/describe/layouts",
        "compactLayouts": f"{rest}/describe/compactLayouts",
        "approvalLayouts": f"{rest}/describe/approvalLayouts",
        "listviews": f"{rest}/listviews",
        "quickActions": f"{rest}/quickActions",
    }


def _page_urls(sobject: SObject) -> dict[str, str]:
    if not sobject.is_layoutable:
        return {}
    return {"uiDetailTemplate": "/{ID}", "uiEditTemplate": "/{ID}/e", "uiNewRecord": f"/{sobject.prefix}/e"}


def record_type_infos(sobject: SObject, rest: str) -> list[dict[str, Any]]:
    """The record types of an object, the master one last; it is the default where the user has no other.

    None where records have no pages. `rest` is where the resources of the object begin.
    """
    if not sobject.is_layoutable:
        return []
    is_default = not any(each.is_default for each in sobject.record_types)
    master = RecordType(_MASTER_RECORD_TYPE, "Master", "Master", is_default=is_default)
    return [
        {
            "active": each.is_active,
            "available": each.is_available,
            "defaultRecordTypeMapping": each.is_default,
            "developerName": each.name,
            "master": each is master,
            "name": each.label,
            "recordTypeId": each.id,
            "urls": {"layout": f"{rest}/describe/layouts/{each.id}"},
        }
        for each in (*sobject.record_types, master)
    ]
