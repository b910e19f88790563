"""Servers on sockets: the gateway, and the demo that runs it beside a simulator."""

import asyncio
import contextlib
import errno
import math
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import structlog
import uvicorn
from starlette.types import ASGIApp

log = structlog.get_logger()


class PortInUseError(Exception):
    """The address can not be listened on; the message says why and what to do."""

    def __init__(self, message: str, *, is_taken: bool) -> None:
        super().__init__(message)
        self.is_taken = is_taken
        """Somebody else listens there."""


def listen(host: str, port: int, *, instead: str = "Choose another one with MCP_PORT and MCP_HOST") -> socket.socket:
    """A socket that listens there. Raises PortInUseError, which ends with `instead`: how another one is chosen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        is_taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        raise PortInUseError(f"Can not listen on {host}:{port}: {reason}. {instead}.", is_taken=is_taken) from error
    # asyncio does this only for sockets that name their protocol, which these do not; without it, answers that are
    # written in two pieces wait 40 ms for the acknowledgement of the first. Connections inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class GatewayServer(uvicorn.Server):
    """A server that says when it is ready to answer. Signals are left to whoever runs it.

    Once it is told to exit it takes no new requests, and finishes those that run, which may take `longest_request`
    seconds.
    """

    def __init__(self, app: ASGIApp, longest_request: float) -> None:
        config = uvicorn.Config(
            app,
            # httptools keeps blanks around header values; h11 does not.
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=math.ceil(longest_request),
        )
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            for listener in sockets or ():
                host, port = listener.getsockname()[:2]
                log.info(f"Salesforce MCP Server active at {host}:{port}")
            self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Server(Protocol):
    """A uvicorn server that tells when it is ready to answer."""

    ready: asyncio.Event
    should_exit: bool

    async def serve(self, sockets: list[socket.socket] | None = None) -> None: ...


async def run_until_stopped(
    *servers: tuple[Server, socket.socket], when_ready: Callable[[], None] = lambda: None
) -> None:
    """Run the servers on their sockets until SIGINT or SIGTERM, or until one ends; then end all, one by one."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    runs = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in servers]
    stopped = asyncio.create_task(stop.wait())
    ready = asyncio.gather(*(server.ready.wait() for server, _ in servers))
    ends: list[asyncio.Future[Any]] = [*runs, stopped]
    try:
        await asyncio.wait([*ends, ready], return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            when_ready()
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        ready.cancel()
        for (server, _), run in zip(servers, runs, strict=True):
            server.should_exit = True
            await run
