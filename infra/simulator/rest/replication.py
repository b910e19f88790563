"""What changed and what was deleted in a span of time, and how many records there are.

Source: fact sheet 2.1.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from infra.simulator.exchange.reply import Reply
from infra.simulator.org.storage import Row
from infra.simulator.records.recycle_bin import DAYS
from infra.simulator.rest.call import Call
from infra.simulator.schema import unverified
from infra.simulator.schema.dates import parse_datetime, to_stamp
from infra.simulator.schema.errors import failure, no_such_resource
from infra.simulator.schema.fields import SObject

MAX_IDS = 600_000
UPDATED_DAYS = 30


def updated(call: Call) -> Reply:
    start, end = _span(call, UPDATED_DAYS)
    rows = _changed(call, start, end, deleted=False)
    return Reply(200, {"ids": [row["Id"] for row in rows], "latestDateCovered": to_stamp(end)})


def deleted(call: Call) -> Reply:
    start, end = _span(call, DAYS)
    call.context.recycle_bin.forget_expired()
    rows = _changed(call, start, end, deleted=True)
    records = [{"id": row["Id"], "deletedDate": row["SystemModstamp"]} for row in rows]
    earliest = call.org.tables.least(_replicated(call).name, "SystemModstamp", "IsDeleted = 1")
    body = {
        "deletedRecords": records,
        "earliestDateAvailable": earliest or to_stamp(_minute(call.org.clock())),
        "latestDateCovered": to_stamp(end),
    }
    return Reply(200, body)


def record_count(call: Call) -> Reply:
    """How many records there are of each object asked for, or of all; those without any are left out."""
    names = call.parameters.get("sObjects")
    asked = names.split(",") if names else [*call.org.objects]
    objects = [sobject for name in asked if (sobject := call.org.object(name.strip())) is not None]
    counts = {
        sobject.name: call.org.tables.count(sobject.name, "IsDeleted = 0" if sobject.has("IsDeleted") else "1")
        for sobject in objects
    }
    return Reply(200, {"sObjects": [{"count": count, "name": name} for name, count in counts.items() if count]})


def _replicated(call: Call) -> SObject:
    sobject = call.sobject()
    if not sobject.writable:
        raise no_such_resource()
    return sobject


def _span(call: Call, days: int) -> tuple[datetime, datetime]:
    """From when until when; seconds do not count. Raises SalesforceError."""
    _replicated(call)
    start, end = _parameter(call, "start"), _parameter(call, "end")
    now = call.org.clock().astimezone(timezone.utc)
    if start >= end:
        raise failure(400, "INVALID_REPLICATION_DATE", unverified.SPAN_BACKWARDS)
    if start < _minute(now - timedelta(days=days)):
        raise failure(400, "INVALID_REPLICATION_DATE", unverified.SPAN_TOO_OLD.format(days=days))
    return start, min(end, now.replace(microsecond=0))


def _parameter(call: Call, name: str) -> datetime:
    # A plus sign that was not encoded has become a blank.
    moment = parse_datetime(call.parameters.get(name, "").replace(" ", "+"))
    if moment is None:
        raise failure(400, "INVALID_REPLICATION_DATE", unverified.NO_DATE.format(name=name))
    return _minute(moment)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _changed(call: Call, start: datetime, end: datetime, *, deleted: bool) -> list[Row]:
    condition = (
        f"IsDeleted = {int(deleted)} AND SystemModstamp >= ? AND SystemModstamp <= ? ORDER BY SystemModstamp, Id"
    )
    span = (to_stamp(start), to_stamp(end))
    rows = call.org.tables.find(_replicated(call).name, f"{condition} LIMIT {MAX_IDS + 1}", span)
    if len(rows) > MAX_IDS:
        raise failure(400, "EXCEEDED_ID_LIMIT", unverified.TOO_MANY_IDS.format(most=MAX_IDS))
    return rows
