"""Record ids: 15 characters that mind their case, 18 with a suffix that repairs it.

Source: fact sheet 2.3.
"""

from __future__ import annotations

import re
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""In the order of their code points, so that ids sort in the order they were given out."""

_CAPITALS = {ord(character): "1" if character.isupper() else "0" for character in ALPHABET}
_PATTERNS = {
    suffix: "".join("1" if number >> place & 1 else "0" for place in range(5))
    for number, suffix in enumerate(string.ascii_uppercase + "012345")
}
"""Where capitals stand among five characters, by the character that says so in the suffix."""
_SUFFIXES = {pattern: suffix for suffix, pattern in _PATTERNS.items()}
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
    capitals = short.translate(_CAPITALS)
    return short + _SUFFIXES[capitals[:5]] + _SUFFIXES[capitals[5:10]] + _SUFFIXES[capitals[10:]]


def normalized(text: str) -> str | None:
    """The 18-character form of an id in either form; None when it is no id at all."""
    if not _SHAPE.fullmatch(text):
        return None
    if len(text) == 15:
        return with_suffix(text)
    return _repaired(text)


def _repaired(text: str) -> str | None:
    """The id whose capitals stand where the suffix says; None when the suffix cannot be one."""
    suffix = text[15:].upper()
    if any(character not in _PATTERNS for character in suffix):
        return None
    capitals = "".join([_PATTERNS[character] for character in suffix])
    short = "".join(
        [each.upper() if mark == "1" else each.lower() for each, mark in zip(text[:15], capitals, strict=True)]
    )
    return short + suffix if with_suffix(short) == short + suffix else None
