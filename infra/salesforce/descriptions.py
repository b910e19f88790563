"""What `describe` told each caller, kept for some minutes: it changes rarely, and is different for every user."""

import time
from collections import OrderedDict
from collections.abc import Callable

from domain.values.described import DescribedLead

KEPT_SECONDS = 300.0
MAX_CALLERS = 200
"""How many callers' descriptions a process keeps; the longest unused are forgotten first."""


class Descriptions:
    """The descriptions of leads that callers of this process got last."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: OrderedDict[str, tuple[DescribedLead, float]] = OrderedDict()

    def get(self, caller: str) -> DescribedLead | None:
        """What this caller got; None when that is too long ago."""
        if caller not in self._kept:
            return None
        described, until = self._kept[caller]
        if self._now() >= until:
            del self._kept[caller]
            return None
        self._kept.move_to_end(caller)
        return described

    def keep(self, caller: str, described: DescribedLead) -> DescribedLead:
        self._kept[caller] = (described, self._now() + KEPT_SECONDS)
        self._kept.move_to_end(caller)
        while len(self._kept) > MAX_CALLERS:
            self._kept.popitem(last=False)
        return described

    def forget(self, caller: str) -> None:
        """Read it anew at the next need: what Salesforce just refused may have changed in the org."""
        self._kept.pop(caller, None)
