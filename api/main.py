"""The composition root: settings -> resources -> services -> app. Everything closes in reverse."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Literal

import httpx
from starlette.types import ASGIApp

from api.access import Access, grant
from api.app import AppOptions, Cors, OpenResources, Resources, assemble, create_app
from api.docs import DemoSession
from api.gate import MAX_BODY_BYTES
from api.mcp import UnknownToolError
from api.mcp.stdio import serve_stdio
from api.metrics import Metrics
from api.servers import GatewayServer, run_until_stopped
from infra.coordination.interface import Coordination
from infra.coordination.memory import MemoryCoordination
from infra.coordination.redis import RedisCoordination
from infra.log import set_up_logging
from infra.salesforce.sending.http import open_http
from infra.salesforce.sending.timing import Clock
from infra.settings import Settings, SettingsError, read_settings


def run_gateway(listener: socket.socket) -> None:
    """Serve there, with the settings of the environment, until SIGINT or SIGTERM."""
    settings = read_settings()
    set_up_logging(settings)
    server = GatewayServer(gateway(settings), settings.longest_request_seconds)
    asyncio.run(run_until_stopped((server, listener)))


def run_stdio() -> None:
    """Serve the tools over standard input and output, with the settings of the environment, for who started this.

    Raises SettingsError.
    """
    if sys.stdin is None or sys.stdout is None:
        raise SettingsError("stdio: standard input and output have to be open, for whoever started this")
    settings = read_settings(sf_auth_mode="service", gateway_api_keys=[])
    set_up_logging(settings)
    grant(settings)  # a key that can not be used is told at the start
    try:
        app, tools = assemble(_resources(settings, None, Clock()), _options(settings, None))
    except UnknownToolError as error:
        raise SettingsError(f"MCP_TOOLS: {error}") from error

    async def serve() -> None:
        async with app.router.lifespan_context(app):
            await serve_stdio(
                tools.server, max_message_bytes=MAX_BODY_BYTES, longest_request=settings.longest_request_seconds
            )

    asyncio.run(serve())


def gateway(
    settings: Settings,
    *,
    salesforce: httpx.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
    demo: DemoSession | None = None,
) -> ASGIApp:
    """The gateway with these settings; `salesforce` is the way to it, by default the network.

    Raises SettingsError with one line for everything that is wrong.
    """
    problems = list(_problems(settings))
    try:
        app = create_app(_resources(settings, salesforce, clock or Clock()), _options(settings, demo))
    except UnknownToolError as error:
        raise SettingsError("\n".join([*problems, f"MCP_TOOLS: {error}"])) from error
    if problems:
        raise SettingsError("\n".join(problems))
    return app


def offered_tools(settings: Settings) -> list[str]:
    """The names of the tools that there are with settings that a gateway takes."""
    _, tools = assemble(_resources(settings, None, Clock()), _options(settings, None))
    return tools.offered


def _problems(settings: Settings) -> Iterator[str]:
    """What keeps a gateway with its own session from starting, although each setting by itself is right."""
    if settings.sf_auth_mode != "service":
        return
    if not settings.gateway_api_keys and not _is_loopback(settings.mcp_host):
        yield (
            "GATEWAY_API_KEYS: without keys, whoever reaches a gateway with SF_AUTH_MODE=service can do all that its "
            "Salesforce user may; set keys, or MCP_HOST=127.0.0.1"
        )
    try:
        grant(settings)
    except SettingsError as error:
        yield str(error)


def _resources(settings: Settings, salesforce: httpx.AsyncBaseTransport | None, clock: Clock) -> OpenResources:
    @asynccontextmanager
    async def open_resources(metrics: Metrics) -> AsyncIterator[Resources]:
        async with (
            open_coordination(settings, clock) as coordination,
            open_http(salesforce, metrics.salesforce_answered) as http,
        ):
            access = Access(settings, http, clock, coordination)
            yield Resources(access.callers(), access.is_ready)

    return open_resources


def _options(settings: Settings, demo: DemoSession | None) -> AppOptions:
    with_keys: Literal["with a key", "without a key"] = "with a key" if settings.gateway_api_keys else "without a key"
    secret = settings.confirmation_secret
    return AppOptions(
        callers=with_keys if settings.sf_auth_mode == "service" else "with a session",
        cors=Cors(
            settings.cors_allow_origins,
            settings.cors_allow_methods,
            settings.cors_allow_headers,
            settings.cors_allow_credentials,
        ),
        mcp_allowed_hosts=settings.mcp_allowed_hosts,
        mcp_allowed_origins=settings.mcp_allowed_origins,
        mcp_tools=settings.mcp_tools,
        read_only=settings.read_only,
        require_confirmation=settings.require_confirmation,
        confirmation_secret=secret.get_secret_value() if secret else None,
        demo=demo,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@asynccontextmanager
async def open_coordination(settings: Settings, clock: Clock) -> AsyncIterator[Coordination]:
    """What requests agree through: over all replicas with REDIS_URL, else within this process."""
    if settings.redis_url is None:
        yield MemoryCoordination(settings.lease_seconds, clock.now)
        return
    coordination = RedisCoordination(settings.redis_url.get_secret_value(), settings.lease_seconds, clock.now)
    try:
        yield coordination
    finally:
        await coordination.aclose()
