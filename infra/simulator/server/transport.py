"""Talking to the simulator without sockets: an httpx transport for tests.

It behaves like a connection does: lost answers and read time-outs come as httpx's errors, and a request that was sent
is worked off even when its sender has given up waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anyio
import httpx

from infra.simulator.server.app import ABORT, Simulator

_CLIENT = ("127.0.0.1", 50000)


class SimulatorTransport(httpx.AsyncBaseTransport):
    """Carries requests of an `httpx.AsyncClient` to a simulator in the same process."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._running: set[asyncio.Task[httpx.Response]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        task = asyncio.create_task(_Exchange(request, content).run(self._simulator))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        patience = request.extensions.get("timeout", {}).get("read")
        try:
            with anyio.fail_after(patience):
                return await asyncio.shield(task)
        except TimeoutError as error:
            task.add_done_callback(_forget)
            raise httpx.ReadTimeout("The simulator did not answer in time", request=request) from error
        except asyncio.CancelledError:
            task.add_done_callback(_forget)
            raise

    async def aclose(self) -> None:
        """Wait for what is still being worked off."""
        await asyncio.gather(*self._running, return_exceptions=True)


class _Exchange:
    """One request and what came back."""

    def __init__(self, request: httpx.Request, content: bytes) -> None:
        self._request = request
        self._content: bytes | None = content
        self._aborted = False
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._answer = bytearray()

    async def run(self, simulator: Simulator) -> httpx.Response:
        await simulator(self._scope(), self._receive, self._send)
        if self._aborted or not self._status:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=self._request)
        content = b"" if self._request.method == "HEAD" else bytes(self._answer)
        return httpx.Response(self._status, headers=self._headers, content=content, request=self._request)

    def _scope(self) -> dict[str, Any]:
        url = self._request.url
        abort: Callable[[], None] = self._abort
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": _CLIENT,
            "root_path": "",
            "extensions": {ABORT: {"abort": abort}},
        }

    async def _receive(self) -> dict[str, Any]:
        if self._content is None:
            return {"type": "http.disconnect"}
        content, self._content = self._content, None
        return {"type": "http.request", "body": content, "more_body": False}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = message["headers"]
        else:
            self._answer += message.get("body", b"")

    def _abort(self) -> None:
        self._aborted = True


def _forget(task: asyncio.Task[httpx.Response]) -> None:
    """Nobody waits for the answer any more: whatever it is, it has been seen."""
    if not task.cancelled():
        task.exception()
