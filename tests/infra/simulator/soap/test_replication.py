"""getUpdated and getDeleted."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.infra.simulator.conftest import Clock, OrgClient, error_of
from tests.infra.simulator.soap.test_soap import PARTNER, fault_of, results, text

START, END = "2026-03-17T09:00:00Z", "2026-03-17T12:30:59+01:00"
TOO_OLD = "2026-01-01T00:00:00Z"


def asked(operation: str, name: str = "Lead", start: str = START, end: str = END) -> str:
    return (
        f"<{operation}><sObjectType>{name}</sObjectType><startDate>{start}</startDate>"
        f"<endDate>{end}</endDate></{operation}>"
    )


async def test_what_changed_and_what_was_deleted_is_what_rest_tells(org: OrgClient, clock: Clock) -> None:
    kept, gone = await org.create(), await org.create()
    await org.send("DELETE", f"/sobjects/Lead/{gone}")
    clock.move(hours=3)
    await org.log_in_again()
    await org.create(LastName="Later")

    [updated] = await results(org, asked("getUpdated"))
    [deleted] = await results(org, asked("getDeleted"))

    span = urlencode({"start": START, "end": END})
    assert [each.text for each in updated.iter(f"{PARTNER}ids")] == [kept]
    assert (await org.send("GET", f"/sobjects/Lead/updated?{span}")).json()["ids"] == [kept]
    [record] = deleted.iter(f"{PARTNER}deletedRecords")
    assert (text(record, "id"), text(record, "deletedDate")) == (gone, "2026-03-17T09:30:00.000Z")
    assert text(deleted, "earliestDateAvailable") == "2026-03-17T09:30:00.000Z"
    assert [text(each, "latestDateCovered") for each in (updated, deleted)] == ["2026-03-17T11:30:00.000Z"] * 2


@pytest.mark.parametrize("operation", ["getUpdated", "getDeleted"])
@pytest.mark.parametrize(
    ("name", "start", "end", "code"),
    [
        ("Lead", END, START, "INVALID_REPLICATION_DATE"),
        ("Lead", START, START, "INVALID_REPLICATION_DATE"),
        ("Lead", TOO_OLD, END, "INVALID_REPLICATION_DATE"),
        ("Lead", "yesterday", END, "INVALID_REPLICATION_DATE"),
        ("Lead", "", "", "INVALID_REPLICATION_DATE"),
        ("Nope", START, END, "INVALID_TYPE"),
        ("User", START, END, "INVALID_TYPE_FOR_OPERATION"),
    ],
)
async def test_a_span_or_an_object_that_is_none_is_a_fault(
    org: OrgClient, operation: str, name: str, start: str, end: str, code: str
) -> None:
    assert fault_of(await org.soap(asked(operation, name, start, end))) == (500, f"sf:{code}")
    if code == "INVALID_REPLICATION_DATE":
        path = f"/sobjects/Lead/{operation.removeprefix('get').lower()}"
        assert error_of(await org.send("GET", f"{path}?{urlencode({'start': start, 'end': end})}")) == (400, code)
