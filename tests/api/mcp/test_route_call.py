"""Calling tools with the real MCP client, in its newest and in its legacy mode."""

import json
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from mcp import MCPError
from mcp.types import CallToolResult, TextContent
from structlog.testing import capture_logs

from api.mcp.result_text import as_text
from tests.api.mcp.support import (
    LEAD_ID,
    SESSION,
    Changes,
    Envelope,
    Spy,
    answered,
    current_request,
    lead_app,
    mcp_client,
)

MODES = pytest.mark.parametrize("mode", ["2026-07-28", "auto", "legacy"])


@pytest.fixture
def app() -> FastAPI:
    return lead_app()


@pytest.fixture
def spy(app: FastAPI) -> Spy:
    spy: Spy = app.state.spy
    return spy


def content(result: CallToolResult) -> dict[str, Any]:
    """The structured content, which has to be what the text says, except for nulls."""
    assert isinstance(result.structured_content, dict)
    [text] = result.content
    assert isinstance(text, TextContent)
    assert json.loads(text.text) == as_text(result.structured_content)
    return result.structured_content


async def called(app: FastAPI, tool: str, arguments: dict[str, Any], **options: Any) -> CallToolResult:
    async with mcp_client(app, **options) as client:
        result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    return result


@MODES
async def test_a_success_is_the_routes_envelope(app: FastAPI, mode: str) -> None:
    draft = {"email": "ada@example.com", "last_name": "Okafor", "title": None, "address": {"city": "Łódź"}}

    result = await called(app, "salesforce_create_lead", draft, mode=mode)

    assert not result.is_error
    assert content(result) == {
        "success": True,
        "data": {"id": LEAD_ID, "email": "ada@example.com", "title": None, "address": {"city": "Łódź"}},
        "correlation_id": "generated-id",
        "status_code": 201,
    }


@MODES
async def test_the_text_is_compact_and_keeps_all_scripts(app: FastAPI, mode: str) -> None:
    result = await called(app, "salesforce_get_lead", {"lead": "żółć@example.com"}, mode=mode)

    [text] = result.content
    assert isinstance(text, TextContent)
    assert '"email":"żółć@example.com"' in text.text


async def test_query_arguments_arrive_with_their_types(app: FastAPI, spy: Spy) -> None:
    arguments = {"limit": 7, "search": "a&b=c +%41 ü", "converted": False, "fields": ["id", "e,mail"]}

    await called(app, "salesforce_list_leads", arguments)

    assert spy.calls == [("salesforce_list_leads", 7, "a&b=c +%41 ü", False, ["id", "e,mail"])]


async def test_null_leaves_a_query_argument_out(app: FastAPI, spy: Spy) -> None:
    await called(app, "salesforce_list_leads", {"search": None})

    assert spy.calls == [("salesforce_list_leads", 50, None, None, None)]


async def test_only_what_is_sent_is_in_the_body_and_null_is_sent(app: FastAPI, spy: Spy) -> None:
    await called(app, "salesforce_update_lead", {"lead": LEAD_ID, "title": None})

    assert spy.calls == [("salesforce_update_lead", LEAD_ID, {"title": None})]


async def test_a_body_that_is_not_needed_is_not_sent(app: FastAPI, spy: Spy) -> None:
    async with mcp_client(app) as client:
        await client.call_tool("salesforce_convert_lead", {"lead": LEAD_ID})
        await client.call_tool("salesforce_convert_lead", {"lead": LEAD_ID, "title": "x"})

    assert spy.calls == [
        ("salesforce_convert_lead", LEAD_ID, None),
        ("salesforce_convert_lead", LEAD_ID, Changes(title="x")),
    ]


@pytest.mark.parametrize(
    "email",
    [
        "o'brien+x@example.com",
        "a?x=1@example.com",
        "a#b@example.com",
        "100%@example.com",
        "%2e%2e@example.com",
        "a;b=c&d@example.com",
        "{lead}@example.com",
        "..@example.com",
        "😀@example.com",
    ],
)
async def test_an_email_reaches_the_route_unchanged(app: FastAPI, spy: Spy, email: str) -> None:
    await called(app, "salesforce_get_lead", {"lead": email})

    assert spy.calls == [("salesforce_get_lead", email)]


@pytest.mark.parametrize(
    "lead",
    [
        "",
        ".",
        "..",
        "../leads",
        "../../health/live",
        "a/b",
        "a?x=1",
        "a#b",
        "%2e%2e",
        "..%2f",
        "..\\x",
        "a\x00b",
        f"{LEAD_ID}\n",
        f"{LEAD_ID}\r\nX-Api-Key: k",
        "a/b@example.com",
        "a@example.com/convert",
        "x" * 5120,
        f"{'x' * 5120}@example.com",
        None,
        7,
        ["..", LEAD_ID],
        {"lead": LEAD_ID},
    ],
)
async def test_a_path_argument_that_is_no_lead_reaches_nothing(app: FastAPI, spy: Spy, lead: object) -> None:
    async with mcp_client(app) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools if "lead" in tool.input_schema["properties"]]
        results = [await client.call_tool(tool, {"lead": lead}) for tool in tools]

    assert len(results) == 4
    assert all(result.is_error for result in results)
    assert [[detail["field"] for detail in content(result)["details"]] for result in results] == [["lead"]] * 4
    assert spy.calls == []
    assert spy.requests == []


@MODES
async def test_wrong_arguments_get_the_envelope_of_rest(app: FastAPI, spy: Spy, mode: str) -> None:
    result = await called(app, "salesforce_create_lead", {"email": "nobody"}, mode=mode)

    assert result.is_error
    assert content(result) == {
        "success": False,
        "error": "Validation Error",
        "code": "VALIDATION_ERROR",
        "message": "See the details.",
        "details": [
            {
                "field": "email",
                "message": "does not have the right form: Identifies the lead, for example 'ada@example.com'",
            },
            {"field": "last_name", "message": "field required"},
        ],
        "retryable": False,
        "correlation_id": "generated-id",
        "status_code": 422,
    }
    assert spy.calls == []


@pytest.mark.parametrize(
    "name", ["Authorization", "authorization", "X-SF-Instance-Url", "x_api_key", "Cookie", "correlation_id"]
)
async def test_an_argument_never_becomes_a_header(app: FastAPI, spy: Spy, name: str) -> None:
    result = await called(app, "salesforce_list_leads", {name: "Bearer stolen"}, headers={})

    assert result.is_error
    [detail] = content(result)["details"]
    assert detail["field"] == name
    assert "there is no such field" in detail["message"]
    assert spy.requests == []


async def test_only_the_callers_own_credentials_are_passed_on(app: FastAPI, spy: Spy) -> None:
    given = {**SESSION, "X-SF-Refresh-Token": "Bearer r", "X-API-Key": "k", "X-Correlation-ID": "mine", "Cookie": "c=1"}

    await called(app, "salesforce_list_leads", {}, headers=given)

    assert sorted(spy.headers) == [
        (b"authorization", b"Bearer 00D-token"),
        (b"x-api-key", b"k"),
        (b"x-correlation-id", b"mine"),
        (b"x-sf-instance-url", b"https://acme.my.salesforce.com"),
        (b"x-sf-refresh-token", b"Bearer r"),
    ]


@MODES
async def test_tools_are_listed_without_a_session_but_not_called(app: FastAPI, spy: Spy, mode: str) -> None:
    async with mcp_client(app, mode=mode, headers={}) as client:
        listed = await client.list_tools()
        result = await client.call_tool("salesforce_list_leads", {})

    assert len(listed.tools) == 6
    assert result.is_error
    assert content(result)["error"]["code"] == "AUTHENTICATION_REQUIRED"
    assert spy.calls == []


@MODES
async def test_an_unknown_tool_is_named_with_its_nearest(app: FastAPI, mode: str) -> None:
    async with mcp_client(app, mode=mode) as client:
        with pytest.raises(MCPError, match="did you mean salesforce_get_lead") as refused:
            await client.call_tool("salesforce_getlead", {})

    assert refused.value.error.code == -32602


@MODES
async def test_a_route_knows_the_app_and_the_outer_request(app: FastAPI, mode: str) -> None:
    @app.get("/v1/here", operation_id="salesforce_here")
    async def here(request: Request) -> Envelope[list[str]]:
        """Tell where this runs."""
        where = [current_request.get(), request.state.correlation_id, str(request.app is app), request.method]
        return answered(where, "")

    result = await called(app, "salesforce_here", {}, mode=mode, headers={"X-Correlation-ID": "mine"})

    assert content(result)["data"] == ["mine", "mine", "True", "GET"]


@MODES
async def test_an_unexpected_error_is_logged_and_not_told(app: FastAPI, mode: str) -> None:
    with capture_logs() as logged:
        result = await called(app, "salesforce_convert_lead", {"lead": "boom@example.com"}, mode=mode)

    assert result.is_error
    envelope = content(result)
    assert (envelope["code"], envelope["status_code"]) == ("INTERNAL_ERROR", 500)
    assert "secret" not in str(envelope)
    [line] = logged
    assert (line["event"], line["tool"], line["error"]) == ("tool_failed", "salesforce_convert_lead", "RuntimeError")
    assert "secret" not in str(line)


async def test_the_apps_own_answer_to_an_unexpected_error_is_used(app: FastAPI) -> None:
    @app.exception_handler(Exception)
    async def own(_: Request, __: Exception) -> JSONResponse:
        return JSONResponse({"success": False, "correlation_id": "c", "status_code": 500, "code": "OWN"}, 500)

    result = await called(app, "salesforce_convert_lead", {"lead": "boom@example.com"})

    assert content(result)["code"] == "OWN"


async def test_a_refusal_by_the_route_is_a_tool_error(app: FastAPI) -> None:
    result = await called(app, "salesforce_convert_lead", {"lead": LEAD_ID})

    assert result.is_error
    assert content(result)["code"] == "LEAD_CONVERTED"
    assert content(result)["correlation_id"] == "generated-id"
