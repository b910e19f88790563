"""Names in a query: which column a path leads to, and which tables must be joined on the way."""

from __future__ import annotations

from dataclasses import dataclass

from infra.simulator.org.org import Org
from infra.simulator.org.storage import quoted
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.schema.objects import POLYMORPHIC
from infra.simulator.soql.errors import no_such_column, no_such_relationship, no_such_type
from infra.simulator.soql.syntax import Path


@dataclass(frozen=True)
class Column:
    """A field of the queried object or of one of its parents."""

    sql: str
    field: Field
    sobject: SObject
    parents: tuple[str, ...]
    """Relationship names on the way, as the describe writes them."""


class Scope:
    """The object of a query, and the parents it reaches."""

    def __init__(self, org: Org, source: Path, alias: str | None, *, child: SObject | None = None) -> None:
        """`child` is the object a relationship leads to, where the source names one instead of an object."""
        sobject = child or (org.object(source.names[0]) if len(source.names) == 1 else None)
        if sobject is None:
            raise no_such_type(str(source), source.at)
        self.org = org
        self.sobject = sobject
        self._own_names = {sobject.name.lower(), str(source).lower(), *([alias.lower()] if alias else [])}
        self._tables: dict[tuple[str, ...], tuple[str, SObject]] = {(): ("t0", sobject)}
        self._joins: list[str] = [f"{org.tables.name(sobject.name)} AS t0"]

    @property
    def tables_sql(self) -> str:
        return " LEFT JOIN ".join(self._joins)

    def column(self, path: Path) -> Column:
        """The column a path leads to. Raises SoqlError."""
        names = path.names
        if len(names) > 1 and names[0].lower() in self._own_names:
            names = names[1:]
        parents: tuple[str, ...] = ()
        for name in names[:-1]:
            parents = self._joined(parents, name, path.at)
        table, sobject = self._tables[parents]
        field = sobject.field(names[-1])
        if field is None:
            raise no_such_column(names[-1], sobject.name, path.at)
        return Column(f"{table}.{quoted(field.name)}", field, sobject, parents)

    def id_sql(self, parents: tuple[str, ...]) -> str:
        """The id column of the record reached by these relationships."""
        return f"{self._tables[parents][0]}.Id"

    def sobject_at(self, parents: tuple[str, ...]) -> SObject:
        return self._tables[parents][1]

    def _joined(self, parents: tuple[str, ...], name: str, at: int) -> tuple[str, ...]:
        table, sobject = self._tables[parents]
        reference = sobject.parent(name)
        target = self._target(reference) if reference else None
        if reference is None or target is None:
            raise no_such_relationship(name, at)
        reached = (*parents, reference.relationship or name)
        if reached not in self._tables:
            alias = f"t{len(self._tables)}"
            self._tables[reached] = (alias, target)
            link = f"{alias}.Id = {table}.{quoted(reference.name)}"
            self._joins.append(f"{self.org.tables.name(target.name)} AS {alias} ON {link}")
        return reached

    def _target(self, reference: Field) -> SObject | None:
        if len(reference.reference_to) > 1:
            return POLYMORPHIC
        return self.org.object(reference.reference_to[0])
