"""What `describe` says about an object.

Source: fact sheet 2.5 (recorded keys).
"""

from __future__ import annotations

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
    "address": "urn:address",
}
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
        "fields": [described_field(field, is_name=field.name == sobject.name_field) for field in sobject.fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [_master_record_type(rest)],
        "searchLayoutable": sobject.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {sobject.plural}", "name": "everything"}],
        "urls": _urls(rest) | _page_urls(sobject),
    }


def summarized(sobject: SObject, base_path: str) -> dict[str, Any]:
    """An entry of the list of objects: the describe without its fields."""
    return {**_flags(sobject), "urls": _urls(f"{base_path}/sobjects/{sobject.name}")}


def described_field(field: Field, *, is_name: bool) -> dict[str, Any]:
    """One field of the describe."""
    is_text = field.is_text or field.type in ("id", "reference")
    is_long = field.type == "textarea" and field.length > 255
    return {
        "aggregatable": field.filterable and field.type != "address",
        "aiPredictionField": False,
        "autoNumber": False,
        "byteLength": field.length if field.type in ("id", "reference") else field.length * 3,
        "calculated": False,
        "calculatedFormula": None,
        "cascadeDelete": False,
        "caseSensitive": False,
        "compoundFieldName": field.compound,
        "controllerName": None,
        "createable": field.createable,
        "custom": field.custom,
        "defaultValue": field.default if field.type == "boolean" else None,
        "defaultValueFormula": None,
        "defaultedOnCreate": field.defaulted,
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": field.digits,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": field.external_id,
        "extraTypeInfo": field.extra_type,
        "filterable": field.filterable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": field.groupable,
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.id_lookup,
        "inlineHelpText": None,
        "label": field.label,
        "length": field.length if is_text else 0,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": is_name,
        "namePointing": len(field.reference_to) > 1,
        "nillable": field.nillable,
        "permissionable": field.nillable and field.createable,
        "picklistValues": [
            {
                "active": True,
                "defaultValue": choice.is_default,
                "label": choice.value,
                "validFor": None,
                "value": choice.value,
            }
            for choice in field.choices
        ],
        "polymorphicForeignKey": len(field.reference_to) > 1,
        "precision": field.precision,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": [*field.reference_to],
        "relationshipName": field.relationship,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "searchPrefilterable": field.type == "reference",
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "sortable": field.sortable and not is_long,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable,
        "writeRequiresMasterRead": False,
    }


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


def _master_record_type(rest: str) -> dict[str, Any]:
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": _MASTER_RECORD_TYPE,
        "urls": {"layout": f"{rest}/describe/layouts/{_MASTER_RECORD_TYPE}"},
    }
