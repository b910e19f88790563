"""How long is waited and how often something is tried, and the time and chance for it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds, and how often something is tried."""

    timeout: float = 10.0
    """For one answer."""
    deadline: float = 30.0
    """For everything one caller's request needs."""
    attempts: int = 3
    backoff: float = 0.25
    """The longest pause before the second attempt; doubles with each one."""


@dataclass(frozen=True)
class Clock:
    """Time and chance, which come in from outside."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: random.Random = field(default_factory=random.Random)
