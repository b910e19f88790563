"""What headers ask for: conditions, compression, and limits of their own."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest

from infra.simulator.exchange.compression import unpacked
from infra.simulator.schema.errors import SalesforceError
from tests.infra.simulator.conftest import REST, Clock, OrgClient, error_of

BEFORE, NOW, LATER = (f"Tue, 17 Mar 2026 09:{minute}:00 GMT" for minute in (29, 30, 31))


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("If-Modified-Since", BEFORE, 200),
        ("If-Modified-Since", NOW, 304),
        ("If-Unmodified-Since", BEFORE, 412),
        ("If-Unmodified-Since", NOW, 200),
        ("If-Modified-Since", "nonsense", 200),
        ("If-None-Match", "*", 200),
    ],
)
async def test_a_lead_is_read_on_conditions_of_time(org: OrgClient, header: str, value: str, status: int) -> None:
    lead_id = await org.create()

    response = await org.send("GET", f"/sobjects/Lead/{lead_id}", headers={header: value})

    assert (response.status_code, bool(response.content)) == (status, status == 200)
    assert response.headers["Last-Modified"] == NOW
    assert "ETag" not in response.headers


async def test_a_lead_is_not_changed_when_someone_else_was_faster(org: OrgClient, clock: Clock) -> None:
    lead_id = await org.create()
    clock.move(minutes=1)
    await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Company": "Theirs"})

    async def change(moment: str) -> int:
        headers = {"If-Unmodified-Since": moment}
        return (
            await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Company": "Mine"}, headers=headers)
        ).status_code

    assert await change(NOW) == 412
    assert (await org.read(lead_id))["Company"] == "Theirs"
    assert await change(LATER) == 204


async def test_accounts_have_tags(org: OrgClient) -> None:
    account_id = await org.create("Account", Name="Acme")
    path = f"/sobjects/Account/{account_id}"
    tag = (await org.send("GET", path)).headers["ETag"]

    async def answer(method: str, header: str, value: str) -> int:
        body = {"json": {"Phone": "1"}} if method == "PATCH" else {}
        return (await org.send(method, path, headers={header: value}, **body)).status_code

    assert await answer("GET", "If-None-Match", tag) == 304
    assert await answer("GET", "If-None-Match", '"other"') == 200
    assert await answer("PATCH", "If-Match", '"other"') == 412
    assert await answer("PATCH", "If-Match", tag) == 204
    assert await answer("GET", "If-None-Match", tag) == 200


async def test_describes_are_sent_again_only_after_a_change(org: OrgClient, clock: Clock) -> None:
    for path in ("/sobjects", "/sobjects/Lead/describe"):
        fresh = await org.send("GET", path)
        headers = {"If-Modified-Since": fresh.headers["Last-Modified"]}
        assert (await org.send("GET", path, headers=headers)).status_code == 304

        clock.move(minutes=1)
        await org.change_org(custom_fields=[{"name": "New__c"}])
        assert (await org.send("GET", path, headers=headers)).status_code == 200


async def test_long_answers_are_compressed_for_those_who_ask(org: OrgClient) -> None:
    packed = await org.send("GET", "/sobjects/Lead/describe", headers={"Accept-Encoding": "gzip, deflate"})
    plain = await org.send("GET", "/sobjects/Lead/describe", headers={"Accept-Encoding": "gzip;q=0"})
    tagged = await org.send("GET", "/sobjects", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert tagged.headers["ETag"].endswith('-gzip"')
    again = await org.send("GET", "/sobjects", headers={"If-None-Match": tagged.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_bodies_may_come_compressed(org: OrgClient, encoding: str, pack: Any) -> None:
    content = pack(json.dumps({"LastName": "Okafor", "Company": "Acme"}).encode())
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}

    assert (await org.send("POST", "/sobjects/Lead", content=content, headers=headers)).status_code == 201


@pytest.mark.parametrize(
    ("encoding", "content", "status"),
    [
        ("gzip", b"nonsense", 400),
        ("gzip", gzip.compress(b"x" * 1000, mtime=0)[:20], 400),
        ("br", b"", 415),
    ],
)
async def test_what_cannot_be_unpacked_is_refused(org: OrgClient, encoding: str, content: bytes, status: int) -> None:
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}

    assert (await org.send("POST", "/sobjects/Lead", content=content, headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("encoding", "content"), [("", b"0" * 1001), ("gzip", gzip.compress(b"0" * 1_000_000, mtime=0))]
)
def test_what_is_too_long_when_unpacked_is_refused_without_unpacking_it_all(encoding: str, content: bytes) -> None:
    with pytest.raises(SalesforceError, match="REQUEST_ENTITY_TOO_LARGE"):
        unpacked(content, encoding, at_most=1000)


async def test_urls_and_headers_have_their_limits(org: OrgClient) -> None:
    long_url = await org.send("GET", "/query", params={"q": "x" * 16_384})
    long_headers = await org.send("GET", "/limits", headers={"X-Long": "x" * 16_384})

    assert (long_url.status_code, long_url.content) == (414, b"")
    assert long_headers.status_code == 431


async def test_a_post_can_stand_in_for_a_patch(org: OrgClient) -> None:
    lead_id = await org.create()

    response = await org.send("POST", f"/sobjects/Lead/{lead_id}?_HttpMethod=PATCH", json={"Company": "Globex"})

    assert response.status_code == 204
    assert (await org.read(lead_id))["Company"] == "Globex"


async def test_changes_and_deletions_of_a_span_of_time_are_listed(org: OrgClient, clock: Clock) -> None:
    old, gone, changed = [await org.create(LastName=name) for name in "ABC"]
    clock.move(minutes=10)
    await org.send("PATCH", f"/sobjects/Lead/{changed}", json={"Company": "Globex"})
    await org.send("DELETE", f"/sobjects/Lead/{gone}")
    span = "start=2026-03-17T09:35:59%2B00:00&end=2026-03-17T11:00:00Z"

    updated = (await org.send("GET", f"/sobjects/Lead/updated/?{span}")).json()
    deleted = (await org.send("GET", f"/sobjects/lead/deleted?{span}")).json()

    covered = "2026-03-17T09:40:00.000+0000"
    assert updated == {"ids": [changed], "latestDateCovered": covered}
    assert deleted == {
        "deletedRecords": [{"id": gone, "deletedDate": covered}],
        "earliestDateAvailable": covered,
        "latestDateCovered": covered,
    }
    assert old not in updated["ids"]


@pytest.mark.parametrize(
    "span",
    [
        "",
        "start=2026-03-17T09:00:00Z",
        "start=x&end=y",
        "start=2026-03-17T09:00:10Z&end=2026-03-17T09:00:50Z",
        "start=2026-03-17T09:00:00Z&end=2026-03-16T09:00:00Z",
        "start=2026-01-17T09:00:00Z&end=2026-03-16T09:00:00Z",
    ],
)
async def test_a_span_that_is_none_is_refused(org: OrgClient, span: str) -> None:
    assert error_of(await org.send("GET", f"/sobjects/Lead/updated?{span}")) == (400, "INVALID_REPLICATION_DATE")


async def test_records_are_counted(org: OrgClient) -> None:
    await org.create()

    some = (await org.send("GET", "/limits/recordCount?sObjects=Lead,Account,Nope")).json()
    everything = (await org.send("GET", "/limits/recordCount")).json()

    assert some == {"sObjects": [{"count": 1, "name": "Lead"}]}
    assert {"count": 4, "name": "LeadStatus"} in everything["sObjects"]


async def test_the_allowance_of_a_day_runs_out_and_comes_back(org: OrgClient, clock: Clock) -> None:
    await org.change_org(daily_api_limit=2)

    answers = [await org.send("GET", "/limits") for _ in range(3)]
    clock.move(hours=25)
    await org.log_in_again()
    tomorrow = await org.send("GET", "/limits")

    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert answers[1].json()["DailyApiRequests"] == {"Max": 2, "Remaining": 0}
    assert answers[2].json() == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    assert tomorrow.headers["Sforce-Limit-Info"] == "api-usage=1/2"
    assert tomorrow.json()["DailyApiRequests"] == {"Max": 2, "Remaining": 1}


async def test_answers_can_be_pretty(org: OrgClient) -> None:
    response = await org.http.get(
        f"{REST}/", headers={"Authorization": f"OAuth {org.access_token}", "X-PrettyPrint": "1"}
    )

    assert response.text.startswith('{\n  "sobjects" : "/services/data/v59.0/sobjects"')
