"""An HTTP request to the tools, looked at before the protocol engine answers it.

The engine trusts its host application to keep out foreign origins.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER
from mcp.types import INVALID_REQUEST
from mcp_types import HEADER_MISMATCH, PROTOCOL_VERSION_META_KEY
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.mcp.messages import RefusedMessageError, check_message, too_long

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


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


class TransportSecurity:
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


def _on_any_port(names: Iterable[str]) -> list[str]:
    return [each for name in names for each in (name, f"{name}:*")]
