"""Campaigns have member statuses from the start and are not below themselves; nobody is a member twice.

Source: Object Reference, CampaignMember and CampaignMemberStatus.
"""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.behaviours.behaviour import Behaviour
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import refusal

_OF_CAMPAIGN = "CampaignId = ? AND IsDeleted = 0"


def _complete_campaign(org: Org, row: Row, before: Row | None) -> None:
    above = row.get("ParentId")
    met = {row["Id"]}
    while above is not None:
        if above in met:
            raise refusal("CIRCULAR_DEPENDENCY", unverified.OWN_PARENT, "ParentId")
        met.add(above)
        parent = org.tables.get("Campaign", above, "ParentId")
        above = parent["ParentId"] if parent else None


def _first_statuses(org: Org, row: Row) -> list[tuple[str, Row]]:
    statuses = (("Sent", True, False), ("Responded", False, True))
    return [
        (
            "CampaignMemberStatus",
            {
                "CampaignId": row["Id"],
                "Label": label,
                "SortOrder": place,
                "IsDefault": is_default,
                "HasResponded": responded,
            },
        )
        for place, (label, is_default, responded) in enumerate(statuses, 1)
    ]


def _complete_member(org: Org, row: Row, before: Row | None) -> None:
    if before is None and row.get("ContactId"):
        # Of somebody who is said to be both, only the contact is added.
        row["LeadId"] = None
    people = [(column, row[column]) for column in ("LeadId", "ContactId") if row.get(column)]
    if not people:
        raise refusal("FIELD_INTEGRITY_EXCEPTION", unverified.ONE_MEMBER, "LeadId", "ContactId")
    for column, person in people:
        same = org.tables.find(
            "CampaignMember",
            f"{_OF_CAMPAIGN} AND {column} = ? AND Id != ? LIMIT 1",
            (row.get("CampaignId"), person, row.get("Id") or ""),
        )
        if same:
            raise refusal("DUPLICATE_VALUE", "Already a campaign member.")
    statuses = org.tables.find("CampaignMemberStatus", f"{_OF_CAMPAIGN} ORDER BY SortOrder", (row.get("CampaignId"),))
    asked = str(row.get("Status") or "").casefold()
    status = next((status for status in statuses if status["Label"].casefold() == asked), None)
    status = status or next((status for status in statuses if status["IsDefault"]), None)
    if status is None:
        return
    row["Status"] = status["Label"]
    if status["HasResponded"] and not row.get("FirstRespondedDate"):
        row["FirstRespondedDate"] = org.clock().date().isoformat()


def _complete_status(org: Org, row: Row, before: Row | None) -> None:
    place = (row.get("CampaignId"), row.get("Id") or "")
    others = org.tables.find("CampaignMemberStatus", f"{_OF_CAMPAIGN} AND Id != ?", place)
    if any(other["Label"].casefold() == str(row.get("Label") or "").casefold() for other in others):
        raise refusal("DUPLICATE_VALUE", unverified.STATUS_TWICE, "Label")
    if row.get("SortOrder") is None:
        row["SortOrder"] = max((other["SortOrder"] or 0 for other in others), default=0) + 1
    if row.get("IsDefault"):
        for other in others:
            org.tables.update("CampaignMemberStatus", other["Id"], {"IsDefault": False})
    elif before is not None and before["IsDefault"]:
        raise refusal("FIELD_INTEGRITY_EXCEPTION", unverified.DEFAULT_STATUS_NEEDED, "IsDefault")
    if before is not None and not row.get("HasResponded") and not _any_responded(others):
        raise refusal("FIELD_INTEGRITY_EXCEPTION", unverified.RESPONDED_STATUS_NEEDED, "HasResponded")


def _any_responded(statuses: list[Row]) -> bool:
    return any(status["HasResponded"] for status in statuses)


def _refuse_status_in_use(org: Org, row: Row) -> None:
    having = (row["CampaignId"], row["Label"])
    members = org.tables.find("CampaignMember", f"{_OF_CAMPAIGN} AND Status = ? LIMIT 1", having)
    others = org.tables.find("CampaignMemberStatus", f"{_OF_CAMPAIGN} AND Id != ?", (row["CampaignId"], row["Id"]))
    if row["IsDefault"] or members or not _any_responded(others):
        raise refusal("DELETE_FAILED", unverified.STATUS_IN_USE)


CAMPAIGN = Behaviour(_complete_campaign, _first_statuses)
MEMBER = Behaviour(_complete_member)
MEMBER_STATUS = Behaviour(_complete_status, leave=_refuse_status_in_use)
