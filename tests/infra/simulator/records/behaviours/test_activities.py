"""Tasks and events about leads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of

LISTS = ("OpenActivities", "ActivityHistories")


async def test_a_task_is_about_someone_and_something(org: OrgClient) -> None:
    lead = await org.create(FirstName="Ada")
    account = await org.create("Account", Name="Globex")
    contact = await org.create("Contact", LastName="Smith", AccountId=account)
    deal = await org.create(
        "Opportunity", Name="Deal", StageName="Prospecting", CloseDate="2026-04-01", AccountId=account
    )
    await org.create("Task", Subject="Call", WhoId=lead)
    await org.create("Task", Subject="Meet", WhoId=contact, WhatId=deal)

    call, meet = await org.query(
        "SELECT Who.Name, Who.Type, Who.FirstName, What.Name, What.Type, AccountId, Status, Priority "
        "FROM Task ORDER BY Subject"
    )

    assert (call["Who"]["Name"], call["Who"]["Type"], call["What"]) == ("Ada Okafor", "Lead", None)
    assert call["Who"]["attributes"] == {"type": "Name", "url": f"/services/data/v59.0/sobjects/Lead/{lead}"}
    assert (meet["Who"]["Type"], meet["What"]["Name"], meet["What"]["Type"]) == ("Contact", "Deal", "Opportunity")
    assert (meet["AccountId"], meet["Status"], meet["Priority"]) == (account, "Not Started", "Normal")
    found = await org.query("SELECT Subject FROM Task WHERE Who.Type = 'Lead' AND Who.Name LIKE 'ada%'")
    assert [task["Subject"] for task in found] == ["Call"]
    [account_record] = await org.query("SELECT (SELECT Id FROM Tasks), (SELECT Name FROM Opportunities) FROM Account")
    assert account_record["Tasks"] is None


async def test_what_is_done_is_closed(org: OrgClient) -> None:
    lead = await org.create()
    task = await org.create("Task", WhoId=lead, Subject="Call", ActivityDate="2026-03-10", Priority="High")
    before = await org.read(task, "Task")

    await org.send("PATCH", f"/sobjects/Task/{task}", json={"Status": "Completed"})

    after = await org.read(task, "Task")
    assert (before["IsClosed"], before["IsHighPriority"], before["CompletedDateTime"]) == (False, True, None)
    assert (after["IsClosed"], after["CompletedDateTime"]) == (True, "2026-03-17T09:30:00.000+0000")
    assert (await org.read(lead))["LastActivityDate"] == "2026-03-10"
    assert await org.names("LastActivityDate = 2026-03-10") == ["Okafor"]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (
            {"StartDateTime": "2026-03-16T10:00:00Z", "DurationInMinutes": 30},
            ("2026-03-16T10:00:00", "2026-03-16T10:30:00", 30, "2026-03-16"),
        ),
        (
            {"StartDateTime": "2026-03-16T10:00:00Z", "EndDateTime": "2026-03-16T11:00:00Z"},
            ("2026-03-16T10:00:00", "2026-03-16T11:00:00", 60, "2026-03-16"),
        ),
        (
            {"ActivityDateTime": "2026-03-16T10:00:00+02:00", "DurationInMinutes": 0},
            ("2026-03-16T08:00:00", "2026-03-16T08:00:00", 0, "2026-03-16"),
        ),
        (
            {"IsAllDayEvent": True, "ActivityDate": "2026-03-16"},
            ("2026-03-16T00:00:00", "2026-03-16T00:00:00", 1440, "2026-03-16"),
        ),
        (
            {"IsAllDayEvent": True, "StartDateTime": "2026-03-16T00:00:00Z", "EndDateTime": "2026-03-17T00:00:00Z"},
            ("2026-03-16T00:00:00", "2026-03-17T00:00:00", 2880, "2026-03-16"),
        ),
    ],
)
async def test_begin_end_and_duration_of_an_event_agree(
    org: OrgClient, given: dict[str, Any], stored: tuple[Any, ...]
) -> None:
    event = await org.read(await org.create("Event", Subject="Visit", WhoId=await org.create(), **given), "Event")

    start, end = event["StartDateTime"][:19], event["EndDateTime"][:19]
    assert (start, end, event["DurationInMinutes"], event["ActivityDate"]) == stored


async def test_a_changed_event_keeps_agreeing(org: OrgClient) -> None:
    event = await org.create("Event", StartDateTime="2026-03-16T10:00:00Z", DurationInMinutes=30)

    await org.send("PATCH", f"/sobjects/Event/{event}", json={"StartDateTime": "2026-03-18T10:00:00Z"})
    moved = await org.read(event, "Event")
    await org.send("PATCH", f"/sobjects/Event/{event}", json={"EndDateTime": "2026-03-18T12:00:00Z"})
    longer = await org.read(event, "Event")

    assert (moved["EndDateTime"], moved["EndDate"]) == ("2026-03-18T10:30:00.000+0000", "2026-03-18")
    assert longer["DurationInMinutes"] == 120


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("Event", {}, "REQUIRED_FIELD_MISSING"),
        ("Event", {"StartDateTime": "2026-03-16T10:00:00Z"}, "REQUIRED_FIELD_MISSING"),
        ("Event", {"IsAllDayEvent": True}, "REQUIRED_FIELD_MISSING"),
        (
            "Event",
            {"StartDateTime": "2026-03-16T10:00:00Z", "EndDateTime": "2026-03-16T09:00:00Z"},
            "FIELD_INTEGRITY_EXCEPTION",
        ),
        (
            "Event",
            {"IsAllDayEvent": True, "ActivityDate": "2026-03-16", "EndDateTime": "2026-03-15T00:00:00Z"},
            "FIELD_INTEGRITY_EXCEPTION",
        ),
        ("Event", {"StartDateTime": "2026-03-16T10:00:00Z", "DurationInMinutes": 20161}, "FIELD_INTEGRITY_EXCEPTION"),
        ("Task", {"WhoId": "{account}"}, "MALFORMED_ID"),
        ("Task", {"WhatId": "{lead}"}, "MALFORMED_ID"),
        ("Task", {"WhoId": "{lead}", "WhatId": "{account}"}, "FIELD_INTEGRITY_EXCEPTION"),
        ("Task", {"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Task", {"TaskSubtype": "Dance"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
    ],
)
async def test_an_activity_that_makes_no_sense_is_refused(
    org: OrgClient, name: str, fields: dict[str, Any], code: str
) -> None:
    ids = {"lead": await org.create(), "account": await org.create("Account", Name="Globex")}
    wanted = {key: value.format(**ids) if isinstance(value, str) else value for key, value in fields.items()}

    assert error_of(await org.send("POST", f"/sobjects/{name}", json=wanted)) == (400, code)


async def test_an_event_counts_once_it_is_over(org: OrgClient) -> None:
    lead = await org.create()
    await org.create("Event", WhoId=lead, StartDateTime="2026-03-16T10:00:00Z", DurationInMinutes=30)
    await org.create("Event", WhoId=lead, StartDateTime="2026-03-20T10:00:00Z", DurationInMinutes=30)

    assert (await org.read(lead))["LastActivityDate"] == "2026-03-16"


async def test_open_and_closed_activities_are_listed_below_what_they_are_about(org: OrgClient) -> None:
    account = await org.create("Account", Name="Globex")
    contact = await org.create("Contact", LastName="Smith", AccountId=account)
    lead = await org.create()
    for who in (lead, contact):
        await org.create("Task", Subject="open", WhoId=who)
        await org.create("Task", Subject="done", WhoId=who, Status="Completed")
        await org.create("Event", Subject="past", WhoId=who, StartDateTime="2026-03-16T10:00:00Z", DurationInMinutes=5)
        await org.create("Event", Subject="next", WhoId=who, StartDateTime="2026-03-18T10:00:00Z", DurationInMinutes=5)

    for name in ("Lead", "Contact", "Account"):
        [record] = await org.query(
            "SELECT (SELECT Subject, IsTask, Who.Name FROM OpenActivities ORDER BY Subject), "
            f"(SELECT Subject, IsClosed, ActivityDate FROM ActivityHistories ORDER BY Subject) FROM {name}"
        )

        listed = {key: [each["Subject"] for each in record[key]["records"]] for key in LISTS}
        assert [*listed.values()] == [["next", "open"], ["done", "past"]], name
        assert [each["IsTask"] for each in record["OpenActivities"]["records"]] == [False, True]
        assert {each["IsClosed"] for each in record["ActivityHistories"]["records"]} == {True}


async def test_the_lists_of_activities_are_reached_from_their_record(org: OrgClient) -> None:
    lead = await org.create()
    await org.create("Task", Subject="open", WhoId=lead)

    open_, closed = [(await org.send("GET", f"/sobjects/Lead/{lead}/{name}")).json() for name in LISTS]

    assert [each["Subject"] for each in open_["records"]] == ["open"]
    assert closed == {"totalSize": 0, "done": True, "records": []}


async def test_the_lists_of_activities_cannot_be_asked_for_by_themselves(org: OrgClient) -> None:
    task = await org.create("Task")

    assert error_of(await org.ask("SELECT Id FROM OpenActivity")) == (400, "INVALID_TYPE_FOR_OPERATION")
    assert error_of(await org.send("GET", f"/sobjects/OpenActivity/{task}")) == (404, "NOT_FOUND")
    assert (await org.send("GET", "/sobjects/ActivityHistory/describe")).json()["queryable"] is False
