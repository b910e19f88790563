"""What SQL of ours calls besides what SQLite has: texts as Salesforce compares them, places, multi-select picklists."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any, Literal

_RADIUS = {"km": 6371.0088, "mi": 3958.7613}
"""Of the earth, on average."""


def folded(text: str) -> str:
    """Text as comparisons see it, letter for letter: `ß` is not `SS`.

    Source: fact sheet 4.2 (ORDER BY compares uppercase forms).
    """
    upper = text.upper()
    return upper if len(upper) == len(text) else "".join(_upper(letter) for letter in text)


def _upper(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == 1 else letter


def is_like(text: str | None, pattern: str) -> bool:
    """Whether a text matches a LIKE pattern: `%` any run, `_` one character, a backslash takes either as it is."""
    if text is None:
        return False
    text = folded(text)
    first, *others = _like_runs(pattern)
    if not others:
        return first.fullmatch(text) is not None
    # Each run where it is found first: one expression for all would try every place for each of them.
    found = first.match(text)
    for run in others[:-1]:
        found = found and run.search(text, found.end())
    return found is not None and others[-1].search(text, found.end()) is not None


def includes(stored: str | None, wanted: str) -> bool:
    """Whether a multi-select picklist has all the values wanted; both are joined by semicolons."""
    return stored is not None and set(folded(wanted).split(";")) <= set(folded(stored).split(";"))


def distance(
    latitude: float | None,
    longitude: float | None,
    other_latitude: float | None,
    other_longitude: float | None,
    unit: Literal["mi", "km"],
) -> float | None:
    """From one place to another along the surface of the earth; None where one is unknown."""
    if latitude is None or longitude is None or other_latitude is None or other_longitude is None:
        return None
    north, other_north = math.radians(latitude), math.radians(other_latitude)
    east = math.radians(other_longitude - longitude)
    half = math.sin((other_north - north) / 2) ** 2 + math.cos(north) * math.cos(other_north) * math.sin(east / 2) ** 2
    return 2 * _RADIUS[unit] * math.asin(math.sqrt(min(1.0, max(0.0, half))))


def finds(pattern: str, *texts: object) -> bool:
    """Whether a regular expression over folded text is found in one of the texts."""
    compiled = _compiled(pattern)
    return any(isinstance(text, str) and compiled.search(folded(text)) is not None for text in texts)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=256)
def _like_runs(pattern: str) -> tuple[re.Pattern[str], ...]:
    """What stands between the `%` of a pattern; the last one ends the text."""
    runs = [""]
    for part in re.findall(r"\\.|%+|_|[^\\%_]+|\\", pattern, re.DOTALL):
        if part[0] == "%":
            runs.append("")
        else:
            runs[-1] += _like_part(part)
    runs[-1] += r"\Z"
    return tuple(re.compile(run, re.DOTALL) for run in runs)


def _like_part(part: str) -> str:
    if part == "_":
        return "."
    return re.escape(folded(part[1:] if part[0] == "\\" and len(part) > 1 else part))


def folded_value(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else value


def order(left: str, right: str) -> int:
    left, right = folded(left), folded(right)
    return (left > right) - (left < right)
