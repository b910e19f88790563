"""Read-only: the tools are gone, the routes refuse, and what talks to Salesforce refuses as well."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from mcp import MCPError
from structlog.testing import capture_logs

from api.http.middleware import RequestMiddleware
from api.main import gateway
from domain.values.session import Session
from infra.settings import SettingsError
from tests.support.gateway import GatewayClient, client_of, settings
from tests.support.org import Org

ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
WRITES: list[tuple[str, str, Any]] = [
    ("POST", "/v1/leads", {**ADA, "email": "new@example.com"}),
    ("PATCH", "/v1/leads/ada@example.com", {"phone": "2"}),
    ("DELETE", "/v1/leads/ada@example.com", None),
    ("PUT", "/v1/leads/ada@example.com/status", {"status": "objected"}),
    ("POST", "/v1/leads/sync", {**ADA, "phone": "2"}),
    ("POST", "/v1/leads/ada@example.com/convert", {}),
    ("POST", "/v1/leads/00Q000000000001AAA/restore", None),
    ("POST", "/v1/leads/ada@example.com/merge", {"others": ["00Q000000000002AAA"]}),
    ("PUT", "/v1/leads/ada@example.com/campaigns/Fair", {}),
]
TOOLS: dict[str, dict[str, Any]] = {
    "salesforce_create_lead": {**ADA, "email": "new@example.com"},
    "salesforce_update_lead": {"lead": "ada@example.com", "phone": "2"},
    "salesforce_delete_lead": {"lead": "ada@example.com"},
    "salesforce_update_lead_status": {"lead": "ada@example.com", "status": "objected"},
    "salesforce_sync_lead": {**ADA, "phone": "2"},
    "salesforce_convert_lead": {"lead": "ada@example.com"},
    "salesforce_add_to_campaign": {"lead": "ada@example.com", "campaign": "Fair"},
    "salesforce_restore_lead": {"lead": "00Q000000000001AAA"},
    "salesforce_merge_leads": {"lead": "ada@example.com", "others": ["00Q000000000002AAA"]},
}


@pytest.fixture
async def one_lead(rest: GatewayClient) -> None:
    await rest.post("/v1/leads", json=ADA)


@asynccontextmanager
async def reading(org: Org, session: Session) -> AsyncIterator[GatewayClient]:
    async with client_of(org.transport, session, read_only=True) as client:
        yield client


async def listed(client: GatewayClient, path: str = "/mcp") -> list[str]:
    async with client.mcp(path) as mcp:
        return [tool.name for tool in (await mcp.list_tools()).tools]


@contextmanager
def routes_told(client: GatewayClient, *, read_only: bool) -> Iterator[None]:
    """While this is open the routes believe it; other tests get the same app afterwards."""
    assert isinstance(client.app, RequestMiddleware)
    assert isinstance(client.app.app, FastAPI)
    state = client.app.app.state
    truth, state.read_only = state.read_only, read_only
    try:
        yield
    finally:
        state.read_only = truth


def refused(response: httpx.Response) -> None:
    assert (response.status_code, response.json()["code"]) == (403, "READ_ONLY")
    assert "READ_ONLY" in response.json()["message"]


@pytest.mark.usefixtures("one_lead")
async def test_reading_works_and_no_tool_and_no_route_writes(rest: GatewayClient, org: Org, session: Session) -> None:
    every_tool = await listed(rest)
    before = await org.ledger()
    async with reading(org, session) as client:
        assert (await client.get("/v1/leads/ada@example.com")).is_success
        for method, path, body in WRITES:
            refused(await client.request(method, path, json=body))
        assert set(await listed(client)) == set(every_tool) - TOOLS.keys()
        async with client.mcp() as mcp:
            for tool, arguments in TOOLS.items():
                with pytest.raises(MCPError, match=r"switched off: this server is read-only \(READ_ONLY\)"):
                    await mcp.call_tool(tool, arguments)

    assert await org.ledger() == before


@pytest.mark.usefixtures("one_lead")
async def test_without_the_check_in_the_list_the_routes_refuse(rest: GatewayClient, org: Org, session: Session) -> None:
    before = await org.ledger()
    # The tools are offered as ever, and only the routes believe that they are read-only.
    async with client_of(org.transport, session) as client, client.mcp() as mcp:
        with routes_told(client, read_only=True):
            answers = [await mcp.call_tool(tool, arguments) for tool, arguments in TOOLS.items()]

    assert [answer.structured_content["code"] for answer in answers] == ["READ_ONLY"] * len(TOOLS)
    assert await org.ledger() == before


@pytest.mark.usefixtures("one_lead")
async def test_without_the_check_in_the_routes_the_way_to_salesforce_is_closed(org: Org, session: Session) -> None:
    before = await org.ledger()
    async with reading(org, session) as client:
        with routes_told(client, read_only=False):
            for method, path, body in WRITES[:-2]:  # these end at another lead or a campaign, which are not there
                refused(await client.request(method, path, json=body))

    assert await org.ledger() == before


@pytest.mark.usefixtures("one_lead")
async def test_a_url_can_make_its_own_connection_read_only(rest: GatewayClient, org: Org) -> None:
    before = await org.ledger()

    assert set(await listed(rest)) - set(await listed(rest, "/mcp?read_only=1")) == TOOLS.keys()
    async with rest.mcp("/mcp?read_only=true") as mcp:
        for tool, arguments in TOOLS.items():
            with pytest.raises(MCPError, match="this connection is read-only"):
                await mcp.call_tool(tool, arguments)

    assert await org.ledger() == before


async def test_only_the_allowed_tools_are_there(org: Org, session: Session) -> None:
    allowed = ["salesforce_get_lead", "salesforce_delete_lead"]
    async with client_of(org.transport, session, mcp_tools=allowed) as client:
        assert await listed(client) == allowed
        async with client.mcp() as mcp:
            with pytest.raises(MCPError, match="salesforce_list_leads is switched off: this server has MCP_TOOLS"):
                await mcp.call_tool("salesforce_list_leads", {})
        assert await listed(client, "/mcp?read_only=1") == ["salesforce_get_lead"]
        assert await listed(client, "/mcp?tools=salesforce_delete_lead") == ["salesforce_delete_lead"]


async def test_a_url_never_widens(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, mcp_tools=["salesforce_get_lead"], read_only=True) as client:
        assert await listed(client, "/mcp?read_only=0") == ["salesforce_get_lead"]
        response = await client.post(
            "/mcp?tools=salesforce_delete_lead",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            headers={"accept": "application/json"},
        )

    assert response.status_code == 400
    assert "salesforce_get_lead" in response.json()["error"]["message"]


NOTHING_BUT_READING = {"read_leads": True, "create_leads": False, "update_leads": False, "delete_leads": False}


async def about_org(client: GatewayClient, path: str = "/mcp") -> dict[str, Any]:
    """What the org tells over MCP."""
    async with client.mcp(path) as mcp:
        data: dict[str, Any] = (await mcp.call_tool("salesforce_get_org", {})).structured_content["data"]
    return data


async def test_the_org_tells_that_nothing_may_be_written(rest: GatewayClient, org: Org, session: Session) -> None:
    async with reading(org, session) as client:
        over_rest = (await client.get("/v1/org")).json()["data"]
        over_mcp = await about_org(client)
        tools = await listed(client)
    own_choice = await about_org(rest, "/mcp?read_only=1")

    assert (over_rest["read_only"], over_rest["permissions"]) == (True, NOTHING_BUT_READING)
    assert over_mcp == {**over_rest, "tools": tools, "api_usage": over_mcp["api_usage"]}
    assert own_choice == {**over_mcp, "api_usage": own_choice["api_usage"]}


async def test_the_org_tells_which_tools_there_are(rest: GatewayClient, org: Org, session: Session) -> None:
    allowed = ["salesforce_delete_lead", "salesforce_get_org"]
    async with client_of(org.transport, session, mcp_tools=allowed) as client:
        by_the_operator = await about_org(client)
    by_the_url = await about_org(rest, "/mcp?tools=salesforce_get_org")

    assert (by_the_operator["read_only"], by_the_operator["tools"]) == (False, allowed)
    assert by_the_operator["permissions"]["delete_leads"] is True
    assert by_the_url["tools"] == ["salesforce_get_org"]
    assert (await about_org(rest))["tools"] is None


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("tools=salesforce_getlead", "did you mean salesforce_get_lead?"),
        ("read_only=yes", "1 or 0"),
        ("readonly=1", "'readonly' is no parameter of this URL; did you mean read_only?"),
        ("READ_ONLY=1", "did you mean read_only?"),
        ("tool=salesforce_get_lead", "did you mean tools?"),
        ("read_only=1&x=1", "'x' is no parameter of this URL; there are read_only, tools."),
        ("read_only=1&read_only=0", "read_only: must be given once."),
        ("tools=salesforce_get_lead&tools=salesforce_delete_lead", "tools: must be given once."),
    ],
)
async def test_a_wrong_narrowing_is_refused(rest: GatewayClient, query: str, hint: str) -> None:
    response = await rest.post(f"/mcp?{query}", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})

    assert response.status_code == 400
    assert hint in response.json()["error"]["message"]


def test_a_tool_that_does_not_exist_can_not_be_allowed() -> None:
    with pytest.raises(SettingsError, match=r"MCP_TOOLS: .*did you mean salesforce_get_lead\?"):
        gateway(settings(mcp_tools=["salesforce_getlead"]))


def test_an_operator_whose_choices_leave_no_tool_is_warned() -> None:
    with capture_logs() as lines:
        gateway(settings(mcp_tools=["salesforce_delete_lead"], read_only=True))

    assert [line["event"] for line in lines] == ["no_tools"]
