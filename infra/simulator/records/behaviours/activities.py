"""When a task is done, and how long an event takes.

Source: Object Reference, Task and Event.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.behaviours.behaviour import Behaviour
from infra.simulator.schema import unverified
from infra.simulator.schema.activities import CLOSED_STATUS
from infra.simulator.schema.dates import parse_date, parse_datetime, to_stamp
from infra.simulator.schema.errors import refusal, required_fields_missing

MAX_MINUTES = 14 * 24 * 60
"""An event takes at most 14 days."""
_DAY = 24 * 60


def _complete_task(org: Org, row: Row, before: Row | None) -> None:
    _refuse_lead_with_what(row)
    if row.get("Status") != CLOSED_STATUS:
        row["CompletedDateTime"] = None
    elif not row.get("CompletedDateTime"):
        row["CompletedDateTime"] = org.now()


def _complete_event(org: Org, row: Row, before: Row | None) -> None:
    """Begin, end and duration say the same, whichever two of them were given."""
    _refuse_lead_with_what(row)
    changed = {name for name, value in row.items() if before is None or before.get(name) != value}
    start = _start(row, changed)
    minutes = _minutes(row, changed, start)
    is_all_day = bool(row.get("IsAllDayEvent"))
    # The last day of an event that takes whole days belongs to it.
    until_end = minutes - _DAY if is_all_day else minutes
    if until_end < 0 or minutes > MAX_MINUTES:
        raise refusal("FIELD_INTEGRITY_EXCEPTION", unverified.EVENT_DURATION, "DurationInMinutes")
    try:
        end = start + timedelta(minutes=until_end)
    except OverflowError as error:
        raise refusal("FIELD_INTEGRITY_EXCEPTION", unverified.EVENT_TOO_LATE, "EndDateTime") from error
    row |= {
        "StartDateTime": to_stamp(start),
        "ActivityDateTime": None if is_all_day else to_stamp(start),
        "ActivityDate": start.date().isoformat(),
        "DurationInMinutes": minutes,
        "EndDateTime": to_stamp(end),
    }


def _refuse_lead_with_what(row: Row) -> None:
    if str(row.get("WhoId") or "").startswith("00Q") and row.get("WhatId"):
        raise refusal("FIELD_INTEGRITY_EXCEPTION", unverified.LEAD_WITH_WHAT, "WhatId")


def _start(row: Row, changed: set[str]) -> datetime:
    moments = ("StartDateTime", "ActivityDateTime")
    given = next((row[name] for name in moments if name in changed and row.get(name)), None)
    given = given or next((row[name] for name in moments if row.get(name)), None)
    day = parse_date(row.get("ActivityDate") or "")
    if row.get("IsAllDayEvent"):
        if given is not None and not ("ActivityDate" in changed and day):
            day = parse_date(given[:10])
        if day is None:
            raise required_fields_missing(["ActivityDate"])
        return datetime.combine(day, time(), timezone.utc)
    start = parse_datetime(given) if given else None
    if start is None:
        raise required_fields_missing(["StartDateTime"])
    return start


def _minutes(row: Row, changed: set[str], start: datetime) -> int:
    is_all_day = bool(row.get("IsAllDayEvent"))
    end = parse_datetime(row["EndDateTime"]) if "EndDateTime" in changed and row.get("EndDateTime") else None
    until_end = None
    if end is not None:
        until_end = int((end - start).total_seconds()) // 60
        if is_all_day:
            until_end = until_end // _DAY * _DAY + _DAY
    duration = row.get("DurationInMinutes")
    if until_end is not None:
        if duration is not None and "DurationInMinutes" in changed and duration != until_end:
            raise refusal("FIELD_INTEGRITY_EXCEPTION", unverified.EVENT_END, "EndDateTime", "DurationInMinutes")
        return until_end
    if duration is None:
        if is_all_day:
            return _DAY
        raise required_fields_missing(["DurationInMinutes"])
    return int(duration) // _DAY * _DAY or _DAY if is_all_day else int(duration)


TASK = Behaviour(_complete_task)
EVENT = Behaviour(_complete_event)
