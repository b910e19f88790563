"""Functions whose arguments have fixed types, each as one line of a table.

What is null among the arguments makes the value null, as in an org; text is never null.

Source: restated from Salesforce's "Formula Operators and Functions".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from html import escape
from typing import Any

from infra.simulator.formula.errors import EvaluationError
from infra.simulator.formula.regex import matches
from infra.simulator.formula.values import ARITHMETIC, Type, check_length
from infra.simulator.schema import unverified
from infra.simulator.schema.dates import parse_date, parse_datetime
from infra.simulator.schema.ids import with_suffix

TEXT, NUMBER, BOOLEAN = frozenset({Type.TEXT}), frozenset({Type.NUMBER}), Type.BOOLEAN
DATE = frozenset({Type.DATE})
DAY = frozenset({Type.DATE, Type.DATETIME})


@dataclass(frozen=True)
class Function:
    """What a function takes and gives. A result of None is the type of the first argument."""

    parameters: tuple[frozenset[Type], ...]
    result: Type | None
    value: Callable[..., Any]
    optional: int = 0
    """How many of the parameters, from the right, may be left out."""
    repeats: bool = False
    """The last parameter may be given any number of times."""
    on_save: bool = False
    """Only where a record is being saved."""


def _rounded(number: Decimal, places: Decimal) -> Decimal:
    if abs(places) > 30:
        raise EvaluationError("ROUND takes up to 30 decimal places")
    return number.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP, ARITHMETIC)


def _whole_number(rounding: str) -> Callable[[Decimal], Decimal]:
    return lambda number: number.to_integral_value(rounding)


def _padded(text: str, length: Decimal, padding: str, *, left: bool) -> str:
    wanted = max(int(length), 0)
    check_length(wanted)
    if len(text) >= wanted or not padding:
        return text[:wanted]
    lack = wanted - len(text)
    filled = (padding * (lack // len(padding) + 1))[:lack]
    return filled + text if left else text + filled


def _right(text: str, count: Decimal) -> str:
    wanted = max(int(count), 0)
    return text[-wanted:] if wanted else ""


def _middle(text: str, start: Decimal, count: Decimal) -> str:
    begin = max(int(start) - 1, 0)
    return text[begin : begin + max(int(count), 0)]


def _found(wanted: str, text: str, start: Decimal = Decimal(1)) -> Decimal:
    begin = int(start) - 1
    return Decimal(text.find(wanted, begin) + 1 if wanted and begin >= 0 else 0)


def _substituted(text: str, old: str, new: str) -> str:
    if not old:
        return text
    check_length(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def _number(text: str) -> Decimal | None:
    stripped = text.strip()
    if not stripped:
        return None
    if not _is_number(stripped):
        raise EvaluationError(f"{text[:40]} is no number")
    return ARITHMETIC.create_decimal(stripped)


def _is_number(text: str) -> bool:
    """Whether VALUE would take it."""
    digits = text.strip().lstrip("+-") if text.strip().count("-") + text.strip().count("+") <= 1 else ""
    return 0 < len(digits) <= 30 and digits.isascii() and digits.replace(".", "", 1).isdecimal()


def _date(year: Decimal, month: Decimal, day: Decimal) -> date:
    return date(int(year), int(month), int(day))


def _date_value(value: str | datetime) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).date()
    found = parse_date(value.strip())
    if value and found is None:
        raise EvaluationError(f"{value[:40]} is no date")
    return found


def _datetime_value(value: str | date) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    found = parse_datetime(value.strip().replace(" ", "T", 1))
    if value and found is None:
        raise EvaluationError(f"{value[:40]} is no date and time")
    return found


def _months_later(day: Any, count: Decimal) -> Any:
    """The same day so many months later; the last day of a month stays the last one."""
    months = day.year * 12 + day.month - 1 + int(count)
    year, month = divmod(months, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    is_last = (day + timedelta(days=1)).day == 1
    return day.replace(year=year, month=month + 1, day=last if is_last else min(day.day, last))


def _link(url: str, name: str, target: str = "_blank") -> str:
    return unverified.FORMULA_LINK.format(url=escape(url), target=escape(target), name=escape(name, quote=False))


def _case_safe(record_id: str) -> str:
    return with_suffix(record_id) if len(record_id) == 15 and record_id.isascii() else record_id


FUNCTIONS: dict[str, Function] = {
    "LEN": Function((TEXT,), Type.NUMBER, lambda text: Decimal(len(text))),
    "CONTAINS": Function((TEXT, TEXT), BOOLEAN, lambda text, wanted: wanted in text),
    "BEGINS": Function((TEXT, TEXT), BOOLEAN, str.startswith),
    "FIND": Function((TEXT, TEXT, NUMBER), Type.NUMBER, _found, optional=1),
    "LEFT": Function((TEXT, NUMBER), Type.TEXT, lambda text, count: text[: max(int(count), 0)]),
    "RIGHT": Function((TEXT, NUMBER), Type.TEXT, _right),
    "MID": Function((TEXT, NUMBER, NUMBER), Type.TEXT, _middle),
    "UPPER": Function((TEXT, TEXT), Type.TEXT, lambda text, _="": text.upper(), optional=1),
    "LOWER": Function((TEXT, TEXT), Type.TEXT, lambda text, _="": text.lower(), optional=1),
    "TRIM": Function((TEXT,), Type.TEXT, str.strip),
    "SUBSTITUTE": Function((TEXT, TEXT, TEXT), Type.TEXT, _substituted),
    "LPAD": Function(
        (TEXT, NUMBER, TEXT), Type.TEXT, lambda text, n, pad=" ": _padded(text, n, pad, left=True), optional=1
    ),
    "RPAD": Function(
        (TEXT, NUMBER, TEXT), Type.TEXT, lambda text, n, pad=" ": _padded(text, n, pad, left=False), optional=1
    ),
    "REGEX": Function((TEXT, TEXT), BOOLEAN, matches, on_save=True),
    "VALUE": Function((TEXT,), Type.NUMBER, _number),
    "ISNUMBER": Function((TEXT,), BOOLEAN, _is_number),
    "CASESAFEID": Function((TEXT,), Type.TEXT, _case_safe),
    "HYPERLINK": Function((TEXT, TEXT, TEXT), Type.TEXT, _link, optional=1),
    "BR": Function((), Type.TEXT, lambda: unverified.FORMULA_LINE_BREAK),
    "ABS": Function((NUMBER,), Type.NUMBER, abs),
    "ROUND": Function((NUMBER, NUMBER), Type.NUMBER, _rounded),
    # Away from zero and towards it where the number is negative; MCEILING and MFLOOR are what mathematics means.
    "CEILING": Function((NUMBER,), Type.NUMBER, _whole_number(ROUND_UP)),
    "FLOOR": Function((NUMBER,), Type.NUMBER, _whole_number(ROUND_DOWN)),
    "MCEILING": Function((NUMBER,), Type.NUMBER, _whole_number(ROUND_CEILING)),
    "MFLOOR": Function((NUMBER,), Type.NUMBER, _whole_number(ROUND_FLOOR)),
    "MAX": Function((NUMBER,), Type.NUMBER, max, repeats=True),
    "MIN": Function((NUMBER,), Type.NUMBER, min, repeats=True),
    "MOD": Function((NUMBER, NUMBER), Type.NUMBER, ARITHMETIC.remainder),
    "SQRT": Function((NUMBER,), Type.NUMBER, ARITHMETIC.sqrt),
    "DATE": Function((NUMBER, NUMBER, NUMBER), Type.DATE, _date),
    "DATEVALUE": Function((TEXT | {Type.DATETIME},), Type.DATE, _date_value),
    "DATETIMEVALUE": Function((TEXT | DAY,), Type.DATETIME, _datetime_value),
    "YEAR": Function((DATE,), Type.NUMBER, lambda day: Decimal(day.year)),
    "MONTH": Function((DATE,), Type.NUMBER, lambda day: Decimal(day.month)),
    "DAY": Function((DATE,), Type.NUMBER, lambda day: Decimal(day.day)),
    "WEEKDAY": Function((DATE,), Type.NUMBER, lambda day: Decimal(day.isoweekday() % 7 + 1)),
    "ADDMONTHS": Function((DAY, NUMBER), None, _months_later),
}


def text_of(value: Any) -> str:
    """What TEXT() gives for a number, a date or a date and time; nothing for null."""
    if isinstance(value, Decimal):
        return format((value or Decimal(0)).normalize(ARITHMETIC), "f")
    if isinstance(value, datetime):
        return f"{value.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}Z"
    return "" if value is None else str(value)
