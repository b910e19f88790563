"""Leads in campaigns: added once, and told."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.support.gateway import GatewayClient
from tests.support.leads import delete_record, failure, insert, insert_record
from tests.support.org import Org

NAME = "Spring Webinar"


@pytest.fixture
async def campaign(rest: GatewayClient, org: Org) -> str:
    """The Id of an active campaign with the statuses every campaign begins with, and one of its own."""
    campaign_id = await insert_record(rest, org, "Campaign", Name=NAME, IsActive=True)
    await insert_record(rest, org, "CampaignMemberStatus", CampaignId=campaign_id, Label="Attended", HasResponded=True)
    return campaign_id


async def put(rest: GatewayClient, lead: str, campaign: str, **body: Any) -> dict[str, Any]:
    response = await rest.put(f"/v1/leads/{lead}/campaigns/{quote(campaign, safe='')}", json=body)
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


async def campaigns_of(rest: GatewayClient, lead: str) -> list[tuple[str, str]]:
    data = (await rest.get(f"/v1/leads/{lead}/campaigns")).json()["data"]
    assert data["count"] == len(data["campaigns"])
    return [(each["campaign_name"], each["status"]) for each in data["campaigns"]]


async def test_a_lead_is_added_once_in_two_calls_and_then_looked_at_in_one(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    lead_id = await insert(rest, org)
    before = await org.api_calls()

    added = await put(rest, "ada@example.com", campaign)
    calls_to_add = await org.api_calls() - before
    again = await put(rest, "ADA@example.com", NAME.upper())

    member_id = added["member_id"]
    assert added == {
        "action": "added",
        "campaign_id": campaign,
        "campaign_name": NAME,
        "member_id": member_id,
        "lead_id": lead_id,
        "contact_id": None,
        "status": "Sent",
    }
    assert again == {**added, "action": "unchanged"}
    assert (calls_to_add, await org.api_calls() - before) == (2, 3)


async def test_another_status_updates_the_member_and_none_leaves_it(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    lead_id = await insert(rest, org)

    done = [
        await put(rest, lead_id, campaign, **body)
        for body in ({}, {"status": "attended"}, {"status": "Attended"}, {}, {"status": None}, {"status": " "})
    ]

    assert [(each["action"], each["status"]) for each in done] == [
        ("added", "Sent"),
        ("updated", "Attended"),
        *[("unchanged", "Attended")] * 4,
    ]
    assert len([effect for effect in await org.ledger() if effect["object"] == "CampaignMember"]) == 2


async def test_a_lead_tells_its_campaigns_in_one_call(rest: GatewayClient, org: Org, campaign: str) -> None:
    lead_id = await insert(rest, org)
    other = await insert_record(rest, org, "Campaign", Name="Fair")
    await put(rest, lead_id, campaign, status="Responded")
    await put(rest, lead_id, other)
    before = await org.api_calls()

    listed = (await rest.get("/v1/leads/ada@example.com/campaigns")).json()["data"]

    assert await org.api_calls() - before == 1
    assert (listed["lead_id"], listed["count"]) == (lead_id, 2)
    facts = ("campaign_id", "campaign_name", "is_active", "status", "has_responded", "contact_id")
    assert {tuple(each[name] for name in facts) for each in listed["campaigns"]} == {
        (other, "Fair", False, "Sent", False, None),
        (campaign, NAME, True, "Responded", True, None),
    }
    failure(await rest.get("/v1/leads/nobody@example.com/campaigns"), 404, "LEAD_NOT_FOUND")


async def test_the_campaigns_of_another_lead_with_the_email_are_not_this_ones(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    _first, second = [await insert(rest, org) for _ in range(2)]
    await put(rest, second, campaign)

    assert await campaigns_of(rest, "ada@example.com") == []
    assert await campaigns_of(rest, second) == [(NAME, "Sent")]
    failure(await rest.put(f"/v1/leads/ada@example.com/campaigns/{campaign}"), 409, "AMBIGUOUS_LEAD")


async def test_a_converted_lead_is_a_member_as_its_contact(rest: GatewayClient, org: Org, campaign: str) -> None:
    lead_id = await insert(rest, org)
    later = await insert_record(rest, org, "Campaign", Name="Later", IsActive=True)
    before = await put(rest, lead_id, campaign)
    contact_id = (await rest.post(f"/v1/leads/{lead_id}/convert")).json()["data"]["contact_id"]
    calls = await org.api_calls()

    moved = await put(rest, lead_id, campaign)
    added = await put(rest, "ada@example.com", later)
    again = await put(rest, lead_id, later)

    assert moved == {**before, "action": "unchanged", "contact_id": contact_id}
    assert (added["action"], added["lead_id"], added["contact_id"]) == ("added", lead_id, contact_id)
    assert again == {**added, "action": "unchanged"}
    assert await org.api_calls() - calls == 4
    assert {name for name, _ in await campaigns_of(rest, lead_id)} == {NAME, "Later"}


async def test_a_converted_lead_whose_contact_is_deleted_is_added_to_nothing(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    lead_id = await insert(rest, org)
    contact_id = (await rest.post(f"/v1/leads/{lead_id}/convert")).json()["data"]["contact_id"]
    await delete_record(rest, org, "Contact", contact_id)

    refused = await rest.put(f"/v1/leads/{lead_id}/campaigns/{campaign}")

    assert contact_id in failure(refused, 409, "CONTACT_NOT_FOUND")["message"]


@pytest.mark.parametrize(
    "name", ["Q1/Q2 Webinar", "50% off?", "a#b&c=d", "O'Brien's \\ day", "...", "日本 🦆", "a @{b}", "campaigns"]
)
async def test_a_campaign_is_named_as_people_name_it(rest: GatewayClient, org: Org, name: str) -> None:
    lead_id = await insert(rest, org)
    campaign_id = await insert_record(rest, org, "Campaign", Name=name, IsActive=True)

    over_rest = await put(rest, lead_id, name)
    same = await rest.call_tool("salesforce_add_to_campaign", {"lead": lead_id, "campaign": name})

    assert (over_rest["action"], over_rest["campaign_id"]) == ("added", campaign_id)
    over_mcp = (same.structured_content or {})["data"]
    assert (over_mcp["action"], over_mcp["campaign_id"]) == ("unchanged", campaign_id)


async def test_a_name_means_the_one_active_campaign(rest: GatewayClient, org: Org, campaign: str) -> None:
    lead_id = await insert(rest, org)
    await insert_record(rest, org, "Campaign", Name=NAME)
    assert (await put(rest, lead_id, NAME))["campaign_id"] == campaign

    second = await insert_record(rest, org, "Campaign", Name=NAME, IsActive=True)
    several = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/{NAME}"), 409, "AMBIGUOUS_CAMPAIGN")

    assert {detail["campaign_id"] for detail in several["details"]} == {campaign, second}
    assert campaign in several["message"]
    assert second in several["message"]


async def test_an_inactive_campaign_is_meant_by_its_id_only(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org)
    campaign_id = await insert_record(rest, org, "Campaign", Name="Old Fair")

    by_name = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/Old Fair"), 404, "CAMPAIGN_NOT_FOUND")

    assert "Not active" in by_name["message"]
    assert campaign_id in by_name["message"]
    assert (await put(rest, lead_id, campaign_id))["action"] == "added"


async def test_an_org_without_active_campaigns_says_so(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org)

    refused = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/Fair"), 404, "CAMPAIGN_NOT_FOUND")

    assert refused["message"] == "There is no active campaign Fair. There are none."


async def test_a_campaign_that_is_not_there_is_told_with_the_nearest(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    lead_id = await insert(rest, org)

    misspelled = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/Sprng Webinar"), 404, "CAMPAIGN_NOT_FOUND")
    unlike = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/xyz"), 404, "CAMPAIGN_NOT_FOUND")
    by_id = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/701000000000001AAA"), 404, "CAMPAIGN_NOT_FOUND")
    mistyped = f"{campaign[:-3]}ABC"
    by_mistyped_id = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/{mistyped}"), 404, "CAMPAIGN_NOT_FOUND")
    sync = {"email": "ada@example.com", "campaign": {"id": mistyped}}
    failure(await rest.post("/v1/leads/sync", json=sync), 404, "CAMPAIGN_NOT_FOUND")

    assert f"Did you mean {NAME}?" in misspelled["message"]
    assert NAME in unlike["message"]
    assert "check the Id" in by_id["message"]
    assert mistyped in by_mistyped_id["message"]
    assert await campaigns_of(rest, lead_id) == []


async def test_a_status_the_campaign_does_not_have_is_refused_with_those_it_has(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    lead_id = await insert(rest, org)

    refused = await rest.put(f"/v1/leads/{lead_id}/campaigns/{campaign}", json={"status": "Replied"})

    [detail] = failure(refused, 422, "INVALID_STATUS")["details"]
    assert (detail["field"], detail["allowed"]) == ("status", ["Sent", "Responded", "Attended"])
    assert await campaigns_of(rest, lead_id) == []


async def test_a_dry_run_tells_what_adding_would_do(rest: GatewayClient, org: Org, campaign: str) -> None:
    lead_id = await insert(rest, org)
    path = f"/v1/leads/{lead_id}/campaigns/{campaign}?dry_run=true"

    async def plan(**body: Any) -> tuple[str, list[Any], list[Any]]:
        before = len(await org.ledger())
        data = (await rest.put(path, json=body)).json()["data"]
        assert len(await org.ledger()) == before
        changes = [(each["field"], each["before"], each["after"]) for each in data["changes"]]
        return data["action"], changes, data["creates"]

    first = await plan()
    await put(rest, lead_id, campaign)

    assert first == ("add_to_campaign", [("campaign.status", None, "Sent")], ["campaign_member"])
    assert await plan() == ("unchanged", [], [])
    assert await plan(status="Responded") == ("update", [("campaign.status", "Sent", "Responded")], [])
    failure(await rest.put(path, json={"status": "Replied"}), 422, "INVALID_STATUS")


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
async def test_a_lost_answer_adds_nobody_twice(rest: GatewayClient, org: Org, campaign: str, kind: str) -> None:
    lead_id = await insert(rest, org)
    await org.fault("composite", kind, times=1)
    await put(rest, lead_id, campaign)

    assert await campaigns_of(rest, lead_id) == [(NAME, "Sent")]


async def test_who_may_not_see_campaigns_is_told_whom_to_ask(rest: GatewayClient, org: Org, campaign: str) -> None:
    lead_id = await insert(rest, org)
    await org.change(profile={"name": "Sales", "objects": {"Campaign": "hidden"}})
    unseen = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/{campaign}"), 403, "PERMISSION_DENIED")
    unlisted = failure(await rest.get(f"/v1/leads/{lead_id}/campaigns"), 403, "PERMISSION_DENIED")

    await org.change(profile={"name": "Sales", "objects": {"CampaignMember": "read_only"}})
    unwritable = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/{campaign}"), 403, "PERMISSION_DENIED")

    for told in (unseen, unlisted, unwritable):
        assert "administrator" in told["message"], told
        assert "Marketing User" in told["message"], told


NOT_THERE = ["NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"]


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("salesforce_code", NOT_THERE)
@pytest.mark.parametrize(
    ("fields", "converted", "code"),
    [
        (["CampaignId"], False, "CAMPAIGN_NOT_FOUND"),
        (["LeadId"], False, "LEAD_NOT_FOUND"),
        (["CampaignId"], True, "CAMPAIGN_NOT_FOUND"),
        (["ContactId"], True, "CONTACT_NOT_FOUND"),
        ([], False, "SALESFORCE_REJECTED"),
        ([], True, "SALESFORCE_REJECTED"),
    ],
)
async def test_what_went_away_since_it_was_looked_up_is_called_what_it_is(
    rest: GatewayClient,
    org: Org,
    campaign: str,
    status: int,
    salesforce_code: str,
    fields: list[str],
    converted: bool,
    code: str,
) -> None:
    lead_id = await insert(rest, org)
    if converted:
        await rest.post(f"/v1/leads/{lead_id}/convert")
    fault = {"status": status, "error_code": salesforce_code, "message": "no such thing", "fields": fields}
    await org.fault("campaignmember.create", "status", **fault)

    told = (await rest.put(f"/v1/leads/{lead_id}/campaigns/{campaign}")).json()

    assert told["code"] == code, told


async def test_a_lead_that_is_converted_meanwhile_is_added_as_its_contact_by_the_same_again(
    rest: GatewayClient, org: Org, campaign: str
) -> None:
    lead_id = await insert(rest, org)
    fault = {"status": 400, "error_code": "CANNOT_UPDATE_CONVERTED_LEAD", "message": "converted", "fields": ["LeadId"]}
    await org.fault("campaignmember.create", "status", times=1, **fault)

    told = failure(await rest.put(f"/v1/leads/{lead_id}/campaigns/{campaign}"), 409, "LEAD_CONVERTED")

    assert "send the same again" in told["message"]
    assert "on_converted" not in told["message"]
