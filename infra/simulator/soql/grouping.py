"""A query for groups or totals made ready to run.

Source: fact sheet 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.soql.conditions import Conditions, must_be_grouped
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.expressions import Value, is_aggregate, value_of
from infra.simulator.soql.ordering import ordering_sql
from infra.simulator.soql.plan import filters
from infra.simulator.soql.scope import Scope
from infra.simulator.soql.syntax import Expression, Function, Path, Query, Selected

MAX_GROUPS = 2000
"""There is no second page of groups."""


@dataclass(frozen=True)
class GroupPlan:
    """What to ask SQLite for, and under which names the answer is shown."""

    sql: str
    values: tuple[Any, ...]
    columns: tuple[tuple[str, Value], ...]

    def record(self, row: tuple[Any, ...]) -> dict[str, Any]:
        record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        for (name, value), found in zip(self.columns, row, strict=True):
            record[name] = bool(found) if value.type == "boolean" and found is not None else found
        return record


def is_grouped(query: Query) -> bool:
    """Whether a query is answered with groups or totals instead of records."""
    if query.group or query.having:
        return True
    return any(isinstance(item, Selected) and _has_argument_aggregate(item.expression) for item in query.selected)


def group_plan(org: Org, query: Query, *, include_deleted: bool = False) -> GroupPlan:
    """Check the query against the org's objects and make it ready. Raises SoqlError."""
    if query.limit is not None and not query.group:
        message = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
        raise SoqlError("MALFORMED_QUERY", message, query.source.at)
    scope = Scope(org, query.source, query.alias)
    groups = [_group(scope, expression) for expression in query.group]
    grouped = frozenset(group.sql for group in groups)
    columns = _columns(scope, query, grouped)
    conditions = Conditions(scope)
    condition = filters(scope, query, conditions, include_deleted=include_deleted)
    values = [*conditions.values]
    having = ""
    if query.having is not None:
        after = Conditions(scope, grouped=grouped)
        having = f" HAVING {after.sql(query.having)}"
        values += after.values
    ordering = ordering_sql(query.order, lambda item: _checked(scope, item, grouped), [group.sql for group in groups])
    group_by = f" GROUP BY {', '.join(group.sql for group in groups)}" if groups else ""
    limit = MAX_GROUPS + 1 if query.limit is None else min(query.limit, MAX_GROUPS + 1)
    sql = (
        f"SELECT {', '.join(value.sql for value in columns.values())} FROM {scope.tables_sql} WHERE {condition}"
        f"{group_by}{having}{ordering} LIMIT {limit} OFFSET {query.offset}"
    )
    return GroupPlan(sql, (*values,), (*columns.items(),))


def _has_argument_aggregate(expression: Expression) -> bool:
    return isinstance(expression, Function) and is_aggregate(expression) and bool(expression.arguments)


def _group(scope: Scope, expression: Expression) -> Value:
    value = value_of(scope, expression)
    if value.is_aggregate:
        raise unexpected(value.name.split("(")[0], expression.at)
    if value.field is not None and not (value.field.groupable and value.field.is_stored):
        message = f"field '{value.name}' can not be grouped in a query call"
        raise SoqlError("INVALID_FIELD", message, expression.at)
    return value


def _columns(scope: Scope, query: Query, grouped: frozenset[str]) -> dict[str, Value]:
    """What is selected, by the name it is shown under: its alias, its field's name, or expr0, expr1, …"""
    columns: dict[str, Value] = {}
    unnamed = 0
    for selected in query.selected:
        if not isinstance(selected, Selected):
            raise SoqlError("MALFORMED_QUERY", "sub-queries are not allowed in a grouped query", query.source.at)
        value = _checked(scope, selected.expression, grouped)
        name = selected.alias
        if name is None and isinstance(selected.expression, Path):
            name = value.name
        if name is None:
            name, unnamed = f"expr{unnamed}", unnamed + 1
        if name.lower() in {other.lower() for other in columns}:
            raise SoqlError("MALFORMED_QUERY", f"duplicate alias: {name}", selected.expression.at)
        columns[name] = value
    return columns


def _checked(scope: Scope, expression: Expression, grouped: frozenset[str]) -> Value:
    """An aggregate, or what the query is grouped by."""
    value = value_of(scope, expression)
    if not value.is_aggregate and value.sql not in grouped:
        raise must_be_grouped(value, expression.at)
    return value
