"""The words of a search: `acme AND (joe* OR "joe smith")`.

Source: fact sheet 4.3; how words join is restated from the SOSL reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from infra.simulator.org.sql_functions import folded
from infra.simulator.soql.conditions import balanced
from infra.simulator.soql.errors import SoqlError

MAX_LENGTH = 10_000
MAX_PLAIN = 4_000
"""In a longer search AND, OR and NOT are words like others."""
MAX_DEPTH = 20

_TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|[()]|(?:[^\s"()\\]|\\.)+|.', re.DOTALL)
_PIECE = re.compile(r"\\(.)|(.)", re.DOTALL)


@dataclass(frozen=True)
class Term:
    """A word, or words that follow each other, as a regular expression over folded text."""

    pattern: str


@dataclass(frozen=True)
class Both:
    """AND, OR; or AND NOT, which `negates` the last one."""

    operator: str
    parts: tuple[Terms, ...]
    negates: bool = False


Terms = Term | Both


def terms(text: str, at: int = 0) -> Terms:
    """What a search looks for. `at` is where its text begins in the statement. Raises SoqlError."""
    if len(text) > MAX_LENGTH:
        raise _malformed("search query cannot be longer than 10,000 characters", at)
    if sum(character.isalnum() for character in text) < 2:
        raise _malformed(f"search term must be longer than one character: {text}", at)
    return _Reader(text, at).read()


def terms_sql(wanted: Terms, columns: list[str], values: list[Any]) -> str:
    """The condition for records in which the words are; the values it compares with are added to `values`."""
    if isinstance(wanted, Term):
        values.append(wanted.pattern)
        return f"sosl_finds(?, {', '.join(columns)})"
    parts = [terms_sql(part, columns, values) for part in wanted.parts]
    if wanted.negates:
        return f"({parts[0]} AND NOT {parts[1]})"
    return balanced(wanted.operator, parts)


class _Reader:
    """Reads one word after the other. OR binds weakest; words side by side are joined by AND."""

    def __init__(self, text: str, at: int) -> None:
        self._at = at
        self._tokens = [token for token in _TOKEN.findall(text) if not token.isspace()]
        self._next = 0
        self._knows_operators = len(text) <= MAX_PLAIN

    def read(self) -> Terms:
        found = self._any(0)
        if self._next < len(self._tokens):
            raise _malformed(f"unexpected token: '{self._tokens[self._next]}'", self._at)
        if found is None:
            raise _malformed("No search term found. The search term must be enclosed in braces.", self._at)
        return found

    def _any(self, depth: int) -> Terms | None:
        if depth > MAX_DEPTH:
            raise _malformed("The search is nested too deeply.", self._at)
        parts = [self._all(depth)]
        while self._took("OR"):
            parts.append(self._all(depth))
        return _joined("OR", parts)

    def _all(self, depth: int) -> Terms | None:
        found = self._one(depth)
        while self._next < len(self._tokens) and not self._sees("OR", ")"):
            self._took("AND")
            negates = self._took("NOT")
            other = self._one(depth)
            if negates and found is not None and other is not None:
                found = Both("AND", (found, other), negates=True)
            else:
                found = _joined("AND", [found, other])
        return found

    def _one(self, depth: int) -> Terms | None:
        """A word or a group in parentheses; None for what holds no word."""
        if self._next == len(self._tokens) or self._sees(")", "AND", "OR", "NOT"):
            raise _malformed("a search term is missing", self._at)
        if self._took("("):
            found = self._any(depth + 1)
            if not self._took(")"):
                raise _malformed("a closing parenthesis is missing", self._at)
            return found
        token = self._tokens[self._next]
        self._next += 1
        return _term(token.strip('"') if token.startswith('"') and len(token) > 1 else token)

    def _sees(self, *tokens: str) -> bool:
        token = self._tokens[self._next] if self._next < len(self._tokens) else ""
        return token.upper() in tokens and (self._knows_operators or token in "()")

    def _took(self, token: str) -> bool:
        if not self._sees(token):
            return False
        self._next += 1
        return True


def _joined(operator: str, parts: list[Terms | None]) -> Terms | None:
    given = tuple(part for part in parts if part is not None)
    return given[0] if len(given) == 1 else Both(operator, given) if given else None


def _term(text: str) -> Term | None:
    """Words one after the other: `a@example.com` is three of them. None when there is no word in it."""
    pattern = ""
    for escaped, plain in _PIECE.findall(text):
        character = escaped or plain
        if plain == "*":
            pattern += r"\w*"
        elif plain == "?":
            pattern += r"\w"
        elif character.isalnum() or character == "_":
            pattern += re.escape(folded(character))
        else:
            pattern += " "
    words = pattern.split()
    return Term(r"(?<!\w)" + r"\W+".join(words) + r"(?!\w)") if words else None


def _malformed(message: str, at: int) -> SoqlError:
    return SoqlError("MALFORMED_SEARCH", message, at or None)
