"""Date literals: which days `LAST_N_MONTHS:3` means.

Weeks begin on Sunday; the fiscal year is the calendar year.

Source: fact sheet 4.2.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_RELATIVE = re.compile(r"(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR)")
_COUNTED = re.compile(r"(LAST|NEXT)_N_(DAY|WEEK|MONTH|QUARTER|YEAR)S:(\d{1,4})")
_AGO = re.compile(r"N_(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO:(\d{1,4})")
_ALIASES = {
    "TODAY": "N_DAYS_AGO:0",
    "YESTERDAY": "N_DAYS_AGO:1",
    "LAST_90_DAYS": "LAST_N_DAYS:90",
    "NEXT_90_DAYS": "NEXT_N_DAYS:90",
}
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}

Period = tuple[date, date]
"""The first day, and the first day after."""


def period_of(word: str, today: date) -> Period | None:
    """The days a literal means; None when the word is no date literal, or leads out of the calendar."""
    word = word.replace("FISCAL_", "")
    word = _ALIASES.get(word, word)
    try:
        if word == "TOMORROW":
            return _units("DAY", today, 1, 2)
        if found := _RELATIVE.fullmatch(word):
            first = {"LAST": -1, "THIS": 0, "NEXT": 1}[found[1]]
            return _units(found[2], today, first, first + 1)
        if found := _AGO.fullmatch(word):
            return _units(found[1], today, -int(found[2]), 1 - int(found[2]))
        if found := _COUNTED.fullmatch(word):
            return _counted(found[1], found[2], int(found[3]), today)
    except (ValueError, OverflowError):
        return None
    return None


def _counted(direction: str, unit: str, count: int, today: date) -> Period:
    if direction == "NEXT":
        return _units(unit, today, 1, 1 + count)
    # The last n days include today; the last n months end before this month begins.
    return _units(unit, today, -count, 1 if unit == "DAY" else 0)


def _units(unit: str, today: date, first: int, after: int) -> Period:
    """From the beginning of the unit `first` units away to the beginning of the one `after` units away."""
    return _begin(unit, today, first), _begin(unit, today, after)


def _begin(unit: str, today: date, distance: int) -> date:
    if unit == "DAY":
        return today + timedelta(days=distance)
    if unit == "WEEK":
        return today - timedelta(days=today.isoweekday() % 7) + timedelta(weeks=distance)
    size = _MONTHS[unit]
    months = today.year * 12 + (today.month - 1) // size * size + distance * size
    return date(months // 12, months % 12 + 1, 1)
