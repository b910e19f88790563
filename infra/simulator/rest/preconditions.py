"""Conditional requests: answers only for those who have seen something else.

Source: fact sheet 2.6 and 8.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from infra.simulator.exchange.reply import Reply
from infra.simulator.org.recently_viewed import REFERENCED, VIEWED
from infra.simulator.org.storage import Row
from infra.simulator.rest.call import Call
from infra.simulator.schema.dates import parse_datetime
from infra.simulator.schema.fields import SObject

NOT_MODIFIED = 304
FAILED = 412


class Version:
    """Which state of a thing there is: when it last changed, and a tag for that state where there are tags."""

    def __init__(self, modified: datetime, tag: str | None = None) -> None:
        self._modified = modified.replace(microsecond=0)
        self._tag = tag

    def headers(self) -> dict[str, str]:
        headers = {"Last-Modified": format_datetime(self._modified.astimezone(timezone.utc), usegmt=True)}
        if self._tag is not None:
            headers["ETag"] = f'"{self._tag}"'
        return headers

    def refusal(self, call: Call) -> Reply | None:
        """304 or 412 when the caller's conditions do not hold; both come without a body."""
        reading = call.method in ("GET", "HEAD")
        if self._changed_since_seen(call):
            return Reply(FAILED, headers=self.headers())
        if not self._unchanged_since_seen(call):
            return None
        return Reply(NOT_MODIFIED if reading else FAILED, headers=self.headers())

    def _changed_since_seen(self, call: Call) -> bool:
        if self._tag is not None and not _listed(call, "if-match", self._tag, absent=True):
            return True
        seen = _moment(call, "if-unmodified-since")
        return seen is not None and self._modified > seen

    def _unchanged_since_seen(self, call: Call) -> bool:
        if self._tag is not None and "if-none-match" in call.headers:
            return _listed(call, "if-none-match", self._tag, absent=False)
        seen = _moment(call, "if-modified-since")
        return seen is not None and self._modified <= seen


def version_of(sobject: SObject, row: Row) -> Version:
    """The version of a record; only accounts have tags."""
    modified = parse_datetime(str(row.get("SystemModstamp"))) or datetime.fromtimestamp(0, timezone.utc)
    if sobject.name != "Account":
        return Version(modified)
    # Whoever reads a record has not changed it by that.
    return Version(modified, tag_of({**row, VIEWED: None, REFERENCED: None}))


def tag_of(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:27]


def _listed(call: Call, header: str, tag: str, *, absent: bool) -> bool:
    """Whether the tag is among those of a header; `absent` is the answer when there is no such header."""
    text = call.headers.get(header)
    if text is None:
        return absent
    tags = {part.strip().removeprefix("W/").strip('"').removesuffix("-gzip") for part in text.split(",")}
    return bool(tags & {tag, "*"})


def _moment(call: Call, header: str) -> datetime | None:
    """The moment a header names; a header that names none is as good as absent."""
    try:
        moment = parsedate_to_datetime(call.headers.get(header, ""))
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
