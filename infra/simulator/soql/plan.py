"""A query for records made ready to run: SQL, bound values, and how its rows become records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeGuard

from infra.simulator.org.org import Org
from infra.simulator.org.rendering import compound_of
from infra.simulator.org.storage import quoted
from infra.simulator.org.values import formatted, to_json
from infra.simulator.schema import unverified
from infra.simulator.schema.fields import ChildRelationship, Field, SObject
from infra.simulator.soql.conditions import Conditions
from infra.simulator.soql.errors import SoqlError, no_such_children, unexpected
from infra.simulator.soql.expressions import PLAIN_FUNCTIONS, value_of
from infra.simulator.soql.ordering import ordering_sql
from infra.simulator.soql.scope import Column, Scope
from infra.simulator.soql.syntax import Expression, Function, Nested, Path, Query, Selected

MAX_OFFSET = 2000
MAX_FIELDS_ROWS = 200
_GROUPS = {"ALL", "STANDARD", "CUSTOM"}


@dataclass(frozen=True)
class Shown:
    """A column that is shown: under which name, and whether as text for people."""

    column: Column
    name: str
    is_formatted: bool = False


@dataclass(frozen=True)
class Children:
    """A sub-query: the child records of each record. The first value of its plan is the record's id."""

    name: str
    plan: Plan


@dataclass(frozen=True)
class Plan:
    """What to ask SQLite for, and how to show what it answers."""

    sobject: SObject
    scope: Scope
    shown: tuple[Shown, ...]
    children: tuple[Children, ...]
    counts: bool
    """`SELECT COUNT()`: only the number of records is wanted."""
    condition: str
    ordering: str
    values: tuple[Any, ...]
    limit: int | None
    offset: int

    def count_sql(self) -> str:
        return f"SELECT count(*) FROM {self._rows('1', '')}"

    def ids_sql(self) -> str:
        return f"SELECT * FROM {self._rows('t0.Id', self.ordering)}"

    def rows_sql(self, *, at_most: int) -> str:
        """The first rows, but no more than asked for."""
        limit = at_most if self.limit is None else min(at_most, self.limit)
        columns = ", ".join(self._sources)
        return (
            f"SELECT {columns} FROM {self.scope.tables_sql} WHERE {self.condition}{self.ordering} "
            f"LIMIT {limit} OFFSET {self.offset}"
        )

    def some_rows_sql(self, count: int) -> str:
        """The rows of `count` ids."""
        columns = ", ".join(self._sources)
        return f"SELECT {columns} FROM {self.scope.tables_sql} WHERE t0.Id IN ({', '.join('?' * count)})"

    def record(self, row: tuple[Any, ...], base_path: str) -> dict[str, Any]:
        """A row as a REST record. Parents nest, and are null where there is none. Source: fact sheet 4.1."""
        values = dict(zip(self._sources, row, strict=True))
        record = _described(self.sobject, values["t0.Id"], base_path)
        for shown in self.shown:
            holder = self._holder(record, shown.column.parents, values, base_path)
            if holder is not None:
                holder[shown.name] = _shown(shown, values)
        return record

    def _holder(
        self, record: dict[str, Any], parents: tuple[str, ...], values: dict[str, Any], base_path: str
    ) -> dict[str, Any] | None:
        """The nested record reached by these relationships, begun when it is not there yet; None for no parent."""
        holder = record
        for depth, name in enumerate(parents, 1):
            if name not in holder:
                path = parents[:depth]
                record_id = values[self.scope.id_sql(path)]
                holder[name] = None if record_id is None else self._described_parent(path, record_id, base_path)
            if holder[name] is None:
                return None
            holder = holder[name]
        return holder

    def _described_parent(self, path: tuple[str, ...], record_id: str, base_path: str) -> dict[str, Any]:
        sobject = self.scope.sobject_at(path)
        real = sobject if sobject.prefix else self.scope.org.object_of(record_id) or sobject
        described = _described(real, record_id, base_path)
        described["attributes"]["type"] = sobject.name
        return described

    @cached_property
    def _sources(self) -> tuple[str, ...]:
        """The SQL columns to read, each once; the ids of all records on the way are among them."""
        sources = {"t0.Id": None}
        for column in [shown.column for shown in self.shown]:
            for depth in range(1, len(column.parents) + 1):
                sources[self.scope.id_sql(column.parents[:depth])] = None
            for source in _parts(column):
                sources[source] = None
        return tuple(sources)

    def _rows(self, columns: str, ordering: str) -> str:
        limit = -1 if self.limit is None else self.limit
        return (
            f"(SELECT {columns} FROM {self.scope.tables_sql} WHERE {self.condition}{ordering} "
            f"LIMIT {limit} OFFSET {self.offset})"
        )


def plan(org: Org, query: Query, *, include_deleted: bool = False) -> Plan:
    """Check a query against the org's objects and make it ready. Raises SoqlError."""
    if query.offset > MAX_OFFSET:
        raise SoqlError("NUMBER_OUTSIDE_VALID_RANGE", unverified.OFFSET_TOO_LARGE, query.offset_at)
    return _plan(Scope(org, query.source, query.alias), query, include_deleted=include_deleted)


def is_count(query: Query) -> bool:
    """`SELECT COUNT() FROM …`."""
    only = query.selected[0]
    if len(query.selected) != 1 or not isinstance(only, Selected) or not isinstance(only.expression, Function):
        return False
    return only.expression.upper == "COUNT" and not only.expression.arguments


def filters(scope: Scope, query: Query, conditions: Conditions, *, include_deleted: bool) -> str:
    """Which records a query is about, as SQL. Raises SoqlError."""
    parts = [] if include_deleted or not scope.sobject.has("IsDeleted") else ["t0.IsDeleted = 0"]
    if query.scope is not None:
        parts += _in_scope(scope, query.scope)
    if query.where is not None:
        parts.append(conditions.sql(query.where))
    return " AND ".join(parts) or "1"


def _plan(scope: Scope, query: Query, *, include_deleted: bool, link: str | None = None) -> Plan:
    """`link` is the SQL of the field that leads from a child to its parent."""
    counts = is_count(query) and link is None
    shown = () if counts else _columns(scope, query)
    children = [
        _children(scope, item.query, include_deleted=include_deleted, nested=link is not None)
        for item in query.selected
        if isinstance(item, Nested)
    ]
    conditions = Conditions(scope)
    condition = filters(scope, query, conditions, include_deleted=include_deleted)
    if link is not None:
        condition = f"{link} = ? AND {condition}"
    ordering = ordering_sql(query.order, lambda expression: _orderable(scope, expression), [f"t0.{quoted('Id')}"])
    values = (*conditions.values,)
    return Plan(
        scope.sobject, scope, shown, (*children,), counts, condition, ordering, values, query.limit, query.offset
    )


def _children(scope: Scope, query: Query, *, include_deleted: bool, nested: bool) -> Children:
    name = str(query.source)
    found: ChildRelationship | None = next(
        (child for child in scope.sobject.children if child.name.lower() == name.lower()), None
    )
    child = scope.org.object(found.child) if found else None
    if nested or found is None or child is None:
        raise no_such_children(name, query.source.at)
    if query.group or query.having:
        raise SoqlError("MALFORMED_QUERY", "only root queries support aggregate expressions", query.source.at)
    inner = Scope(scope.org, query.source, query.alias, child=child)
    return Children(found.name, _plan(inner, query, include_deleted=include_deleted, link=f"t0.{quoted(found.field)}"))


def _in_scope(scope: Scope, name: Path) -> list[str]:
    wanted = str(name).lower()
    if wanted == "everything":
        return []
    if wanted == "mine" and scope.sobject.has("OwnerId"):
        return [f"t0.OwnerId = '{scope.org.user.id}'"]
    if wanted == "queue" and scope.sobject.has("OwnerId"):
        return ["t0.OwnerId GLOB '00G*'"]
    raise SoqlError("INVALID_QUERY_SCOPE", f"Scope '{name}' is not supported for {scope.sobject.name}", name.at)


def _orderable(scope: Scope, expression: Expression) -> Any:
    value = value_of(scope, expression)
    if value.is_aggregate:
        raise unexpected(str(value.name).split("(", 1)[0], expression.at)
    return value


def _columns(scope: Scope, query: Query) -> tuple[Shown, ...]:
    columns: dict[tuple[tuple[str, ...], str], Shown] = {}
    for selected in query.selected:
        if isinstance(selected, Nested):
            continue
        for shown in _shown_by(scope, selected, query.limit):
            key = (shown.column.parents, shown.name)
            if key in columns and not _is_field_group(selected.expression):
                at = selected.expression.at
                raise SoqlError("INVALID_FIELD", f"duplicate field selected: {selected.expression}", at)
            columns[key] = shown
    return tuple(columns.values())


def _shown_by(scope: Scope, selected: Selected, limit: int | None) -> list[Shown]:
    expression = selected.expression
    if _is_field_group(expression):
        fields = _field_group(scope.sobject, expression, limit)
        return [Shown(scope.column(Path((field.name,), expression.at)), field.name) for field in fields]
    if isinstance(expression, Path):
        if selected.alias:
            raise SoqlError("MALFORMED_QUERY", "only aggregate expressions use field aliasing", expression.at)
        column = scope.column(expression)
        return [Shown(column, column.field.name)]
    path = expression.arguments[0] if len(expression.arguments) == 1 else None
    if expression.upper not in PLAIN_FUNCTIONS or not isinstance(path, Path):
        raise unexpected(expression.name, expression.at)
    column = scope.column(path)
    return [Shown(column, selected.alias or column.field.name, expression.upper == "FORMAT")]


def _is_field_group(expression: Expression) -> TypeGuard[Function]:
    return isinstance(expression, Function) and expression.upper == "FIELDS"


def _field_group(sobject: SObject, function: Function, limit: int | None) -> list[Field]:
    """The fields `FIELDS(ALL)` means. Source: fact sheet 4.1."""
    group = str(function.arguments[0]).upper() if len(function.arguments) == 1 else ""
    if group not in _GROUPS:
        raise unexpected(function.name, function.at)
    if group != "STANDARD" and (limit is None or limit > MAX_FIELDS_ROWS):
        message = f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELDS_ROWS}"
        raise SoqlError("MALFORMED_QUERY", message, function.at)
    return [field for field in sobject.fields if group == "ALL" or field.custom == (group == "CUSTOM")]


def _parts(column: Column) -> list[str]:
    """The SQL columns a field is read from: several for an address."""
    if column.field.is_stored:
        return [column.sql]
    table = column.sql.split(".", 1)[0]
    return [f"{table}.{quoted(part.name)}" for part in column.sobject.parts(column.field).values()]


def _shown(shown: Shown, values: dict[str, Any]) -> Any:
    column = shown.column
    if shown.is_formatted:
        return formatted(column.field, values.get(column.sql))
    if column.field.is_stored:
        return to_json(column.field, values[column.sql])
    row = {part.split(".", 1)[1].strip('"'): values[part] for part in _parts(column)}
    return compound_of(column.sobject, column.field, row)


def _described(sobject: SObject, record_id: str, base_path: str) -> dict[str, Any]:
    return {"attributes": {"type": sobject.name, "url": f"{base_path}/sobjects/{sobject.name}/{record_id}"}}
