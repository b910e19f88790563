"""The composition root: settings -> resources -> services -> app. Everything closes in reverse."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Literal

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp

from api.app import AppOptions, Cors, OpenResources, Resources, assemble, create_app
from api.http.metrics import Metrics
from api.mcp import LeadTools, UnknownToolError
from api.routes.docs import DemoSession
from api.service_factory import ServiceFactory, grant
from infra.coordination.interface import Coordination
from infra.coordination.memory import MemoryCoordination
from infra.coordination.redis import RedisCoordination
from infra.salesforce.sending.http_client import open_http
from infra.salesforce.sending.timing import Clock
from infra.settings import Settings, SettingsError


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
    problems = list(problems_at_start(settings))
    try:
        app = create_app(_resources(settings, salesforce, clock or Clock()), _options(settings, demo))
    except UnknownToolError as error:
        raise SettingsError("\n".join([*problems, f"MCP_TOOLS: {error}"])) from error
    if problems:
        raise SettingsError("\n".join(problems))
    return app


def routes_and_tools(settings: Settings) -> tuple[FastAPI, LeadTools]:
    """The routes and the tools made of them, for who needs no HTTP; the app's lifespan opens what they need.

    Raises SettingsError when MCP_TOOLS names a tool there is not.
    """
    try:
        return assemble(_resources(settings, None, Clock()), _options(settings, None))
    except UnknownToolError as error:
        raise SettingsError(f"MCP_TOOLS: {error}") from error


def problems_at_start(settings: Settings) -> Iterator[str]:
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
            factory = ServiceFactory(settings, http, clock, coordination)
            yield Resources(factory.callers(), factory.is_ready)

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
