"""SOQL text to a tree.

Source: fact sheet 4.2.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from lark import Lark, UnexpectedCharacters, UnexpectedToken

from infra.simulator.schema import unverified
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.grammar import GRAMMAR
from infra.simulator.soql.syntax import Condition, FoundText, Literal, Query
from infra.simulator.soql.tree import TreeBuilder

MAX_LENGTH = 100_000
MAX_STRING = 4_000

_FIND = re.compile(r"\s*FIND\s*\{(?:[^{}\\]|\\.)*\}", re.IGNORECASE | re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)


@lru_cache(maxsize=128)
def parse(text: str) -> Query:
    """The tree of a query; clients ask the same again and again. Raises SoqlError."""
    if len(text) > MAX_LENGTH:
        raise SoqlError("MALFORMED_QUERY", unverified.STATEMENT_TOO_LONG.format(language="SOQL", most=MAX_LENGTH))
    if not text.strip():
        raise SoqlError("MALFORMED_QUERY", unverified.QUERY_NEEDED)
    query: Query = _tree(text, "query")
    return query


def parse_condition(text: str) -> Condition:
    """The tree of what may stand after WHERE. Raises SoqlError."""
    condition: Condition = _tree(text, "condition")
    return condition


def parse_search(text: str) -> FoundText:
    """The tree of a SOSL statement. Raises SoqlError."""
    if len(text) > MAX_LENGTH:
        raise SoqlError("MALFORMED_SEARCH", unverified.STATEMENT_TOO_LONG.format(language="SOSL", most=MAX_LENGTH))
    if not _FIND.match(text):
        raise SoqlError("MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces.")
    try:
        search: FoundText = _tree(text, "search")
    except SoqlError as error:
        raise SoqlError(error.code.replace("QUERY", "SEARCH"), error.message, error.at) from error
    return search


def _tree(text: str, start: str) -> Any:
    try:
        return _parser().parse(text, start=start)
    except UnexpectedToken as error:
        at = len(text) if error.token.type == "$END" else error.pos_in_stream or 0
        raise unexpected("<EOF>" if error.token.type == "$END" else str(error.token), at) from error
    except UnexpectedCharacters as error:
        at = error.pos_in_stream or 0
        raise unexpected(text[at], at) from error


@cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR,
        start=["query", "condition", "search"],
        parser="lalr",
        lexer="contextual",
        propagate_positions=False,
        transformer=TreeBuilder(),
    )


def unescaped(literal: Literal, *, pattern: bool = False) -> str:
    r"""The text of a string literal. In a LIKE pattern `\%` and `\_` stay as they are, for the match to see.

    Raises SoqlError for any escape that SOQL does not know. Source: fact sheet 4.2.
    """

    def character(escape: re.Match[str]) -> str:
        if escape[1]:
            return chr(int(escape[1], 16))
        if pattern and escape[2] in "%_\\":
            return escape[0]
        plain = _ESCAPES.get(escape[2].lower())
        if plain is None:
            message = f"Illegal character sequence '\\{escape[2]}' in string literal '{literal.value}'."
            raise SoqlError("MALFORMED_QUERY", message, literal.at)
        return plain

    if len(literal.value) > MAX_STRING:
        raise SoqlError("MALFORMED_QUERY", unverified.STRING_TOO_LONG.format(most=MAX_STRING), literal.at)
    text = _ESCAPE.sub(character, literal.value)
    # Half of a surrogate pair is no character, and both halves are one.
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
