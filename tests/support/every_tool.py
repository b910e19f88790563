"""Calls of every tool there is, each with what has to come of it: for whichever client there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One call, to be made after those before it."""

    tool: str
    arguments: dict[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    """What the answer's data must say, among other things."""
    mentions: str = ""
    """What must be in the answer's text."""
    code: str | None = None
    """For a call that has to fail: why."""
    asks: bool = False
    """Whether a person is asked first, where the client can; not about what is refused anyway."""


@dataclass(frozen=True)
class Beginning:
    """The Ids of leads, and of a campaign, that are there before the first step."""

    bello: str
    kim: str
    kim_again: str
    campaign: str


def email(name: str, visit: str) -> str:
    """The email of somebody in one visit, in which nobody else's leads may be touched."""
    return f"{name}@{visit}.example.com"


def leads_at_the_beginning(visit: str) -> list[dict[str, str]]:
    """Salesforce records of leads, in the order of `Beginning`."""
    names = ("bello", "kim", "kim")
    return [{"LastName": name.title(), "Company": "Acme", "Email": email(name, visit)} for name in names]


def steps(visit: str, there: Beginning) -> list[Step]:
    """Calls of every tool. Nobody but the leads of this visit is touched."""
    ada, bola, kim, nobody = (email(name, visit) for name in ("ada", "bola", "kim", "nobody"))
    lead = {"email": ada, "last_name": "Okafor", "company": "Acme", "phone": "1", "title": None}
    agreed = {"confirm": True}
    return [
        Step("salesforce_get_org", {}, {"name": "Demo Org"}),
        Step("salesforce_describe_lead", {}, {"objected_status": "Closed - Not Converted"}),
        Step("salesforce_describe_lead", {"fields": ["salutation"]}, mentions="Prof."),
        Step("salesforce_create_lead", {**lead, "annual_revenue": 15, "custom_fields": None, "fax": "2"}, {"fax": "2"}),
        Step("salesforce_create_lead", lead, code="LEAD_ALREADY_EXISTS"),
        Step("salesforce_get_lead", {"lead": ada}, {"company": "Acme", "annual_revenue": 15}),
        Step("salesforce_get_lead", {"lead": ada, "fields": ["phone"]}, {"phone": "1"}),
        Step("salesforce_get_lead", {"lead": nobody}, code="LEAD_NOT_FOUND", mentions="salesforce_list_leads"),
        Step("salesforce_get_lead", {"led": ada}, code="VALIDATION_ERROR"),
        Step("salesforce_list_leads", {"email": ada, "limit": 5}, {"count": 1, "next_cursor": None}),
        Step("salesforce_list_leads", {"search": nobody, "fields": ["email"]}, {"leads": []}),
        Step("salesforce_update_lead", {"lead": ada, "title": "CTO", "dry_run": True}, {"action": "update"}),
        Step("salesforce_update_lead", {"lead": ada, "title": "CTO", "phone": None}, {"title": "CTO", "phone": None}),
        Step("salesforce_sync_lead", {**lead, "dry_run": True}, {"action": "update"}),
        Step("salesforce_sync_lead", lead, {"action": "updated", "changed_fields": ["phone"]}),
        Step("salesforce_sync_lead", lead, {"action": "unchanged"}),
        Step("salesforce_sync_lead", {"email": bola, "last_name": "Ade"}, {"action": "created"}),
        Step("salesforce_update_lead_status", {"lead": ada, "status": "objected"}, {"action": "updated"}),
        Step("salesforce_update_lead_status", {"lead": ada, "status": "Lost"}, code="INVALID_STATUS"),
        Step(
            "salesforce_add_to_campaign",
            {"lead": ada, "campaign": there.campaign, "status": None, "dry_run": True},
            {"action": "add_to_campaign"},
        ),
        Step("salesforce_add_to_campaign", {"lead": ada, "campaign": there.campaign}, {"action": "added"}),
        Step("salesforce_add_to_campaign", {"lead": ada, "campaign": "x", "status": "Sent"}, code="CAMPAIGN_NOT_FOUND"),
        Step("salesforce_list_lead_campaigns", {"lead": ada}, {"count": 1}),
        Step("salesforce_convert_lead", {"lead": ada, "dry_run": True}, {"action": "convert"}),
        Step(
            "salesforce_update_lead_status",
            {"lead": ada, "status": "scheduled", "conversion": {"create_opportunity": True}, "dry_run": True},
            {"action": "convert"},
        ),
        Step("salesforce_convert_lead", {"lead": ada, **agreed}, {"already_converted": False}, asks=True),
        Step("salesforce_update_lead", {"lead": ada, "title": "CEO"}, code="LEAD_CONVERTED"),
        Step("salesforce_find_duplicate_leads", {"limit": 100}, mentions=kim),
        Step("salesforce_delete_lead", {"lead": kim, **agreed}, code="AMBIGUOUS_LEAD"),
        Step(
            "salesforce_merge_leads",
            {"lead": there.kim, "others": [there.kim_again], **agreed},
            {"merged_ids": [there.kim_again]},
            asks=True,
        ),
        Step("salesforce_delete_lead", {"lead": there.bello, "dry_run": True}, {"action": "delete"}),
        Step("salesforce_delete_lead", {"lead": there.bello, **agreed}, {"deleted": True}, asks=True),
        Step("salesforce_restore_lead", {"lead": there.bello}, {"restored": True}),
        Step("salesforce_delete_lead", {"lead": bola, **agreed}, {"deleted": True}, asks=True),
    ]


OPERATIONS = [
    *("create", "update", "update", "create", "update", "convert"),
    *("delete", "merge", "delete", "undelete", "delete"),
]
"""What the steps do to leads in Salesforce; the merge itself deletes."""

OUTCOME: dict[str, dict[str, Any]] = {
    "ada": {"IsDeleted": False, "IsConverted": True, "Title": "CTO", "Phone": "1"},
    "bello": {"IsDeleted": False, "IsConverted": False},
    "bola": {"IsDeleted": True},
    "kim": {"IsDeleted": False, "IsConverted": False},
    "kim_again": {"IsDeleted": True},
}
"""What is true of the leads afterwards, by name."""
