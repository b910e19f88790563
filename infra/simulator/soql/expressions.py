"""What a query computes with: fields, functions of dates, aggregates; each as SQL.

Source: fact sheet 4.1 and 4.2; the functions are restated from the SOQL reference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from infra.simulator.org.storage import compared
from infra.simulator.schema.fields import NUMBER_TYPES, TEXT_TYPES, Field
from infra.simulator.soql.currencies import corporate_sql
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.geolocation import distance_sql
from infra.simulator.soql.scope import Scope
from infra.simulator.soql.syntax import Expression, Function, Literal, Path, Query, Selected

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
PLAIN_FUNCTIONS = frozenset({"TOLABEL", "FORMAT", "CONVERTCURRENCY"})
"""They change how a value is shown, not what it is."""

DATE_FUNCTIONS = {
    "CALENDAR_YEAR": "CAST(strftime('%Y', {day}) AS INTEGER)",
    "CALENDAR_QUARTER": "(CAST(strftime('%m', {day}) AS INTEGER) + 2) / 3",
    "CALENDAR_MONTH": "CAST(strftime('%m', {day}) AS INTEGER)",
    "DAY_IN_MONTH": "CAST(strftime('%d', {day}) AS INTEGER)",
    "DAY_IN_WEEK": "CAST(strftime('%w', {day}) AS INTEGER) + 1",
    "DAY_IN_YEAR": "CAST(strftime('%j', {day}) AS INTEGER)",
    "HOUR_IN_DAY": "CAST(strftime('%H', {day}) AS INTEGER)",
    "WEEK_IN_MONTH": "(CAST(strftime('%d', {day}) AS INTEGER) - 1) / 7 + 1",
    "WEEK_IN_YEAR": "(CAST(strftime('%j', {day}) AS INTEGER) - 1) / 7 + 1",
    "DAY_ONLY": "substr({day}, 1, 10)",
}
# The fiscal year is the calendar year.
DATE_FUNCTIONS |= {
    name.replace("CALENDAR", "FISCAL"): sql for name, sql in DATE_FUNCTIONS.items() if name.startswith("CALENDAR")
}
_DATETIME_ONLY = frozenset({"HOUR_IN_DAY", "DAY_ONLY"})


@dataclass(frozen=True)
class Value:
    """Something a query compares, groups or orders by; `type` is Salesforce's word for what it is."""

    sql: str
    type: str
    name: str
    field: Field | None = None
    """None for what is computed."""
    is_own: bool = False
    """A field of the queried object itself: there is always a record to read it from."""
    is_aggregate: bool = False
    measured: Field | None = None
    """The field an aggregate is computed of, where it is of the same kind."""
    operators: frozenset[str] | None = None
    """The only ones that may compare it; None for all that its type allows."""
    corporate: str | None = None
    """The SQL of an amount in the corporate currency."""

    @property
    def in_corporate(self) -> str:
        return self.corporate or self.sql

    @property
    def is_text(self) -> bool:
        return self.type in TEXT_TYPES

    @property
    def compared(self) -> str:
        """The SQL of what it is compared and ordered by."""
        return compared(self.sql, is_text=self.is_text)


def value_of(scope: Scope, expression: Expression) -> Value:
    """The value an expression stands for. Raises SoqlError."""
    if isinstance(expression, Path):
        return _field(scope, expression)
    if expression.upper in DATE_FUNCTIONS:
        return _date_part(scope, expression)
    if expression.upper in AGGREGATES:
        return _aggregate(scope, expression)
    if expression.upper == "DISTANCE":
        return Value(distance_sql(scope, expression), "double", expression.name, operators=frozenset("<>"))
    if expression.upper == "CONVERTCURRENCY":
        return _currency(scope, expression)
    raise unexpected(expression.name, expression.at)


def is_grouped(query: Query) -> bool:
    """Whether a query is answered with groups or totals instead of records."""
    if query.group or query.having:
        return True
    return any(isinstance(item, Selected) and _totals(item.expression) for item in query.selected)


def is_count(query: Query) -> bool:
    """`SELECT COUNT() FROM …`."""
    only = query.selected[0]
    if len(query.selected) != 1 or not isinstance(only, Selected) or not isinstance(only.expression, Function):
        return False
    return only.expression.upper == "COUNT" and not only.expression.arguments


def _field(scope: Scope, path: Path) -> Value:
    column = scope.column(path)
    field, is_own = column.field, not column.parents
    corporate = corporate_sql(scope.org, column) if field.type == "currency" else None
    return Value(column.sql, field.type, field.name, field, is_own=is_own, corporate=corporate)


def _currency(scope: Scope, function: Function) -> Value:
    """An amount in the user's currency, which is the corporate one."""
    value = value_of(scope, only_argument(function))
    if value.type != "currency":
        raise _unsupported(value, function)
    return replace(value, sql=value.in_corporate)


def _date_part(scope: Scope, function: Function) -> Value:
    argument = only_argument(function)
    # Our only user lives in UTC, as the records do.
    if isinstance(argument, Function) and argument.upper == "CONVERTTIMEZONE":
        argument = only_argument(argument)
    value = value_of(scope, argument)
    allowed = ("datetime",) if function.upper in _DATETIME_ONLY else ("date", "datetime")
    if value.type not in allowed or value.is_aggregate:
        raise _unsupported(value, function)
    sql = DATE_FUNCTIONS[function.upper].format(day=f"substr({value.sql}, 1, 19)")
    return Value(f"({sql})", "date" if function.upper == "DAY_ONLY" else "int", f"{function.name}({value.name})")


def _aggregate(scope: Scope, function: Function) -> Value:
    value = value_of(scope, only_argument(function))
    if value.is_aggregate or value.operators is not None:
        raise unexpected(function.name, function.at)
    if not _can_be_aggregated(value, function.upper):
        message = f"field {value.name} does not support aggregate operator {function.upper}"
        raise SoqlError("INVALID_FIELD", message, function.at)
    name = f"{function.name}({value.name})"
    if function.upper in ("COUNT", "COUNT_DISTINCT"):
        counted = f"DISTINCT {value.compared}" if function.upper == "COUNT_DISTINCT" else value.sql
        return Value(f"count({counted})", "int", name, is_aggregate=True)
    kind = "double" if function.upper == "AVG" and value.type != "currency" else value.type
    # What SQLite computes forgets how its argument compares.
    collation = " COLLATE salesforce" if value.is_text else ""
    sql = f"{function.upper.lower()}({value.in_corporate}){collation}"
    return Value(sql, kind, name, is_aggregate=True, measured=value.field)


def _can_be_aggregated(value: Value, operator: str) -> bool:
    if value.field is not None and not value.field.aggregatable:
        return False
    return operator not in ("SUM", "AVG") or value.type in NUMBER_TYPES


def only_argument(function: Function) -> Expression:
    """The one thing a function is of, where that can be no plain value. Raises SoqlError."""
    if len(function.arguments) != 1 or isinstance(function.arguments[0], Literal):
        raise unexpected(function.name, function.at)
    return function.arguments[0]


def _unsupported(value: Value, function: Function) -> SoqlError:
    message = f"field '{value.name}' does not support the function {function.upper}"
    return SoqlError("INVALID_FIELD", message, function.at)


def _totals(expression: Expression) -> bool:
    """Whether this needs totals: an aggregate of something, also one that is formatted."""
    if not isinstance(expression, Function):
        return False
    if expression.upper == "FORMAT" and len(expression.arguments) == 1:
        inner = expression.arguments[0]
        return isinstance(inner, Function) and _totals(inner)
    return expression.upper == "GROUPING" or (expression.upper in AGGREGATES and bool(expression.arguments))
