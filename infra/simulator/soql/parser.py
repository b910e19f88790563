"""SOQL text to a tree.

Source: fact sheet 4.2; the grammar is restated from the SOQL reference.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.syntax import (
    Comparison,
    Condition,
    Expression,
    FoundText,
    Function,
    Junction,
    Literal,
    Negation,
    Nested,
    Ordering,
    Path,
    Query,
    Selected,
)

MAX_LENGTH = 100_000
MAX_DEPTH = 60
"""Nested conditions; far more than any sensible query, far less than would exhaust the stack."""
MAX_STRING = 4_000

GRAMMAR = r"""
query: "SELECT"i _item ("," _item)* "FROM"i path _alias _scope _where _with _group _having _order _limit _offset _view

_item: selected | nested
nested: "(" query ")"
// Each optional clause is a rule of its own: as `where? group? order?` all their combinations would be spelled out.
_alias: alias?
_scope: scope?
_where: where?
_with: ("WITH"i ("SECURITY_ENFORCED"i | "USER_MODE"i | "SYSTEM_MODE"i))?
_group: group?
_having: having?
_order: order?
_limit: limit?
_offset: offset?
_view: ("FOR"i ("VIEW"i | "REFERENCE"i | "UPDATE"i) ("," ("VIEW"i | "REFERENCE"i))?)?
selected: expression _alias
alias: NAME
?expression: path | function
path: NAME ("." NAME)*
function: NAME "(" (expression ("," expression)*)? ")"

scope: "USING"i "SCOPE"i path
group: "GROUP"i "BY"i expression ("," expression)*
having: "HAVING"i _condition
where: "WHERE"i _condition
condition: _condition
_condition: term | all | any
all: term ("AND"i term)+
any: term ("OR"i term)+
?term: comparison | "NOT"i term -> negation | "(" _condition ")"

comparison: expression OPERATOR literal -> comparison
          | expression "LIKE"i literal -> like
          | expression "IN"i "(" literal ("," literal)* ")" -> among
          | expression "NOT"i "IN"i "(" literal ("," literal)* ")" -> not_among
          | expression "INCLUDES"i "(" literal ("," literal)* ")" -> includes
          | expression "EXCLUDES"i "(" literal ("," literal)* ")" -> excludes
          | expression "IN"i "(" query ")" -> inside
          | expression "NOT"i "IN"i "(" query ")" -> not_inside

literal: STRING -> string
       | DATETIME -> datetime
       | DATE -> date
       | NUMBER -> number
       | NAME (":" NUMBER)? -> word

order: "ORDER"i "BY"i ordering ("," ordering)*
ordering: expression direction? nulls?
direction: "ASC"i -> ascending | "DESC"i -> descending
nulls: "NULLS"i "FIRST"i -> nulls_first | "NULLS"i "LAST"i -> nulls_last

limit: "LIMIT"i NUMBER
offset: "OFFSET"i NUMBER

search: "FIND"i TERM _fields _returning _search_option* _limit
_fields: fields?
_returning: ("RETURNING"i returned ("," returned)*)?
fields: "IN"i NAME "FIELDS"i
returned: path ("(" selected ("," selected)* _where _order _limit _offset ")")?
_search_option: "WITH"i NAME ("=" _ignored)?
_ignored: STRING | NAME
TERM: /\{(?:[^{}\\]|\\.)*\}/s

OPERATOR: "=" | "!=" | "<>" | "<=" | ">=" | "<" | ">"
NAME: /[a-z_][a-z0-9_]*/i
STRING: /'(?:[^'\\]|\\.)*'/s
DATETIME.3: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/i
DATE.2: /\d{4}-\d\d-\d\d/
NUMBER: /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/
%ignore /\s+/
"""

_FIND = re.compile(r"\s*FIND\s*\{(?:[^{}\\]|\\.)*\}", re.IGNORECASE | re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)


def parse(text: str) -> Query:
    """The tree of a query. Raises SoqlError."""
    if len(text) > MAX_LENGTH:
        raise SoqlError("MALFORMED_QUERY", f"SOQL statements cannot be longer than {MAX_LENGTH} characters.")
    if not text.strip():
        raise SoqlError("MALFORMED_QUERY", "unexpected end of query: a query is required")
    query: Query = _tree(text, "query")
    return query


def parse_condition(text: str) -> Condition:
    """The tree of what may stand after WHERE. Raises SoqlError."""
    condition: Condition = _tree(text, "condition")
    return condition


def parse_search(text: str) -> FoundText:
    """The tree of a SOSL statement. Raises SoqlError."""
    if len(text) > MAX_LENGTH:
        raise SoqlError("MALFORMED_SEARCH", f"SOSL statements cannot be longer than {MAX_LENGTH} characters.")
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
    except UnexpectedInput as error:
        raise SoqlError("MALFORMED_QUERY", "unexpected end of query", len(text)) from error


@cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR,
        start=["query", "condition", "search"],
        parser="lalr",
        lexer="contextual",
        propagate_positions=False,
        transformer=_Tree(),
    )


@v_args(inline=True)
class _Tree(Transformer[Token, Any]):
    """Builds the tree while the text is being parsed."""

    def query(self, *parts: Any) -> Query:
        selected = tuple(part for part in parts if isinstance(part, (Selected, Nested)))
        source, *rest = parts[len(selected) :]
        found: dict[str, Any] = {}
        for part in rest:
            found.update(part if isinstance(part, dict) else {"alias": part})
        return Query(selected, source, **found)

    def selected(self, expression: Expression, alias: str | None = None) -> Selected:
        return Selected(expression, alias)

    def search(self, term: Token, *parts: Any) -> FoundText:
        returned = tuple(part for part in parts if isinstance(part, Query))
        found: dict[str, Any] = {}
        for part in parts:
            found.update(part if isinstance(part, dict) else {})
        return FoundText(str(term)[1:-1], (term.start_pos or 0) + 1, returned=returned, **found)

    def fields(self, name: Token) -> dict[str, Any]:
        return {"group": str(name).upper()}

    def returned(self, source: Path, *parts: Any) -> Query:
        selected = tuple(part for part in parts if isinstance(part, Selected))
        found: dict[str, Any] = {}
        for part in parts[len(selected) :]:
            found.update(part)
        return Query(selected or (Selected(Path(("Id",), source.at)),), source, **found)

    def nested(self, query: Query) -> Nested:
        return Nested(query)

    def alias(self, name: Token) -> str:
        return str(name)

    def path(self, *names: Token) -> Path:
        return Path(tuple(map(str, names)), names[0].start_pos or 0)

    def function(self, name: Token, *arguments: Expression) -> Function:
        return Function(str(name), arguments, name.start_pos or 0)

    def scope(self, name: Path) -> dict[str, Any]:
        return {"scope": name}

    def group(self, *expressions: Expression) -> dict[str, Any]:
        return {"group": expressions}

    def having(self, condition: Condition) -> dict[str, Any]:
        return {"having": condition}

    def where(self, condition: Condition) -> dict[str, Any]:
        return {"where": condition}

    def condition(self, condition: Condition) -> Condition:
        return condition

    def all(self, *conditions: Condition) -> Junction:
        return _joined("AND", conditions)

    def any(self, *conditions: Condition) -> Junction:
        return _joined("OR", conditions)

    def negation(self, condition: Condition) -> Negation:
        return Negation(condition, _deeper(condition.depth))

    def comparison(self, left: Expression, operator: Token, right: Literal) -> Comparison:
        return Comparison(left, "!=" if operator == "<>" else str(operator), (right,), left.at)

    def like(self, left: Expression, right: Literal) -> Comparison:
        return Comparison(left, "LIKE", (right,), left.at)

    def among(self, left: Expression, *right: Literal) -> Comparison:
        return Comparison(left, "IN", right, left.at)

    def not_among(self, left: Expression, *right: Literal) -> Comparison:
        return Comparison(left, "NOT IN", right, left.at)

    def includes(self, left: Expression, *right: Literal) -> Comparison:
        return Comparison(left, "INCLUDES", right, left.at)

    def excludes(self, left: Expression, *right: Literal) -> Comparison:
        return Comparison(left, "EXCLUDES", right, left.at)

    def inside(self, left: Expression, right: Query) -> Comparison:
        return Comparison(left, "IN", right, left.at)

    def not_inside(self, left: Expression, right: Query) -> Comparison:
        return Comparison(left, "NOT IN", right, left.at)

    def string(self, token: Token) -> Literal:
        return Literal("string", str(token)[1:-1], token.start_pos or 0, str(token))

    def datetime(self, token: Token) -> Literal:
        return Literal("datetime", str(token), token.start_pos or 0, str(token))

    def date(self, token: Token) -> Literal:
        return Literal("date", str(token), token.start_pos or 0, str(token))

    def number(self, token: Token) -> Literal:
        return Literal("number", str(token), token.start_pos or 0, str(token))

    def word(self, name: Token, count: Token | None = None) -> Literal:
        text = str(name) if count is None else f"{name}:{count}"
        return Literal("word", text.upper(), name.start_pos or 0, text)

    def order(self, *orderings: Ordering) -> dict[str, Any]:
        return {"order": orderings}

    def ordering(self, expression: Expression, *ways: str) -> Ordering:
        return Ordering(expression, "descending" in ways, "nulls_last" in ways)

    def ascending(self) -> str:
        return "ascending"

    def descending(self) -> str:
        return "descending"

    def nulls_first(self) -> str:
        return "nulls_first"

    def nulls_last(self) -> str:
        return "nulls_last"

    def limit(self, number: Token) -> dict[str, Any]:
        return {"limit": _whole(number)}

    def offset(self, number: Token) -> dict[str, Any]:
        return {"offset": _whole(number), "offset_at": number.start_pos or 0}


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
        raise SoqlError("MALFORMED_QUERY", f"a string in a condition cannot exceed {MAX_STRING} characters", literal.at)
    return _ESCAPE.sub(character, literal.value)


def _joined(operator: str, conditions: tuple[Condition, ...]) -> Junction:
    return Junction(operator, conditions, _deeper(max(condition.depth for condition in conditions)))


def _deeper(depth: int) -> int:
    if depth >= MAX_DEPTH:
        raise SoqlError("QUERY_TOO_COMPLICATED", "The query is too complicated: conditions are nested too deeply.")
    return depth + 1


def _whole(number: Token) -> int:
    if not number.isdecimal() or len(number) > 9:
        raise unexpected(str(number), number.start_pos or 0)
    return int(number)
