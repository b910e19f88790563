"""Answers that a fault meets on the way: they come slowly, or not to their end."""

from __future__ import annotations

import asyncio
import json

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from infra.simulator.exchange.faults import (
    ChangedBodyFault,
    ContentTypeFault,
    DeliveryFault,
    SlowBodyFault,
    TruncatedBodyFault,
)


class ConnectionLostError(Exception):
    """The caller gets no answer, or no whole one; the connection breaks."""


def delivered(response: Response, fault: DeliveryFault | None) -> Response:
    """The response as the fault lets it through."""
    if isinstance(fault, ContentTypeFault):
        response.headers["Content-Type"] = fault.media_type
    elif isinstance(fault, ChangedBodyFault):
        return _changed(response, fault)
    elif isinstance(fault, SlowBodyFault):
        return _SlowResponse(response, fault)
    elif isinstance(fault, TruncatedBodyFault):
        return _TruncatedResponse(response, fault)
    return response


def _changed(response: Response, fault: ChangedBodyFault) -> Response:
    try:
        body = json.loads(bytes(response.body))
    except ValueError:
        return response
    if isinstance(body, dict):
        changed = {name: value for name, value in {**body, **fault.changes}.items() if value is not None}
        response.body = json.dumps(changed, separators=(",", ":")).encode()
        response.headers["Content-Length"] = str(len(response.body))
    return response


class _SameResponse(Response):
    """A response that is told like another one, but otherwise."""

    def __init__(self, original: Response) -> None:
        super().__init__(status_code=original.status_code)
        self.body = original.body
        self.raw_headers = original.raw_headers

    async def _begin(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})


class _SlowResponse(_SameResponse):
    """Comes piece by piece."""

    def __init__(self, original: Response, fault: SlowBodyFault) -> None:
        super().__init__(original)
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._begin(send)
        body = bytes(self.body)
        size = max(1, -(-len(body) // self._fault.pieces))
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        for piece in pieces:
            await asyncio.sleep(self._fault.seconds / len(pieces))
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class _TruncatedResponse(_SameResponse):
    """Ends before it should."""

    def __init__(self, original: Response, fault: TruncatedBodyFault) -> None:
        super().__init__(original)
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._begin(send)
        body = bytes(self.body)
        kept = body[: min(self._fault.kept, max(len(body) - 1, 0))]
        await send({"type": "http.response.body", "body": kept, "more_body": True})
        raise ConnectionLostError
