"""What messages tell to do next can be done: the tools, routes and arguments that they name are there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import LeadStateError
from tests.support.every_error import every_error
from tests.support.gateway import GatewayClient

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for room in ("domain", "api/http", "api/mcp", "api/callers", "infra/salesforce", "infra/coordination")
    for path in sorted((ROOT / room).rglob("*.py"))
]
NOT_TOOLS = {"salesforce_did_not_answer", "salesforce_answered", "salesforce_lead", "salesforce_answers"}
"""Names of log lines, metrics, and of a prompt."""

TOOL = re.compile(r"\bsalesforce_[a-z_]+")
ROUTE = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) (/v1/[\w/{}-]*)")
TOOL_AND_ROUTE = re.compile(rf"({TOOL.pattern}) \({ROUTE.pattern}\)")
ARGUMENT = re.compile(r"\b([a-z]+_[a-z_]+): (?:true|false|create|update_contact|skip)\b")


def texts() -> Iterator[tuple[str, str]]:
    """Every text of the product with the place where it stands, but docstrings; those of f-strings without values."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


async def test_what_messages_name_is_there(rest: GatewayClient) -> None:
    routes = (await rest.get("/openapi.json")).json()["paths"]
    by_tool = {
        operation["operationId"]: (method.upper(), path)
        for path, operations in routes.items()
        for method, operation in operations.items()
    }
    async with rest.mcp() as mcp:
        tools = {tool.name: tool.input_schema["properties"] for tool in (await mcp.list_tools()).tools}
    arguments = {name for properties in tools.values() for name in properties}

    assert len([text for _, text in texts() if TOOL_AND_ROUTE.search(text)]) > 5
    wrong = [
        (place, text)
        for place, text in texts()
        if not {*TOOL.findall(text)} - NOT_TOOLS <= tools.keys()
        or not {*ROUTE.findall(text)} <= {*by_tool.values()}
        or any(by_tool[tool] != (method, path) for tool, method, path in TOOL_AND_ROUTE.findall(text))
        or not {*ARGUMENT.findall(text)} <= arguments
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "error", [each for each in every_error() if isinstance(each, LeadStateError)], ids=lambda each: type(each).__name__
)
def test_who_has_to_read_again_is_told_what(error: LeadStateError) -> None:
    if error.message.startswith("Something is wrong"):
        return
    assert TOOL.search(error.message) or ARGUMENT.search(error.message) or re.search(r"\bId\b", error.message)


@pytest.mark.parametrize("lead", ["Ada Okafor", "Okafor", "+1 555 0100"])
async def test_a_name_where_an_email_belongs_leads_to_the_search(rest: GatewayClient, lead: str) -> None:
    over_rest = (await rest.get(f"/v1/leads/{lead}")).json()
    over_mcp = dict((await rest.call_tool("salesforce_get_lead", {"lead": lead})).structured_content or {})

    for told in (over_rest, over_mcp):
        assert told["code"] == "VALIDATION_ERROR"
        assert "search of salesforce_list_leads" in told["message"]
