"""A query for records made ready to run: SQL, bound values, and how its rows become records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.storage import quoted
from infra.simulator.schema import unverified
from infra.simulator.schema.fields import SObject
from infra.simulator.schema.objects import POLYMORPHIC
from infra.simulator.soql.columns import Shown, shown_columns
from infra.simulator.soql.conditions import Conditions, narrows
from infra.simulator.soql.errors import SoqlError, no_such_children, no_such_type, unexpected
from infra.simulator.soql.expressions import Value, is_count, is_grouped, value_of
from infra.simulator.soql.ordering import ordering_sql
from infra.simulator.soql.scope import Scope
from infra.simulator.soql.syntax import Expression, Function, Nested, Path, Query, Selected, TypeOf

MAX_OFFSET = 2000
MAX_LEVELS = 5
"""Of parents and children, the first query among them; two before API version 58."""


@dataclass(frozen=True)
class Children:
    """A sub-query: the child records of each record. The first value of its plan is the record's id."""

    name: str
    plan: Plan


@dataclass(frozen=True)
class Branches:
    """TYPEOF: a plan for each kind of record that a relationship leads to."""

    name: str
    parents: tuple[str, ...]
    source: str
    """The SQL of the reference."""
    plans: Mapping[str, Plan]
    """By the first three characters of the id."""

    def record(self, record_id: str | None, base_path: str) -> dict[str, Any] | None:
        """The record, with the fields of its kind; None for a kind that the query has no fields for."""
        chosen = self.plans.get(record_id[:3]) if record_id else None
        if chosen is None:
            return None
        rows = chosen.scope.org.tables.database.execute(chosen.some_rows_sql(1), (record_id,))
        row = rows.fetchone()
        return chosen.record(row, base_path) if row else None


@dataclass(frozen=True)
class Plan:
    """What to ask SQLite for, and how to show what it answers."""

    sobject: SObject
    scope: Scope
    shown: tuple[Shown, ...]
    branches: tuple[Branches, ...]
    children: tuple[Children, ...]
    counts: bool
    """`SELECT COUNT()`: only the number of records is wanted."""
    condition: str
    ordering: str
    values: tuple[Any, ...]
    limit: int | None
    offset: int
    purposes: frozenset[str]
    """What the records are asked FOR."""

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
        for shown, places in self._shown:
            holder = self._holder(record, shown.parents, values, base_path) if shown.parents else record
            if holder is not None:
                value = shown.show(*[row[place] for place in places])
                holder[shown.name] = f"{base_path}{value}" if shown.is_path and value else value
        for branches in self.branches:
            holder = self._holder(record, branches.parents, values, base_path)
            if holder is not None:
                holder[branches.name] = branches.record(values[branches.source], base_path)
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
    def _shown(self) -> tuple[tuple[Shown, tuple[int, ...]], ...]:
        """What is shown, and in which places of a row its sources are."""
        places = {source: place for place, source in enumerate(self._sources)}
        return tuple((shown, tuple(places[source] for source in shown.sources)) for shown in self.shown)

    @cached_property
    def _sources(self) -> tuple[str, ...]:
        """The SQL columns to read, each once; the ids of all records on the way are among them."""
        sources = {"t0.Id": None}
        for shown in self.shown:
            sources |= dict.fromkeys((*self._ids(shown.parents), *shown.sources))
        for branches in self.branches:
            sources |= dict.fromkeys((*self._ids(branches.parents), branches.source))
        return tuple(sources)

    def _ids(self, parents: tuple[str, ...]) -> list[str]:
        return [self.scope.id_sql(parents[:depth]) for depth in range(1, len(parents) + 1)]

    def _rows(self, columns: str, ordering: str) -> str:
        limit = -1 if self.limit is None else self.limit
        return (
            f"(SELECT {columns} FROM {self.scope.tables_sql} WHERE {self.condition}{ordering} "
            f"LIMIT {limit} OFFSET {self.offset})"
        )


def plan(org: Org, query: Query, *, include_deleted: bool = False) -> Plan:
    """Check a query against the org's objects and make it ready. Raises SoqlError."""
    scope = Scope.of(org, query)
    if scope.sobject.filtered_by and not narrows(scope, query.where):
        raise SoqlError("MALFORMED_QUERY", unverified.FILTER_NEEDED.format(name=scope.sobject.name))
    return _plan(scope, query, include_deleted=include_deleted)


def filters(scope: Scope, query: Query, conditions: Conditions, *, include_deleted: bool) -> str:
    """Which records a query is about, as SQL. Raises SoqlError."""
    if query.offset > MAX_OFFSET:
        raise SoqlError("NUMBER_OUTSIDE_VALID_RANGE", unverified.OFFSET_TOO_LARGE, query.offset_at)
    parts = scope.conditions(include_deleted=include_deleted)
    if query.scope is not None:
        parts += _in_scope(scope, query.scope)
    if query.where is not None:
        parts.append(conditions.sql(query.where))
    return " AND ".join(parts) or "1"


def _plan(scope: Scope, query: Query, *, include_deleted: bool, link: str | None = None, level: int = 1) -> Plan:
    """`link` is the SQL of the field that leads from a child to its parent, `level` how deep the query is nested."""
    counts = is_count(query) and link is None
    shown = () if counts else shown_columns(scope, query)
    branches = _all_branches(scope, query, shown)
    children = [
        _children(scope, item.query, include_deleted=include_deleted, level=level + 1)
        for item in query.selected
        if isinstance(item, Nested)
    ]
    conditions = Conditions(scope)
    condition = filters(scope, query, conditions, include_deleted=include_deleted)
    if link is not None:
        condition = f"{link} = ? AND {condition}"
    ordering = ordering_sql(query.order, lambda expression: _orderable(scope, expression), f"t0.{quoted('Id')}")
    values = (*conditions.values,)
    return Plan(
        scope.sobject,
        scope,
        shown,
        branches,
        (*children,),
        counts,
        condition,
        ordering,
        values,
        query.limit,
        query.offset,
        query.purposes,
    )


def _children(scope: Scope, query: Query, *, include_deleted: bool, level: int) -> Children:
    name = str(query.source)
    found = scope.sobject.child(name)
    child = scope.org.object(found.child) if found else None
    if found is None or child is None:
        raise no_such_children(name, query.source.at)
    if level > MAX_LEVELS:
        raise SoqlError("MALFORMED_QUERY", unverified.TOO_MANY_LEVELS.format(most=MAX_LEVELS), query.source.at)
    if is_grouped(query) or is_count(query):
        raise SoqlError("MALFORMED_QUERY", "only root queries support aggregate expressions", query.source.at)
    inner = Scope.of(scope.org, query, child=child)
    link = inner.link_sql(found.field)
    return Children(found.name, _plan(inner, query, include_deleted=include_deleted, link=link, level=level))


def _all_branches(scope: Scope, query: Query, shown: tuple[Shown, ...]) -> tuple[Branches, ...]:
    taken = {one.parents[: depth + 1] for one in shown for depth in range(len(one.parents))}
    found = []
    for item in query.selected:
        if isinstance(item, TypeOf):
            branches = _branches(scope, item)
            way = (*branches.parents, branches.name)
            if way in taken:
                at = item.relationship.at
                raise SoqlError("INVALID_FIELD", f"duplicate field selected: {item.relationship}", at)
            taken.add(way)
            found.append(branches)
    return (*found,)


def _branches(scope: Scope, typeof: TypeOf) -> Branches:
    """Source: "TYPEOF", SOQL and SOSL Reference."""
    column, at = scope.reference(typeof.relationship), typeof.relationship.at
    name = column.field.relationship or column.field.name
    if len(column.field.reference_to) < 2:
        raise SoqlError("INVALID_FIELD", unverified.TYPEOF_NOT_POLYMORPHIC.format(name=name), at)
    targets = {target.name: target for target in scope.targets(column.field)}
    plans: dict[str, Plan] = {}
    for branch in typeof.branches:
        wanted = scope.org.object(str(branch.sobject))
        if wanted is None:
            raise no_such_type(str(branch.sobject), branch.sobject.at)
        if wanted.name not in targets:
            message = unverified.TYPEOF_OTHER_TYPE.format(name=name, type=wanted.name)
            raise SoqlError("INVALID_TYPE", message, branch.sobject.at)
        if wanted.prefix in plans:
            message = unverified.TYPEOF_TWICE.format(type=wanted.name)
            raise SoqlError("MALFORMED_QUERY", message, branch.sobject.at)
        plans[wanted.prefix] = _fields_plan(Scope(scope.org, branch.sobject, None), branch.fields)
    for target in targets.values() if typeof.otherwise else ():
        inner = Scope(scope.org, Path((target.name,), at), None, seen_as=POLYMORPHIC)
        plans.setdefault(target.prefix, _fields_plan(inner, typeof.otherwise))
    return Branches(name, column.parents, column.sql, plans)


def _fields_plan(scope: Scope, fields: tuple[Path, ...]) -> Plan:
    """The fields of records whose ids are known."""
    selected = tuple(Selected(field) for field in fields)
    return _plan(scope, Query(selected, Path((scope.sobject.name,), fields[0].at)), include_deleted=True)


def _in_scope(scope: Scope, name: Path) -> list[str]:
    wanted = str(name).lower()
    if wanted == "everything":
        return []
    if wanted == "mine" and scope.sobject.has("OwnerId"):
        return [f"t0.OwnerId = '{scope.org.running_user_id}'"]
    if wanted == "queue" and scope.sobject.has("OwnerId"):
        return ["t0.OwnerId GLOB '00G*'"]
    raise SoqlError("INVALID_QUERY_SCOPE", f"Scope '{name}' is not supported for {scope.sobject.name}", name.at)


def _orderable(scope: Scope, expression: Expression) -> Value:
    value = value_of(scope, expression)
    if isinstance(expression, Function) and value.is_aggregate:
        raise unexpected(expression.name, expression.at)
    return value


def _described(sobject: SObject, record_id: str, base_path: str) -> dict[str, Any]:
    return {"attributes": {"type": sobject.name, "url": f"{base_path}/sobjects/{sobject.name}/{record_id}"}}
