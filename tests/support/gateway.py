"""The real gateway in this process."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult
from starlette.types import ASGIApp, Message

from api.main import gateway
from domain.values.session import Session
from infra.salesforce.sending.timing import Clock
from infra.settings import Settings
from tests.support.org import ORIGIN

CREDENTIALS = {"sf_client_id": "demo-client", "sf_client_secret": "demo-secret"}


async def no_pause(_: float) -> None:
    """Retries without waiting."""


def settings(**more: Any) -> Settings:
    """The settings of a gateway on the simulator, whatever the environment says."""
    return Settings(
        _env_file=None, **{**CREDENTIALS, "sf_instance_url": ORIGIN, "sf_trusted_origins": [ORIGIN], **more}
    )


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[None]:
    """Keep an application's lifespan open, in a task of its own as a server does."""
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()
    lifespan = asyncio.ensure_future(app({"type": "lifespan", "state": {}}, to_app.get, from_app.put))
    started = asyncio.ensure_future(from_app.get())
    await to_app.put({"type": "lifespan.startup"})
    # An application that fails to start may tell so, or just end.
    await asyncio.wait([started, lifespan], return_when=asyncio.FIRST_COMPLETED)
    assert started.done(), lifespan
    assert started.result()["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        await lifespan


class GatewayClient(httpx.AsyncClient):
    """A REST client of a gateway in this process, which can call its MCP tools as well."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        super().__init__(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1", headers=headers)
        self.app = app
        self._credentials = headers

    async def call_tool(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        """Call a tool with the credentials of this client, through the real MCP client."""
        async with self.mcp() as client:
            return await client.call_tool(tool, arguments)

    @asynccontextmanager
    async def mcp(self, path: str = "/mcp", **options: Any) -> AsyncIterator[Client]:
        """The real MCP client (which speaks httpx2) with the credentials of this one."""
        async with (
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app), headers=self._credentials) as http,
            Client(streamable_http_client(f"http://127.0.0.1{path}", http_client=http), **options) as client,
        ):
            yield client


@asynccontextmanager
async def client_of(
    salesforce: httpx.AsyncBaseTransport, session: Session | None, **more: Any
) -> AsyncIterator[GatewayClient]:
    """A client of a gateway that talks to Salesforce through the transport."""
    async with client_with(salesforce, headers_of(session), **more) as client:
        yield client


@asynccontextmanager
async def client_with(
    salesforce: httpx.AsyncBaseTransport,
    headers: dict[str, str],
    now: Callable[[], float] | None = None,
    **more: Any,
) -> AsyncIterator[GatewayClient]:
    """A client that sends these headers, whatever they are worth."""
    idle = _idle[repr(more)]
    reusable = idle.pop() if idle else _Gateway(**more)
    reusable.begin(salesforce, now or asyncio.get_running_loop().time)
    async with running(reusable.app), GatewayClient(reusable.app, headers) as client:
        yield client
    idle.append(reusable)


class _Gateway(httpx.AsyncBaseTransport):
    """A gateway that is used again by other tests with other orgs, since putting one together takes a while.

    All that it keeps about callers and orgs begins and ends with its lifespan.
    """

    def __init__(self, **more: Any) -> None:
        self._chance = random.Random()
        self.app = gateway(settings(**more), salesforce=self, clock=Clock(self._time, no_pause, self._chance))

    def begin(self, salesforce: httpx.AsyncBaseTransport, now: Callable[[], float]) -> None:
        self._salesforce = salesforce
        self._now = now
        self._chance.seed(1)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._salesforce.handle_async_request(request)

    def _time(self) -> float:
        return self._now()


_idle: defaultdict[str, list[_Gateway]] = defaultdict(list)
"""By their settings."""


def headers_of(session: Session | None) -> dict[str, str]:
    """What a caller sends to act with this session."""
    if session is None:
        return {}
    headers = {"Authorization": f"Bearer {session.access_token}"}
    if session.refresh_token:
        headers["X-SF-Refresh-Token"] = f"Bearer {session.refresh_token}"
    return headers
