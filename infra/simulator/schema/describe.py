"""What `describe` says about an object.

Source: fact sheet 2.5 (recorded keys).
"""

from __future__ import annotations

from typing import Any

from infra.simulator.schema.field_describe import described_field
from infra.simulator.schema.fields import RecordType, SObject

_MASTER_RECORD_TYPE = "012000000000000AAA"


def described(sobject: SObject, base_path: str) -> dict[str, Any]:
    """The whole describe."""
    rest = f"{base_path}/sobjects/{sobject.name}"
    return {
        "actionOverrides": [],
        "childRelationships": [
            {
                "cascadeDelete": False,
                "childSObject": child.child,
                "deprecatedAndHidden": False,
                "field": child.field,
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": child.name,
                "restrictedDelete": False,
            }
            for child in sobject.children
        ],
        **_flags(sobject),
        "compactLayoutable": True,
        "extendedBy": None,
        "extendsInterfaces": None,
        "defaultImplementation": None,
        "fields": [described_field(sobject, field) for field in sobject.fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": _record_types(sobject, rest),
        "searchLayoutable": sobject.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {sobject.plural}", "name": "everything"}],
        "urls": _urls(rest) | _page_urls(sobject),
    }


def summarized(sobject: SObject, base_path: str) -> dict[str, Any]:
    """An entry of the list of objects: the describe without its fields."""
    return {**_flags(sobject), "urls": _urls(f"{base_path}/sobjects/{sobject.name}")}


def _flags(sobject: SObject) -> dict[str, Any]:
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": sobject.writable,
        "custom": False,
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
        "layoutable": sobject.writable,
        "mergeable": sobject.mergeable,
        "mruEnabled": sobject.writable,
        "name": sobject.name,
        "queryable": True,
        "replicateable": sobject.writable,
        "retrieveable": True,
        "searchable": sobject.searchable,
        "triggerable": sobject.writable,
        "undeletable": sobject.writable,
        "updateable": sobject.writable,
    }


def _urls(rest: str) -> dict[str, str]:
    return {
        "rowTemplate": f"{rest}/{{ID}}",
        "describe": f"{rest}/describe",
        "sobject": rest,
        "layouts": f"{rest}/describe/layouts",
        "compactLayouts": f"{rest}/describe/compactLayouts",
        "approvalLayouts": f"{rest}/describe/approvalLayouts",
        "listviews": f"{rest}/listviews",
        "quickActions": f"{rest}/quickActions",
    }


def _page_urls(sobject: SObject) -> dict[str, str]:
    page = f"/{sobject.prefix}"
    return {"uiDetailTemplate": "/{ID}", "uiEditTemplate": "/{ID}/e", "uiNewRecord": f"{page}/e"}


def _record_types(sobject: SObject, rest: str) -> list[dict[str, Any]]:
    """The record types of an object, the master one last; it is the default where the user has no other."""
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
