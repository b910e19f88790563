"""The MCP tools over standard input and output, one JSON-RPC message per line, for the one who started the process.

The SDK's own transport for this leaves broken lines unanswered, takes lines of any length, and can not end while it
waits for one. Its protocol engine is used as it is.
"""

import asyncio
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import anyio
import structlog
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.shared.dispatcher import coerce_request_id
from mcp.shared.message import SessionMessage
from mcp.types import (
    CONNECTION_CLOSED,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
    RequestId,
    jsonrpc_message_adapter,
)
from mcp_types.methods import SPEC_CLIENT_METHODS

from api.http.correlation import correlation_id
from api.mcp.messages import RefusedMessageError, check_message, too_long
from api.mcp.streams import LineStreams, standard_streams

log = structlog.get_logger()

_LAST_WRITE_SECONDS = 2.0

_Send = MemoryObjectSendStream[SessionMessage | Exception]
_Receive = MemoryObjectReceiveStream[SessionMessage]


async def serve_stdio(server: Server[Any], *, max_message_bytes: int, longest_request: float) -> None:
    """Serve until standard input ends, nobody reads standard output any more, or SIGINT or SIGTERM comes.

    Then what is under way is finished and answered, for which there are `longest_request` seconds.
    """
    server.middleware.insert(0, _logged)
    with standard_streams() as (incoming, outgoing):
        log.info("Salesforce MCP Server active on standard input and output")
        streams = LineStreams(incoming, outgoing, max_message_bytes)
        await _Conversation(streams, max_message_bytes).hold(server, longest_request)


class _Conversation:
    """What goes to and fro between the client and the protocol engine."""

    def __init__(self, streams: LineStreams, max_message_bytes: int) -> None:
        self._streams = streams
        self._max_message_bytes = max_message_bytes
        self._listening = anyio.CancelScope()
        self._broken = False
        """Nobody reads our answers any more."""
        self._unanswered: set[RequestId] = set()
        """The client's requests."""
        self._asked: set[RequestId] = set()
        """Our requests to the client."""
        self._changed = anyio.Event()

    async def hold(self, server: Server[Any], longest_request: float) -> None:
        to_engine, from_client = anyio.create_memory_object_stream[SessionMessage | Exception]()
        to_client, from_engine = anyio.create_memory_object_stream[SessionMessage]()
        with _when_stopped(self._listening.cancel):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._read, to_engine, longest_request)
                tasks.start_soon(self._write_all, from_engine)
                await server.run(from_client, to_client, server.create_initialization_options())
                # Every answer was written by now, or nobody reads: then what is still to be written never will be.
                tasks.cancel_scope.deadline = anyio.current_time() + _LAST_WRITE_SECONDS

    async def _read(self, to_engine: _Send, longest_request: float) -> None:
        async with to_engine:
            with self._listening:
                while (line := await self._streams.read()) is not None:
                    if line.strip():
                        await self._take(line, to_engine)
            with anyio.move_on_after(longest_request):
                await self._finish(to_engine)

    async def _take(self, line: bytes, to_engine: _Send) -> None:
        try:
            if len(line) > self._max_message_bytes:
                raise RefusedMessageError(too_long(self._max_message_bytes))
            check_message(line)
        except RefusedMessageError as refused:
            error = ErrorData(code=refused.code, message=refused.message)
            await self._write(JSONRPCError(jsonrpc="2.0", id=None, error=error))
            return
        message = jsonrpc_message_adapter.validate_json(line)
        match message:
            case JSONRPCRequest():
                self._unanswered.add(coerce_request_id(message.id))
            case JSONRPCNotification(method="notifications/cancelled"):
                # A request that is cancelled gets no answer.
                self._unanswered.discard(_cancelled(message))
            case JSONRPCResponse(id=request_id) | JSONRPCError(id=request_id) if request_id is not None:
                self._asked.discard(coerce_request_id(request_id))
        try:
            await to_engine.send(SessionMessage(message))
        except anyio.get_cancelled_exc_class():
            # It is time to stop, and the engine has not seen it.
            if isinstance(message, JSONRPCRequest):
                self._unanswered.discard(coerce_request_id(message.id))
            raise

    async def _finish(self, to_engine: _Send) -> None:
        """Wait until all requests are answered. Ours to the client will not be."""
        closed = ErrorData(code=CONNECTION_CLOSED, message="Connection closed")
        while self._unanswered and not self._broken:
            self._changed = anyio.Event()
            for request_id in list(self._asked):
                self._asked.discard(request_id)
                await to_engine.send(SessionMessage(JSONRPCError(jsonrpc="2.0", id=request_id, error=closed)))
            await self._changed.wait()

    async def _write_all(self, from_engine: _Receive) -> None:
        async with from_engine:
            async for each in from_engine:
                message = each.message
                if isinstance(message, JSONRPCRequest):
                    self._asked.add(message.id)
                await self._write(message)
                if isinstance(message, (JSONRPCResponse, JSONRPCError)) and message.id is not None:
                    self._unanswered.discard(coerce_request_id(message.id))
                self._changed.set()

    async def _write(self, message: JSONRPCMessage) -> None:
        if self._broken:
            return
        try:
            await self._streams.write(message.model_dump_json(by_alias=True, exclude_unset=True).encode())
        except OSError:
            self._broken = True
            self._listening.cancel()


def _cancelled(notification: JSONRPCNotification) -> RequestId:
    request_id = (notification.params or {}).get("requestId")
    return coerce_request_id(request_id) if isinstance(request_id, (str, int)) else ""


@contextmanager
def _when_stopped(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` in the event loop at the first SIGINT or SIGTERM; a second one has its usual effect."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore(number: int) -> None:
        # Windows' loop has no handler to take away, see below.
        with suppress(NotImplementedError):
            loop.remove_signal_handler(number)
        signal.signal(number, before[signal.Signals(number)])

    def stopped(number: int, _: FrameType | None = None) -> None:
        restore(number)
        loop.call_soon_threadsafe(stop)

    for number in before:
        signal.signal(number, stopped)
        # Windows does not have this, and any signal wakes the loop there. Elsewhere one that comes while the loop is
        # about to sleep would not.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped, number)
    try:
        yield
    finally:
        for number in before:
            restore(number)


async def _logged(ctx: ServerRequestContext[Any], call_next: CallNext) -> HandlerResult:
    """Give each request a correlation id and a log line, as the middleware does over HTTP."""
    if ctx.request_id is None:
        return await call_next(ctx)
    token = correlation_id.set(str(uuid.uuid4()))
    structlog.contextvars.bind_contextvars(correlation_id=correlation_id.get())
    began = time.perf_counter()
    try:
        return await call_next(ctx)
    finally:
        method = ctx.method if ctx.method in SPEC_CLIENT_METHODS else "unknown"
        log.info("message", method=method, milliseconds=round((time.perf_counter() - began) * 1000, 1))
        structlog.contextvars.unbind_contextvars("correlation_id")
        correlation_id.reset(token)
