"""First in line, before any framework: correlation id, body limits, the last word on errors, a log line per request."""

import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.callers.credentials import REFRESH_TOKEN
from api.http.correlation import HEADER, accepted_or_new, correlation_id
from api.http.errors import failure, frames, internal_error
from api.http.metrics import Metrics

log = structlog.get_logger()

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

MAX_BODY_BYTES = 1024 * 1024
"""A lead with every field at its longest is a twentieth of this."""


class RequestMiddleware:
    """Lets a request in, and sees to it that every answer leaves in good order."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        """What answers the requests that are let through."""
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            # Answered like GET; the server leaves the body out.
            scope = {**scope, "method": "GET"}
        headers = Headers(scope=scope)
        token = correlation_id.set(accepted_or_new(headers.get(HEADER)))
        structlog.contextvars.bind_contextvars(correlation_id=correlation_id.get())
        answer = _Answer(scope, send)
        began = time.perf_counter()
        try:
            if refusal := _refusal(scope, headers):
                await refusal(scope, receive, answer.send)
            elif (body := await _body(receive)) is None:
                await _too_large()(scope, receive, answer.send)
            else:
                await self.app(scope, replaying(body, receive), answer.send)
        except ClientDisconnect:
            # Who left before the request was complete has asked for nothing.
            log.info("request_incomplete")
        except Exception as error:
            log.error("request_failed", error=type(error).__name__, at=frames(error))
            await answer.instead(internal_error(), receive)
        finally:
            self._log_and_count(scope, answer.status, time.perf_counter() - began)
            structlog.contextvars.unbind_contextvars("correlation_id")
            correlation_id.reset(token)

    def _log_and_count(self, scope: Scope, status: int, seconds: float) -> None:
        # The route's template, not the path: paths hold email addresses.
        route = "/mcp" if scope["path"] == "/mcp" else getattr(scope.get("route"), "path_format", "unknown")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._metrics.answered(method, route, status, seconds)
        write = log.warning if status >= 500 else log.info
        write(
            "request",
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            **scope.get("state", {}).get("failure", {}),
        )


class _Answer:
    """Passes the answer on and adds the headers that every answer has."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            headers = MutableHeaders(scope=message)
            headers[HEADER] = correlation_id.get()
            headers["X-Content-Type-Options"] = "nosniff"
            self._hand_back_rotated_session(headers)
        await self._send(message)

    async def instead(self, response: Response, receive: Receive) -> None:
        """Send this response, unless another one has begun."""
        if not self.status:
            await response(self._scope, receive, self.send)

    def _hand_back_rotated_session(self, headers: MutableHeaders) -> None:
        rotated = self._scope.get("state", {}).get("rotated_session")
        session = rotated() if rotated else None
        if session is not None:
            headers["X-SF-Access-Token"] = session.access_token
            headers[REFRESH_TOKEN] = session.refresh_token
            headers["Cache-Control"] = "no-store"


def _refusal(scope: Scope, headers: Headers) -> Response | None:
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        return _too_large()
    has_body = length != "0" or "transfer-encoding" in headers
    media_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if scope["method"] in ("POST", "PUT", "PATCH") and has_body and media_type != "application/json":
        return failure(
            415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type", "Send the body as Content-Type: application/json."
        )
    return None


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is larger than allowed."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            return None
        more = message.get("more_body", False)
    return bytes(body)


def replaying(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read already, then whatever else comes."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


def _too_large() -> Response:
    return failure(413, "PAYLOAD_TOO_LARGE", "Payload Too Large", f"The body may have up to {MAX_BODY_BYTES:,} bytes.")
