"""The application put together: gate, routes, docs, /mcp and lifespan. It knows no resource."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from api import __version__, conversion, duplicates, health, leads, org, sync
from api.correlation import HEADER
from api.credentials import REFRESH_TOKEN, OpenServices
from api.docs import DemoSession, add_docs
from api.errors import FAILURES, add_error_handlers
from api.gate import MAX_BODY_BYTES, Gate
from api.idempotency import REPLAYED
from api.mcp import LeadTools
from api.metrics import Metrics

DESCRIPTION = """
Leads of a Salesforce org, for platforms and agents. Every operation is also an MCP tool of that name at `/mcp`.

Every request brings the caller's own Salesforce session: click **Authorize** and paste an access token.
"""


@dataclass(frozen=True)
class Cors:
    """Which pages of other origins may call."""

    allow_origins: Sequence[str] = ()
    allow_methods: Sequence[str] = ()
    allow_headers: Sequence[str] = ()
    allow_credentials: bool = False


@dataclass(frozen=True)
class AppOptions:
    """What the operator decided about the outside."""

    default_instance_url: str = ""
    cors: Cors = Cors()
    mcp_allowed_hosts: Sequence[str] = ()
    """Host names besides loopback under which `/mcp` answers."""
    mcp_allowed_origins: Sequence[str] = ()
    mcp_tools: Sequence[str] = ()
    """The only tools there are; empty: all."""
    read_only: bool = False
    require_confirmation: bool = False
    """Tools that delete, merge or convert need a person's agreement, whatever the client can."""
    confirmation_secret: str | None = None
    """Seals questions to people; all replicas share it. None: made up anew by each process."""
    demo: DemoSession | None = None


@dataclass(frozen=True)
class Resources:
    """What is open while the application runs."""

    open_services: OpenServices
    """Opens each caller's services."""
    is_coordinated: Callable[[], Awaitable[bool]]
    """Whether what replicas coordinate through works."""


def create_app(
    open_resources: Callable[[Metrics], AbstractAsyncContextManager[Resources]], options: AppOptions
) -> ASGIApp:
    """The application. While it runs, `open_resources` is entered.

    Raises UnknownToolError when `options.mcp_tools` names a tool there is not.
    """
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(metrics) as resources, tools.running():
            app.state.open_services = resources.open_services
            app.state.is_coordinated = resources.is_coordinated
            yield

    app = FastAPI(
        title="Salesforce lead gateway",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=FAILURES,
        separate_input_output_schemas=False,
    )
    app.state.metrics = metrics
    app.state.read_only = options.read_only
    app.state.default_instance_url = options.default_instance_url
    add_error_handlers(app)
    for module in (sync, duplicates, leads, conversion, org, health):
        app.include_router(module.router)
    tools = LeadTools(
        app,
        allowed_hosts=options.mcp_allowed_hosts,
        allowed_origins=options.mcp_allowed_origins,
        allowed_tools=options.mcp_tools,
        read_only=options.read_only,
        require_confirmation=options.require_confirmation,
        confirmation_secret=options.confirmation_secret,
        max_message_bytes=MAX_BODY_BYTES,
    )
    app.add_route("/mcp", tools, include_in_schema=False)
    add_docs(app, options.demo)
    return _with_cors(Gate(app, metrics), options.cors)


def _with_cors(app: ASGIApp, cors: Cors) -> ASGIApp:
    if not cors.allow_origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=cors.allow_origins,
        allow_methods=cors.allow_methods,
        allow_headers=cors.allow_headers,
        allow_credentials=cors.allow_credentials,
        expose_headers=[HEADER, REPLAYED, "Retry-After", "X-SF-Access-Token", REFRESH_TOKEN],
    )
