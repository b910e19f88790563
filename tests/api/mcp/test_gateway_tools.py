"""The gateway's own tools, called through the real MCP client on a simulated org."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp.types import CallToolResult, TextContent, Tool
from tdqs import lint_server, parse_tool_definitions

from tests.support.gateway import GatewayClient
from tests.support.leads import insert_record
from tests.support.org import Org
from tests.support.tokens import as_listed, tokens_of_list

MOST_TOKENS = 6_500
"""Of the whole list of tools."""


@pytest.fixture
async def tools(rest: GatewayClient) -> dict[str, Tool]:
    async with rest.mcp() as client:
        return {tool.name: tool for tool in (await client.list_tools()).tools}


async def called(rest: GatewayClient, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await rest.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert isinstance(result.structured_content, dict)
    assert not result.is_error, result.structured_content
    return result.structured_content


async def text_of(rest: GatewayClient, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await rest.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    [content] = result.content
    assert isinstance(content, TextContent)
    text: dict[str, Any] = json.loads(content.text)
    return text


async def test_the_list_of_tools_is_small(tools: dict[str, Tool]) -> None:
    assert tokens_of_list(list(tools.values())) < MOST_TOKENS


async def test_the_directory_linter_finds_nothing_to_say(tools: dict[str, Tool]) -> None:
    definitions = parse_tool_definitions(as_listed(list(tools.values()))).tools

    report = lint_server(server_name="salesforce", tools=definitions)

    assert len(report.tools) == len(tools)
    assert [finding.message for finding in report.findings] == []


async def test_every_tool_says_what_it_is_for(tools: dict[str, Tool]) -> None:
    for tool in tools.values():
        assert tool.title
        assert tool.description
        assert len(tool.description) > 100
        assert tool.input_schema["additionalProperties"] is False
        for name, schema in tool.input_schema["properties"].items():
            assert {"description", "examples"} & schema.keys(), (tool.name, name)
            assert _has_limits(schema), (tool.name, name)


def _has_limits(schema: dict[str, Any]) -> bool:
    """Whether lists and numbers end somewhere; for text a refusal says where."""
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    endless = {"array", "integer", "number"} & set(types)
    return not endless or bool(_LIMITS & schema.keys())


_LIMITS = {"maxItems", "maximum", "exclusiveMaximum"}


async def test_hints_are_true(tools: dict[str, Tool]) -> None:
    reading = {name for name, tool in tools.items() if tool.annotations and tool.annotations.read_only_hint}
    adding = {name for name, tool in tools.items() if tool.annotations and tool.annotations.destructive_hint is False}

    assert reading == READING
    assert adding - reading == ADDING


READING = {
    "salesforce_list_leads",
    "salesforce_find_duplicate_leads",
    "salesforce_get_lead",
    "salesforce_list_lead_campaigns",
    "salesforce_describe_lead",
    "salesforce_get_org",
}
ADDING = {"salesforce_create_lead", "salesforce_restore_lead", "salesforce_add_to_campaign"}


async def test_what_is_called_idempotent_changes_nothing_the_second_time(
    rest: GatewayClient, org: Org, tools: dict[str, Tool]
) -> None:
    await insert_record(rest, org, "Campaign", Name="Fair", IsActive=True)
    ids = [(await called(rest, "salesforce_create_lead", **ADA | other))["data"]["id"] for other in OTHERS]
    repeatable: dict[str, dict[str, Any]] = {
        "salesforce_sync_lead": {**ADA, "email": "sync@example.com", "city": "Lagos"},
        "salesforce_update_lead": {"lead": ids[0], "title": "CTO", "phone": None},
        "salesforce_update_lead_status": {"lead": ids[0], "status": "objected"},
        "salesforce_add_to_campaign": {"lead": ids[0], "campaign": "Fair", "status": "Responded"},
        "salesforce_merge_leads": {"lead": ids[0], "others": [ids[1]]},
        "salesforce_delete_lead": {"lead": ids[2]},
        "salesforce_restore_lead": {"lead": ids[2]},
        "salesforce_convert_lead": {"lead": ids[3]},
    }

    assert READING | repeatable.keys() == {
        name for name, tool in tools.items() if tool.annotations and tool.annotations.idempotent_hint
    }
    for tool, arguments in repeatable.items():
        await called(rest, tool, **arguments)
        once = await leads_in(rest)
        await rest.call_tool(tool, arguments)
        assert await leads_in(rest) == once, tool


async def leads_in(rest: GatewayClient) -> list[dict[str, Any]]:
    """All there is to see of all leads; when they were written last is no part of it."""
    leads: list[dict[str, Any]] = (await rest.get("/v1/leads?limit=200")).json()["data"]["leads"]
    return [{name: value for name, value in lead.items() if name != "modified_at"} for lead in leads]


async def test_every_answer_fits_its_schema(rest: GatewayClient, org: Org, tools: dict[str, Tool]) -> None:
    await insert_record(rest, org, "Campaign", Name="Fair", IsActive=True)
    answers = []
    ids: list[str] = []
    for tool, arguments in EVERYTHING:
        named = {name: ids[-1:] if value == ["last"] else value for name, value in arguments.items()}
        named |= {"lead": ids[-1]} if arguments.get("lead") == "last" else {}
        answers.append((tool, await called(rest, tool, **named)))
        if tool == "salesforce_create_lead":
            ids.append(answers[-1][1]["data"]["id"])

    assert {tool for tool, _ in answers} == set(tools)
    for tool, answer in answers:
        schema = tools[tool].output_schema
        assert schema is not None
        Draft202012Validator(schema).validate(answer)


ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
OTHERS = [{"email": f"lead{number}@example.com"} for number in range(4)]
EVERYTHING: list[tuple[str, dict[str, Any]]] = [
    ("salesforce_create_lead", {**ADA, "custom_fields": None, "title": None}),
    ("salesforce_get_lead", {"lead": "ada@example.com"}),
    ("salesforce_get_lead", {"lead": "ada@example.com", "fields": ["phone"]}),
    ("salesforce_update_lead", {"lead": "ada@example.com", "title": "CTO", "phone": None}),
    ("salesforce_sync_lead", {**ADA, "number_of_employees": 7, "annual_revenue": 15}),
    ("salesforce_sync_lead", ADA),
    ("salesforce_list_leads", {"limit": 1}),
    ("salesforce_list_leads", {"fields": ["email"], "search": "nobody"}),
    ("salesforce_update_lead_status", {"lead": "ada@example.com", "status": "objected"}),
    ("salesforce_add_to_campaign", {"lead": "ada@example.com", "campaign": "Fair", "dry_run": True}),
    ("salesforce_add_to_campaign", {"lead": "ada@example.com", "campaign": "Fair"}),
    ("salesforce_list_lead_campaigns", {"lead": "ada@example.com"}),
    ("salesforce_convert_lead", {"lead": "ada@example.com", "create_opportunity": True}),
    ("salesforce_convert_lead", {"lead": "ada@example.com"}),
    ("salesforce_sync_lead", ADA),
    ("salesforce_sync_lead", {"email": "bola@example.com", "last_name": "Ade", "status": "scheduled"}),
    ("salesforce_create_lead", {**ADA, "email": "chi@example.com"}),
    ("salesforce_delete_lead", {"lead": "chi@example.com"}),
    ("salesforce_restore_lead", {"lead": "last"}),
    ("salesforce_sync_lead", {"email": "dora@example.com", "last_name": "Sow"}),
    ("salesforce_merge_leads", {"lead": "dora@example.com", "others": ["last"], "dry_run": True}),
    ("salesforce_merge_leads", {"lead": "dora@example.com", "others": ["last"]}),
    ("salesforce_find_duplicate_leads", {}),
    ("salesforce_sync_lead", {**ADA, "dry_run": True}),
    ("salesforce_describe_lead", {}),
    ("salesforce_get_org", {}),
]


async def test_a_listed_lead_has_what_is_needed_to_choose_one(rest: GatewayClient) -> None:
    await called(rest, "salesforce_create_lead", **ADA, city="Lagos", description="x" * 5000)

    short = (await text_of(rest, "salesforce_list_leads"))["data"]["leads"][0]
    wanted = (await text_of(rest, "salesforce_list_leads", fields=["city"]))["data"]["leads"][0]

    assert short.keys() == {"id", "name", "email", "company", "status", "owner_id", "is_converted", "created_at"}
    assert wanted["city"] == "Lagos"


async def test_long_text_is_cut_until_it_is_asked_for(rest: GatewayClient) -> None:
    await called(rest, "salesforce_create_lead", **ADA, description="x" * 5000)

    short = await text_of(rest, "salesforce_get_lead", lead="ada@example.com")
    listed = await text_of(rest, "salesforce_list_leads", fields=["description"])
    whole = await text_of(rest, "salesforce_get_lead", lead="ada@example.com", fields=["description"])

    assert "4000 more characters" in short["data"]["description"]
    assert listed["data"]["leads"][0]["description"] == short["data"]["description"]
    assert whole["data"]["description"] == "x" * 5000
    assert "company" not in whole["data"]


async def test_hidden_characters_are_in_no_text_but_in_the_data(rest: GatewayClient) -> None:
    hidden = "Ada" + "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
    await called(rest, "salesforce_create_lead", **{**ADA, "first_name": hidden})

    lead = await called(rest, "salesforce_get_lead", lead="ada@example.com")
    text = await text_of(rest, "salesforce_get_lead", lead="ada@example.com")

    assert (lead["data"]["first_name"], text["data"]["first_name"]) == (hidden, "Ada")
    assert "null" not in json.dumps(text)


async def test_one_field_of_one_lead_costs_one_call(rest: GatewayClient, org: Org) -> None:
    await rest.post("/v1/leads", json=ADA)
    before = await org.api_calls()

    lead = (await rest.get("/v1/leads/ada@example.com?fields=email,phone")).json()["data"]

    assert lead.keys() == {"id", "email", "phone", "duplicates"}
    assert await org.api_calls() - before == 1
