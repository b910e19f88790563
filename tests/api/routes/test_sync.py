"""Syncs over REST: what they do, what they cost, and that they never make two."""

import asyncio
from typing import Any

import httpx
import pytest

from domain.values.session import Session
from tests.support.gateway import client_of
from tests.support.leads import failure
from tests.support.org import Org

ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme", "phone": "1"}


async def sync(rest: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    response = await rest.post("/v1/leads/sync", json={**ADA, **fields})
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()["data"]
    return result


async def test_a_sync_creates_once_and_then_writes_only_what_differs(rest: httpx.AsyncClient, org: Org) -> None:
    first = await sync(rest)
    again = await sync(rest)
    changed = await sync(rest, phone="2")

    assert first["action"] == "created"
    assert (again["action"], again["lead_id"]) == ("unchanged", first["lead_id"])
    assert (changed["action"], changed["changed_fields"]) == ("updated", ["phone"])
    created, updated = await org.ledger()
    assert (created["op"], updated["op"], updated["fields"]) == ("create", "update", {"Phone": "2"})


async def test_scheduled_leaves_a_converted_lead_and_says_so_again(rest: httpx.AsyncClient, org: Org) -> None:
    first = await sync(rest, status="scheduled")
    again = await sync(rest, status="scheduled")

    assert (first["action"], first["status"]) == ("created", "Closed - Converted")
    assert (again["action"], again["reason"]) == ("skipped", "lead_already_converted")
    assert again["conversion"] == {**first["conversion"], "already_converted": True}
    stats = await org.stats()
    assert (stats["open_leads"], stats["converted_leads"]) == (0, 1)


async def test_objected_sets_the_status_in_the_same_write(rest: httpx.AsyncClient, org: Org) -> None:
    await sync(rest)

    result = await sync(rest, status="objected", phone="2")

    assert (result["status"], result["conversion"]) == ("Closed - Not Converted", None)
    assert (await org.ledger())[-1]["fields"] == {"Phone": "2", "Status": "Closed - Not Converted"}


async def test_what_each_operation_costs(rest: httpx.AsyncClient, org: Org) -> None:
    async def cost(method: str, path: str, body: Any = None) -> int:
        before = await org.api_calls()
        response = await rest.request(method, path, json=body)
        assert response.status_code < 300, response.text
        return await org.api_calls() - before

    bola = {**ADA, "email": "bola@example.com"}
    chidi = {**ADA, "email": "chidi@example.com"}
    assert await cost("POST", "/v1/leads/sync", ADA) == 2
    assert await cost("POST", "/v1/leads/sync", ADA) == 1
    assert await cost("POST", "/v1/leads/sync", {**ADA, "phone": "2"}) == 2
    assert await cost("POST", "/v1/leads/sync", {**ADA, "status": "objected"}) == 2
    assert await cost("POST", "/v1/leads/sync", {**chidi, "status": "objected"}) == 2
    assert await cost("POST", "/v1/leads/sync", {**bola, "status": "scheduled"}) == 3
    assert await cost("POST", "/v1/leads", {**ADA, "email": "dayo@example.com"}) == 2
    assert await cost("GET", "/v1/leads/dayo@example.com") == 1
    assert await cost("GET", "/v1/leads") == 1
    assert await cost("PATCH", "/v1/leads/dayo@example.com", {"phone": "2"}) == 2
    assert await cost("PUT", "/v1/leads/dayo@example.com/status", {"status": "objected"}) == 2
    assert await cost("POST", "/v1/leads/dayo@example.com/convert") == 2


async def test_fifty_simultaneous_syncs_of_a_new_email_leave_one_lead(rest: httpx.AsyncClient, org: Org) -> None:
    results = await asyncio.gather(*(sync(rest) for _ in range(50)))

    assert sorted(result["action"] for result in results) == ["created"] + ["unchanged"] * 49
    assert len({result["lead_id"] for result in results}) == 1
    assert (await org.stats())["open_leads"] == 1


async def test_a_hundred_requests_of_an_expired_session_cost_one_refresh(rest: httpx.AsyncClient, org: Org) -> None:
    await sync(rest)
    await org.expire_sessions()

    answers = await asyncio.gather(*(rest.get("/v1/leads/ada@example.com") for _ in range(100)))

    assert {answer.status_code for answer in answers} == {200}
    assert (await org.stats())["by_operation"]["token.refresh"] == 1


async def test_a_conversion_refreshes_an_expired_session_as_well(rest: httpx.AsyncClient, org: Org) -> None:
    await sync(rest)
    await org.fault("soap.convertLead", "expire_session", times=1)

    response = await rest.post("/v1/leads/ada@example.com/convert")

    assert response.json()["data"]["account_id"]
    assert (await org.stats())["by_operation"]["token.refresh"] == 1


async def test_a_rotated_session_is_handed_back(rest: httpx.AsyncClient, org: Org) -> None:
    await org.change(rotate_refresh_tokens=True)
    await org.expire_sessions()

    first = await rest.get("/v1/leads")
    second = await rest.get("/v1/leads")

    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["X-SF-Refresh-Token"] == second.headers["X-SF-Refresh-Token"]
    assert (await org.stats())["by_operation"]["token.refresh"] == 1


async def test_a_lost_answer_makes_no_second_lead(rest: httpx.AsyncClient, org: Org) -> None:
    await org.fault("lead.create", "drop_after", times=1)

    result = await sync(rest)

    assert result["action"] == "created"
    assert (await org.stats())["open_leads"] == 1


async def test_a_creation_that_may_have_happened_is_not_repeated(rest: httpx.AsyncClient, org: Org) -> None:
    await org.fault("lead.create", "drop_before", times=1)

    body = failure(await rest.post("/v1/leads/sync", json=ADA), 504, "OUTCOME_UNKNOWN")

    assert body["retryable"] is False
    assert (await org.stats())["open_leads"] == 0
    assert (await sync(rest))["action"] == "created"


async def test_a_lost_update_is_repeated(rest: httpx.AsyncClient, org: Org) -> None:
    await sync(rest)
    await org.fault("lead.update", "drop_after", times=1)

    result = await sync(rest, phone="2")

    assert result["action"] == "updated"


async def test_a_lost_conversion_is_looked_up(rest: httpx.AsyncClient, org: Org) -> None:
    await org.fault("soap.convertLead", "drop_after", times=1)

    result = await sync(rest, status="scheduled")

    assert result["conversion"]["account_id"]
    assert (await org.stats())["converted_leads"] == 1


async def test_a_lost_deletion_is_a_deletion(rest: httpx.AsyncClient, org: Org) -> None:
    lead_id = (await sync(rest))["lead_id"]
    await org.fault("lead.delete", "drop_after", times=1)

    response = await rest.delete(f"/v1/leads/{lead_id}")

    assert response.status_code == 200


async def test_a_locked_row_is_waited_for(rest: httpx.AsyncClient, org: Org) -> None:
    await org.fault(
        "lead.create", "status", status=400, error_code="UNABLE_TO_LOCK_ROW", message="unable to obtain", times=2
    )

    assert (await sync(rest))["action"] == "created"


async def test_a_duplicate_rule_answers_with_the_matches_and_can_be_overruled(
    rest: httpx.AsyncClient, org: Org
) -> None:
    first = await sync(rest, first_name="Ada")
    await org.change(duplicate_rule="alert")
    twin = {**ADA, "email": "ada.okafor@example.com", "first_name": "Ada"}

    body = failure(await rest.post("/v1/leads/sync", json=twin), 409, "DUPLICATE_DETECTED")

    assert body["details"][0]["record_ids"] == [first["lead_id"]]
    assert (await sync(rest, **{**twin, "allow_duplicate": True}))["action"] == "created"


@pytest.mark.usefixtures("virtual_time")
async def test_while_salesforce_may_be_still_at_work_on_a_lead_nobody_else_makes_it(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, sf_timeout_seconds=10, sf_deadline_seconds=50) as rest:
        # The first look-up also asks how leads look here, in one composite call.
        await rest.post("/v1/leads/sync", json={**ADA, "email": "bea@example.com"})
        await org.fault("composite", "delay", seconds=15, times=1)
        slow = await rest.post("/v1/leads/sync", json=ADA)
        again = await rest.post("/v1/leads/sync", json=ADA)

    assert slow.json()["code"] == "OUTCOME_UNKNOWN"
    assert again.json()["data"]["action"] == "unchanged"
    assert (await org.stats())["open_leads"] == 2
