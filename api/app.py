"""The application put together: middleware, routes, docs, /mcp and lifespan. It knows no resource."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from api import __version__
from api.callers.credentials import REFRESH_TOKEN
from api.callers.dependencies import Callers
from api.callers.keys import GATEWAY_KEY, describe_keys
from api.http.correlation import HEADER
from api.http.errors import FAILURES, SALESFORCE_SESSION, add_error_handlers
from api.http.idempotency import REPLAYED
from api.http.metrics import Metrics
from api.http.middleware import MAX_BODY_BYTES, RequestMiddleware
from api.mcp import LeadTools
from api.routes import campaigns, conversion, duplicates, health, leads, org, sync
from api.routes.docs import DemoSession, add_docs

DESCRIPTION = """
Leads of a Salesforce org, for platforms and agents. Every operation is also an MCP tool of that name at `/mcp`.

"""
_HOW_TO_CALL = {
    "with a session": "Every request brings the caller's own Salesforce session: click **Authorize** and paste an "
    "access token.",
    "with a key": "Every request brings a key of this gateway: click **Authorize** and paste it.",
    "without a key": "This gateway runs without keys, and answers only on the machine where it runs.",
}


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

    callers: Literal["with a session", "with a key", "without a key"] = "with a session"
    """What callers bring: their own Salesforce session, or a key of a gateway that has one itself."""
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

    callers: Callers
    """Tells who calls, and opens their services."""
    is_ready: Callable[[], Awaitable[bool]]
    """Whether all of it works as far as is known."""


OpenResources = Callable[[Metrics], AbstractAsyncContextManager[Resources]]


def create_app(open_resources: OpenResources, options: AppOptions) -> ASGIApp:
    """The application for HTTP. While it runs, `open_resources` is entered.

    Raises UnknownToolError when `options.mcp_tools` names a tool there is not.
    """
    app, _ = assemble(open_resources, options)
    return _with_cors(RequestMiddleware(app, app.state.metrics), options.cors)


def assemble(open_resources: OpenResources, options: AppOptions) -> tuple[FastAPI, LeadTools]:
    """The routes and the tools made of them; the app's lifespan enters `open_resources`. Raises UnknownToolError."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(metrics) as resources, tools.running():
            app.state.callers = resources.callers
            app.state.is_ready = resources.is_ready
            yield

    app = FastAPI(
        title="Salesforce lead gateway",
        version=__version__,
        description=DESCRIPTION + _HOW_TO_CALL[options.callers],
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=FAILURES,
        separate_input_output_schemas=False,
    )
    app.state.metrics = metrics
    app.state.read_only = options.read_only
    app.state.requirements = SALESFORCE_SESSION if options.callers == "with a session" else GATEWAY_KEY
    add_error_handlers(app)
    for module in (sync, duplicates, leads, conversion, campaigns, org, health):
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
    if options.callers != "with a session":
        describe_with_sessions = app.openapi
        app.openapi = lambda: describe_keys(describe_with_sessions(), needed=options.callers == "with a key")  # type: ignore[method-assign] # FastAPI's documented way
    return app, tools


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
