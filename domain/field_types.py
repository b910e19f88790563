"""What Salesforce makes of a value, by the type of the field.

Source: fact sheet 2.4, 2.5 and 12.1.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from domain.errors import InvalidInputError
from domain.values.described import DescribedField
from domain.values.emails import as_stored, is_address
from domain.values.ids import same_id

_UNKNOWN_TYPE = DescribedField("", "anyType")


class _MisfitError(Exception):
    """A value is none of its field's type; the text says what is."""


def as_taken(field: DescribedField | None, value: Any) -> Any:
    """The value in the form that Salesforce takes for this field, and keeps: rounded, to the second, as the picklist
    spells it. None is nothing; what is no value of the type is refused with an example.

    Raises InvalidInputError.
    """
    field = field or _UNKNOWN_TYPE
    if value is None and field.type != "boolean":
        return None
    if isinstance(value, list):
        if field.type not in (_UNKNOWN_TYPE.type, "multipicklist"):
            raise InvalidInputError(field.name, f"must be one value ({field.type}); multi-select picklists take lists")
        value = ";".join(value)
    try:
        taken = _TAKEN.get(field.type, _unchanged)(field, value)
        return None if taken == "" else taken
    except _MisfitError as error:
        raise InvalidInputError(field.name, f"must be {error} ({field.type})") from None


def is_stored(field: DescribedField | None, taken: Any, stored: Any) -> bool:
    """Whether what `as_taken` gave is what stands there already."""
    if stored is None:
        return False
    field = field or _UNKNOWN_TYPE
    if field.type in ("reference", "id"):
        return same_id(str(taken), str(stored))
    try:
        there = _TAKEN.get(field.type, _unchanged)(field, stored)
    except _MisfitError:
        return False
    if isinstance(taken, str) and isinstance(there, str):
        return _lines(taken) == _lines(there)
    # True is 1 for Python, and no number for Salesforce.
    return isinstance(taken, bool) is isinstance(there, bool) and taken == there


def _lines(text: str) -> str:
    # Line feeds may come back as CRLF.
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _unchanged(_: DescribedField, value: Any) -> Any:
    return value


def _text(_: DescribedField, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and 1e-7 <= abs(value) < 1e21:
        # Salesforce would write it in Java's notation.
        return format(Decimal(repr(value)), "f")
    return str(value).strip()


def _email(field: DescribedField, value: Any) -> str:
    text = _text(field, value)
    if not is_address(text):
        raise _MisfitError("an email address, such as ada@example.com")
    return as_stored(text)


_YES = frozenset({"true", "t", "yes", "y", "on", "1"})
_NO = frozenset({"false", "f", "no", "n", "off", "0"})


def _checkbox(_: DescribedField, value: Any) -> bool:
    word = str(value).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise _MisfitError("true or false; a checkbox is never empty")


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MOST_DIGITS = 40
_PRECISE = Context(prec=80)


def _decimal(value: Any, example: str) -> Decimal:
    text = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise _MisfitError(f"a number, such as {example}")
    return Decimal(text)


def _whole(_: DescribedField, value: Any) -> int:
    number = _decimal(value, "12")
    if number.adjusted() > _MOST_DIGITS or number != number.to_integral_value():
        raise _MisfitError("a whole number, such as 12")
    return int(number)


def _number(field: DescribedField, value: Any) -> float:
    example = f"{12.5:.{field.decimals}f}" if field.decimals else "12"
    number = _decimal(value, example)
    if number.adjusted() >= _MOST_DIGITS:
        raise _MisfitError(f"a number of at most 18 digits, such as {example}")
    return float(number.quantize(Decimal(1).scaleb(-field.decimals), ROUND_HALF_UP, _PRECISE))


_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = r"(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?"
_DATETIME = re.compile(rf"(\d{{4}}-\d\d-\d\d)[T ]{_TIME}", re.ASCII | re.IGNORECASE)
_TIME_OF_DAY = re.compile(_TIME, re.ASCII | re.IGNORECASE)


def _date(_: DescribedField, value: Any) -> str:
    text = str(value).strip()
    moment = _moment(text)
    day = moment.date() if moment else _day(text)
    if day is None:
        raise _MisfitError("a date, such as 2026-01-31")
    return day.isoformat()


def _datetime(_: DescribedField, value: Any) -> str:
    moment = _moment(str(value).strip())
    if moment is None:
        raise _MisfitError("a date and time, such as 2026-01-31T09:00:00Z")
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _time_of_day(_: DescribedField, value: Any) -> str:
    found = _TIME_OF_DAY.fullmatch(str(value).strip())
    moment = _at(date(2000, 1, 2), found.groups()) if found else None
    if moment is None:
        raise _MisfitError("a time of day, such as 09:00:00Z")
    return f"{moment.time().isoformat(timespec='milliseconds')}Z"


def _moment(text: str) -> datetime | None:
    """The moment in UTC, which is also meant where no offset is said; None for another text."""
    found = _DATETIME.fullmatch(text)
    day = _day(found[1]) if found else None
    return _at(day, found.groups()[1:]) if found and day else None


def _day(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _at(day: date, parts: tuple[str | None, ...]) -> datetime | None:
    hour, minute, second, fraction, offset = parts
    try:
        moment = time(int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "").ljust(6, "0")[:6]))
        return datetime.combine(day, moment, _zone(offset)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str | None) -> timezone:
    if offset is None or offset in "Zz":
        return timezone.utc
    digits = offset[1:].replace(":", "").ljust(4, "0")
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if offset[0] == "-" else distance)


def _picklist(field: DescribedField, value: Any) -> str:
    return _spelled(field, _text(field, value))


def _multipicklist(field: DescribedField, value: Any) -> str:
    parts = [_spelled(field, part.strip()) for part in _text(field, value).split(";") if part.strip()]
    offered = [choice.value for choice in field.values]
    for part in parts:
        apart = [_spelled(field, each.strip()) for each in part.split(",")]
        if part not in offered and set(apart) <= set(offered):
            raise _MisfitError(f"values separated by semicolons, such as {';'.join(offered[:2])}")
    # In the order of the set-up, then what it does not know.
    return ";".join(sorted(dict.fromkeys(parts), key=lambda part: (part not in offered, _place(part, offered), part)))


def _place(part: str, offered: list[str]) -> int:
    return offered.index(part) if part in offered else 0


def _spelled(field: DescribedField, text: str) -> str:
    """The value as the set-up spells it; its label means it too."""
    wanted = text.casefold()
    by_value = (choice.value for choice in field.values if choice.value.casefold() == wanted)
    by_label = (choice.value for choice in field.values if choice.label.casefold() == wanted)
    retired = (value for value in field.inactive_values if value.casefold() == wanted)
    return next(by_value, None) or next(by_label, None) or next(retired, None) or text


_RECORD_ID = re.compile("[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def _reference(field: DescribedField, value: Any) -> str:
    text = _text(field, value)
    if not _RECORD_ID.fullmatch(text):
        raise _MisfitError("the Salesforce Id of a record, 15 or 18 characters, such as 005000000000001AAA")
    return text


_TAKEN: dict[str, Callable[[DescribedField, Any], Any]] = {
    **dict.fromkeys(("string", "textarea", "phone", "url", "combobox", "encryptedstring"), _text),
    "email": _email,
    "boolean": _checkbox,
    **dict.fromkeys(("int", "long"), _whole),
    **dict.fromkeys(("double", "currency", "percent"), _number),
    "date": _date,
    "datetime": _datetime,
    "time": _time_of_day,
    "picklist": _picklist,
    "multipicklist": _multipicklist,
    **dict.fromkeys(("reference", "id"), _reference),
}
