"""Clients that ask for it are told what a tool is at."""

import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx2
import pytest
from anyio.lowlevel import checkpoint
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.types import ASGIApp, Message, Scope

from api.main import gateway
from domain.values.session import Session
from infra.salesforce.sending.timing import Clock
from tests.api.mcp.support import BOTH, NEWEST, OLDER, headers_for, message
from tests.support.gateway import GatewayClient, headers_of, no_pause, running, settings
from tests.support.listening import listening
from tests.support.org import Org

ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
SYNC_WITH_CONVERSION = [(1, "Looking for the lead"), (2, "Writing the lead"), (3, "Converting the lead")]
A_WHILE = 30
"""Seconds after which something hangs."""


class Told:
    """What a client was told: how far, and what next."""

    def __init__(self) -> None:
        self.steps: list[tuple[float, str]] = []

    async def __call__(self, progress: float, total: float | None, message: str | None) -> None:
        assert total is None
        assert message is not None
        self.steps.append((progress, message))

    @property
    def words(self) -> list[str]:
        return [words for _, words in self.steps]


async def told_of(client: Client, tool: str, **arguments: Any) -> Told:
    told = Told()
    result = await client.call_tool(tool, arguments, progress_callback=told)
    assert not result.is_error, result.structured_content
    return told


@pytest.fixture
def app(org: Org) -> ASGIApp:
    return gateway(settings(), salesforce=org.transport, clock=Clock(sleep=no_pause))


@pytest.fixture
async def gateway_url(app: ASGIApp) -> AsyncIterator[str]:
    async with listening(app) as url:
        yield url


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_client_sees_step_by_step_what_a_tool_does(gateway_url: str, session: Session, mode: str) -> None:
    async with (
        httpx2.AsyncClient(headers=headers_of(session)) as http,
        Client(streamable_http_client(f"{gateway_url}/mcp", http_client=http), mode=mode) as client,
    ):
        synced = await told_of(client, "salesforce_sync_lead", **ADA, status="scheduled")
        kept = await client.call_tool("salesforce_create_lead", {**ADA, "email": "bola@example.com"})
        other = await client.call_tool("salesforce_create_lead", {**ADA, "email": "chi@example.com"})
        ids = [each.structured_content["data"]["id"] for each in (kept, other)]
        merged = await told_of(client, "salesforce_merge_leads", lead=ids[0], others=ids[1:])
        found = await told_of(client, "salesforce_find_duplicate_leads")

    assert synced.steps == SYNC_WITH_CONVERSION
    assert merged.words == ["Looking for the lead", "Looking for the lead", "Merging the leads"]
    assert found.words == ["Looking for shared emails"]


async def test_what_takes_longer_than_usual_is_told_as_well(rest: GatewayClient, org: Org) -> None:
    await org.expire_sessions()
    await org.fault("query", "status", status=503, error_code="SERVER_UNAVAILABLE", message="Busy", times=1)

    async with rest.mcp() as client:
        told = await told_of(client, "salesforce_sync_lead", **ADA)

    assert told.words == ["Looking for the lead", "Refreshing the session", "Trying again", "Writing the lead"]


def sync(version: str, **meta: Any) -> dict[str, Any]:
    arguments = {**ADA, "status": "scheduled"}
    return message("tools/call", {"name": "salesforce_sync_lead", "arguments": arguments, "_meta": meta}, version)


@pytest.mark.parametrize("version", [*OLDER, NEWEST])
async def test_who_asks_gets_the_steps_and_then_the_answer(rest: GatewayClient, version: str) -> None:
    sent = sync(version, progressToken="mine")

    response = await rest.post("/mcp", json=sent, headers=headers_for(sent, version, BOTH))

    assert response.headers["content-type"].startswith("text/event-stream")
    *steps, answer = [
        json.loads(line.removeprefix("data: ")) for line in response.text.splitlines() if line.startswith("data: {")
    ]
    assert [step["method"] for step in steps] == ["notifications/progress"] * 3
    assert [step["params"]["progressToken"] for step in steps] == ["mine"] * 3
    assert [(step["params"]["progress"], step["params"]["message"]) for step in steps] == SYNC_WITH_CONVERSION
    assert answer["result"]["structuredContent"]["data"]["action"] == "created"


@pytest.mark.parametrize("version", [*OLDER, NEWEST])
async def test_who_takes_only_json_gets_the_answer_alone(rest: GatewayClient, version: str) -> None:
    sent = sync(version, progressToken="mine")

    response = await rest.post("/mcp", json=sent, headers=headers_for(sent, version, "application/json"))

    assert response.headers["content-type"] == "application/json"
    assert response.json()["result"]["structuredContent"]["data"]["action"] == "created"


@pytest.mark.parametrize("version", [*OLDER, NEWEST])
async def test_who_does_not_ask_is_told_nothing(rest: GatewayClient, version: str) -> None:
    sent = sync(version)

    response = await rest.post("/mcp", json=sent, headers=headers_for(sent, version, BOTH))

    assert "notifications/progress" not in response.text
    assert '"action":"created"' in response.text


class Listener:
    """A client that reads nothing but the beginning of the answer, until it leaves."""

    def __init__(self, sent: dict[str, Any], headers: dict[str, str]) -> None:
        self._messages = [{"type": "http.request", "body": json.dumps(sent).encode(), "more_body": False}]
        raw = [(b"host", b"localhost"), *((name.lower().encode(), value.encode()) for name, value in headers.items())]
        self.scope: Scope = {"type": "http", "method": "POST", "path": "/mcp", "query_string": b"", "headers": raw}
        self.told = anyio.Event()
        self.left = anyio.Event()

    async def call(self, app: ASGIApp) -> None:
        await app(self.scope, self.receive, self.send)

    async def receive(self) -> Message:
        if self._messages:
            return self._messages.pop()
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if b"notifications/progress" in message.get("body", b""):
            self.told.set()
            await self.left.wait()


async def until_converted(org: Org) -> None:
    """Return when Salesforce has converted a lead; it is asked again and again."""
    while not await is_converted(org):
        await checkpoint()


async def is_converted(org: Org) -> bool:
    return any(effect["op"] == "convert" for effect in await org.ledger())


@pytest.mark.parametrize("version", [OLDER[-1], NEWEST])
async def test_a_client_that_stops_reading_holds_no_write_up(
    app: ASGIApp, org: Org, session: Session, version: str
) -> None:
    sent = sync(version, progressToken=1)
    client = Listener(sent, headers_for(sent, version, BOTH) | headers_of(session))

    async with running(app):
        with anyio.fail_after(A_WHILE):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.call, app)
                await client.told.wait()
                await until_converted(org)
                client.left.set()


@pytest.mark.parametrize("version", [OLDER[-1], NEWEST])
async def test_a_client_that_leaves_does_not_cut_a_write_in_half(
    app: ASGIApp, org: Org, session: Session, version: str
) -> None:
    sent = sync(version, progressToken=1)
    client = Listener(sent, headers_for(sent, version, BOTH) | headers_of(session))

    async with running(app):
        with anyio.fail_after(A_WHILE):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.call, app)
                await client.told.wait()
                client.left.set()
            await until_converted(org)
