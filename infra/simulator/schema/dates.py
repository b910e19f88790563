"""Dates and times as Salesforce writes and reads them. All of ours are UTC, as is the demo user's time zone.

Source: fact sheet 2.4.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

_DATETIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE
)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


@lru_cache
def to_stamp(moment: datetime) -> str:
    """`2022-03-17T16:21:26.000+0000`, the form we also store: it sorts like the time it means."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")[:-6] + "+0000"


def to_time(moment: time) -> str:
    """`16:21:26.000Z`, the form we also store: it sorts like the time it means."""
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def with_z(stamp: str) -> str:
    """The form of SOAP and CSV: `2022-03-17T16:21:26.000Z`."""
    return stamp.replace("+0000", "Z")


def parse_datetime(text: str) -> datetime | None:
    """The moment a text names; without an offset it is UTC. None when it is none."""
    found = _DATETIME.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        fraction = int((found[7] or "").ljust(6, "0")[:6])
        moment = datetime(year, month, day, hour, minute, second, fraction, tzinfo=_zone(found[8]))
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def parse_date(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """The time of day a text names, in UTC; None when it is none."""
    moment = parse_datetime(f"2000-01-02T{text}")
    return None if moment is None else moment.time()


def _zone(offset: str | None) -> timezone:
    if offset is None or offset in "Zz":
        return timezone.utc
    digits = offset[1:].replace(":", "")
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if offset[0] == "-" else distance)
