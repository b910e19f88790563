"""The simulator on a socket."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from infra.simulator.server.app import ABORT, Simulator

IDLE_SECONDS = 120
"""How long a connection may say nothing: longer than a client waits between two looks at a bulk job."""


class SimulatorServer(uvicorn.Server):
    """A uvicorn server that leaves signals alone when it runs beside another one."""

    def __init__(self, config: uvicorn.Config, *, handle_signals: bool) -> None:
        super().__init__(config)
        self._handle_signals = handle_signals
        self.ready = asyncio.Event()
        """Set as soon as requests are answered."""

    @property
    def url(self) -> str:
        """Where the server is reached, once it is ready."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        scheme = "https" if self.config.is_ssl else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if not self._handle_signals:
            yield
            return
        with super().capture_signals():
            yield


def simulator_server(
    simulator: Simulator,
    host: str = "127.0.0.1",
    port: int = 3334,
    *,
    handle_signals: bool = True,
    log_level: str = "warning",
    certificate: Path | None = None,
    private_key: Path | None = None,
) -> SimulatorServer:
    """A server for the simulator: `await server.serve()` runs it, `server.should_exit = True` ends it.

    With `handle_signals=False` it runs beside another server in one event loop. Port 0 takes any free port. With a
    certificate and its private key (PEM files) it speaks https.
    """
    config = uvicorn.Config(
        simulator,
        host=host,
        port=port,
        http=_AbortableProtocol,
        ws="none",
        lifespan="on",
        log_level=log_level,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=5,
        ssl_certfile=certificate,
        ssl_keyfile=private_key,
    )
    return SimulatorServer(config, handle_signals=handle_signals)


class _AbortableProtocol(H11Protocol):
    """HTTP/1.1 whose connection the application can break, and that ends without a farewell."""

    def __init__(self, *args: Any, **others: Any) -> None:
        super().__init__(*args, **others)
        app: Any = self.app

        async def abortable(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = {"abort": self.transport.abort}
            await app(scope, receive, send)

        self.app = abortable

    def shutdown(self) -> None:
        """Let the server end: who is not waiting for an answer is not waited for, either."""
        idle = self.cycle is None or self.cycle.response_complete
        super().shutdown()
        if idle and not self.transport.get_write_buffer_size():
            self.transport.abort()
