"""With an external id, Salesforce itself sees to it that there is one lead."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.org import Org
from tests.support.redis_server import RedisServer, needs_redis

FIELD = "Platform_Id__c"
ADA = {"email": "ada@example.com", "last_name": "Okafor", "external_id": "A/17 ü"}


@pytest.fixture
async def keyed(org: Org, session: Session) -> AsyncIterator[GatewayClient]:
    await org.change(unique_external_id=FIELD)
    async with client_of(org.transport, session, lead_external_id_field=FIELD) as client:
        yield client


async def sync(rest: GatewayClient, **fields: Any) -> dict[str, Any]:
    response = await rest.post("/v1/leads/sync", json={**ADA, **fields})
    body: dict[str, Any] = response.json()
    return body.get("data") or body


async def test_one_call_creates_and_one_call_updates(keyed: GatewayClient, org: Org) -> None:
    created = await sync(keyed)
    calls = await org.api_calls()
    updated = await sync(keyed, email="ada@new.example.com", phone="1")

    assert (created["action"], updated["action"]) == ("created", "updated")
    assert created["lead_id"] == updated["lead_id"]
    assert await org.api_calls() == calls + 1
    lead = (await keyed.get(f"/v1/leads/{created['lead_id']}")).json()["data"]
    assert (lead["email"], lead["phone"], lead["company"]) == ("ada@new.example.com", "1", "Individual")
    assert lead["custom_fields"][FIELD] == ADA["external_id"]


async def test_the_default_company_erases_none(keyed: GatewayClient) -> None:
    created = await sync(keyed, company="Acme")
    await sync(keyed)

    assert (await keyed.get(f"/v1/leads/{created['lead_id']}")).json()["data"]["company"] == "Acme"


async def test_simultaneous_syncs_make_one_lead_without_turns(keyed: GatewayClient, org: Org) -> None:
    results = await asyncio.gather(*(sync(keyed, company="Acme") for _ in range(10)))

    assert len({result["lead_id"] for result in results}) == 1
    assert (await org.stats())["open_leads"] == 1


async def test_a_lost_answer_is_repeated(keyed: GatewayClient, org: Org) -> None:
    await org.fault("composite", "drop_after", times=2)

    result = await sync(keyed, company="Acme")

    assert (await org.stats())["open_leads"] == 1
    assert result["lead_id"]


@pytest.mark.parametrize(
    ("status", "now"), [("objected", "Closed - Not Converted"), ("scheduled", "Closed - Converted")]
)
async def test_statuses_mean_the_same(keyed: GatewayClient, org: Org, status: str, now: str) -> None:
    result = await sync(keyed, status=status)

    assert (result["action"], result["status"]) == ("created", now)
    assert (result["conversion"] is not None) == (status == "scheduled")


async def test_a_converted_lead_is_skipped(keyed: GatewayClient) -> None:
    converted = await sync(keyed, status="scheduled")

    again = await sync(keyed, phone="1")

    assert (again["action"], again["lead_id"]) == ("skipped", converted["lead_id"])
    assert again["conversion"]["account_id"] == converted["conversion"]["account_id"]


async def test_without_the_field_an_external_id_is_refused(rest: GatewayClient, keyed: GatewayClient) -> None:
    without = await sync(rest)
    twice = await sync(keyed, custom_fields={FIELD: "other"})

    assert (without["code"], without["details"][0]["field"]) == ("VALIDATION_ERROR", "external_id")
    assert "LEAD_EXTERNAL_ID_FIELD" in without["message"]
    assert twice["code"] == "VALIDATION_ERROR"


async def test_text_that_looks_like_a_reference_is_text(keyed: GatewayClient) -> None:
    created = await sync(keyed, company="@{lead.id}")

    lead = (await keyed.get(f"/v1/leads/{created['lead_id']}")).json()["data"]
    assert (created["action"], lead["company"]) == ("created", "@{lead.id}")


@needs_redis
async def test_it_goes_on_while_redis_is_away(org: Org, session: Session, redis: RedisServer) -> None:
    redis.stop()
    await org.change(unique_external_id=FIELD)
    async with client_of(org.transport, session, lead_external_id_field=FIELD, redis_url=redis.url) as rest:
        assert (await sync(rest, company="Acme"))["action"] == "created"


async def test_a_field_the_org_has_not_is_told_as_such_and_not_as_a_missing_lead(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, lead_external_id_field="Nobody_Has__c") as rest:
        told = await sync(rest, company="Acme")

    assert told["code"] == "SALESFORCE_REJECTED"
    assert "Nobody_Has__c" in told["message"]
