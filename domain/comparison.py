"""What counts as the same value: nothing that already stands is written again."""

import re
from datetime import datetime, timezone
from typing import Any, Protocol

from domain.ports import FieldValues


class Stored(Protocol):
    """What Salesforce has: a lead, or a contact."""

    def value(self, field: str) -> Any: ...


def differences(sent: FieldValues, stored: Stored) -> dict[str, Any]:
    """The sent values that are not stored yet; null and missing values differ from nothing."""
    return {
        field: value
        for field, value in sent.items()
        if value is not None and not _same(field, value, stored.value(field))
    }


def _same(field: str, sent: Any, stored: Any) -> bool:
    if stored is None:
        return False
    if field == "owner_id":
        return str(sent)[:15] == str(stored)[:15]
    if isinstance(sent, bool) or isinstance(stored, bool):
        return sent is stored
    if isinstance(stored, int | float):
        return _number(sent) == stored
    # Salesforce stores emails in lower case and line ends as it likes (fact sheet 0, 15).
    if field == "email":
        return str(sent).casefold() == str(stored).casefold()
    return _lines(str(sent)) == _lines(str(stored)) or _same_moment(str(sent), str(stored))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d\d)(\d\d)$")


def _same_moment(one: str, other: str) -> bool:
    moments = (_moment(one), _moment(other))
    return None not in moments and moments[0] == moments[1]


def _moment(text: str) -> datetime | None:
    """A date and time as Salesforce writes it, `2026-01-02T03:04:05.000+0000`, or as others do.

    Source: fact sheet 2.4.
    """
    if "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(_OFFSET_WITHOUT_COLON.sub(r"\1:\2", text.replace("Z", "+00:00")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
