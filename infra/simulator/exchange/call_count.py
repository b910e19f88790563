"""How many calls an org has answered, and of which kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime


class CallCount:
    """Counts calls for the stats, and by the hour for the daily allowance.

    Source: fact sheet 9 (calls are counted over a rolling 24 hours).
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._by_hour: Counter[int] = Counter()
        self.by_operation: Counter[str] = Counter()
        self.api_calls = 0
        self.token_calls = 0

    def add_api_call(self, operation: str) -> None:
        self.by_operation[operation] += 1
        self.add_cost(1)

    def add_cost(self, calls: int) -> None:
        """Something inside a call is counted like calls of its own."""
        self.api_calls += calls
        self._by_hour[self._hour()] += calls

    def add_token_call(self, operation: str) -> None:
        self.by_operation[operation] += 1
        self.token_calls += 1

    def add_part(self, operation: str) -> None:
        """A request inside another one: it has a name, and costs nothing of its own."""
        self.by_operation[operation] += 1

    def of_last_day(self) -> int:
        first = self._hour() - 23
        for hour in [hour for hour in self._by_hour if hour < first]:
            del self._by_hour[hour]
        return sum(self._by_hour.values())

    def _hour(self) -> int:
        return int(self._clock().timestamp() // 3600)
