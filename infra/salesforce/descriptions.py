"""What `describe` told each caller, kept for some minutes: it changes rarely, and may be different for every user."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable

from domain.values.described import DescribedLead

KEPT_SECONDS = 300.0
RENEWING_SECONDS = 10.0
"""How long others go by what is old while one reads it anew."""
MAX_CALLERS = 10_000
"""How many callers a process remembers; the longest unused are forgotten first."""
MAX_DIFFERENT = 100
"""How many descriptions it keeps, each once for all callers who got the same: half a megabyte where an org has lists
of countries and states."""


class Descriptions:
    """The descriptions of leads that callers of this process got last."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._told: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        """The digest of what each caller was told, and until when it counts."""
        self._different: OrderedDict[bytes, DescribedLead] = OrderedDict()

    def current(self, caller: str) -> DescribedLead | None:
        """What this caller got; None when that is so long ago that whoever asks has to read it anew. Of many who ask
        at the same time only the first one does.
        """
        told, until = self._told.get(caller, (b"", 0.0))
        described = self._different.get(told)
        if described is None:
            return None
        overdue = self._now() - until
        if overdue >= 0:
            if overdue < KEPT_SECONDS:
                self._told[caller] = (told, self._now() + RENEWING_SECONDS)
            return None
        self._told.move_to_end(caller)
        self._different.move_to_end(told)
        return described

    def keep(self, caller: str, described: DescribedLead) -> DescribedLead:
        told = hashlib.sha256(repr(described).encode()).digest()
        kept = self._different.setdefault(told, described)
        self._told[caller] = (told, self._now() + KEPT_SECONDS)
        self._different.move_to_end(told)
        self._told.move_to_end(caller)
        while len(self._different) > MAX_DIFFERENT:
            self._different.popitem(last=False)
        while len(self._told) > MAX_CALLERS:
            self._told.popitem(last=False)
        return kept

    def forget(self, caller: str) -> None:
        """Read it anew at the next need: what Salesforce just refused may have changed in the org."""
        self._told.pop(caller, None)
