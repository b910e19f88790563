"""What the grammar finds, as a tree; built while the text is being parsed."""

from __future__ import annotations

from typing import Any

from lark import Token, Transformer, v_args

from infra.simulator.schema import unverified
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.syntax import (
    Branch,
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
    TypeOf,
)

MAX_DEPTH = 60
"""Nested conditions and functions; far more than any sensible query, far less than would exhaust the stack."""

SUBTOTALS = frozenset({"ROLLUP", "CUBE"})


@v_args(inline=True)
class TreeBuilder(Transformer[Token, Any]):
    """One method for each rule of the grammar."""

    def query(self, *parts: Any) -> Query:
        selected = tuple(part for part in parts if isinstance(part, (Selected, Nested, TypeOf)))
        source, *rest = parts[len(selected) :]
        found: dict[str, Any] = {}
        for part in rest:
            found.update(part if isinstance(part, dict) else {"alias": part})
        return Query(selected, source, **found)

    def parents(self, *parts: Any) -> dict[str, Any]:
        return {"parents": tuple(zip(parts[1::2], parts[::2], strict=True))}

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

    def typeof(self, relationship: Path, *parts: Any) -> TypeOf:
        branches = tuple(part for part in parts if isinstance(part, Branch))
        return TypeOf(relationship, branches, *parts[len(branches) :])

    def branch(self, sobject: Path, *fields: Path) -> Branch:
        return Branch(sobject, fields)

    def otherwise(self, *fields: Path) -> tuple[Path, ...]:
        return fields

    def alias(self, name: Token) -> str:
        return str(name)

    def path(self, *names: Token) -> Path:
        return Path(tuple(map(str, names)), names[0].start_pos or 0)

    def function(self, name: Token, *arguments: Expression | Literal) -> Function:
        depths = [argument.depth for argument in arguments if isinstance(argument, Function)]
        return Function(str(name), arguments, name.start_pos or 0, _deeper(max(depths, default=0)))

    def scope(self, name: Path) -> dict[str, Any]:
        return {"scope": name}

    def view(self, *purposes: Token) -> dict[str, Any]:
        return {"purposes": frozenset(str(purpose).upper() for purpose in purposes)}

    def group(self, *expressions: Expression) -> dict[str, Any]:
        for expression in expressions:
            if isinstance(expression, Function) and expression.upper in SUBTOTALS:
                if len(expressions) > 1:
                    raise unexpected(expression.name, expression.at)
                return {"group": _expressions(expression), "subtotals": expression.upper}
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
        return _literal("datetime", token)

    def date(self, token: Token) -> Literal:
        return _literal("date", token)

    def time(self, token: Token) -> Literal:
        return _literal("time", token)

    def number(self, token: Token) -> Literal:
        return _literal("number", token)

    def currency(self, token: Token) -> Literal:
        return _literal("currency", token)

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


def _literal(kind: str, token: Token) -> Literal:
    return Literal(kind, str(token), token.start_pos or 0, str(token))


def _joined(operator: str, conditions: tuple[Condition, ...]) -> Junction:
    return Junction(operator, conditions, _deeper(max(condition.depth for condition in conditions)))


def _deeper(depth: int) -> int:
    if depth >= MAX_DEPTH:
        raise SoqlError("QUERY_TOO_COMPLICATED", unverified.QUERY_TOO_DEEP)
    return depth + 1


def _whole(number: Token) -> int:
    if not number.isdecimal() or len(number) > 9:
        raise unexpected(str(number), number.start_pos or 0)
    return int(number)


def _expressions(function: Function) -> tuple[Expression, ...]:
    """What a function is of, where that can be no plain value."""
    expressions = tuple(argument for argument in function.arguments if not isinstance(argument, Literal))
    if not expressions or len(expressions) < len(function.arguments):
        raise unexpected(function.name, function.at)
    return expressions
