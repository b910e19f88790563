"""What changed and what was deleted in a span of time, for those who keep a copy.

Source: fact sheet 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.recycle_bin import DAYS, RecycleBin
from infra.simulator.schema import unverified
from infra.simulator.schema.dates import parse_datetime, to_stamp
from infra.simulator.schema.errors import failure
from infra.simulator.schema.fields import SObject

MAX_IDS = 600_000
UPDATED_DAYS = 30


@dataclass(frozen=True)
class Updated:
    """The records that changed and are not deleted; moments are stamps."""

    ids: list[str]
    latest_covered: str


@dataclass(frozen=True)
class Deleted:
    """The records that were deleted, each with the moment it was."""

    moments: dict[str, str]
    earliest_available: str
    latest_covered: str


class Replication:
    """Tells about one org. Start and end are moments as they were written; seconds do not count."""

    def __init__(self, org: Org, recycle_bin: RecycleBin) -> None:
        self._org = org
        self._recycle_bin = recycle_bin

    def updated(self, sobject: SObject, start: str, end: str) -> Updated:
        """Raises SalesforceError INVALID_REPLICATION_DATE, EXCEEDED_ID_LIMIT."""
        span = self._span(start, end, UPDATED_DAYS)
        return Updated([row["Id"] for row in self._changed(sobject, span, deleted=False)], to_stamp(span[1]))

    def deleted(self, sobject: SObject, start: str, end: str) -> Deleted:
        """Raises SalesforceError INVALID_REPLICATION_DATE, EXCEEDED_ID_LIMIT."""
        span = self._span(start, end, DAYS)
        self._recycle_bin.forget_expired()
        rows = self._changed(sobject, span, deleted=True)
        earliest = self._org.tables.least(sobject.name, "SystemModstamp", "IsDeleted = 1")
        moments = {row["Id"]: row["SystemModstamp"] for row in rows}
        return Deleted(moments, earliest or to_stamp(_minute(self._org.clock())), to_stamp(span[1]))

    def _span(self, start_text: str, end_text: str, days: int) -> tuple[datetime, datetime]:
        """From when until when."""
        start, end = _moment("start", start_text), _moment("end", end_text)
        now = self._org.clock().astimezone(timezone.utc)
        if start >= end:
            raise failure(400, "INVALID_REPLICATION_DATE", unverified.SPAN_BACKWARDS)
        if start < _minute(now - timedelta(days=days)):
            raise failure(400, "INVALID_REPLICATION_DATE", unverified.SPAN_TOO_OLD.format(days=days))
        return start, min(end, now.replace(microsecond=0))

    def _changed(self, sobject: SObject, span: tuple[datetime, datetime], *, deleted: bool) -> list[Row]:
        condition = (
            f"IsDeleted = {int(deleted)} AND SystemModstamp >= ? AND SystemModstamp <= ? ORDER BY SystemModstamp, Id"
        )
        stamps = [to_stamp(moment) for moment in span]
        columns = ("Id", "SystemModstamp")
        rows = self._org.tables.find(sobject.name, f"{condition} LIMIT {MAX_IDS + 1}", stamps, *columns)
        if len(rows) > MAX_IDS:
            raise failure(400, "EXCEEDED_ID_LIMIT", unverified.TOO_MANY_IDS.format(most=MAX_IDS))
        return rows


def _moment(name: str, text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None:
        raise failure(400, "INVALID_REPLICATION_DATE", unverified.NO_DATE.format(name=name))
    return _minute(moment)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
