"""Refusals lead to the right second guess, over REST and MCP alike."""

import re
from typing import Any

import pytest
from mcp import MCPError

from tests.support.gateway import GatewayClient
from tests.support.leads import insert
from tests.support.org import Org

ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
NOBODY = "00Q000000000999AAA"


async def refusal(rest: GatewayClient, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the tool answers to arguments it refuses."""
    result = await rest.call_tool(tool, arguments)
    assert result.is_error
    answer: dict[str, Any] = result.structured_content
    return answer


WRONG_NAMES = [
    ("salesforce_sync_lead", "POST", "/v1/leads/sync", ADA, "name", "send first_name and last_name"),
    (
        "salesforce_convert_lead",
        "POST",
        "/v1/leads/ada@example.com/convert",
        {},
        "opportunity",
        "create_opportunity: true makes an opportunity, opportunity_name gives it a name",
    ),
    (
        "salesforce_update_lead",
        "PATCH",
        "/v1/leads/ada@example.com",
        {},
        "fields",
        "send each field of the lead by itself, beside the others",
    ),
]


@pytest.mark.parametrize(("tool", "method", "path", "body", "name", "advice"), WRONG_NAMES)
async def test_a_well_known_wrong_name_leads_to_what_was_meant(
    rest: GatewayClient, tool: str, method: str, path: str, body: dict[str, Any], name: str, advice: str
) -> None:
    lead = {} if path.endswith("sync") else {"lead": "ada@example.com"}

    over_rest = (await rest.request(method, path, json={**body, name: {"phone": "1"}})).json()
    over_mcp = await refusal(rest, tool, {**body, **lead, name: {"phone": "1"}})

    for answer in (over_rest, over_mcp):
        assert answer["code"] == "VALIDATION_ERROR"
        assert {"field": name, "message": f"there is no such field here; {advice}"} in answer["details"]


async def test_where_the_wrong_name_has_no_such_meaning_the_right_ones_are_told(rest: GatewayClient) -> None:
    answer = await refusal(rest, "salesforce_merge_leads", {"lead": NOBODY, "others": [NOBODY], "fields": 1})

    assert answer["message"].startswith("fields: there is no such field here; there are lead, ")


async def test_a_restore_says_that_it_takes_ids_only_and_where_one_is_found(rest: GatewayClient) -> None:
    over_rest = (await rest.post("/v1/leads/ada@example.com/restore")).json()
    over_mcp = await refusal(rest, "salesforce_restore_lead", {"lead": "ada@example.com"})
    unknown = (await rest.post(f"/v1/leads/{NOBODY}/restore")).json()

    for answer in (over_rest, over_mcp):
        [detail] = answer["details"]
        assert detail["field"] == "lead"
        assert "not an email" in detail["message"]
        assert "recycle bin" in detail["message"]
    assert unknown["code"] == "LEAD_NOT_FOUND"
    assert "not in the recycle bin either" in unknown["message"]
    assert "list" not in unknown["message"]


async def test_a_merge_names_the_argument_that_is_wrong(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org)

    unknown = await refusal(rest, "salesforce_merge_leads", {"lead": lead_id, "others": [NOBODY]})
    by_email = await refusal(rest, "salesforce_merge_leads", {"lead": lead_id, "others": ["ada@example.com"]})
    no_lead = await refusal(rest, "salesforce_merge_leads", {"lead": NOBODY, "others": [lead_id]})

    assert unknown["details"] == [{"field": "others", "message": "not found"}]
    assert "salesforce_get_lead tells the Id" in by_email["details"][0]["message"]
    assert no_lead["details"] == [{"field": "lead", "message": "not found"}]


async def test_a_converted_lead_is_deleted_by_its_id_only_and_told_so(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org)
    await rest.post(f"/v1/leads/{lead_id}/convert")

    for query in ("", "?dry_run=1"):
        refused = (await rest.delete(f"/v1/leads/ada@example.com{query}")).json()
        assert refused["code"] == "LEAD_CONVERTED"
        assert "to delete this one, name it by its Id." in refused["message"]
        assert refused["details"][0]["lead_id"] == lead_id
    planned = (await rest.delete(f"/v1/leads/{lead_id}?dry_run=1")).json()["data"]
    deleted = (await rest.delete(f"/v1/leads/{lead_id}")).json()["data"]

    assert planned["action"] == "delete"
    assert deleted == {"lead_id": lead_id, "deleted": True}


async def test_a_wrong_status_for_converted_leads_names_its_argument(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org)

    answer = (await rest.post(f"/v1/leads/{lead_id}/convert", json={"converted_status": "Won"})).json()

    assert answer["code"] == "INVALID_STATUS"
    [detail] = answer["details"]
    assert (detail["field"], detail["allowed"]) == ("converted_status", ["Closed - Converted"])


@pytest.mark.parametrize(
    ("called", "meant"),
    [
        ("get_lead", "salesforce_get_lead"),
        ("list_leads", "salesforce_list_leads"),
        ("sync", "salesforce_sync_lead"),
        ("update_lead_status", "salesforce_update_lead_status"),
        ("salesforce_list_lead", "salesforce_list_leads"),
    ],
)
async def test_a_short_or_nearly_right_tool_name_gets_the_full_one(
    rest: GatewayClient, called: str, meant: str
) -> None:
    async with rest.mcp() as mcp:
        with pytest.raises(MCPError, match=f"did you mean {meant}\\?"):
            await mcp.call_tool(called, {})


async def test_texts_name_tools_as_they_are_called(rest: GatewayClient) -> None:
    async with rest.mcp() as mcp:
        tools = (await mcp.list_tools()).tools
    texts = [f"{tool.description} {tool.input_schema}" for tool in tools]
    texts.append((await rest.get(f"/v1/leads/{NOBODY}")).json()["message"])

    short = "|".join(tool.name.removeprefix("salesforce_") for tool in tools)
    for text in texts:
        assert not re.search(rf"(?<![a-z_])(?:{short})(?![a-z_])", text), text
