"""The composition root: settings -> resources -> services -> app. Everything closes in reverse."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.types import ASGIApp

from api.app import AppOptions, Cors, Resources, create_app
from api.credentials import OpenServices
from api.docs import DemoSession
from api.mcp import UnknownToolError
from api.metrics import Metrics
from api.servers import GatewayServer, run_until_stopped
from domain.services import Services, services_on
from domain.session import Session
from infra.coordination.idempotency import SealedRecords
from infra.coordination.interface import Coordination
from infra.coordination.memory import MemoryCoordination
from infra.coordination.redis import RedisCoordination
from infra.log import set_up_logging
from infra.salesforce.auth import OAuthClient, Sessions
from infra.salesforce.connection import Clock, Connection, Patience
from infra.salesforce.gateway import SalesforceLeads
from infra.salesforce.http import open_http
from infra.salesforce.instance import InstanceHosts
from infra.salesforce.limits import Limits
from infra.salesforce.org import SalesforceOrg
from infra.settings import Settings, SettingsError, read_settings


def run_gateway(listener: socket.socket) -> None:
    """Serve there, with the settings of the environment, until SIGINT or SIGTERM."""
    settings = read_settings()
    set_up_logging(settings)
    server = GatewayServer(gateway(settings), settings.longest_request_seconds)
    asyncio.run(run_until_stopped((server, listener)))


def gateway(
    settings: Settings,
    *,
    salesforce: httpx.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
    demo: DemoSession | None = None,
) -> ASGIApp:
    """The gateway with these settings; `salesforce` is the way to it, by default the network. Raises SettingsError."""

    time_and_chance = clock or Clock()

    @asynccontextmanager
    async def open_resources(metrics: Metrics) -> AsyncIterator[Resources]:
        async with (
            open_coordination(settings, time_and_chance) as coordination,
            open_http(salesforce, metrics.salesforce_answered) as http,
        ):
            yield Resources(opener(settings, http, time_and_chance, coordination), coordination.is_ready)

    options = AppOptions(
        default_instance_url=settings.sf_instance_url,
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
        confirmation_secret=secret.get_secret_value() if (secret := settings.confirmation_secret) else None,
        demo=demo,
    )
    try:
        return create_app(open_resources, options)
    except UnknownToolError as error:
        raise SettingsError(f"MCP_TOOLS: {error}") from error


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


def opener(settings: Settings, http: httpx.AsyncClient, clock: Clock, coordination: Coordination) -> OpenServices:
    """What opens the services for each caller, over what all callers share."""
    hosts = InstanceHosts(settings.sf_trusted_origins)
    client = OAuthClient(settings.sf_client_id, settings.sf_client_secret.get_secret_value(), settings.sf_token_url)
    sessions = Sessions(http, client, settings.sf_timeout_seconds, coordination, clock.now)
    patience = Patience(settings.sf_timeout_seconds, settings.sf_deadline_seconds)

    limits = Limits(settings.sf_max_concurrency)

    def open_services(session: Session) -> Services:
        checked = Session(hosts.checked(session.instance_url), session.access_token, session.refresh_token)
        connection = Connection(
            http, sessions, checked, patience, clock, limits.of(checked), read_only=settings.read_only
        )

        async def owner() -> str:
            return await sessions.owner(checked)

        return services_on(
            SalesforceLeads(connection, settings.sf_api_version, coordination, settings.lead_external_id_field),
            SalesforceOrg(connection, settings.sf_api_version),
            SealedRecords(coordination, owner, settings.longest_request_seconds),
            settings.lead_rules,
            lambda: connection.session,
        )

    return open_services
