"""Agents and adapters write numbers, flags and lists as text: a tool takes them as its route does."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import Client
from mcp.types import Tool

from api.app import AppOptions, create_app
from api.mcp.coercion import coerced
from tests.api.mcp.spy import SESSION, Spy, valid
from tests.support.gateway import GatewayClient, running
from tests.support.leads import ADA

IDS = ["00Q000000000002AAA", "00Q000000000003AAA"]
FORMS: dict[str, list[tuple[Any, Any]]] = {
    "boolean": [(True, "true"), (True, "True"), (True, "1"), (True, 1), (False, "false"), (False, "no"), (False, 0)],
    "integer": [(7, "7"), (7, " 7 "), (7, "7.0")],
    "number": [(7.5, "7.5"), (750, "7.5e2"), (750, "750")],
    "array": [(IDS, ",".join(IDS)), (IDS, " , ".join(IDS)), (IDS, json.dumps(IDS)), (IDS[:1], IDS[0])],
    "object": [({}, "{}"), ({}, " {} ")],
}
"""By JSON's type: values, and how they are written besides."""


@pytest.fixture
def spy() -> Spy:
    return Spy()


@asynccontextmanager
async def tools_over(spy: Spy) -> AsyncIterator[Client]:
    app = create_app(spy.resources, AppOptions())
    async with running(app), GatewayClient(app, SESSION) as gateway, gateway.mcp() as client:
        yield client


async def reached(client: Client, spy: Spy, tool: Tool, **arguments: Any) -> Any:
    """What the service was asked, or why nothing was."""
    spy.with_what.clear()
    result = await client.call_tool(tool.name, valid(tool) | arguments)
    return [*spy.with_what] or (result.structured_content or {})["details"]


def types_of(schema: dict[str, Any]) -> list[str]:
    types = schema["type"]
    return [types] if isinstance(types, str) else types


async def optional_arguments(client: Client) -> list[tuple[Tool, str, dict[str, Any]]]:
    """Those of all tools, each with its tool and its schema."""
    return [
        (tool, name, schema)
        for tool in (await client.list_tools()).tools
        for name, schema in tool.input_schema["properties"].items()
        if name not in tool.input_schema["required"]
    ]


async def test_text_is_taken_for_a_value_of_any_other_type(spy: Spy) -> None:
    tried = set()
    async with tools_over(spy) as client:
        for tool in (await client.list_tools()).tools:
            for name, schema in tool.input_schema["properties"].items():
                types = types_of(schema)
                for value, written in [form for kind in types if "string" not in types for form in FORMS.get(kind, ())]:
                    meant = await reached(client, spy, tool, **{name: value})
                    assert await reached(client, spy, tool, **{name: written}) == meant, (tool.name, name, written)
                    tried |= set(types)

    assert tried - {"null"} == set(FORMS)


async def test_a_blank_number_id_or_list_is_none(spy: Spy) -> None:
    tried = set()
    async with tools_over(spy) as client:
        for tool, name, schema in await optional_arguments(client):
            is_id = "null" in types_of(schema) and "Id of" in schema.get("description", "")
            if is_id or {"integer", "number", "array"} & set(types_of(schema)):
                nothing = await reached(client, spy, tool, **{name: None})
                for blank in ("", " ", "\n"):
                    assert await reached(client, spy, tool, **{name: blank}) == nothing, (tool.name, name)
                tried.add(name)

    assert tried >= {"limit", "fields", "number_of_employees", "annual_revenue", "owner_id", "account_id"}


async def test_null_is_left_out_where_nothing_can_be_null(spy: Spy) -> None:
    tried = set()
    async with tools_over(spy) as client:
        for tool, name, schema in await optional_arguments(client):
            if "null" not in types_of(schema):
                left_out = await reached(client, spy, tool)
                assert await reached(client, spy, tool, **{name: None}) == left_out, (tool.name, name)
                tried.add(name)

    assert tried >= {"dry_run", "limit", "sort", "assign", "confirm", "on_converted"}


async def test_a_blank_dry_run_is_no_answer(spy: Spy) -> None:
    async with tools_over(spy) as client:
        result = await client.call_tool("salesforce_delete_lead", {"lead": "ada@example.com", "dry_run": ""})

    assert (result.structured_content or {})["details"] == [{"field": "dry_run", "message": "must be true or false"}]
    assert spy.asked == []


async def test_a_list_of_names_may_be_one_text(rest: GatewayClient) -> None:
    await rest.post("/v1/leads", json=ADA)

    for fields in ("phone,title", "phone , title", '["phone", "title"]', ["phone,title"], ["phone", "title"]):
        result = await rest.call_tool("salesforce_get_lead", {"lead": ADA["email"], "fields": fields})
        assert (result.structured_content or {})["data"].keys() == {"id", "phone", "title", "duplicates"}, fields


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "flag": {"type": "boolean"},
        "number": {"type": ["number", "null"]},
        "ids": {"type": "array", "items": {"type": "string", "pattern": "^00Q"}},
        "numbers": {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
        "either": {"type": ["string", "number", "null"]},
        "inner": {
            "anyOf": [
                {"type": "object", "properties": {"flag": {"type": "boolean"}, "name": {"type": "string"}}},
                {"type": "null"},
            ]
        },
    },
    "required": ["ids"],
}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"numbers": "1,2"}, {"numbers": [1, 2]}),
        ({"numbers": ["1", " 2"]}, {"numbers": [1, 2]}),
        ({"numbers": "[1, 2]"}, {"numbers": [1, 2]}),
        ({"numbers": "1"}, {"numbers": [1]}),
        ({"numbers": "[1, NaN]"}, {"numbers": ["[1", "NaN]"]}),
        ({"ids": '["00Q'}, {"ids": ['["00Q']}),
        ({"ids": "[" * 100_000}, {"ids": ["[" * 100_000]}),
        ({"inner": {"flag": "yes", "name": "7"}}, {"inner": {"flag": True, "name": "7"}}),
        ({"inner": '{"flag": "false", "name": null}'}, {"inner": {"flag": False}}),
        ({"inner": ""}, {"inner": None}),
        ({"flag": None, "number": None, "ids": None}, {"number": None, "ids": None}),
        ({"unknown": None}, {"unknown": None}),
    ],
)
def test_what_is_inside_is_read_too(written: dict[str, Any], meant: dict[str, Any]) -> None:
    assert coerced(written, SCHEMA) == meant


@pytest.mark.parametrize(
    "wrong",
    [
        {"flag": "perhaps"},
        {"flag": 2},
        {"flag": ""},
        {"number": "much"},
        {"number": "nan"},
        {"number": "1e999"},
        {"number": True},
        {"number": []},
        {"ids": 7},
        {"numbers": ["one"]},
        {"either": "7"},
        {"inner": "7"},
        {"inner": "{"},
        {"inner": []},
        {"unknown": "7"},
    ],
)
def test_what_can_not_be_read_stays_for_the_check(wrong: dict[str, Any]) -> None:
    assert coerced(wrong, SCHEMA) == wrong
