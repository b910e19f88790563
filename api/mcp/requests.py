"""What reaches the tools, over HTTP or as a line of text, looked at before the protocol engine reads it.

The engine trusts its host application to keep out foreign origins, and its JSON readers differ from revision to
revision in what they swallow. Here it is one rule for all.
"""

import json
import math
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER
from mcp.types import INVALID_REQUEST, PARSE_ERROR, JSONRPCRequest, jsonrpc_message_adapter
from mcp_types import HEADER_MISMATCH, PROTOCOL_VERSION_META_KEY
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.inputs import deeper_than

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_DEEPEST = 64


class RefusedMessageError(Exception):
    """What came is no message that the protocol engine should see."""

    def __init__(self, message: str, code: int = INVALID_REQUEST) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        """JSON-RPC's code for it."""


class RefusedRequestError(Exception):
    """The request does not reach the protocol engine; `response` is the answer to it."""

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        code: int = INVALID_REQUEST,
        request_id: str | int | None = None,
        **headers: str,
    ) -> None:
        super().__init__(message)
        error = {"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message}}
        self.response: Response = JSONResponse(error, int(status), headers)


class Callers:
    """Which host names the endpoint answers to, and which web pages may call it. Loopback always is one of them.

    A name without a port stands for every port of it.
    """

    def __init__(self, hosts: Iterable[str] = (), origins: Iterable[str] = ()) -> None:
        own_pages = [f"{scheme}://{name}" for scheme in ("http", "https") for name in _LOOPBACK]
        self._security = TransportSecurityMiddleware(
            TransportSecuritySettings(
                allowed_hosts=_on_any_port([*_LOOPBACK, *hosts]),
                allowed_origins=_on_any_port([*own_pages, *origins]),
            )
        )

    async def check(self, request: Request) -> None:
        """Raise RefusedRequestError for a host or origin that is not allowed; the answer names the setting."""
        refusal = await self._security.validate_request(request)
        if refusal is None:
            return
        if refusal.status_code == HTTPStatus.FORBIDDEN:
            name, setting = "origin", "MCP_ALLOWED_ORIGINS"
        else:
            name, setting = "host", "MCP_ALLOWED_HOSTS"
        raise RefusedRequestError(
            HTTPStatus(refusal.status_code),
            f"This {name} may not use the MCP endpoint. Whoever runs the gateway can allow it in {setting}.",
        )


def wants_events(request: Request) -> bool:
    """Whether the caller names event streams beside JSON; who takes anything gets the simpler JSON."""
    accepted = {part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")}
    json_too = accepted & {"application/json", "application/*", "*/*"}
    return bool(json_too) and bool(accepted & {"text/event-stream", "text/*"})


async def message_in(request: Request, at_most: int) -> bytes:
    """The body: one JSON-RPC message of at most that many bytes. Raises RefusedRequestError for anything else."""
    if request.method != "POST":
        reason = "There are no sessions here, so there is nothing to listen to or to end. Send each message by POST."
        raise RefusedRequestError(HTTPStatus.METHOD_NOT_ALLOWED, reason, Allow="POST")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise RefusedRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The Content-Type has to be application/json.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > at_most:
            raise RefusedRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_long(at_most))
    try:
        message = check_message(bytes(body))
    except RefusedMessageError as refused:
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, refused.message, refused.code) from refused
    _check_revision(message, request.headers.get(MCP_PROTOCOL_VERSION_HEADER))
    return bytes(body)


def _check_revision(message: Any, told: str | None) -> None:
    """Refuse a request that names one revision in its header and another, which knows that header, in its body.

    The engine goes by the header alone: with an older one there, or with none, it would not look at the other headers
    by which proxies decide what to let through.
    """
    params = message.get("params") if "id" in message else None
    meta = params.get("_meta") if isinstance(params, dict) else None
    meant = meta.get(PROTOCOL_VERSION_META_KEY) if isinstance(meta, dict) else None
    if meant is not None and meant != told:
        raise RefusedRequestError(
            HTTPStatus.BAD_REQUEST,
            f"The header {MCP_PROTOCOL_VERSION_HEADER} has to name the revision that the request's _meta names.",
            HEADER_MISMATCH,
            request_id=message["id"],
        )


def too_long(at_most: int) -> str:
    return f"A message may have at most {at_most} bytes."


def _on_any_port(names: Iterable[str]) -> list[str]:
    return [each for name in names for each in (name, f"{name}:*")]


def check_message(body: bytes) -> dict[str, Any]:
    """The one JSON-RPC message that this is. Raises RefusedMessageError for anything else."""
    try:
        message = _strict_json(body)
    except (ValueError, RecursionError) as error:
        # The parser's own words would repeat pieces of the body.
        raise RefusedMessageError("The message is not valid JSON.", PARSE_ERROR) from error
    if deeper_than(_DEEPEST, message, body):
        raise RefusedMessageError(f"The JSON is nested more than {_DEEPEST} levels deep.")
    try:
        if isinstance(message, dict) and {"id", "method"} <= message.keys():
            # As "any message", a request with a wrong id would pass for a notification and get no answer.
            JSONRPCRequest.model_validate(message)
        else:
            jsonrpc_message_adapter.validate_python(message)
    except ValidationError as error:
        raise RefusedMessageError("This is not a single JSON-RPC 2.0 message.") from error
    valid: dict[str, Any] = message
    return valid


def _strict_json(body: bytes) -> Any:
    """JSON as its standard has it: finite numbers, and text that can be written down again."""
    text = body.decode("utf-8")
    value = json.loads(text, parse_float=_finite, parse_constant=_finite)
    if "\\u" in text:
        # Half of a surrogate pair can be escaped in JSON, but is no character.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value
