"""Record ids: 15 characters that mind their case, 18 with a suffix that repairs it.

Source: fact sheet 2.3.
"""

from __future__ import annotations

import re
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""In the order of their code points, so that ids sort in the order they were given out."""

_SUFFIXES = string.ascii_uppercase + "012345"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def base62(number: int, width: int) -> str:
    """The number in ids' own digits, filled up with zeros."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = ALPHABET[rest] + digits
    return digits.rjust(width, "0")


def from_base62(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * 62 + ALPHABET.index(digit)
    return number


def with_suffix(short: str) -> str:
    """The 18-character form of a 15-character id."""
    return short + "".join(_SUFFIXES[_capitals(short[start : start + 5])] for start in (0, 5, 10))


def normalized(text: str) -> str | None:
    """The 18-character form of an id in either form; None when it is no id at all."""
    if not _SHAPE.fullmatch(text):
        return None
    if len(text) == 15:
        return with_suffix(text)
    return _repaired(text)


def _capitals(group: str) -> int:
    return sum(1 << place for place, character in enumerate(group) if character in string.ascii_uppercase)


def _repaired(text: str) -> str | None:
    """The id whose capitals stand where the suffix says; None when the suffix cannot be one."""
    suffix = text[15:].upper()
    if any(character not in _SUFFIXES for character in suffix):
        return None
    bits = [_SUFFIXES.index(character) >> place & 1 for character in suffix for place in range(5)]
    short = "".join(
        character.upper() if capital else character.lower() for character, capital in zip(text[:15], bits, strict=True)
    )
    return short + suffix if with_suffix(short) == short + suffix else None
