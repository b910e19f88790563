"""With an external id, Salesforce itself sees to it that there is one lead."""

import asyncio
import itertools
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


async def test_it_costs_what_a_sync_by_email_costs(keyed: GatewayClient, org: Org) -> None:
    calls, results = [await org.api_calls()], []
    for fields in ({}, {"email": "ada@new.example.com", "phone": "1"}, {"email": "ada@new.example.com", "phone": "1"}):
        results.append(await sync(keyed, **fields))
        calls.append(await org.api_calls())

    created, updated, again = results
    assert [each["action"] for each in results] == ["created", "updated", "unchanged"]
    assert [after - before for before, after in itertools.pairwise(calls)] == [2, 2, 1]
    assert created["lead_id"] == updated["lead_id"] == again["lead_id"]
    assert updated["changed_fields"] == ["phone", "email"]
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
    assert sorted(result["action"] for result in results) == ["created", *["unchanged"] * 9]
    assert (await org.stats())["open_leads"] == 1


async def test_a_lost_answer_is_repeated(keyed: GatewayClient, org: Org) -> None:
    await keyed.get("/v1/lead-fields")
    await org.fault("lead.create", "drop_after", times=2)

    result = await sync(keyed, company="Acme")

    assert (await org.stats())["open_leads"] == 1
    assert (result["action"], [each["op"] for each in await org.ledger()]) == ("created", ["create"])


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


async def test_a_field_that_was_made_meanwhile_is_found(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, lead_external_id_field="New_Id__c") as rest:
        assert (await sync(rest))["code"] == "SALESFORCE_REJECTED"
        await org.change(unique_external_id="New_Id__c")

        assert (await sync(rest))["action"] == "created"


@pytest.mark.parametrize("external_id", ["...", "../x", "./", "%2e%2e", "a?b#c", "\\'", "a+b c", "Ünal", "x" * 255])
async def test_an_external_id_may_be_any_text(keyed: GatewayClient, external_id: str) -> None:
    results = [await sync(keyed, email=None, external_id=external_id) for _ in range(2)]

    assert [result["action"] for result in results] == ["created", "unchanged"]


@pytest.mark.parametrize("external_id", [".", ".."])
async def test_an_external_id_that_can_not_be_looked_for_is_refused(
    keyed: GatewayClient, org: Org, external_id: str
) -> None:
    told = await sync(keyed, external_id=external_id)

    assert (told["code"], told["details"][0]["field"]) == ("VALIDATION_ERROR", "external_id")
    assert await org.ledger() == []


async def test_a_lead_without_an_email_is_brought_in_by_its_external_id_alone(keyed: GatewayClient) -> None:
    nobody = {"external_id": "17", "last_name": "Okafor", "company": "Acme"}
    results = [(await keyed.post("/v1/leads/sync", json=each)).json()["data"] for each in (nobody, nobody)]

    assert [each["action"] for each in results] == ["created", "unchanged"]
    lead = (await keyed.get(f"/v1/leads/{results[0]['lead_id']}")).json()["data"]
    assert (lead["email"], lead["custom_fields"][FIELD]) == (None, "17")


async def test_a_lead_that_came_in_before_it_had_an_external_id_gets_it(keyed: GatewayClient, org: Org) -> None:
    by_email = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
    before = (await keyed.post("/v1/leads/sync", json=by_email)).json()["data"]

    first = await sync(keyed)
    second = await sync(keyed, external_id="another person")

    assert (first["action"], first["lead_id"]) == ("updated", before["lead_id"])
    assert first["changed_fields"] == [f"custom_fields.{FIELD}"]
    assert (second["action"], second["duplicates"]) == ("created", [before["lead_id"]])


@pytest.mark.parametrize("on_converted", ["skip", "update_contact"])
async def test_whoever_was_converted_before_it_had_an_external_id_makes_no_new_lead(
    keyed: GatewayClient, org: Org, on_converted: str
) -> None:
    by_email = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme", "status": "scheduled"}
    before = (await keyed.post("/v1/leads/sync", json=by_email)).json()["data"]

    again = await sync(keyed, on_converted=on_converted, phone="7")

    assert (again["lead_id"], (await org.stats())["leads"]) == (before["lead_id"], 1)
    assert again["action"] == {"skip": "skipped", "update_contact": "updated"}[on_converted]


async def test_create_makes_one_beside_whoever_was_converted_before_it_had_an_external_id(keyed: GatewayClient) -> None:
    by_email = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme", "status": "scheduled"}
    before = (await keyed.post("/v1/leads/sync", json=by_email)).json()["data"]

    planned = (await keyed.post("/v1/leads/sync?dry_run=true", json={**ADA, "on_converted": "create"})).json()["data"]
    created = await sync(keyed, on_converted="create")

    assert (planned["action"], created["action"]) == ("create", "created")
    assert created["duplicates"] == [before["lead_id"]]
    assert (await sync(keyed, on_converted="create"))["action"] == "unchanged"


async def test_no_second_lead_is_made_beside_a_converted_one_with_the_external_id(keyed: GatewayClient) -> None:
    converted = await sync(keyed, status="scheduled")

    refused = await sync(keyed, on_converted="create")

    assert (refused["code"], refused["details"][0]["field"]) == ("VALIDATION_ERROR", "on_converted")
    assert converted["lead_id"] in refused["message"]


async def test_an_external_id_that_two_leads_have_is_a_conflict_that_names_both(org: Org, session: Session) -> None:
    await org.change(custom_fields=[{"name": FIELD, "external_id": True}])
    async with client_of(org.transport, session, lead_external_id_field=FIELD) as rest:
        with_id = {"last_name": "Okafor", "custom_fields": {FIELD: "A/17 ü"}}
        both = [(await rest.post("/v1/leads", json=with_id)).json()["data"]["id"] for _ in range(2)]
        calls = await org.api_calls()
        told = await sync(rest)

    assert (told["status_code"], told["code"], told["retryable"]) == (409, "AMBIGUOUS_LEAD", False)
    assert {detail["lead_id"] for detail in told["details"]} == set(both)
    assert await org.api_calls() == calls + 1


async def test_a_sync_by_external_id_is_planned_as_it_is_done(keyed: GatewayClient, org: Org) -> None:
    plans = []
    for fields in ({}, {"phone": "1"}, {"phone": "1"}):
        plan = (await keyed.post("/v1/leads/sync?dry_run=true", json={**ADA, **fields})).json()["data"]
        done = await sync(keyed, **fields)
        plans.append(plan["action"])
        assert [change["field"] for change in plan["changes"]] == done["changed_fields"]

    assert plans == ["create", "update", "unchanged"]


@pytest.mark.parametrize("status", ["scheduled", "no such"])
async def test_nothing_is_written_when_the_status_can_not_be_reached(org: Org, session: Session, status: str) -> None:
    await org.change(unique_external_id=FIELD)
    settings = {"lead_external_id_field": FIELD, "lead_status_converted": "no such"}
    async with client_of(org.transport, session, **settings) as rest:
        refused = await sync(rest, status=status)

    assert refused["code"] == "INVALID_STATUS"
    assert await org.ledger() == []


@pytest.mark.parametrize(("kind", "keys"), [
    ({"type": "double", "precision": 10, "scale": 0}, ["007", "7", "7.0", "+7", "7e0"]),
    ({"type": "double", "precision": 10, "scale": 2}, ["1.50", "1.5", "01.5"]),
    ({"type": "email"}, ["Ada@Example.COM", "ada@example.com"]),
])  # fmt: skip
async def test_a_key_of_any_type_finds_its_lead_again_in_every_form(
    org: Org, session: Session, kind: dict[str, Any], keys: list[str]
) -> None:
    await org.change(custom_fields=[{"name": FIELD, "unique": True, "external_id": True, **kind}])
    async with client_of(org.transport, session, lead_external_id_field=FIELD) as rest:
        results = [await sync(rest, company="Acme", external_id=key) for key in (*keys, *keys)]

    assert [each["action"] for each in results] == ["created", *["unchanged"] * (2 * len(keys) - 1)]
    assert len(await org.ledger()) == 1


@pytest.mark.parametrize("key", ["a/b", "1,5", "null", "x@y.de"])
async def test_a_key_that_is_none_of_its_type_is_refused_by_name(org: Org, session: Session, key: str) -> None:
    number = {"name": FIELD, "unique": True, "external_id": True, "type": "double", "precision": 10, "scale": 0}
    await org.change(custom_fields=[number])
    async with client_of(org.transport, session, lead_external_id_field=FIELD) as rest:
        told = await sync(rest, company="Acme", external_id=key)

    assert (told["code"], told["details"][0]["field"]) == ("VALIDATION_ERROR", "external_id")
    assert "such as 12" in told["message"]
