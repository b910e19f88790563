"""When an operation ends in the middle of its steps, the answer tells what was done, with the Id, to every caller."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.leads import ADA, insert_record
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


@by_either_key
async def test_what_may_succeed_later_does(rest: GatewayClient, org: Org, key: dict[str, str]) -> None:
    await org.fault("soap.convertLead", "status", times=3)
    lead = {**ADA, **key, "status": "scheduled"}

    told = await over_rest(rest, lead)
    again = await over_rest(rest, lead)

    assert told["retryable"]
    assert again["data"]["conversion"]["lead_id"] == told["details"][0]["lead_id"]
    assert [effect["op"] for effect in await org.ledger() if effect["object"] == "Lead"] == ["create", "convert"]


@every_way
async def test_a_contact_that_takes_no_change_is_told_with_its_lead(rest: GatewayClient, org: Org, sync: Any) -> None:
    converted = (await over_rest(rest, {**ADA, "status": "scheduled"}))["data"]["conversion"]
    await org.fault("contact.update", "status", status=400, error_code="FIELD_CUSTOM_VALIDATION_EXCEPTION")

    told = await sync(rest, {**ADA, "phone": "2", "on_converted": "update_contact"})

    ids = {"lead_id": converted["lead_id"], "contact_id": converted["contact_id"]}
    assert (told["code"], told["details"][-1]) == ("SALESFORCE_REJECTED", ids)
    assert "but not updated there" in told["message"]


@every_way
@by_either_key
async def test_a_lead_that_gets_into_no_campaign_is_told(
    rest: GatewayClient, org: Org, sync: Any, key: dict[str, str]
) -> None:
    await insert_record(rest, org, "Campaign", Name="Webinar", IsActive=True)
    await org.fault("campaignmember.create", "status", status=400, error_code="FIELD_CUSTOM_VALIDATION_EXCEPTION")

    told = await sync(rest, {**ADA, **key, "campaign": {"name": "Webinar"}, "status": "scheduled"})

    [lead_id] = [effect["id"] for effect in await org.ledger() if effect["object"] == "Lead"]
    assert told["code"] == "SALESFORCE_REJECTED"
    assert told["message"].startswith(f"Lead {lead_id} is created, but not in the campaign. ")
    assert {"lead_id": lead_id} in told["details"]


@every_way
@by_either_key
@pytest.mark.parametrize(
    ("operation", "wish", "told_of"),
    [
        ("soap.convertLead", {"status": "scheduled"}, "but not converted. "),
        ("campaignmember.create", {"campaign": {"name": "Webinar"}}, "but not in the campaign. "),
    ],
)
async def test_a_lead_that_needed_no_change_is_told_to_be_up_to_date(
    rest: GatewayClient, org: Org, sync: Any, key: dict[str, str], operation: str, wish: dict[str, Any], told_of: str
) -> None:
    await insert_record(rest, org, "Campaign", Name="Webinar", IsActive=True)
    lead_id = (await over_rest(rest, {**ADA, **key}))["data"]["lead_id"]
    await org.fault(operation, "status", status=400, error_code="FIELD_CUSTOM_VALIDATION_EXCEPTION")

    told = await sync(rest, {**ADA, **key, **wish})

    assert told["message"].startswith(f"Lead {lead_id} is up to date, {told_of}")


@pytest.mark.parametrize("over", ["rest", "mcp"])
@pytest.mark.parametrize("operation", ["lead.get", "query"])
async def test_a_restored_lead_that_can_not_be_read_is_restored(
    rest: GatewayClient, org: Org, over: str, operation: str
) -> None:
    lead_id = (await over_rest(rest, ADA))["data"]["lead_id"]
    await rest.delete(f"/v1/leads/{lead_id}")
    await org.fault(operation, "status")

    if over == "rest":
        told = (await rest.post(f"/v1/leads/{lead_id}/restore")).json()
    else:
        told = dict((await rest.call_tool("salesforce_restore_lead", {"lead": lead_id})).structured_content or {})

    assert (told["code"], told["retryable"]) == ("SALESFORCE_UNAVAILABLE", True)
    assert told["message"].startswith(f"Lead {lead_id} is out of the recycle bin, but not read. ")
    assert {"lead_id": lead_id} in told["details"]


async def test_what_was_written_and_can_not_be_read_back_is_a_success(rest: GatewayClient, org: Org) -> None:
    await org.fault("lead.get", "status", status=403, error_code="INSUFFICIENT_ACCESS_OR_READONLY")

    created = (await rest.post("/v1/leads", json=ADA)).json()
    updated = (await rest.patch(f"/v1/leads/{created['data']['id']}", json={"phone": "2"})).json()

    assert (created["status_code"], created["data"]["company"]) == (201, ADA["company"])
    assert (updated["status_code"], updated["data"]["id"], updated["data"]["phone"]) == (
        200,
        created["data"]["id"],
        "2",
    )
