"""What coordination offers, whatever is behind it."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from domain.ports import Turn


class LeasedTurn(Turn, Protocol):
    """A turn that knows when not to end at once."""

    in_doubt: bool
    """Set when what was done during the turn may be still under way: nobody gets the next turn for a whole lease."""


class Coordination(Protocol):
    """Turns and shared values. Keys are digested, so they may hold emails; values should be sealed by who writes them.

    Every method but `is_ready` may raise CoordinationUnavailableError.
    """

    def turn(self, key: str, *, at_most: float) -> AbstractAsyncContextManager[LeasedTurn]:
        """Hold the key; one holder at a time among all that coordinate with each other.

        Raises OverloadedError after `at_most` seconds of waiting.
        """

    async def get(self, key: str) -> bytes | None:
        """The value, if it is there and not too old."""

    async def put(self, key: str, value: bytes, *, seconds: float) -> None:
        """Keep a value that long."""

    async def exchange(self, key: str, expected: bytes | None, value: bytes | None, *, seconds: float) -> bool:
        """Put a value in the place of the expected one, None meaning none, unless something else is there."""

    async def is_ready(self) -> bool:
        """Whether it works at the moment."""
