"""A small app with routes shaped like the gateway's, and clients for its MCP endpoint."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeVar

import httpx2
from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from api.mcp import LeadTools

T = TypeVar("T")
URL = "http://127.0.0.1:3333/mcp"
SESSION = {"Authorization": "Bearer 00D-token", "X-SF-Instance-Url": "https://acme.my.salesforce.com"}
LEAD_ID = "00Q000000000001AAA"
BOTH = "application/json, text/event-stream"
OLDER = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
NEWEST = "2026-07-28"
CLIENT = {"name": "test", "version": "1"}

current_request: ContextVar[str] = ContextVar("current_request")
"""The correlation id as log lines have it."""


class Envelope(BaseModel, Generic[T]):
    """The shape of every answer."""

    success: bool
    data: T
    correlation_id: str
    status_code: int


def answered(data: T, correlation_id: str, status_code: int = 200) -> Envelope[T]:
    """A success."""
    return Envelope(success=True, data=data, correlation_id=correlation_id, status_code=status_code)


class Address(BaseModel):
    """Where somebody lives."""

    model_config = ConfigDict(extra="forbid")

    city: str = Field(max_length=40)


class Draft(BaseModel):
    """A lead to be created."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    email: str = Field(pattern=r"^[^\s@]+@[^\s@]+$", description="Identifies the lead.", examples=["ada@example.com"])
    last_name: str = Field(min_length=1, max_length=80)
    title: str | None = Field(None, max_length=128, description="Job title.")
    annual_revenue: float | None = Field(None, ge=0, lt=1e18)
    address: Address | None = Field(None, description="Of the company.")
    custom_fields: dict[Annotated[str, Field(pattern="^[A-Za-z_]+__c$")], str | bool | float | None] | None = None


class Changes(BaseModel):
    """What only is sent changes."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = None
    phone: str | None = None


class Lead(BaseModel):
    """A lead."""

    id: str
    email: str | None = None
    title: str | None = None
    address: Address | None = None


class Page(BaseModel):
    """Some leads."""

    leads: list[Lead]
    next_cursor: str | None


@dataclass
class Spy:
    """What the endpoints saw."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of the last request that reached an endpoint."""
        raw: list[tuple[bytes, bytes]] = self.requests[-1].headers.raw
        return raw


class NoSessionError(Exception):
    """The caller brought no session."""


def _correlation_id(request: Request) -> str:
    identifier: str = request.state.correlation_id
    return identifier


def _session(request: Request) -> str:
    token = request.headers.get("authorization")
    if not token:
        raise NoSessionError
    spy: Spy = request.app.state.spy
    spy.requests.append(request)
    return token


LeadRef = Annotated[
    str,
    Path(
        max_length=80,
        pattern=r"^(?:00Q[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?|[^\s/\\@]+@[^\s/\\@]+)$",
        description="A Salesforce Id or an email address.",
    ),
]


def _leads() -> APIRouter:
    router = APIRouter(prefix="/v1/leads", dependencies=[Depends(_session)])

    def seen(request: Request, *what: Any) -> str:
        request.app.state.spy.calls.append((request.scope["route"].operation_id, *what))
        return _correlation_id(request)

    @router.get("", operation_id="salesforce_list_leads", response_model_exclude_unset=True)
    async def list_leads(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50,
        search: str | None = None,
        converted: bool | None = None,
        fields: Annotated[list[str] | None, Query()] = None,
    ) -> Envelope[Page]:
        """List leads, newest first."""
        correlation_id = seen(request, limit, search, converted, fields)
        return answered(Page(leads=[Lead(id=LEAD_ID)], next_cursor=None), correlation_id)

    @router.post("", operation_id="salesforce_create_lead", status_code=201)
    async def create_lead(draft: Draft, request: Request) -> Envelope[Lead]:
        """Create a lead.

        Refused when an open lead has this email.
        """
        correlation_id = seen(request, draft)
        lead = Lead(id=LEAD_ID, **draft.model_dump(include={"email", "title", "address"}))
        return answered(lead, correlation_id, status_code=201)

    @router.get("/{lead}", operation_id="salesforce_get_lead")
    async def get_lead(lead: LeadRef, request: Request) -> Envelope[Lead]:
        """Read one lead."""
        return answered(Lead(id=LEAD_ID, email=lead), seen(request, lead))

    @router.patch("/{lead}", operation_id="salesforce_update_lead")
    async def update_lead(lead: LeadRef, changes: Changes, request: Request) -> Envelope[Lead]:
        """Change a lead."""
        correlation_id = seen(request, lead, changes.model_dump(exclude_unset=True))
        return answered(Lead(id=LEAD_ID, title=changes.title), correlation_id)

    @router.delete("/{lead}", operation_id="salesforce_delete_lead")
    async def delete_lead(lead: LeadRef, request: Request) -> Envelope[Lead]:
        """Delete a lead."""
        return answered(Lead(id=LEAD_ID), seen(request, lead))

    @router.post(
        "/{lead}/convert",
        operation_id="salesforce_convert_lead",
        openapi_extra={"x-mcp-annotations": {"destructiveHint": True, "idempotentHint": True}},
    )
    async def convert_lead(
        lead: LeadRef, request: Request, options: Annotated[Changes | None, Body()] = None
    ) -> Envelope[Lead]:
        """Convert a lead."""
        correlation_id = seen(request, lead, options)
        if lead.startswith("boom"):
            raise RuntimeError("secret detail of the inside")
        raise HTTPException(409, correlation_id)

    @router.get("/hidden/one", operation_id="salesforce_hidden", include_in_schema=False)
    async def hidden() -> None:
        """Not a tool."""

    return router


def _failure(request: Request, status: int, error: str, code: str, message: str, details: Any = ()) -> JSONResponse:
    envelope = {
        "success": False,
        "error": error,
        "code": code,
        "message": message,
        "details": list(details),
        "retryable": False,
        "correlation_id": _correlation_id(request),
        "status_code": status,
    }
    return JSONResponse(envelope, status)


def lead_app() -> FastAPI:
    """The app, its `state.spy` listening."""
    app = FastAPI(title="Lead gateway", version="1.2.3", description="Manages leads.")
    app.state.spy = Spy()
    app.include_router(_leads())

    @app.get("/health/live", operation_id="health")
    async def health() -> str:
        """Not a tool either."""
        app.state.spy.calls.append(("health",))
        return "ok"

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        details = [{"field": ".".join(map(str, each["loc"][1:])), "message": each["msg"]} for each in error.errors()]
        return _failure(request, 422, "Validation Error", "VALIDATION_ERROR", "See the details.", details)

    @app.exception_handler(NoSessionError)
    async def no_session(request: Request, _: NoSessionError) -> JSONResponse:
        envelope = {
            "success": False,
            "error": {"code": "AUTHENTICATION_REQUIRED", "message": "Authentication required", "details": {}},
            "correlation_id": _correlation_id(request),
            "status_code": 401,
        }
        return JSONResponse(envelope, 401, {"WWW-Authenticate": "Bearer"})

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        return _failure(request, error.status_code, "Conflict", "LEAD_CONVERTED", "The lead is converted.")

    return app


class Gate:
    """Gives every request a correlation id, as the gateway's first ASGI layer does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"x-correlation-id", b"generated-id").decode()
            scope.setdefault("state", {})["correlation_id"] = given
            current_request.set(given)
        await self._app(scope, receive, send)


@asynccontextmanager
async def serving(app: FastAPI, **options: Any) -> AsyncIterator[ASGIApp]:
    """The app with its tools at `/mcp`, running."""
    tools = LeadTools(app, **options)
    app.add_route("/mcp", tools, include_in_schema=False)
    async with tools.running():
        yield Gate(app)


def http_client(asgi: ASGIApp, headers: Mapping[str, str]) -> httpx2.AsyncClient:
    """An HTTP client of the app, in this process."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(asgi), headers=headers, base_url="http://127.0.0.1:3333")


@asynccontextmanager
async def mcp_client(
    app: FastAPI, mode: str = "auto", headers: Mapping[str, str] = SESSION, **options: Any
) -> AsyncIterator[Client]:
    """The real MCP client, connected to the app."""
    async with (
        serving(app, **options) as asgi,
        http_client(asgi, headers) as http,
        Client(streamable_http_client(URL, http_client=http), mode=mode) as client,
    ):
        yield client


def message(method: str, params: dict[str, Any] | None = None, version: str = NEWEST) -> dict[str, Any]:
    """A request as a client of that revision sends it."""
    params = dict(params or {})
    if version == NEWEST:
        params["_meta"] = {
            **params.get("_meta", {}),
            "io.modelcontextprotocol/protocolVersion": NEWEST,
            "io.modelcontextprotocol/clientInfo": CLIENT,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def headers_for(sent: dict[str, Any], version: str, accept: str) -> dict[str, str]:
    """The headers that belong to that request."""
    headers = {"accept": accept, "content-type": "application/json", "mcp-protocol-version": version}
    if version == NEWEST:
        headers["mcp-method"] = sent["method"]
        if name := sent["params"].get("name"):
            headers["mcp-name"] = name
    return headers
