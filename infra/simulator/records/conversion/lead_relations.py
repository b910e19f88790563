"""What hangs below a lead goes to what the lead becomes.

Source: Salesforce Help 000385227 (activities, notes and attachments) and 003964576 (campaign members).
"""

from __future__ import annotations

from dataclasses import dataclass

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.records import Records
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.activities import CLOSED_STATUS
from infra.simulator.schema.fields import SObject


@dataclass(frozen=True)
class Successors:
    """What a lead has become, and who owns it."""

    account_id: str
    contact_id: str
    opportunity_id: str | None
    owner_id: str


def hand_over(org: Org, records: Records, lead_id: str, successors: Successors, options: WriteOptions) -> None:
    """Give a converted lead's campaigns, activities, notes and files to its successors."""
    _Relations(org, records, lead_id, successors, options).hand_over()


class _Relations:
    def __init__(self, org: Org, records: Records, lead_id: str, successors: Successors, options: WriteOptions) -> None:
        self._org = org
        self._records = records
        self._lead_id = lead_id
        self._to = successors
        account = org.tables.get("Account", successors.account_id) or {}
        self._person = successors.account_id if account.get("IsPersonAccount") else successors.contact_id
        self._options = options

    def hand_over(self) -> None:
        self._campaigns()
        for name in ("Task", "Event"):
            self._activities(name)
        for name in ("Note", "Attachment"):
            self._attached(name)
        self._files()

    def _campaigns(self) -> None:
        """A member stays the lead that it was, and is the contact as well; the latest campaign has won the deal."""
        members = self._below("CampaignMember", "LeadId")
        for member in members:
            self._member(member)
        if members and self._to.opportunity_id:
            deal = self._org.tables.get("Opportunity", self._to.opportunity_id)
            if deal is not None and deal["CampaignId"] is None:
                self._move("Opportunity", deal, {"CampaignId": members[-1]["CampaignId"]})

    def _member(self, member: Row) -> None:
        same = "CampaignId = ? AND ContactId = ? AND IsDeleted = 0"
        values = (member["CampaignId"], self._to.contact_id)
        as_contact = next(iter(self._org.tables.find("CampaignMember", same, values)), None)
        if as_contact is None:
            self._move("CampaignMember", member, {"ContactId": self._to.contact_id})
            return
        # One person is one member: of its two statuses the one further on counts.
        self._records.delete(self._object("CampaignMember"), member["Id"], self._options)
        further = max(as_contact, member, key=self._place)
        self._move("CampaignMember", as_contact, {"Status": further["Status"], "LeadId": self._lead_id})

    def _place(self, member: Row) -> int:
        values = (member["CampaignId"], member["Status"])
        known = "CampaignId = ? AND Label = ? AND IsDeleted = 0"
        statuses = self._org.tables.find("CampaignMemberStatus", known, values)
        return int(statuses[0]["SortOrder"]) if statuses else 0

    def _activities(self, name: str) -> None:
        """They are about the contact, and about the deal or else the account; what is open gets the new owner."""
        about = {"WhoId": self._to.contact_id, "WhatId": self._to.opportunity_id or self._to.account_id}
        for activity in self._below(name, "WhoId"):
            is_done = name == "Task" and activity["Status"] == CLOSED_STATUS
            is_own = activity["OwnerId"] == self._options.user_id and not is_done
            self._move(name, activity, {**about, "OwnerId": self._to.owner_id} if is_own else about)

    def _attached(self, name: str) -> None:
        """The contact gets it, the account one like it; an account that is a person gets it itself."""
        sobject = self._object(name)
        for attached in self._below(name, "ParentId"):
            self._move(name, attached, {"ParentId": self._person})
            if self._person == self._to.account_id:
                continue
            same = {field.name: attached[field.name] for field in sobject.fields if field.createable}
            self._records.add(sobject, {**same, "ParentId": self._to.account_id}, self._options)

    def _files(self) -> None:
        """A document can be linked to all of them."""
        sobject = self._object("ContentDocumentLink")
        for link in self._below("ContentDocumentLink", "LinkedEntityId"):
            for target in (self._person, self._to.account_id, self._to.opportunity_id):
                values = (link["ContentDocumentId"], target)
                linked = "ContentDocumentId = ? AND LinkedEntityId = ? AND IsDeleted = 0"
                if target and not self._org.tables.find(sobject.name, linked, values, "Id"):
                    same = {name: link[name] for name in ("ContentDocumentId", "ShareType", "Visibility")}
                    self._records.add(sobject, {**same, "LinkedEntityId": target}, self._options)

    def _below(self, name: str, column: str) -> list[Row]:
        return self._org.tables.find(name, f"{column} = ? AND IsDeleted = 0 ORDER BY t0.Id", (self._lead_id,))

    def _move(self, name: str, row: Row, changes: Row) -> None:
        self._records.move(self._object(name), row, changes, self._options)

    def _object(self, name: str) -> SObject:
        return self._org.all_objects[name.lower()]
