"""WHERE: conditions to SQL, every value bound.

Source: fact sheet 4.2.
"""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from typing import Any

from infra.simulator import ids
from infra.simulator.moments import parse_date, parse_datetime, to_stamp
from infra.simulator.schema.fields import ID_TYPES, NUMBER_TYPES
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.parse import unescaped
from infra.simulator.soql.periods import Period, period_of
from infra.simulator.soql.scope import Column, Scope
from infra.simulator.soql.tree import Comparison, Condition, Function, Junction, Literal, Negation

_TYPE_NAMES = {
    "datetime": "dateTime",
    "reference": "ID",
    "id": "ID",
    "boolean": "boolean",
    "date": "date",
    "int": "int",
}


class Conditions:
    """Writes conditions as SQL and collects the values they compare with."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._today = scope.org.clock().astimezone(timezone.utc).date()
        self.values: list[Any] = []

    def sql(self, condition: Condition) -> str:
        if isinstance(condition, Negation):
            # Two-valued, as in SOQL: what is not true is false, also where a field is empty.
            return f"(({self.sql(condition.condition)}) IS NOT TRUE)"
        if isinstance(condition, Junction):
            return balanced(condition.operator, [self.sql(part) for part in condition.conditions])
        return self._comparison(condition)

    def _comparison(self, comparison: Comparison) -> str:
        if isinstance(comparison.left, Function):
            raise unexpected(comparison.left.name, comparison.left.at)
        column = self._scope.column(comparison.left)
        if not column.field.filterable or not column.field.is_stored:
            message = f"field '{column.field.name}' can not be filtered in a query call"
            raise SoqlError("INVALID_FIELD", message, comparison.at)
        operator = comparison.operator
        if operator in ("IN", "NOT IN"):
            return self._listed(column, operator, comparison.right)
        if operator == "LIKE":
            return self._like(column, comparison.right[0])
        literal = comparison.right[0]
        if literal.kind == "word" and column.field.type in ("date", "datetime") and literal.value != "NULL":
            return self._in_period(column, operator, self._period(column, literal))
        value = self._value(column, literal)
        if value is None or operator in ("=", "!="):
            return self._equal(column, operator, value, literal)
        if column.field.type == "boolean":
            raise _wrong_operator(column, operator, comparison.at)
        return f"{column.sql} {operator} {self._bound(value)}"

    def _equal(self, column: Column, operator: str, value: Any, literal: Literal) -> str:
        if operator not in ("=", "!="):
            raise _wrong_operator(column, operator, literal.at)
        if value is None:
            return f"{column.sql} IS {'NOT ' if operator == '!=' else ''}NULL"
        # `= ?` can use an index, `IS NOT ?` also finds the records whose field is empty.
        return f"{column.sql} {'=' if operator == '=' else 'IS NOT'} {self._bound(value)}"

    def _listed(self, column: Column, operator: str, literals: tuple[Literal, ...]) -> str:
        values = [self._value(column, literal) for literal in literals]
        marks = ", ".join(self._bound(value) for value in values if value is not None)
        found = f"{column.sql} IN ({marks})"
        if None in values:
            found = f"({found} OR {column.sql} IS NULL)"
        return f"({found} IS NOT TRUE)" if operator == "NOT IN" else found

    def _like(self, column: Column, literal: Literal) -> str:
        if not column.field.is_text:
            raise _wrong_operator(column, "LIKE", literal.at)
        if literal.kind != "string":
            raise _wrong_type(column, literal)
        return f"soql_like({column.sql}, {self._bound(unescaped(literal, pattern=True))})"

    def _period(self, column: Column, literal: Literal) -> Period:
        period = period_of(literal.value, self._today)
        if period is None:
            raise _wrong_type(column, literal)
        return period

    def _in_period(self, column: Column, operator: str, period: Period) -> str:
        begin, end = (day.isoformat() if column.is_date else _midnight(day) for day in period)
        if operator in ("=", "!="):
            inside = f"({column.sql} >= {self._bound(begin)} AND {column.sql} < {self._bound(end)})"
            return inside if operator == "=" else f"({inside} IS NOT TRUE)"
        if operator in ("<", ">="):
            return f"{column.sql} {operator} {self._bound(begin)}"
        return f"{column.sql} {'<' if operator == '<=' else '>='} {self._bound(end)}"

    def _bound(self, value: Any) -> str:
        self.values.append(value)
        return "?"

    def _value(self, column: Column, literal: Literal) -> Any:
        """The value to compare the column with; None for null. Raises SoqlError where the types do not fit."""
        if literal.kind == "word" and literal.value == "NULL":
            return False if column.field.type == "boolean" else None
        kind = column.field.type
        if kind in ID_TYPES and literal.kind == "string":
            return _id(literal)
        if column.field.is_text and literal.kind == "string":
            return unescaped(literal) or None
        if kind in NUMBER_TYPES and literal.kind == "number":
            return float(literal.value)
        if kind == "boolean" and literal.kind == "word" and literal.value in ("TRUE", "FALSE"):
            return literal.value == "TRUE"
        if kind == "datetime" and literal.kind == "datetime":
            moment = parse_datetime(literal.value)
            return to_stamp(moment) if moment else self._refused(column, literal)
        if kind == "date" and literal.kind == "date":
            day = parse_date(literal.value)
            return day.isoformat() if day else self._refused(column, literal)
        return self._refused(column, literal)

    def _refused(self, column: Column, literal: Literal) -> None:
        raise _wrong_type(column, literal)


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


def _wrong_type(column: Column, literal: Literal) -> SoqlError:
    kind = "string" if column.field.is_text else _TYPE_NAMES.get(column.field.type, "double")
    quotes = "should be" if kind in ("string", "ID") else "should not be"
    name = column.field.name
    message = f"value of filter criterion for field '{name}' must be of type {kind} and {quotes} enclosed in quotes"
    return SoqlError("INVALID_FIELD", message, literal.at)


def _wrong_operator(column: Column, operator: str, at: int) -> SoqlError:
    message = f"invalid operator on {column.field.type} field '{column.field.name}': {operator}"
    return SoqlError("INVALID_QUERY_FILTER_OPERATOR", message, at)
