"""Who may write when, within one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.errors import OverloadedError


class Turns:
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
                await asyncio.wait_for(lock.acquire(), at_most)
            except asyncio.TimeoutError as error:
                raise OverloadedError("Too many requests for the same email at the same time; try again.") from error
            try:
                yield
            finally:
                lock.release()
        finally:
            self._interested[key] -= 1
            if not self._interested[key]:
                del self._interested[key], self._locks[key]
