"""Whatever is written to the objects around a lead: stored or refused, and what is counted of them stays true."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from infra.simulator.instance.context import Context
from infra.simulator.org.rendering import shown
from infra.simulator.records.conversion.conversion import LeadConvert
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.dates import parse_datetime
from infra.simulator.schema.errors import SalesforceError
from infra.simulator.schema.fields import Field, SObject
from tests.infra.simulator.conftest import Clock, bare_org

NAMES = (
    *("Lead", "Contact", "Campaign", "CampaignMember", "CampaignMemberStatus", "Task", "Event", "Note", "Attachment"),
    *("ContentVersion", "ContentNote", "ContentDocument", "ContentDocumentLink"),
)
TEXTS = ("", "a", "b", "Sent", "Responded", "Completed", "V", "YQ==", "YQ==", "###", "x.txt", "ä" * 300)
VALUES: dict[str, tuple[Any, ...]] = {
    "boolean": (True, False),
    "int": (0, 30, 1440, 99999, -5),
    "double": (0, 2.5),
    "currency": (0, 2.5),
    "percent": (0, 2.5),
    "date": ("2026-03-16", "2026-03-18", "9999-12-31"),
    "datetime": ("2026-03-16T10:00:00Z", "2026-03-18T10:30:00Z", "9999-12-31T23:59:59Z"),
}
USUAL = {
    "Event": (
        {"StartDateTime", "DurationInMinutes"},
        {"StartDateTime", "EndDateTime"},
        {"IsAllDayEvent", "ActivityDate"},
    ),
    "CampaignMember": ({"LeadId"}, {"ContactId"}),
    "Task": ({"WhoId"}, {"WhatId"}),
}
"""What somebody who creates such a record mostly gives."""
ACTS = ("create",) * 9 + ("update",) * 6 + ("delete", "undelete", "empty", "convert", "merge")
STEPS = 300


class Neighbourhood:
    """An org that random work is done in."""

    def __init__(self, context: Context, random: Random) -> None:
        self.context = context
        self.random = random
        self.options = WriteOptions(context.org.user.id)
        self.ids = [context.org.user.id]

    def pick(self, options: Any) -> Any:
        return self.random.choice(options)

    def work(self) -> None:
        context, act = self.context, self.pick(ACTS)
        sobject = context.org.all_objects[self.pick(NAMES).lower()]
        known = [each for each in self.ids if each.startswith(sobject.prefix)] or self.ids
        try:
            with context.org.tables.database.transaction():
                if act == "create":
                    self.ids.append(context.records.create(sobject, self.fields(sobject, True), self.options))
                elif act == "update":
                    context.records.update(sobject, self.pick(known), self.fields(sobject, False), self.options)
                elif act == "delete":
                    context.records.delete(sobject, self.pick(known), self.options)
                elif act == "undelete":
                    context.recycle_bin.undelete(self.pick(self.ids), self.options)
                elif act == "empty":
                    context.recycle_bin.empty(self.pick(self.ids))
                elif act == "convert":
                    context.conversions.convert(LeadConvert(self.pick(self.ids), "Closed - Converted"), self.options)
                else:
                    lead = context.org.all_objects["lead"]
                    context.merges.merge(lead, self.pick(self.ids), [self.pick(self.ids)], {}, self.options)
        except SalesforceError:
            return

    def fields(self, sobject: SObject, creating: bool) -> dict[str, Any]:
        writable = [field for field in sobject.fields if (field.createable if creating else field.updateable)]
        usual = self.pick(USUAL.get(sobject.name, [set()])) if creating and self.random.random() < 0.8 else set()
        required = [field for field in writable if (field.required and creating) or field.name in usual]
        others = self.random.sample(writable, min(len(writable), self.random.randrange(3)))
        return {field.name: self.value(field) for field in [*required, *others]}

    def value(self, field: Field) -> Any:
        if field.type != "reference":
            return self.pick(VALUES.get(field.type, TEXTS))
        targets = [self.context.org.all_objects.get(name.lower()) for name in field.reference_to]
        fitting = [each for each in self.ids if each[:3] in {target.prefix for target in targets if target}]
        return self.pick(fitting if fitting and self.random.random() < 0.9 else [None, *self.ids])


@pytest.mark.parametrize("seed", range(12))
def test_random_work_is_done_or_refused_and_leaves_what_is_true(seed: int) -> None:
    with bare_org(Clock()) as context:
        neighbourhood = Neighbourhood(context, Random(seed))
        for _ in range(STEPS):
            neighbourhood.work()

        check(context)


def check(context: Context) -> None:
    tables = context.org.tables
    live = {name: tables.find(name, "IsDeleted = 0") for name in NAMES}
    for name, rows in live.items():
        for row in rows:
            assert shown(context.org.all_objects[name.lower()], row)["Id"] == row["Id"]
    members = live["CampaignMember"]
    for campaign in live["Campaign"]:
        own = [member for member in members if member["CampaignId"] == campaign["Id"]]
        assert campaign["NumberOfLeads"] == sum(member["LeadId"] is not None for member in own)
        assert campaign["NumberOfContacts"] == sum(member["ContactId"] is not None for member in own)
        assert campaign["NumberOfResponses"] == sum(bool(member["HasResponded"]) for member in own)
        assert len({member["LeadId"] for member in own if member["LeadId"]}) == campaign["NumberOfLeads"]
        defaults = [each for each in live["CampaignMemberStatus"] if each["CampaignId"] == campaign["Id"]]
        assert sum(bool(each["IsDefault"]) for each in defaults) == 1
    for event in live["Event"]:
        start, end = parse_datetime(event["StartDateTime"]), parse_datetime(event["EndDateTime"])
        assert start is not None
        assert end is not None
        whole_days = 1440 if event["IsAllDayEvent"] else 0
        assert (end - start).total_seconds() / 60 + whole_days == event["DurationInMinutes"]
    alive = {row["Id"] for rows in live.values() for row in rows}
    for name in ("CampaignMember", "CampaignMemberStatus", "Note", "Attachment", "Task", "Event"):
        for row in live[name]:
            above = [row.get(column) for column in ("LeadId", "ContactId", "CampaignId", "ParentId", "WhoId")]
            gone = [each for each in above if each and each[:3] in ("00Q", "003", "701") and each not in alive]
            assert not gone, (name, row["Id"], gone)
