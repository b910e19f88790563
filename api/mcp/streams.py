"""Standard input and output as lines, read and written by threads that nothing has to wait for at the end."""

import asyncio
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any

_CHUNK_BYTES = 64 * 1024
_STDIN, _STDOUT, _STDERR = 0, 1, 2


class LineStreams:
    """Two file descriptors, one to read lines from and one to write them to. Made in a running event loop."""

    def __init__(self, incoming: int, outgoing: int, longest_line: int) -> None:
        """`longest_line` is in bytes."""
        self._incoming = incoming
        self._outgoing = outgoing
        self._longest_line = longest_line
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = threading.Semaphore(1)
        self._to_write: queue.SimpleQueue[tuple[bytes, asyncio.Future[None]]] = queue.SimpleQueue()
        for work in (self._read_all, self._write_all):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()

    async def read(self) -> bytes | None:
        """The next line without its end, of a too long one the beginning, one byte too long; None after the last."""
        line = await self._lines.get()
        self._room.release()
        return line

    async def write(self, line: bytes) -> None:
        """Write a line. Raises OSError when nobody reads any more."""
        written = self._loop.create_future()
        self._to_write.put((line + b"\n", written))
        await written

    def _read_all(self) -> None:
        for line in chain(_lines(self._incoming, self._longest_line), [None]):
            self._room.acquire()
            self._in_loop(self._lines.put_nowait, line)

    def _write_all(self) -> None:
        while True:
            content, written = self._to_write.get()
            try:
                while content:
                    content = content[os.write(self._outgoing, content) :]
            except OSError as error:
                self._in_loop(_settle, written, error)
            else:
                self._in_loop(_settle, written, None)

    def _in_loop(self, call: Callable[..., Any], *arguments: Any) -> None:
        # The loop may be over by now, and with it whoever wanted to know.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)


def _settle(written: "asyncio.Future[None]", error: OSError | None) -> None:
    if written.cancelled():
        return
    if error is None:
        written.set_result(None)
    else:
        written.set_exception(error)


def _lines(descriptor: int, longest: int) -> Iterator[bytes]:
    """Lines without their ends; of longer ones the first `longest + 1` bytes, and the rest is not kept."""
    line = bytearray()
    while chunk := _read(descriptor):
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            yield bytes((line + part)[: longest + 1])
            line.clear()
        line = (line + rest)[: longest + 1]
    if line:
        yield bytes(line)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _CHUNK_BYTES)
    except OSError:
        # A terminal that went away.
        return b""


@contextmanager
def standard_streams() -> Iterator[tuple[int, int]]:
    """Descriptors of standard input and output, both out of everybody else's reach for as long as this is open.

    What anything else writes to standard output goes to standard error.
    """
    sys.stdout.flush()
    incoming, outgoing = os.dup(_STDIN), os.dup(_STDOUT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _STDIN)
    os.dup2(_STDERR, _STDOUT)
    os.close(nothing)
    try:
        yield incoming, outgoing
    finally:
        sys.stdout.flush()
        os.dup2(incoming, _STDIN)
        os.dup2(outgoing, _STDOUT)
