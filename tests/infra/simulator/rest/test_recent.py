"""Recently viewed records."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import REST, Clock, OrgClient, error_of


async def names(org: OrgClient, path: str = "/recent") -> list[str]:
    body = (await org.send("GET", path)).raise_for_status().json()
    return [item["Name"] for item in (body if isinstance(body, list) else body["recentItems"])]


async def test_a_record_that_was_read_is_recent_and_the_last_one_is_first(org: OrgClient, clock: Clock) -> None:
    ids = [await org.create(LastName=name) for name in ("First", "Second", "Unread")]
    for lead_id in (ids[1], ids[0]):
        clock.move(seconds=1)
        await org.read(lead_id)

    items = (await org.send("GET", "/recent")).json()

    attributes = {"type": "Lead", "url": f"{REST}/sobjects/Lead/{ids[0]}"}
    assert items[0] == {"attributes": attributes, "Id": ids[0], "Name": "First"}
    assert await names(org) == await names(org, "/sobjects/Lead") == ["First", "Second"]
    assert (await names(org, "/recent?limit=1"), await names(org, "/sobjects/User")) == (["First"], [])


async def test_a_record_tells_when_it_was_last_seen(org: OrgClient, clock: Clock) -> None:
    lead_id = await org.create()
    soql = "SELECT LastViewedDate, LastReferencedDate, SystemModstamp FROM Lead"
    [unseen] = await org.query(soql)
    clock.move(minutes=1)

    read = await org.read(lead_id)

    [seen] = await org.query(soql)
    assert (unseen["LastViewedDate"], unseen["LastReferencedDate"]) == (None, None)
    assert read["LastViewedDate"] == seen["LastViewedDate"] == seen["LastReferencedDate"]
    assert read["LastViewedDate"] == "2026-03-17T09:31:00.000+0000"
    assert seen["SystemModstamp"] == unseen["SystemModstamp"]


@pytest.mark.parametrize(
    ("purpose", "seen"),
    [
        ("FOR VIEW", (True, True)),
        ("for view", (True, True)),
        ("FOR REFERENCE", (False, True)),
        ("FOR VIEW, REFERENCE", (True, True)),
        ("FOR UPDATE", (False, False)),
        ("", (False, False)),
    ],
)
async def test_a_query_may_be_a_look_at_what_it_finds(org: OrgClient, purpose: str, seen: tuple[bool, bool]) -> None:
    for name in "ABC":
        await org.create(LastName=name)

    await org.query(f"SELECT Id FROM Lead ORDER BY LastName LIMIT 2 {purpose}")

    leads = await org.query("SELECT LastName, LastViewedDate, LastReferencedDate FROM Lead ORDER BY LastName")
    found = [(lead["LastViewedDate"] is not None, lead["LastReferencedDate"] is not None) for lead in leads]
    assert found == [seen, seen, (False, False)]
    assert sorted(await names(org)) == (["A", "B"] if seen[1] else [])


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/sobjects/Lead/{id}", {"Sforce-Mru": "updateMru=false"}),
        ("GET", "/sobjects/Lead/{id}", {"If-Modified-Since": "Tue, 17 Mar 2026 09:30:00 GMT"}),
        ("GET", "/composite/sobjects/Lead?ids={id}&fields=Id", {}),
        ("GET", "/query?q=SELECT+Id+FROM+Lead", {}),
    ],
)
async def test_not_every_reading_is_a_look(org: OrgClient, method: str, path: str, headers: dict[str, str]) -> None:
    path = path.format(id=await org.create())

    await org.send(method, path, headers=headers)

    assert await names(org) == []


async def test_deleted_records_are_not_recent(org: OrgClient) -> None:
    lead_id = await org.create()
    await org.read(lead_id)

    await org.send("DELETE", f"/sobjects/Lead/{lead_id}")

    assert await names(org) == []


@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "", "9" * 5000])
async def test_a_limit_that_is_none_is_refused(org: OrgClient, limit: str) -> None:
    assert error_of(await org.send("GET", f"/recent?limit={limit}")) == (400, "INVALID_REQUEST_PARAMETER")


async def test_who_reads_an_account_does_not_change_its_tag(org: OrgClient, clock: Clock) -> None:
    path = f"/sobjects/Account/{await org.create('Account', Name='A')}"
    tags = []
    for _ in range(2):
        clock.move(minutes=1)
        tags.append((await org.send("GET", path)).headers["ETag"])

    changed: Any = await org.send("PATCH", path, json={"Name": "B"}, headers={"If-Match": tags[0]})

    assert tags[0] == tags[1]
    assert changed.status_code == 204
