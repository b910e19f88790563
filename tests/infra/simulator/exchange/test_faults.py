"""Scripted faults."""

from __future__ import annotations

import asyncio

import anyio
import httpx
import pytest

from tests.infra.simulator.conftest import OrgClient, error_of, logged_in

NEW_LEAD = {"LastName": "Okafor", "Company": "Acme"}


async def test_a_status_is_answered_as_often_as_asked_and_nothing_is_done(org: OrgClient) -> None:
    rule = {"kind": "status", "status": 503, "error_code": "SERVER_UNAVAILABLE", "headers": {"Retry-After": "2"}}
    await org.faults({"operation": "lead.create", "times": 2, **rule})

    answers = [await org.send("POST", "/sobjects/Lead", json=NEW_LEAD) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 201]
    assert (answers[0].headers["Retry-After"], error_of(answers[0])) == ("2", (503, "SERVER_UNAVAILABLE"))
    stats = await org.stats()
    assert (stats["leads"], stats["by_operation"]["lead.create"]) == (1, 3)


@pytest.mark.parametrize(("kind", "leads"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_connection_breaks_before_or_after_the_work(org: OrgClient, kind: str, leads: int) -> None:
    await org.faults({"operation": "lead.create", "kind": kind, "times": 1})

    with pytest.raises(httpx.RemoteProtocolError):
        await org.send("POST", "/sobjects/Lead", json=NEW_LEAD)

    assert (await org.stats())["leads"] == leads


async def test_a_maintenance_page_comes_instead_of_an_answer(org: OrgClient) -> None:
    await org.faults({"operation": "*", "kind": "html", "times": 1})

    response = await org.send("POST", "/sobjects/Lead", json=NEW_LEAD)

    assert (response.status_code, response.headers["Content-Type"]) == (503, "text/html;charset=UTF-8")
    assert (await org.stats())["leads"] == 0


async def test_the_session_of_a_call_dies_with_it(org: OrgClient) -> None:
    other = await logged_in(org.http)
    await org.faults({"operation": "query", "kind": "expire_session", "times": 1})

    response = await org.send("GET", "/query?q=SELECT+Id+FROM+Lead")

    assert error_of(response) == (401, "INVALID_SESSION_ID")
    assert (await org.send("GET", "/limits")).status_code == 401
    assert (await other.send("GET", "/limits")).status_code == 200


async def test_the_session_of_a_soap_call_dies_with_it(org: OrgClient) -> None:
    await org.faults({"operation": "soap.convertLead", "kind": "expire_session"})

    response = await org.soap("<convertLead/>")

    assert (response.status_code, "sf:INVALID_SESSION_ID" in response.text) == (500, True)
    assert (await org.send("GET", "/limits")).status_code == 401


async def test_who_gives_up_waiting_may_find_the_work_done(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "delay", "seconds": 0.05, "times": 1})

    with pytest.raises(httpx.ReadTimeout):
        await org.send("POST", "/sobjects/Lead", json=NEW_LEAD, timeout=0.01)

    async def until_it_is_done() -> None:
        while (await org.stats())["leads"] == 0:
            continue

    with anyio.fail_after(5):
        await until_it_is_done()


async def test_a_rule_with_a_probability_fires_the_same_way_for_the_same_seed(org: OrgClient) -> None:
    async def outcomes() -> list[int]:
        await org.http.delete("/_sim/faults")
        await org.faults({"operation": "limits", "kind": "status", "probability": 0.5, "seed": 7})
        return [(await org.send("GET", "/limits")).status_code for _ in range(20)]

    first = await outcomes()

    assert await outcomes() == first
    assert {*first} == {200, 503}


async def test_the_first_rule_that_fires_decides(org: OrgClient) -> None:
    await org.faults(
        {"operation": "limits", "kind": "status", "status": 500, "times": 1},
        {"operation": "*", "kind": "status", "status": 502, "times": 2},
    )

    assert [(await org.send("GET", "/limits")).status_code for _ in range(4)] == [500, 502, 502, 200]


async def test_soap_says_a_scripted_error_as_a_fault(org: OrgClient) -> None:
    await org.faults({"operation": "soap.convertLead", "kind": "status", "error_code": "SERVER_UNAVAILABLE"})

    response = await org.soap("<convertLead/>")

    assert (response.status_code, "<faultcode>sf:SERVER_UNAVAILABLE</faultcode>" in response.text) == (503, True)


async def test_a_redirect_leads_elsewhere_and_nothing_is_done(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "redirect", "status": 307, "times": 1})

    response = await org.send("POST", "/sobjects/Lead", json=NEW_LEAD)

    assert (response.status_code, response.headers["Location"]) == (307, "https://elsewhere.example/")
    assert (await org.stats())["leads"] == 0


async def test_the_right_answer_may_say_that_it_is_something_else(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "content_type", "media_type": "text/html", "times": 1})

    response = await org.send("POST", "/sobjects/Lead", json=NEW_LEAD)

    assert (response.status_code, response.headers["Content-Type"]) == (201, "text/html")
    assert response.json()["success"]


async def test_a_slow_body_comes_whole(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "slow_body", "seconds": 0.02, "pieces": 3, "times": 1})

    response = await org.send("POST", "/sobjects/Lead", json=NEW_LEAD)

    assert response.json()["success"]


async def test_a_body_breaks_off_after_the_work_was_done(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "truncated_body", "kept": 5, "times": 1})

    with pytest.raises(httpx.RemoteProtocolError):
        await org.send("POST", "/sobjects/Lead", json=NEW_LEAD)

    assert (await org.stats())["leads"] == 1


async def test_a_body_breaks_off_for_a_request_inside_another(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "truncated_body", "times": 1})
    sub = {"method": "POST", "url": "/services/data/v59.0/sobjects/Lead", "referenceId": "new", "body": NEW_LEAD}

    with pytest.raises(httpx.RemoteProtocolError):
        await org.send("POST", "/composite", json={"compositeRequest": [sub]})

    assert (await org.stats())["leads"] == 1


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("quota_exhausted", (403, "REQUEST_LIMIT_EXCEEDED")), ("lock_row", (400, "UNABLE_TO_LOCK_ROW"))],
)
async def test_common_refusals_have_names_of_their_own(org: OrgClient, kind: str, expected: tuple[int, str]) -> None:
    await org.faults({"operation": "lead.create", "kind": kind, "times": 1})

    assert error_of(await org.send("POST", "/sobjects/Lead", json=NEW_LEAD)) == expected
    assert (await org.stats())["leads"] == 0


async def test_one_call_too_many_at_once_is_refused(org: OrgClient) -> None:
    await org.change_org(max_concurrency=2, latency_ms=20)

    answers = await asyncio.gather(*(org.send("GET", "/limits") for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 403]


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "status", "headers": {"": "x"}},
        {"kind": "status", "headers": {"A b": "x"}},
        {"kind": "status", "headers": {"X": "a\r\nY: b"}},
        {"kind": "status", "headers": {"X": "ä"}},
        {"kind": "status", "headers": {"Content-Length": "5"}},
        {"kind": "html", "status": 204},
        {"kind": "html", "status": 304},
        {"kind": "redirect", "location": "https://x/\n"},
        {"kind": "content_type", "media_type": "text/html\n"},
        {"kind": "content_type", "media_type": "文"},
    ],
)
async def test_an_answer_that_http_cannot_carry_is_no_fault(org: OrgClient, rule: dict[str, object]) -> None:
    response = await org.http.post("/_sim/faults", json={"rules": [{"operation": "*", **rule}]})

    assert (response.status_code, str(response.json()["field"])[:8]) == (400, "rules.0.")


async def test_a_changed_body_says_something_else(org: OrgClient) -> None:
    changes = {"access_token": None, "instance_url": "https://other.my.salesforce.com"}
    await org.faults({"operation": "token.client_credentials", "kind": "changed_body", "changes": changes, "times": 1})
    form = {"grant_type": "client_credentials", "client_id": "demo-client", "client_secret": "demo-secret"}

    changed, right = [await org.http.post("/services/oauth2/token", data=form) for _ in range(2)]

    assert changed.status_code == 200
    assert {**right.json(), **changed.json()}["instance_url"] == changes["instance_url"]
    assert set(right.json()) - set(changed.json()) == {"access_token"}
