"""When an operation ends in the middle of its steps, the answer tells what was done, with the Id, to every caller."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.leads import ADA
from tests.support.org import Org

FIELD = "Platform_Id__c"
TO_A_QUEUE = [{"name": "All", "entries": [{"owner": "Lead_Queue"}]}]


@pytest.fixture
async def rest(org: Org, session: Session) -> AsyncIterator[GatewayClient]:
    await org.change(unique_external_id=FIELD)
    async with client_of(org.transport, session, lead_external_id_field=FIELD) as client:
        yield client


async def over_rest(rest: GatewayClient, lead: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = (await rest.post("/v1/leads/sync", json=lead)).json()
    return told


async def over_mcp(rest: GatewayClient, lead: dict[str, Any]) -> dict[str, Any]:
    return dict((await rest.call_tool("salesforce_sync_lead", lead)).structured_content or {})


every_way = pytest.mark.parametrize("sync", [over_rest, over_mcp])
by_either_key = pytest.mark.parametrize("key", [{}, {"external_id": "17"}], ids=["email", "external id"])


@every_way
@by_either_key
async def test_a_lead_that_goes_to_a_queue_is_created_and_not_converted(
    rest: GatewayClient, org: Org, sync: Any, key: dict[str, str]
) -> None:
    await org.change(assignment_rules=TO_A_QUEUE)

    told = await sync(rest, {**ADA, **key, "assign": True, "status": "scheduled"})

    [lead_id] = [effect["id"] for effect in await org.ledger()]
    assert (told["status_code"], told["code"]) == (422, "VALIDATION_ERROR")
    begin = f"Lead {lead_id} is created, but not converted. conversion.owner_id: a queue owns"
    assert told["message"].startswith(begin)
    assert {"lead_id": lead_id} in told["details"]


@every_way
@by_either_key
@pytest.mark.parametrize(
    ("refusal", "code", "retryable"),
    [
        ((503, "SERVER_UNAVAILABLE"), "SALESFORCE_UNAVAILABLE", True),
        ((400, "UNABLE_TO_LOCK_ROW"), "SALESFORCE_UNAVAILABLE", True),
        ((403, "API_DISABLED_FOR_ORG"), "PERMISSION_DENIED", False),
        ((400, "FIELD_CUSTOM_VALIDATION_EXCEPTION"), "CONVERSION_REJECTED", False),
        ((500, "UNKNOWN_EXCEPTION"), "OUTCOME_UNKNOWN", False),
    ],
)
async def test_a_conversion_that_fails_behind_a_write_tells_of_the_write(
    rest: GatewayClient,
    org: Org,
    sync: Any,
    key: dict[str, str],
    refusal: tuple[int, str],
    code: str,
    retryable: bool,
) -> None:
    status, salesforce_code = refusal
    await org.fault("soap.convertLead", "status", status=status, error_code=salesforce_code)

    told = await sync(rest, {**ADA, **key, "status": "scheduled"})

    [lead_id] = [effect["id"] for effect in await org.ledger()]
    assert (told["code"], told["retryable"]) == (code, retryable)
    assert told["message"].startswith(f"Lead {lead_id} is created, ")
    assert "Nothing was written" not in told["message"]
    assert {"lead_id": lead_id} in told["details"]
