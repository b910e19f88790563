"""Syncs that also add the lead to a campaign: once, in one call more than without, and told."""

from typing import Any

import pytest

from tests.support.gateway import GatewayClient, client_of
from tests.support.leads import failure, insert_record
from tests.support.org import Org

NAME = "Spring Webinar"
ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme", "campaign": {"name": NAME}}


@pytest.fixture
async def campaign(rest: GatewayClient, org: Org) -> str:
    """The Id of an active campaign."""
    return await insert_record(rest, org, "Campaign", Name=NAME, IsActive=True)


async def sync(rest: GatewayClient, **more: Any) -> dict[str, Any]:
    response = await rest.post("/v1/leads/sync", json={**ADA, **more})
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


async def test_a_new_lead_is_added_once_and_what_stands_costs_one_call(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    done, calls = [], []
    for more in ({}, {}, {"title": "CTO"}, {"campaign": {"id": campaign, "status": "responded"}}):
        before = await org.api_calls()
        done.append(await sync(rest, **more))
        calls.append(await org.api_calls() - before)

    told = [(each["action"], each["campaign"]["action"], each["campaign"]["status"]) for each in done]
    assert told == [
        ("created", "added", "Sent"),
        ("unchanged", "unchanged", "Sent"),
        ("updated", "unchanged", "Sent"),
        ("unchanged", "updated", "Responded"),
    ]
    assert calls == [3, 1, 2, 2]
    assert done[0]["campaign"] == {
        "action": "added",
        "campaign_id": campaign,
        "campaign_name": NAME,
        "member_id": done[0]["campaign"]["member_id"],
        "lead_id": done[0]["lead_id"],
        "contact_id": None,
        "status": "Sent",
    }


async def test_a_sync_without_a_campaign_says_nothing_of_campaigns(rest: GatewayClient, campaign: str) -> None:
    without = [await sync(rest, campaign=blank) for blank in (None, "")]

    assert all("campaign" not in each for each in without)


@pytest.mark.parametrize("key", [{"external_id": "P-1"}, {"external_id": "P-1", "email": None}])
async def test_a_lead_with_an_external_id_is_added_once_too(org: Org, campaign: str, key: dict[str, Any]) -> None:
    field = {"object": "Lead", "name": "Platform_Id__c", "type": "string", "external_id": True, "unique": True}
    await org.change(custom_fields=[field])
    async with client_of(org.transport, await org.session(), lead_external_id_field="Platform_Id__c") as rest:
        await sync(rest, **key)
        before = await org.api_calls()
        again = await sync(rest, **key, status="Open - Not Contacted")

        assert (again["action"], again["campaign"]["action"]) == ("unchanged", "unchanged")
        assert await org.api_calls() - before == 1


async def test_a_lead_is_added_and_then_converted_and_its_contact_is_the_member(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    before = await org.api_calls()

    done = await sync(rest, status="scheduled")
    again = await sync(rest, status="scheduled")

    assert await org.api_calls() - before == 5
    assert (done["action"], done["campaign"]["action"]) == ("created", "added")
    assert done["campaign"]["contact_id"] == done["conversion"]["contact_id"]
    assert (again["action"], "campaign" in again) == ("skipped", False)
    [listed] = (await rest.get("/v1/leads/ada@example.com/campaigns")).json()["data"]["campaigns"]
    assert (listed["member_id"], listed["contact_id"]) == (
        done["campaign"]["member_id"],
        done["conversion"]["contact_id"],
    )


async def test_of_a_converted_lead_the_contact_is_added_unless_it_is_skipped(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    contact_id = (await sync(rest, status="scheduled", campaign=None))["conversion"]["contact_id"]

    skipped = await sync(rest)
    added = await sync(rest, on_converted="update_contact")
    again = await sync(rest, on_converted="update_contact", title="CTO")

    assert (skipped["action"], "campaign" in skipped) == ("skipped", False)
    assert (added["action"], added["campaign"]["action"]) == ("unchanged", "added")
    assert added["campaign"]["contact_id"] == contact_id
    assert (again["action"], again["campaign"]) == ("updated", {**added["campaign"], "action": "unchanged"})


REFUSED: list[tuple[dict[str, Any], int, str, str]] = [
    ({"name": "Autumn Webinar"}, 404, "CAMPAIGN_NOT_FOUND", "campaign"),
    ({"name": "Old Fair"}, 404, "CAMPAIGN_NOT_FOUND", "campaign"),
    ({"id": "701000000000009AAA"}, 404, "CAMPAIGN_NOT_FOUND", "campaign"),
    ({"name": NAME, "status": "Replied"}, 422, "INVALID_STATUS", "campaign.status"),
    ({"status": "Sent"}, 422, "VALIDATION_ERROR", "campaign"),
    ({}, 422, "VALIDATION_ERROR", "campaign"),
    ({"id": "701000000000009AAA", "name": NAME}, 422, "VALIDATION_ERROR", "campaign"),
    ({"id": "00Q000000000009AAA"}, 422, "VALIDATION_ERROR", "campaign.id"),
    ({"name": "x" * 81}, 422, "VALIDATION_ERROR", "campaign.name"),
    ({"name": NAME, "sttus": "Sent"}, 422, "VALIDATION_ERROR", "campaign.sttus"),
]


@pytest.mark.parametrize(("asked", "status", "code", "field"), REFUSED)
async def test_nothing_is_written_when_the_campaign_is_not_possible(
    rest: GatewayClient, org: Org, campaign: str, asked: dict[str, Any], status: int, code: str, field: str
) -> None:
    await insert_record(rest, org, "Campaign", Name="Old Fair")
    before = len(await org.ledger())

    for path in ("/v1/leads/sync", "/v1/leads/sync?dry_run=true"):
        body = failure(await rest.post(path, json={**ADA, "campaign": asked}), status, code)
        assert body["details"][0]["field"] == field, body

    assert len(await org.ledger()) == before


async def test_what_was_done_is_told_when_adding_is_refused(rest: GatewayClient, org: Org, campaign: str) -> None:
    await org.change(profile={"name": "Sales", "objects": {"CampaignMember": "read_only"}})

    refused = failure(await rest.post("/v1/leads/sync", json=ADA), 403, "PERMISSION_DENIED")

    lead_id = (await rest.get("/v1/leads/ada@example.com")).json()["data"]["id"]
    assert refused["message"].startswith(f"Lead {lead_id} is created, but not in the campaign.")
    assert {"lead_id": lead_id} in refused["details"]
    assert "Marketing User" in refused["message"]


async def test_a_dry_run_tells_the_campaign_too(rest: GatewayClient, org: Org, campaign: str) -> None:
    async def plan(**more: Any) -> tuple[str, list[Any], list[str]]:
        data = (await rest.post("/v1/leads/sync?dry_run=true", json={**ADA, **more})).json()["data"]
        changes = [(each["before"], each["after"]) for each in data["changes"] if each["field"] == "campaign.status"]
        return data["action"], changes, data["creates"]

    new = await plan()
    await sync(rest)

    assert new == ("create", [(None, "Sent")], ["lead", "campaign_member"])
    assert await plan() == ("unchanged", [], [])
    assert await plan(campaign={"name": NAME, "status": "Responded"}) == ("unchanged", [("Sent", "Responded")], [])


async def test_an_agent_adds_a_lead_as_it_syncs_it(rest: GatewayClient, campaign: str) -> None:
    result = await rest.call_tool("salesforce_sync_lead", {**ADA, "campaign": {"name": NAME, "status": "Responded"}})

    data = (result.structured_content or {})["data"]
    assert (data["campaign"]["action"], data["campaign"]["status"]) == ("added", "Responded")


@pytest.mark.parametrize(
    ("sent", "advice"),
    [
        ({"name": "Ada Okafor"}, "send first_name and last_name"),
        ({"id": "00Q000000000001"}, "there is no such field here"),
        ({"campaign": {"name": NAME, "sttus": "Sent"}}, "did you mean campaign.status?"),
        ({"campaign": NAME}, 'must be an object, such as {"name": "Spring Webinar"}'),
        ({"campaign": {"id": "00Q000000000001"}}, "must be the Id of a campaign (701…)"),
    ],
)
async def test_what_is_wrong_is_told_with_what_to_send(rest: GatewayClient, sent: dict[str, Any], advice: str) -> None:
    body = failure(await rest.post("/v1/leads/sync", json={**ADA, **sent}), 422, "VALIDATION_ERROR")

    assert advice in body["message"]


async def test_of_a_converted_lead_it_is_the_contact_that_is_told_as_written(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    became = (await sync(rest, status="scheduled", campaign=None))["conversion"]
    await org.fault("campaignmember.create", "status", status=400, error_code="FIELD_CUSTOM_VALIDATION_EXCEPTION")

    refused = await rest.post("/v1/leads/sync", json={**ADA, "phone": "2", "on_converted": "update_contact"})

    who = f"Contact {became['contact_id']} of lead {became['lead_id']}"
    message = failure(refused, 422, "SALESFORCE_REJECTED")["message"]
    assert message.startswith(f"{who} is updated, but not in the campaign.")
