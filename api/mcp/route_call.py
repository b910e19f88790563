"""Calls the one route behind a tool."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import anyio
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import RouteContext
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.errors import frames, internal_error
from api.http.idempotency import IDEMPOTENCY_KEY
from api.mcp.arguments import ArgumentCheck, Problem
from api.mcp.coercion import coerced
from api.mcp.confirmation import needs_confirmation
from api.mcp.result_text import as_text, in_summary
from api.mcp.tool_descriptions import Location, ToolDescription
from domain.ports import ReportProgress

_log = structlog.get_logger()

_PASSED_ON = frozenset({b"authorization", b"x-api-key", b"x-correlation-id"})
_SALESFORCE_HEADERS = b"x-sf-"


_BEYOND_DRY_RUNS = frozenset({IDEMPOTENCY_KEY})
"""Arguments with which a call may succeed where its dry run is refused."""


@dataclass(frozen=True)
class Answer:
    """What the route answered: the HTTP status and the envelope."""

    status: int
    envelope: dict[str, Any]


class RouteCall:
    """One route, to be called with a tool's arguments.

    No URL is ever made from the arguments: this object knows one route and no router, and each argument is put where
    that route looks for it. Whatever an argument says, it can not lead anywhere else.
    """

    def __init__(self, app: FastAPI, route: RouteContext, method: str, description: ToolDescription) -> None:
        self._app = app
        self._route = route
        self._method = method
        self._description = description
        self._check = ArgumentCheck(description.checked)

    def coerced(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments in the types of their schema; all other methods expect them so."""
        return coerced(arguments, self._description.checked)

    def text(self, arguments: Mapping[str, Any], answer: Answer) -> str:
        """The answer for a context window: compact, and of listed leads only what tells one from another.

        Fields that were asked for by name are there, and those of a single lead in full.
        """
        fields = arguments.get("fields")
        summary = self._description.summary
        if not (isinstance(fields, list) and fields):
            return compact(as_text(in_summary(answer.envelope, summary)))
        in_full = () if summary else [name for name in fields if isinstance(name, str)]
        return compact(as_text(answer.envelope, in_full))

    def needs_confirmation(self, arguments: Mapping[str, Any]) -> bool:
        """Whether a person has to agree to the call; arguments that will be refused anyway need nobody."""
        if not needs_confirmation(self._description.confirmation, arguments):
            return False
        return not self._check.problems(arguments)

    async def dry_run(self, arguments: Mapping[str, Any], caller: Request | None) -> Answer | None:
        """What the call would do, or why it would be refused, as its dry run tells; None where that can not tell."""
        if "dry_run" not in self._description.locations:
            return None
        answer = await self({**arguments, "dry_run": True}, caller)
        return None if answer.status >= 400 and not _BEYOND_DRY_RUNS.isdisjoint(arguments) else answer

    async def __call__(
        self,
        arguments: Mapping[str, Any],
        caller: Request | None,
        *,
        read_only: bool = False,
        once: str | None = None,
        tools: Sequence[str] | None = None,
        report: ReportProgress | None = None,
    ) -> Answer:
        """Check the arguments and call the route in the name of `caller`, the HTTP request that brought them.

        Without a caller the route sees a request that carries no credentials. With `read_only` it sees that in its
        `state`, and refuses to write. `once` is the idempotency key of a call that has none of its own.
        `tools` are the only ones there are, if not all. The steps of the work go to `report`.
        """
        response = _Response()
        try:
            problems = self._check.problems(arguments)
            endpoint = self._refusal(problems) if problems else self._route.app
            # Arguments that were refused go no further, not even to an exception handler.
            scope, body = self._request({} if problems else arguments, caller)
            scope["state"] |= {"read_only": read_only, "tools": tools, "report_progress": report}
            if once is not None:
                scope["state"].setdefault(IDEMPOTENCY_KEY, once)
            # A caller that goes away, or cancels, does not cut a write in half.
            with anyio.CancelScope(shield=self._method != "GET"):
                await self._guarded(endpoint)(scope, _once(body), response.send)
        except Exception as error:
            # The app's own handler, where there is one, has answered by now.
            tool = self._description.tool.name
            _log.error("tool_failed", tool=tool, error=type(error).__name__, at=frames(error))
        return response.answer() or Answer(500, json.loads(bytes(internal_error().body)))

    def _guarded(self, endpoint: ASGIApp) -> ASGIApp:
        """What FastAPI puts around its router, with the app's own exception handlers."""
        handlers = dict(self._app.exception_handlers)
        for_the_unexpected = handlers.pop(500, None) or handlers.pop(Exception, None)
        handled = ExceptionMiddleware(AsyncExitStackMiddleware(endpoint), handlers)
        return ServerErrorMiddleware(handled, for_the_unexpected)

    def _refusal(self, problems: Sequence[Problem]) -> ASGIApp:
        """Refuses as the route itself would, so that REST and MCP say the same in the same shape."""
        errors = [
            {
                "type": problem.kind,
                "loc": (self._description.locations.get(str(problem.path[0]), "body"), *problem.path),
                "msg": problem.message,
                "input": None,
                "ctx": {"known": problem.known, "pattern": problem.pattern},
            }
            for problem in problems
        ]

        async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
            raise RequestValidationError(errors)

        return refuse

    def _request(self, arguments: Mapping[str, Any], caller: Request | None) -> tuple[Scope, bytes]:
        path, query, fields = (self._put_into(location, arguments) for location in ("path", "query", "body"))
        body = compact(fields).encode() if fields or self._description.body_required else b""
        outer: Scope = caller.scope if caller is not None else {}
        template = self._route.path_format or ""
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": outer.get("scheme", "http"),
            "method": self._method,
            "path": template,
            "raw_path": template.encode(),
            "root_path": "",
            "query_string": urlencode(_pairs(query)).encode(),
            "headers": _headers(outer, body),
            "client": outer.get("client"),
            "server": outer.get("server"),
            "state": {**outer.get("state", {}), **self._put_into("state", arguments)},
            "app": self._app,
            "router": self._app.router,
            "route": self._route.original_route,
            "endpoint": self._route.endpoint,
            "path_params": {name: _text(value) for name, value in path.items()},
        }
        return scope, body

    def _put_into(self, location: Location, arguments: Mapping[str, Any]) -> dict[str, Any]:
        locations = self._description.locations
        return {name: value for name, value in arguments.items() if locations[name] == location}


def compact(value: object) -> str:
    """The value as JSON without blanks, letters of all scripts as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _text(value: object) -> str:
    return value if isinstance(value, str) else compact(value)


def _pairs(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A query says null by leaving a parameter out, and a list by repeating it."""
    values = ((name, value if isinstance(value, list) else [value]) for name, value in query.items())
    return [(name, _text(each)) for name, several in values for each in several if each is not None]


def _headers(outer: Scope, body: bytes) -> list[tuple[bytes, bytes]]:
    headers = [
        (name, value)
        for name, value in outer.get("headers", [])
        if name in _PASSED_ON or name.startswith(_SALESFORCE_HEADERS)
    ]
    if body:
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    return headers


def _once(body: bytes) -> Receive:
    """Gives the body once; after that nothing comes any more, as from a caller who waits for the answer."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await anyio.sleep_forever()
        return messages.pop()

    return receive


class _Response:
    """Collects what an ASGI app sends."""

    def __init__(self) -> None:
        self._status = 500
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def answer(self) -> Answer | None:
        """The answer; None if it is no JSON object, so that it can not be an envelope."""
        try:
            envelope = json.loads(bytes(self._body))
        except ValueError:
            return None
        return Answer(self._status, envelope) if isinstance(envelope, dict) else None
