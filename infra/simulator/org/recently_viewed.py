"""Which records the user looked at last.

Source: the REST API Developer Guide on Recently Viewed Items; fact sheet 8 (`Sforce-Mru`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.schema.fields import SObject

MAX_ITEMS = 200
VIEWED, REFERENCED = "LastViewedDate", "LastReferencedDate"
"""When a record was last looked at, and when it was last looked at or led to from another one."""


class RecentlyViewed:
    """The records of one org by when they were last looked at."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def note(self, sobject: SObject, record_id: str, *, only_referenced: bool = False) -> Row:
        """The user looks at a record now, or at others that lead to it; answers what that changes in the record."""
        names = [REFERENCED] if only_referenced else [VIEWED, REFERENCED]
        seen: Row = dict.fromkeys((name for name in names if sobject.has(name)), self._org.now())
        if seen:
            self._org.tables.update(sobject.name, record_id, seen)
        return seen

    def of(self, *sobjects: SObject, at_most: int = MAX_ITEMS) -> list[tuple[SObject, Row]]:
        """The records of these objects that were looked at last, latest first."""
        seen = sorted(self._seen(sobjects, at_most), key=lambda each: str(each[1][REFERENCED]), reverse=True)
        return seen[:at_most]

    def _seen(self, sobjects: Iterable[SObject], at_most: int) -> Iterator[tuple[SObject, Row]]:
        condition = f"{REFERENCED} IS NOT NULL AND IsDeleted = 0 ORDER BY {REFERENCED} DESC, Id DESC LIMIT {at_most}"
        for sobject in sobjects:
            if sobject.writable and sobject.has(REFERENCED):
                for row in self._org.tables.find(sobject.name, condition):
                    yield sobject, row
