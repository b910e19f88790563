"""A query for groups or totals made ready to run.

Source: fact sheet 4.1; "GROUP BY ROLLUP" and "GROUP BY CUBE", SOQL and SOSL Reference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.values import formatted, labelled, to_json
from infra.simulator.schema import unverified
from infra.simulator.schema.fields import Field
from infra.simulator.soql.conditions import Conditions
from infra.simulator.soql.currencies import amount_text, corporate_code
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.expressions import PLAIN_FUNCTIONS, Value, only_argument, value_of
from infra.simulator.soql.ordering import Term, last_direction, order_by, ordering_terms
from infra.simulator.soql.plan import filters
from infra.simulator.soql.scope import Scope
from infra.simulator.soql.syntax import Condition, Expression, Function, Path, Query, Selected

MAX_GROUPS = 2000
"""There is no second page of groups."""
MAX_SUBTOTALS = 3
"""Fields in ROLLUP or CUBE."""


@dataclass(frozen=True)
class GroupPlan:
    """What to ask SQLite for, and under which names the answer is shown."""

    sql: str
    values: tuple[Any, ...]
    columns: tuple[tuple[str, Callable[[Any], Any]], ...]

    def record(self, row: tuple[Any, ...]) -> dict[str, Any]:
        record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        for (name, show), found in zip(self.columns, row, strict=True):
            record[name] = show(found)
        return record


@dataclass(frozen=True)
class _Level:
    """One way to group: all groups of the query, or, for the rows with subtotals, some of them."""

    scope: Scope
    groups: tuple[Value, ...]
    kept: frozenset[int]

    def value(self, expression: Expression) -> Value:
        """An aggregate, or what the query is grouped by: null in a subtotal. Raises SoqlError."""
        if isinstance(expression, Function) and expression.upper == "GROUPING":
            argument = only_argument(expression)
            is_kept = self._place(value_of(self.scope, argument), argument.at) in self.kept
            return Value(f"({0 if is_kept else 1})", "int", expression.name, is_aggregate=True)
        value = value_of(self.scope, expression)
        if value.is_aggregate or self._place(value, expression.at) in self.kept:
            return value
        return replace(value, sql="NULL")

    def select(
        self, columns: list[_Column], terms: list[Term], having: Condition | None, condition: str
    ) -> tuple[str, list[Any]]:
        """What SQLite is asked for: the columns, then what to order by; and the values that HAVING compares with."""
        selected = [*(column.sql for column in columns), *(sql for sql, _ in terms)]
        named = ", ".join(f"{sql} AS c{place}" for place, sql in enumerate(selected))
        kept = [group.compared for place, group in enumerate(self.groups) if place in self.kept]
        # There is a total of no records, but no grand total of no groups.
        group_by = f" GROUP BY {', '.join(kept or ['NULL'])}" if self.groups else ""
        conditions = Conditions(self.scope, left=self.value)
        having_sql = "" if having is None else f" HAVING {conditions.sql(having)}"
        sql = f"SELECT {named} FROM {self.scope.tables_sql} WHERE {condition}{group_by}{having_sql}"
        return sql, conditions.values

    def terms(self, query: Query) -> list[Term]:
        """What the rows are ordered by; in the end each subtotal follows what it sums up."""
        direction = last_direction(query.order)
        terms = ordering_terms(query.order, self.value)
        for place, group in enumerate(self.groups):
            if place in self.kept:
                terms += [("0", "ASC"), (group.compared, direction)]
            else:
                terms += [("1", "ASC"), ("NULL", direction)]
        return terms

    def _place(self, value: Value, at: int) -> int:
        """Which of the groups a value is. Raises SoqlError for what is none of them."""
        for place, group in enumerate(self.groups):
            if group.sql == value.sql:
                return place
        raise SoqlError("MALFORMED_QUERY", f"Field must be grouped or aggregated: {value.name}", at)


def group_plan(org: Org, query: Query, *, include_deleted: bool = False) -> GroupPlan:
    """Check the query against the org's objects and make it ready. Raises SoqlError."""
    if query.limit is not None and not query.group:
        message = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
        raise SoqlError("MALFORMED_QUERY", message, query.source.at)
    if query.subtotals and len(query.group) > MAX_SUBTOTALS:
        message = unverified.TOO_MANY_SUBTOTALS.format(kind=query.subtotals, most=MAX_SUBTOTALS)
        raise SoqlError("MALFORMED_QUERY", message, query.group[MAX_SUBTOTALS].at)
    scope = Scope.of(org, query)
    groups = tuple(_group(scope, expression) for expression in query.group)
    levels = [_Level(scope, groups, kept) for kept in _kept(len(groups), query.subtotals)]
    conditions = Conditions(scope)
    condition = filters(scope, query, conditions, include_deleted=include_deleted)
    selects, values = [], []
    for level in levels:
        columns, terms = _columns(level, query), level.terms(query)
        select, of_having = level.select(columns, terms, query.having, condition)
        selects.append(select)
        values += [*conditions.values, *of_having]
    # All levels name their columns alike and order them in the same ways.
    ordering = order_by([(f"c{len(columns) + place}", way) for place, (_, way) in enumerate(terms)])
    limit = MAX_GROUPS + 1 if query.limit is None else min(query.limit, MAX_GROUPS + 1)
    sql = (
        f"SELECT {', '.join(f'c{place}' for place in range(len(columns)))} FROM ({' UNION ALL '.join(selects)})"
        f"{ordering} LIMIT {limit} OFFSET {query.offset}"
    )
    return GroupPlan(sql, (*values,), tuple((column.name, column.show) for column in columns))


def _kept(count: int, subtotals: str | None) -> list[frozenset[int]]:
    """Which groups each way to group keeps, all of them first."""
    if subtotals == "ROLLUP":
        return [frozenset(range(size)) for size in range(count, -1, -1)]
    if subtotals == "CUBE":
        return [frozenset(kept) for size in range(count, -1, -1) for kept in combinations(range(count), size)]
    return [frozenset(range(count))]


def _group(scope: Scope, expression: Expression) -> Value:
    value = value_of(scope, expression)
    if isinstance(expression, Function) and (value.is_aggregate or value.operators is not None):
        raise unexpected(expression.name, expression.at)
    if value.field is not None and not (value.field.groupable and value.field.is_stored):
        message = f"field '{value.name}' can not be grouped in a query call"
        raise SoqlError("INVALID_FIELD", message, expression.at)
    return value


@dataclass(frozen=True)
class _Column:
    """What is selected, under the name it is shown by: its alias, its field's name, or expr0, expr1, …"""

    name: str
    sql: str
    show: Callable[[Any], Any]


def _columns(level: _Level, query: Query) -> list[_Column]:
    columns: list[_Column] = []
    unnamed = 0
    for selected in query.selected:
        if not isinstance(selected, Selected):
            message = "sub-queries and TYPEOF are not allowed in a grouped query"
            raise SoqlError("MALFORMED_QUERY", message, query.source.at)
        value, show = _shown(level, selected.expression)
        name = selected.alias
        if name is None and isinstance(selected.expression, Path):
            name = value.name
        if name is None:
            name, unnamed = f"expr{unnamed}", unnamed + 1
        if name.lower() in {other.name.lower() for other in columns}:
            raise SoqlError("MALFORMED_QUERY", f"duplicate alias: {name}", selected.expression.at)
        columns.append(_Column(name, value.sql, show))
    return columns


def _shown(level: _Level, expression: Expression) -> tuple[Value, Callable[[Any], Any]]:
    """A value and how it is shown."""
    if isinstance(expression, Function) and expression.upper in PLAIN_FUNCTIONS - {"CONVERTCURRENCY"}:
        inner = only_argument(expression)
        if isinstance(inner, Function) and inner.upper in ("FORMAT", "TOLABEL", "GROUPING"):
            raise unexpected(inner.name, inner.at)
        value = level.value(inner)
        if expression.upper == "FORMAT":
            field, org = _field(value), level.scope.org
            if field.type == "currency" and org.settings.currencies:
                return value, partial(amount_text, field, code=corporate_code(org))
            return value, partial(formatted, field)
        if expression.upper == "TOLABEL":
            return value, partial(labelled, _field(value))
    else:
        value = level.value(expression)
    return value, partial(to_json, _field(value))


def _field(value: Value) -> Field:
    """A field that holds such values."""
    return value.field or value.measured or Field(value.name, value.type)
