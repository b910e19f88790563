"""Each tool of the gateway reaches its own route or none, whatever its arguments say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from mcp.types import CallToolResult, Tool

from api.app import AppOptions, Resources, create_app
from api.callers.credentials import Passthrough
from api.http.metrics import Metrics
from domain.errors import LeadNotFoundError
from domain.idempotency import IdempotencyRecords, IdempotencyService
from domain.services import Services
from domain.values.session import Session
from tests.support.gateway import GatewayClient, running

LEAD_ID = "00Q000000000001AAA"
SESSION = {"Authorization": "Bearer token", "X-SF-Instance-Url": "https://acme.my.salesforce.com"}


class Spy:
    """Services that write down what is asked of them, and do nothing."""

    def __init__(self) -> None:
        self.opened: list[Session] = []
        self.asked: list[str] = []

    def open(self, session: Session) -> Services:
        self.opened.append(session)
        services = SimpleNamespace(**{name: _Asked(name, self.asked) for name in Services.__annotations__})
        services.session = lambda: session
        services.idempotency = IdempotencyService(cast(IdempotencyRecords, NoRecords()))
        return cast(Services, services)

    @asynccontextmanager
    async def resources(self, _: Metrics) -> AsyncIterator[Resources]:
        yield Resources(Passthrough(self.open), self.ready)

    async def ready(self) -> bool:
        return True


class NoRecords:
    """Nobody sends an Idempotency-Key here."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


class _Asked:
    def __init__(self, service: str, asked: list[str]) -> None:
        self._service = service
        self._asked = asked

    def __getattr__(self, method: str) -> Any:
        async def ask(*_: Any, **__: Any) -> None:
            self._asked.append(f"{self._service}.{method}")
            raise LeadNotFoundError("nobody")

        return ask


@pytest.fixture
def spy() -> Spy:
    return Spy()


@pytest.fixture
async def client(spy: Spy) -> AsyncIterator[GatewayClient]:
    app = create_app(spy.resources, AppOptions())
    async with running(app), GatewayClient(app, SESSION) as client:
        yield client


def refused(result: Any) -> dict[str, Any]:
    assert isinstance(result, CallToolResult)
    assert result.is_error
    answer = result.structured_content
    assert isinstance(answer, dict)
    assert answer["code"] == "VALIDATION_ERROR"
    return answer


NEEDED = {
    "email": "ada@example.com",
    "last_name": "Okafor",
    "status": "objected",
    "lead": LEAD_ID,
    "campaign": "Spring Webinar",
    "others": ["00Q000000000002AAA"],
}


def valid(tool: Tool) -> dict[str, Any]:
    """Arguments the tool accepts."""
    arguments = {name: NEEDED[name] for name in tool.input_schema["required"]}
    return arguments | ({"phone": "1"} if tool.name == "salesforce_update_lead" else {})


async def test_every_tool_reaches_its_own_route(client: GatewayClient, spy: Spy) -> None:
    async with client.mcp() as mcp:
        tools = (await mcp.list_tools()).tools
        for tool in tools:
            await mcp.call_tool(tool.name, valid(tool))

    assert dict(zip([tool.name for tool in tools], spy.asked, strict=True)) == OWN


OWN = {
    "salesforce_sync_lead": "sync.sync",
    "salesforce_find_duplicate_leads": "duplicates.find",
    "salesforce_merge_leads": "duplicates.merge",
    "salesforce_list_leads": "leads.list",
    "salesforce_create_lead": "leads.create",
    "salesforce_get_lead": "leads.get",
    "salesforce_update_lead": "leads.update",
    "salesforce_delete_lead": "leads.delete",
    "salesforce_restore_lead": "leads.restore",
    "salesforce_update_lead_status": "leads.set_status",
    "salesforce_convert_lead": "conversion.convert",
    "salesforce_list_lead_campaigns": "campaigns.of",
    "salesforce_add_to_campaign": "campaigns.add",
    "salesforce_describe_lead": "org.describe_lead",
    "salesforce_get_org": "org.about",
}


@pytest.mark.parametrize(
    "lead",
    [
        ".",
        "..",
        "../x",
        "../sync",
        "sync",
        "duplicates",
        "a/b",
        "a?x=1",
        "a#b",
        "%2e%2e",
        "..%2f",
        f"{LEAD_ID}/convert",
        f"..%2f{LEAD_ID}",
        "a\\b",
        "..\\x",
        "a\x00b",
        f"{LEAD_ID}\x00",
        f"{LEAD_ID}\r\nX-Api-Key: k",
        f"{LEAD_ID}\n",
        "",
        " ",
        "x" * 5120,
        f"{'x' * 5120}@example.com",
        "x@../health/live",
        "../x@example.com",
        None,
        7,
        [LEAD_ID],
        {"lead": LEAD_ID},
    ],
    ids=repr,
)
async def test_a_path_argument_that_is_no_lead_reaches_nothing(client: GatewayClient, spy: Spy, lead: object) -> None:
    async with client.mcp() as mcp:
        tools = [tool for tool in (await mcp.list_tools()).tools if "lead" in tool.input_schema["properties"]]
        answers = [refused(await mcp.call_tool(tool.name, {**valid(tool), "lead": lead})) for tool in tools]

    assert len(answers) == sum("lead" in tool.input_schema["required"] for tool in tools) >= 5
    assert {detail["field"] for answer in answers for detail in answer["details"]} == {"lead"}
    assert (spy.opened, spy.asked) == ([], [])


HEADERS = [
    "Authorization",
    "X-SF-Refresh-Token",
    "X-SF-Instance-Url",
    "X-SF-Access-Token",
    "X-API-Key",
    "X-Correlation-ID",
    "Idempotency-Key",
    "Host",
    "Origin",
    "Cookie",
    "Content-Type",
    "Content-Length",
    "Transfer-Encoding",
    "X-Forwarded-For",
    "Sforce-Auto-Assign",
]


async def test_an_argument_named_like_a_header_reaches_nothing(client: GatewayClient, spy: Spy) -> None:
    names = [
        spelled
        for header in HEADERS
        for spelled in (header, header.lower(), header.upper(), header.replace("-", "_").lower())
    ]
    # An answer names at most twenty problems.
    portions = [names[begin : begin + 20] for begin in range(0, len(names), 20)]
    async with client.mcp() as mcp:
        for tool in (await mcp.list_tools()).tools:
            for portion in [[name for name in names if name != "idempotency_key"] for names in portions]:
                arguments = valid(tool) | dict.fromkeys(portion, "Bearer stolen")
                answer = refused(await mcp.call_tool(tool.name, arguments))
                assert [detail["field"] for detail in answer["details"]] == list(dict.fromkeys(portion))
                assert "stolen" not in str(answer)

    assert (spy.opened, spy.asked) == ([], [])


@pytest.mark.parametrize(
    ("tool", "wrong", "right"),
    [
        ("salesforce_list_leads", "statsu", "status"),
        ("salesforce_get_lead", "led", "lead"),
        ("salesforce_find_duplicate_leads", "limits", "limit"),
        ("salesforce_delete_lead", "dryrun", "dry_run"),
        ("salesforce_merge_leads", "confirmed", "confirm"),
        ("salesforce_create_lead", "idempotencyKey", "idempotency_key"),
    ],
)
async def test_an_unknown_argument_is_refused_with_the_nearest_name(
    client: GatewayClient, spy: Spy, tool: str, wrong: str, right: str
) -> None:
    answer = refused(await client.call_tool(tool, {wrong: "Open"}))

    hints = [detail["message"] for detail in answer["details"] if detail["field"] == wrong]
    assert hints == [f"there is no such field here; did you mean {right}?"]
    assert spy.opened == []
