"""Coordination within one process."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from domain.errors import OverloadedError

MAX_VALUES = 10_000
"""How many values are kept; the longest untouched are forgotten first."""


class Queue:
    """One holder per key at a time; the others wait in the order they came."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._interested: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self, key: str, *, at_most: float) -> AsyncIterator[None]:
        """Hold the key. Raises OverloadedError after `at_most` seconds of waiting for it."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._interested[key] = self._interested.get(key, 0) + 1
        try:
            try:
                with anyio.fail_after(at_most):
                    await lock.acquire()
            except TimeoutError as error:
                raise too_long() from error
            try:
                yield
            finally:
                lock.release()
        finally:
            self._interested[key] -= 1
            if not self._interested[key]:
                del self._interested[key], self._locks[key]


def too_long() -> OverloadedError:
    """What is told to who waited for a turn in vain."""
    return OverloadedError(
        "Others are at work on the same lead, or the same session, for too long already; try again.", retry_after=1
    )


class HeldTurn:
    """A turn that can not be lost."""

    held = True

    def __init__(self) -> None:
        self.in_doubt = False


class MemoryCoordination:
    """Turns and values of one process; they end with it."""

    def __init__(self, lease: float, now: Callable[[], float] = time.monotonic) -> None:
        """`lease` is how many seconds what was left in doubt is taken to be still under way."""
        self._lease = lease
        self._now = now
        self._queue = Queue()
        self._in_doubt: OrderedDict[str, float] = OrderedDict()
        self._values: OrderedDict[str, tuple[bytes, float]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, key: str, *, at_most: float) -> AsyncIterator[HeldTurn]:
        ends = self._now() + at_most
        async with self._queue.turn(key, at_most=at_most):
            await self._wait_out_doubt(key, ends)
            turn = HeldTurn()
            try:
                yield turn
            finally:
                if turn.in_doubt:
                    self._in_doubt[key] = self._now() + self._lease
                    _trim(self._in_doubt)

    async def _wait_out_doubt(self, key: str, ends: float) -> None:
        doubt_ends = self._in_doubt.get(key, 0.0)
        if doubt_ends > ends:
            await asyncio.sleep(max(0.0, ends - self._now()))
            raise too_long()
        await asyncio.sleep(max(0.0, doubt_ends - self._now()))
        self._in_doubt.pop(key, None)

    async def get(self, key: str) -> bytes | None:
        value, until = self._values.get(key, (b"", 0.0))
        if until <= self._now():
            self._values.pop(key, None)
            return None
        self._values.move_to_end(key)
        return value

    async def put(self, key: str, value: bytes, *, seconds: float) -> None:
        self._values[key] = (value, self._now() + seconds)
        self._values.move_to_end(key)
        _trim(self._values)

    async def exchange(self, key: str, expected: bytes | None, value: bytes | None, *, seconds: float) -> bool:
        # Nothing is awaited between looking and putting but our own methods, which do not let others in.
        if await self.get(key) != expected:
            return False
        if value is None:
            self._values.pop(key, None)
        else:
            await self.put(key, value, seconds=seconds)
        return True

    async def is_ready(self) -> bool:
        return True


def _trim(kept: OrderedDict[str, float] | OrderedDict[str, tuple[bytes, float]]) -> None:
    while len(kept) > MAX_VALUES:
        kept.popitem(last=False)
