"""Names in a query: which column a path leads to, and which tables must be joined on the way."""

from __future__ import annotations

from dataclasses import dataclass

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Tables, quoted
from infra.simulator.schema import unverified
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.schema.objects import POLYMORPHIC
from infra.simulator.soql.errors import SoqlError, no_such_column, no_such_relationship, no_such_type
from infra.simulator.soql.syntax import Path, Query

MAX_TABLES = 64
"""SQLite joins no more; Salesforce reaches no more than 55 parents."""
MAX_PARENTS = 5
"""Relationships from child to parent in one path."""


@dataclass(frozen=True)
class Table:
    """What a relationship leads to: one table, or, where a reference is polymorphic, whichever has the record."""

    sobject: SObject
    sources: tuple[tuple[str, SObject], ...]
    """Alias and object of each table; several only under the object that stands for them all."""
    tables: Tables

    def column_sql(self, field: Field) -> str:
        if self.sobject is not POLYMORPHIC:
            return self._own(self.sources[0][0], field)
        if field.name == "Type":
            kinds = (f"WHEN {alias}.Id IS NOT NULL THEN '{_kind(sobject)}'" for alias, sobject in self.sources)
            return f"CASE {' '.join(kinds)} END COLLATE salesforce"
        found = []
        for alias, sobject in self.sources:
            own = sobject.field(sobject.name_field if field.name == "Name" else field.name)
            found += [self._own(alias, own)] if own is not None else []
        collation = " COLLATE salesforce" if field.is_text else ""
        return f"COALESCE({', '.join([*found, 'NULL', 'NULL'])}){collation}"

    def _own(self, alias: str, field: Field) -> str:
        if field.sql is None:
            return f"{alias}.{quoted(field.name)}"
        collation = " COLLATE salesforce" if field.is_text else ""
        return f"{self.tables.derived(field.sql, alias)}{collation}"


@dataclass(frozen=True)
class Column:
    """A field of the queried object or of one of its parents."""

    sql: str
    field: Field
    table: Table
    parents: tuple[str, ...]
    """Relationship names on the way, as the describe writes them."""

    @property
    def parts(self) -> dict[str, str]:
        """What a compound field is put together from, and the SQL of it: `city`, `latitude`."""
        if self.field.is_stored:
            return {}
        return {key: self.table.column_sql(part) for key, part in self.table.sobject.parts(self.field).items()}


class Scope:
    """The object of a query, and the parents it reaches."""

    def __init__(
        self,
        org: Org,
        source: Path,
        alias: str | None,
        *,
        child: SObject | None = None,
        seen_as: SObject | None = None,
        parents: tuple[tuple[str, Path], ...] = (),
    ) -> None:
        """`child` is the object a relationship leads to, where the source names one instead of an object; `seen_as` the
        one whose fields can be asked for, where that is another."""
        sobject = child or (org.object(source.names[0]) if len(source.names) == 1 else None)
        if sobject is None:
            raise no_such_type(str(source), source.at)
        if child is None and not sobject.queryable:
            message = f"entity type {sobject.name} does not support query"
            raise SoqlError("INVALID_TYPE_FOR_OPERATION", message, source.at)
        self.org = org
        self.sobject = sobject
        own_names = (sobject.name, str(source), *([alias] if alias else []))
        self._aliases: dict[str, tuple[str, ...]] = {name.lower(): () for name in own_names}
        for name, path in parents:
            self._aliases[name.lower()] = self._in_full(path)
        self._tables: dict[tuple[str, ...], Table] = {(): Table(seen_as or sobject, (("t0", sobject),), org.tables)}
        self._joins: list[str] = [f"{org.tables.name(sobject.name)} AS t0"]

    @classmethod
    def of(cls, org: Org, query: Query, *, child: SObject | None = None) -> Scope:
        return cls(org, query.source, query.alias, child=child, parents=query.parents)

    @property
    def tables_sql(self) -> str:
        return " LEFT JOIN ".join(self._joins)

    def conditions(self, *, include_deleted: bool = False) -> list[str]:
        """What the records of the object meet before a query says more, as SQL."""
        alive = [] if include_deleted or not self.sobject.has("IsDeleted") else ["t0.IsDeleted = 0"]
        return alive if self.sobject.seen is None else [*alive, self.sobject.seen]

    def column(self, path: Path) -> Column:
        """The column a path leads to. Raises SoqlError."""
        table, parents, name = self._reached(path)
        field = table.sobject.field(name)
        if field is None:
            raise no_such_column(name, table.sobject.name, path.at)
        return Column(table.column_sql(field), field, table, parents)

    def reference(self, path: Path) -> Column:
        """The column behind a path that ends in a relationship. Raises SoqlError."""
        table, parents, name = self._reached(path)
        field = table.sobject.parent(name)
        if field is None:
            raise no_such_relationship(name, path.at)
        return Column(table.column_sql(field), field, table, parents)

    def id_sql(self, parents: tuple[str, ...]) -> str:
        """The id of the record reached by these relationships."""
        table = self._tables[parents]
        return table.column_sql(table.sobject.fields[0])

    def link_sql(self, name: str) -> str:
        """The reference, be it hidden from the user or not, by which the records of the object are those of another."""
        field = next(field for field in self.org.whole(self.sobject).fields if field.name == name)
        return self._tables[()].column_sql(field)

    def sobject_at(self, parents: tuple[str, ...]) -> SObject:
        return self._tables[parents].sobject

    def targets(self, reference: Field) -> list[SObject]:
        """The objects a reference may lead to, as far as the org has them."""
        return [target for name in reference.reference_to if (target := self.org.object(name)) is not None]

    def _in_full(self, path: Path) -> tuple[str, ...]:
        """The names of a path that begins with the queried object."""
        first, *rest = path.names
        return (*self._aliases.get(first.lower(), (first,)), *rest) if rest else path.names

    def _reached(self, path: Path) -> tuple[Table, tuple[str, ...], str]:
        """The table of the last name of a path, the relationships that lead there, and that name."""
        names = self._in_full(path)
        if len(names) > MAX_PARENTS + 1:
            raise SoqlError("MALFORMED_QUERY", unverified.PATH_TOO_LONG, path.at)
        parents: tuple[str, ...] = ()
        for name in names[:-1]:
            parents = self._joined(parents, name, path.at)
        return self._tables[parents], parents, names[-1]

    def _joined(self, parents: tuple[str, ...], name: str, at: int) -> tuple[str, ...]:
        table = self._tables[parents]
        reference = table.sobject.parent(name)
        targets = self.targets(reference) if reference else []
        if reference is None or not targets:
            raise no_such_relationship(name, at)
        reached = (*parents, reference.relationship or name)
        if reached not in self._tables:
            link = table.column_sql(reference)
            sources = []
            for target in targets:
                alias = f"t{len(self._joins)}"
                self._joins.append(f"{self.org.tables.name(target.name)} AS {alias} ON {alias}.Id = {link}")
                sources.append((alias, target))
            if len(self._joins) > MAX_TABLES:
                raise SoqlError("QUERY_TOO_COMPLICATED", unverified.TOO_MANY_PARENTS, at)
            sobject = POLYMORPHIC if len(reference.reference_to) > 1 else targets[0]
            self._tables[reached] = Table(sobject, (*sources,), self.org.tables)
        return reached


def _kind(sobject: SObject) -> str:
    """What `Owner.Type` says."""
    return "Queue" if sobject.name == "Group" else sobject.name
