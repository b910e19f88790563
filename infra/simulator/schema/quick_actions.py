"""The quick actions that every org begins with: each creates a record, perhaps beside the one that is looked at.

Source: "Quick Actions", REST API Developer Guide; "DescribeQuickActionResult", SOAP API Developer Guide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from infra.simulator.schema.fields import SObject
from infra.simulator.schema.layouts import described_quick_layout

_PEOPLE = {"Lead": "WhoId", "Contact": "WhoId"}
_UNSAID = (
    "canvasApplicationId,canvasApplicationName,flowDevName,flowRecordIdVar,height,iconName,iconUrl,"
    "lightningComponentBundleId,lightningComponentBundleName,lightningComponentQualifiedName,"
    "lightningWebComponentBundleId,lightningWebComponentBundleName,lightningWebComponentQualifiedName,miniIconUrl,"
    "mobileExtensionId,targetRecordTypeId,visualforcePageName,visualforcePageUrl,width"
)


@dataclass(frozen=True)
class QuickAction:
    """Makes a record of `target`."""

    name: str
    label: str
    target: str
    type: str = "Create"
    parents: dict[str, str] = field(default_factory=dict)
    """The field that leads to the record the action is used on, by the object of that record."""
    any_parent: str | None = None
    """The field for records of all other objects."""
    values: dict[str, Any] = field(default_factory=dict)

    def parent_field(self, sobject: SObject) -> str | None:
        return self.parents.get(sobject.name, self.any_parent)


QUICK_ACTIONS = (
    QuickAction("LogACall", "Log a Call", "Task", "LogACall", _PEOPLE, "WhatId", {"Status": "Completed"}),
    QuickAction("NewAccount", "New Account", "Account"),
    QuickAction("NewContact", "New Contact", "Contact", parents={"Account": "AccountId"}),
    QuickAction("NewEvent", "New Event", "Event", parents=_PEOPLE, any_parent="WhatId"),
    QuickAction("NewLead", "New Lead", "Lead"),
    QuickAction("NewOpportunity", "New Opportunity", "Opportunity", parents={"Account": "AccountId"}),
    QuickAction("NewTask", "New Task", "Task", parents=_PEOPLE, any_parent="WhatId"),
)


def summarized_action(action: QuickAction, path: str) -> dict[str, Any]:
    """An entry of the list of actions, which are found below `path`."""
    url = f"{path}/{action.name}"
    urls = {"quickAction": url, "describe": f"{url}/describe", "defaultValues": f"{url}/defaultValues"}
    if "/sobjects/" in path:
        urls["defaultValuesTemplate"] = f"{url}/defaultValues/{{ID}}"
    return {
        "actionEnumOrId": action.name,
        "label": action.label,
        "name": action.name,
        "type": action.type,
        "urls": urls,
    }


def described_action(action: QuickAction, target: SObject, context: SObject | None, path: str) -> dict[str, Any]:
    """What an action makes and which fields it asks for; `context` is the object on whose records it is used."""
    return {
        **summarized_action(action, path),
        **dict.fromkeys(_UNSAID.split(",")),
        "colors": [],
        "contextSobjectType": context.name if context else None,
        "defaultValues": [{"field": name, "defaultValue": value} for name, value in action.values.items()],
        "icons": [],
        "layout": described_quick_layout(target),
        "showQuickActionLcHeader": False,
        "showQuickActionVfHeader": False,
        "targetParentField": action.parent_field(context) if context else None,
        "targetSobjectType": target.name,
    }
