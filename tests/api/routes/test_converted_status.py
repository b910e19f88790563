"""A conversion sets a status that the lead's record type offers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.leads import failure
from tests.support.org import Org

REGION = {"Region__c": "EMEA"}
"""What the org requires of every lead."""


@pytest.fixture
async def rest(org: Org, session: Session) -> AsyncIterator[GatewayClient]:
    await org.change(setup="global")
    async with client_of(org.transport, session) as client:
        yield client


def lead(email: str, record_type: str | None = None, **more: Any) -> dict[str, Any]:
    typed = {"record_type": record_type} if record_type else {}
    return {"email": email, "last_name": "Okafor", "company": "Acme", "custom_fields": REGION, **typed, **more}


async def created(rest: GatewayClient, email: str, record_type: str | None = None) -> str:
    response = await rest.post("/v1/leads", json=lead(email, record_type))
    lead_id: str = response.raise_for_status().json()["data"]["id"]
    return lead_id


@pytest.mark.parametrize("setting", ["", "Won", "Partner Won"])
async def test_each_record_type_gets_a_status_that_it_offers(org: Org, session: Session, setting: str) -> None:
    await org.change(setup="global")
    async with client_of(org.transport, session, lead_status_converted=setting) as rest:
        for record_type, status in ((None, "Won"), ("Direct", "Won"), ("Partner", "Partner Won")):
            name = str(record_type).lower()
            lead_id = await created(rest, f"{name}-1@example.com", record_type)

            planned = await rest.post(f"/v1/leads/{lead_id}/convert", params={"dry_run": True})
            converted = await rest.post(f"/v1/leads/{lead_id}/convert")
            synced = await rest.post(
                "/v1/leads/sync", json=lead(f"{name}-2@example.com", record_type, status="scheduled")
            )

            assert planned.json()["data"]["changes"][0]["after"] == status
            assert converted.json()["data"]["status"] == status
            assert synced.json()["data"]["conversion"]["status"] == status


async def test_once_the_record_types_are_known_they_take_no_further_call(rest: GatewayClient, org: Org) -> None:
    first, second = [await created(rest, f"{number}@example.com") for number in range(2)]
    await rest.post(f"/v1/leads/{first}/convert")
    before = await org.api_calls()

    await rest.post(f"/v1/leads/{second}/convert")
    after_conversion = await org.api_calls()
    await rest.post("/v1/leads/sync", json=lead("new@example.com", status="scheduled"))

    assert after_conversion - before == 2
    assert await org.api_calls() - after_conversion == 3


async def test_a_status_that_the_record_type_does_not_offer_is_refused_before_anything_is_written(
    rest: GatewayClient, org: Org
) -> None:
    wanted = {"status": "scheduled", "conversion": {"converted_status": "Won"}}
    effects = len(await org.ledger())

    refused = failure(
        await rest.post("/v1/leads/sync", json=lead("ada@example.com", "Partner", **wanted)), 422, "INVALID_STATUS"
    )

    [detail] = refused["details"]
    assert (detail["field"], detail["allowed"]) == ("conversion.converted_status", ["Partner Won"])
    assert len(await org.ledger()) == effects


async def test_a_setting_that_the_org_does_not_have_is_named(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, lead_status_converted="Sold") as rest:
        await rest.post("/v1/leads", json={"email": "ada@example.com", "last_name": "Okafor"})

        refused = failure(await rest.post("/v1/leads/ada@example.com/convert"), 422, "INVALID_STATUS")

    assert "LEAD_STATUS_CONVERTED" in refused["message"]
    assert [detail["field"] for detail in refused["details"]] == ["converted_status"]


async def test_where_the_record_types_can_not_be_read_the_refusal_names_what_to_send(
    rest: GatewayClient, org: Org
) -> None:
    lead_id = await created(rest, "ada@example.com")
    await org.fault("layouts", "status", status=403, error_code="INSUFFICIENT_ACCESS", message="no access")
    body = {"status": "scheduled"}

    refused = failure(await rest.put(f"/v1/leads/{lead_id}/status", json=body), 422, "CONVERSION_REJECTED")

    assert [detail["field"] for detail in refused["details"]] == ["conversion.converted_status"]
    assert "conversion.converted_status" in refused["message"]
    assert "LEAD_STATUS_CONVERTED" in refused["message"]
    before = await org.api_calls()
    named = {**body, "conversion": {"converted_status": "Won"}}
    assert (await rest.put(f"/v1/leads/{lead_id}/status", json=named)).json()["data"]["status"] == "Won"
    # After a refusal all is asked for anew, once.
    assert await org.api_calls() - before == 4
