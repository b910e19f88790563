"""WHERE: conditions to SQL, every value bound.

Source: fact sheet 4.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timezone
from typing import Any

from infra.simulator.org.sql_functions import folded
from infra.simulator.org.storage import text_literal
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.dates import parse_date, parse_datetime, parse_time, to_stamp, to_time
from infra.simulator.schema.fields import ID_TYPES, NUMBER_TYPES
from infra.simulator.soql.currencies import corporate_amount
from infra.simulator.soql.date_literals import Period, period_of
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.expressions import PLAIN_FUNCTIONS, Value, only_argument, value_of
from infra.simulator.soql.parser import unescaped
from infra.simulator.soql.scope import Scope
from infra.simulator.soql.syntax import (
    Comparison,
    Condition,
    Expression,
    Function,
    Junction,
    Literal,
    Negation,
    Path,
    Query,
    Selected,
)

MAX_SEMI_JOINS = 2
SEMI_JOINS_BELOW = ((), ("AND",))
SEMI_JOIN_WITH_OR = "Semi join sub-selects are not allowed with the 'OR' operator"
NESTED_SEMI_JOIN = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions"
)
_TYPE_NAMES = {
    "datetime": "dateTime",
    "reference": "ID",
    "id": "ID",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "int": "int",
}


class Conditions:
    """Writes conditions as SQL and collects the values they compare with."""

    def __init__(
        self,
        scope: Scope,
        *,
        outer: Conditions | None = None,
        left: Callable[[Expression], Value] | None = None,
    ) -> None:
        """`outer` is what a semi-join stands in; `left` makes a value of what HAVING may speak of."""
        self._scope = scope
        self._left = left or self._filterable
        self._today = scope.org.clock().astimezone(timezone.utc).date()
        self._outer = outer
        self._semi_joins = 0
        self.values: list[Any] = [] if outer is None else outer.values

    def sql(self, condition: Condition, *, below: tuple[str, ...] = ()) -> str:
        """`below` is what the condition stands in: AND, OR, NOT, from the outside to the inside."""
        if isinstance(condition, Negation):
            # Two-valued, as in SOQL: what is not true is false, also where a field is empty.
            return f"(({self.sql(condition.condition, below=(*below, 'NOT'))}) IS NOT TRUE)"
        if isinstance(condition, Junction):
            inside = (*below, condition.operator)
            return balanced(condition.operator, [self.sql(part, below=inside) for part in condition.conditions])
        if isinstance(condition.right, Query):
            self._semi_joins += 1
            if below not in SEMI_JOINS_BELOW:
                message = SEMI_JOIN_WITH_OR if below == ("OR",) else NESTED_SEMI_JOIN
                raise SoqlError("MALFORMED_QUERY", message, condition.at)
            if self._semi_joins > MAX_SEMI_JOINS:
                message = unverified.TOO_MANY_SEMI_JOINS.format(most=MAX_SEMI_JOINS)
                raise SoqlError("MALFORMED_QUERY", message, condition.at)
        return self._comparison(condition)

    def _comparison(self, comparison: Comparison) -> str:
        value = self._left(comparison.left)
        operator = comparison.operator
        if value.operators is not None and operator not in value.operators:
            raise _wrong_operator(value, operator, comparison.at)
        if isinstance(comparison.right, Query):
            return self._joined(value, comparison, comparison.right)
        if any(literal.kind == "currency" for literal in comparison.right):
            value = replace(value, sql=value.in_corporate)
        if operator in ("IN", "NOT IN"):
            return self._listed(value, operator, comparison.right)
        if operator in ("INCLUDES", "EXCLUDES"):
            return self._included(value, operator, comparison.right, comparison.at)
        literal = comparison.right[0]
        if operator == "LIKE":
            return self._like(value, literal)
        if literal.kind == "word" and value.type in ("date", "datetime") and literal.value != "NULL":
            return self._in_period(value, operator, self._period(value, literal))
        bound = self._value(value, literal)
        if bound is None or operator in ("=", "!="):
            return self._equal(value, operator, bound, literal)
        if value.type == "boolean":
            raise _wrong_operator(value, operator, comparison.at)
        return f"{value.compared} {operator} {self._bound(bound)}"

    def _filterable(self, expression: Expression) -> Value:
        """What WHERE compares. Raises SoqlError where that cannot be."""
        if isinstance(expression, Function) and expression.upper == "TOLABEL":
            return _labelled(self._filterable(only_argument(expression)))
        value = value_of(self._scope, expression)
        if isinstance(expression, Function) and (value.is_aggregate or expression.upper in PLAIN_FUNCTIONS):
            raise unexpected(expression.name, expression.at)
        field = value.field
        if field is not None and not (field.filterable and field.is_stored):
            message = f"field '{field.name}' can not be filtered in a query call"
            raise SoqlError("INVALID_FIELD", message, expression.at)
        return value

    def _joined(self, value: Value, comparison: Comparison, query: Query) -> str:
        """A semi-join: the ids that another query finds. Source: "Comparison Operators", SOQL and SOSL Reference."""
        operator, at = comparison.operator, comparison.at
        if self._outer is not None:
            raise SoqlError("MALFORMED_QUERY", "Nesting of semi join sub-selects is not supported", at)
        only = query.selected[0]
        clauses = query.group or query.having or query.order or query.offset or query.limit is not None
        if len(query.selected) != 1 or not isinstance(only, Selected) or clauses:
            raise SoqlError("MALFORMED_QUERY", unverified.SEMI_JOIN_ONLY_FILTERS, at)
        scope = Scope.of(self._scope.org, query)
        if scope.sobject.name == self._scope.sobject.name:
            message = "The inner and outer selects should not be on the same object type"
            raise SoqlError("MALFORMED_QUERY", message, query.source.at)
        found = value_of(scope, only.expression)
        if any(of.field is not None and not of.is_own for of in (value, found)):
            raise SoqlError("MALFORMED_QUERY", unverified.SEMI_JOIN_OF_PARENT, at)
        if not _leads_to(self._scope, value) & _leads_to(scope, found):
            message = f"The selected field '{found.name}' in the subquery and the left operand field in the where "
            message += f"expression in the outer query '{value.name}' should point to the same object type"
            raise SoqlError("MALFORMED_QUERY", message, at)
        parts = [f"{found.sql} IS NOT NULL", *scope.conditions()]
        if query.where is not None:
            parts.append(Conditions(scope, outer=self).sql(query.where))
        inside = f"{value.sql} IN (SELECT {found.sql} FROM {scope.tables_sql} WHERE {' AND '.join(parts)})"
        return f"({inside} IS NOT TRUE)" if operator == "NOT IN" else inside

    def _included(self, value: Value, operator: str, literals: tuple[Literal, ...], at: int) -> str:
        """`INCLUDES ('A;B', 'C')`: both A and B, or C."""
        if value.type != "multipicklist":
            raise _wrong_operator(value, operator, at)
        texts = [self._value(value, literal) for literal in literals]
        found = balanced("OR", [f"soql_includes({value.sql}, {self._bound(text or '')})" for text in texts])
        return f"({found} IS NOT TRUE)" if operator == "EXCLUDES" else found

    def _equal(self, compared: Value, operator: str, value: Any, literal: Literal) -> str:
        if operator not in ("=", "!="):
            raise _wrong_operator(compared, operator, literal.at)
        if value is None:
            return f"{compared.compared} IS {'NOT ' if operator == '!=' else ''}NULL"
        # `= ?` can use an index, `IS NOT ?` also finds the records whose field is empty.
        return f"{compared.compared} {'=' if operator == '=' else 'IS NOT'} {self._bound(value)}"

    def _listed(self, compared: Value, operator: str, literals: tuple[Literal, ...]) -> str:
        values = [self._value(compared, literal) for literal in literals]
        marks = ", ".join(self._bound(value) for value in values if value is not None)
        found = f"{compared.compared} IN ({marks})"
        if None in values:
            found = f"({found} OR {compared.compared} IS NULL)"
        return f"({found} IS NOT TRUE)" if operator == "NOT IN" else found

    def _like(self, compared: Value, literal: Literal) -> str:
        if not compared.is_text:
            raise _wrong_operator(compared, "LIKE", literal.at)
        if literal.kind != "string":
            raise _wrong_type(compared, literal)
        return f"soql_like({compared.sql}, {self._bound(unescaped(literal, pattern=True))})"

    def _period(self, compared: Value, literal: Literal) -> Period:
        period = period_of(literal.value, self._today)
        if period is None:
            raise _wrong_type(compared, literal)
        return period

    def _in_period(self, compared: Value, operator: str, period: Period) -> str:
        begin, end = (day.isoformat() if compared.type == "date" else _midnight(day) for day in period)
        if operator in ("=", "!="):
            inside = f"({compared.sql} >= {self._bound(begin)} AND {compared.sql} < {self._bound(end)})"
            return inside if operator == "=" else f"({inside} IS NOT TRUE)"
        if operator in ("<", ">="):
            return f"{compared.sql} {operator} {self._bound(begin)}"
        return f"{compared.sql} {'<' if operator == '<=' else '>='} {self._bound(end)}"

    def _bound(self, value: Any) -> str:
        self.values.append(value)
        return "?"

    def _value(self, compared: Value, literal: Literal) -> Any:
        """The value to compare the compared with; None for null. Raises SoqlError where the types do not fit."""
        if literal.kind == "word" and literal.value == "NULL":
            return False if compared.type == "boolean" else None
        kind = compared.type
        if kind in ID_TYPES and literal.kind == "string":
            return _id(literal)
        if compared.is_text and literal.kind == "string":
            return folded(unescaped(literal)) or None
        if kind in NUMBER_TYPES and literal.kind == "number":
            return float(literal.value)
        if kind == "currency" and literal.kind == "currency":
            return corporate_amount(self._scope.org, literal)
        if kind == "boolean" and literal.kind == "word" and literal.value in ("TRUE", "FALSE"):
            return literal.value == "TRUE"
        if kind == "datetime" and literal.kind == "datetime" and (moment := parse_datetime(literal.value)):
            return to_stamp(moment)
        if kind == "date" and literal.kind == "date" and (day := parse_date(literal.value)):
            return day.isoformat()
        if kind == "time" and literal.kind == "time" and (time_of_day := parse_time(literal.value)):
            return to_time(time_of_day)
        raise _wrong_type(compared, literal)


def _labelled(value: Value) -> Value:
    """What people see of a picklist, where that is not the value itself."""
    choices = value.field.choices if value.field is not None and value.type == "picklist" else ()
    labels = {folded(choice.value): choice.label for choice in choices if choice.label}
    cases = " ".join(f"WHEN {text_literal(text)} THEN {text_literal(label)}" for text, label in labels.items())
    return replace(value, sql=f"CASE {value.compared} {cases} ELSE {value.sql} END") if labels else value


def _leads_to(scope: Scope, value: Value) -> set[str]:
    """The objects whose ids a value can be; none for what is no id."""
    if value.field is None or value.type not in ID_TYPES:
        return set()
    return {scope.sobject.name} if value.type == "id" else set(value.field.reference_to)


def narrows(scope: Scope, condition: Condition | None) -> bool:
    """Whether a condition leaves only records that refer to certain others."""
    if isinstance(condition, Junction):
        parts = (narrows(scope, part) for part in condition.conditions)
        return any(parts) if condition.operator == "AND" else all(parts)
    if not isinstance(condition, Comparison) or condition.operator not in ("=", "IN"):
        return False
    return isinstance(condition.left, Path) and scope.column(condition.left).field.name in scope.sobject.filtered_by


def balanced(operator: str, parts: list[str]) -> str:
    """The parts joined as a tree that is wide, not deep: SQLite bounds the depth of expressions."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({balanced(operator, parts[:middle])} {operator} {balanced(operator, parts[middle:])})"


def _id(literal: Literal) -> str | None:
    text = unescaped(literal)
    if not text:
        return None
    record_id = ids.normalized(text)
    if record_id is None:
        raise SoqlError("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {text}", literal.at)
    return record_id


def _midnight(day: date) -> str:
    return to_stamp(datetime.combine(day, time(), timezone.utc))


def _wrong_type(compared: Value, literal: Literal) -> SoqlError:
    kind = "string" if compared.is_text else _TYPE_NAMES.get(compared.type, "double")
    quotes = "should be" if kind in ("string", "ID") else "should not be"
    name = compared.name
    message = f"value of filter criterion for field '{name}' must be of type {kind} and {quotes} enclosed in quotes"
    return SoqlError("INVALID_FIELD", message, literal.at)


def _wrong_operator(compared: Value, operator: str, at: int) -> SoqlError:
    message = f"invalid operator on {compared.type} field '{compared.name}': {operator}"
    return SoqlError("INVALID_QUERY_FILTER_OPERATOR", message, at)
