"""A query made ready to run: SQL, bound values, and how its rows become records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.simulator import unverified
from infra.simulator.org import Org
from infra.simulator.records import address_of
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.soql.conditions import Conditions
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.scope import Column, Scope
from infra.simulator.soql.tree import Function, Ordering, Path, Query, Selected
from infra.simulator.storage import quoted
from infra.simulator.values import to_json

MAX_OFFSET = 2000
MAX_FIELDS_ROWS = 200
_GROUPS = {"ALL", "STANDARD", "CUSTOM"}


@dataclass(frozen=True)
class Plan:
    """What to ask SQLite for, and how to show what it answers."""

    sobject: SObject
    scope: Scope
    columns: tuple[Column, ...]
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
        columns = ", ".join(self._sources())
        return (
            f"SELECT {columns} FROM {self.scope.tables_sql} WHERE {self.condition}{self.ordering} "
            f"LIMIT {limit} OFFSET {self.offset}"
        )

    def some_rows_sql(self, count: int) -> str:
        """The rows of `count` ids."""
        columns = ", ".join(self._sources())
        return f"SELECT {columns} FROM {self.scope.tables_sql} WHERE t0.Id IN ({', '.join('?' * count)})"

    def record(self, row: tuple[Any, ...], base_path: str) -> dict[str, Any]:
        """A row as a REST record. Parents nest, and are null where there is none. Source: fact sheet 4.1."""
        values = dict(zip(self._sources(), row, strict=True))
        record = _described(self.sobject, values["t0.Id"], base_path)
        for column in self.columns:
            holder = self._holder(record, column.parents, values, base_path)
            if holder is not None:
                holder[column.field.name] = _shown(column, values)
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

    def _sources(self) -> list[str]:
        """The SQL columns to read, each once; the ids of all records on the way are among them."""
        sources = {"t0.Id": None}
        for column in self.columns:
            for depth in range(1, len(column.parents) + 1):
                sources[self.scope.id_sql(column.parents[:depth])] = None
            for source in _parts(column):
                sources[source] = None
        return [*sources]

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
    scope = Scope(org, query.source, query.alias)
    counts = _is_count(query.selected)
    columns = () if counts else _columns(scope, query)
    conditions = Conditions(scope)
    parts = [] if include_deleted or not scope.sobject.has("IsDeleted") else ["t0.IsDeleted = 0"]
    if query.where is not None:
        parts.append(conditions.sql(query.where))
    orderings = [_ordering(scope, ordering) for ordering in query.order]
    ordering = " ORDER BY " + ", ".join([*orderings, "t0.Id"])
    condition = " AND ".join(parts) or "1"
    return Plan(
        scope.sobject, scope, columns, counts, condition, ordering, (*conditions.values,), query.limit, query.offset
    )


def _is_count(selected: tuple[Selected, ...]) -> bool:
    only = selected[0].expression
    return len(selected) == 1 and isinstance(only, Function) and only.name.upper() == "COUNT" and not only.arguments


def _columns(scope: Scope, query: Query) -> tuple[Column, ...]:
    columns: dict[tuple[tuple[str, ...], str], Column] = {}
    for selected in query.selected:
        if selected.alias:
            raise SoqlError("MALFORMED_QUERY", "only aggregate expressions use field aliasing", selected.expression.at)
        if isinstance(selected.expression, Function):
            for field in _field_group(scope.sobject, selected.expression, query.limit):
                column = scope.column(Path((field.name,), selected.expression.at))
                columns[column.parents, column.field.name] = column
            continue
        column = scope.column(selected.expression)
        if (column.parents, column.field.name) in columns:
            raise SoqlError("INVALID_FIELD", f"duplicate field selected: {selected.expression}", selected.expression.at)
        columns[column.parents, column.field.name] = column
    return tuple(columns.values())


def _field_group(sobject: SObject, function: Function, limit: int | None) -> list[Field]:
    """The fields `FIELDS(ALL)` means. Source: fact sheet 4.1."""
    group = str(function.arguments[0]).upper() if len(function.arguments) == 1 else ""
    if function.name.upper() != "FIELDS" or group not in _GROUPS:
        raise unexpected(function.name, function.at)
    if group != "STANDARD" and (limit is None or limit > MAX_FIELDS_ROWS):
        message = f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELDS_ROWS}"
        raise SoqlError("MALFORMED_QUERY", message, function.at)
    return [field for field in sobject.fields if group == "ALL" or field.custom == (group == "CUSTOM")]


def _ordering(scope: Scope, ordering: Ordering) -> str:
    if isinstance(ordering.expression, Function):
        raise unexpected(ordering.expression.name, ordering.expression.at)
    column = scope.column(ordering.expression)
    if not column.field.sortable or not column.field.is_stored:
        message = f"field '{column.field.name}' can not be sorted in a query call"
        raise SoqlError("INVALID_FIELD", message, ordering.expression.at)
    direction = "DESC" if ordering.descending else "ASC"
    return f"{column.sql} {direction} NULLS {'LAST' if ordering.nulls_last else 'FIRST'}"


def _parts(column: Column) -> list[str]:
    """The SQL columns a field is read from: several for an address."""
    if column.field.is_stored:
        return [column.sql]
    table = column.sql.split(".", 1)[0]
    return [f"{table}.{quoted(field.name)}" for field in column.sobject.fields if field.compound == column.field.name]


def _shown(column: Column, values: dict[str, Any]) -> Any:
    if column.field.is_stored:
        return to_json(column.field, values[column.sql])
    row = {part.split(".", 1)[1].strip('"'): values[part] for part in _parts(column)}
    return address_of(column.field, row)


def _described(sobject: SObject, record_id: str, base_path: str) -> dict[str, Any]:
    return {"attributes": {"type": sobject.name, "url": f"{base_path}/sobjects/{sobject.name}/{record_id}"}}
