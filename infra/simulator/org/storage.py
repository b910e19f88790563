"""Where records are kept: one SQLite database, one table per org and object.

Values are stored in the form REST shows them in (dates and times as text, flags as 0 and 1), so that reading needs no
translation. Text compares as Salesforce compares it: without regard to case, in every script. Its columns have a
collation that does; conditions and indexes compare what `folded()` makes of a text, worked out once for each text and
not anew for each comparison.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from infra.simulator.org.sql_functions import distance, finds, folded_value, includes, is_like, order
from infra.simulator.schema.fields import Field, SObject

Row = dict[str, Any]
FormulaValue = Callable[[str, str], Any]
"""What a formula field, by its name, shows of the record with an id."""


class Database:
    """The SQLite database all orgs of one simulator share."""

    def __init__(self, path: Path | None) -> None:
        self._connection = sqlite3.connect(
            ":memory:" if path is None else str(path),
            isolation_level=None,
            check_same_thread=False,
            cached_statements=1024,
        )
        self._depth = 0
        self._formulas: dict[str, FormulaValue] = {}
        if path is not None:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        # Some builds of SQLite take functions in an index from a schema only if it is trusted. This one is ours.
        self._connection.execute("PRAGMA trusted_schema = ON")
        self._connection.create_function(
            "formula_value", 3, lambda table, name, record_id: self._formulas[table](name, record_id)
        )
        self._connection.create_collation("salesforce", order)
        self._connection.create_function("folded", 1, folded_value, deterministic=True)
        self._connection.create_function("soql_like", 2, is_like, deterministic=True)
        self._connection.create_function("soql_distance", 5, distance, deterministic=True)
        self._connection.create_function("sosl_finds", -1, finds, deterministic=True)
        self._connection.create_function("soql_includes", 2, includes, deterministic=True)

    def let_formulas(self, table: str, value: FormulaValue) -> None:
        """Let `formula_value(table, field, id)` answer this for the table of that name."""
        self._formulas[table] = value

    def define(self, name: str, function: Callable[[], Any]) -> None:
        """Let SQL call a function that has no arguments."""
        self._connection.create_function(name, 0, function)

    def close(self) -> None:
        self._connection.close()

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing when it raises. Transactions may be nested."""
        name = f"level_{self._depth}"
        self._connection.execute(f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._connection.execute(f"ROLLBACK TO {name}")
            raise
        finally:
            self._depth -= 1
            self._connection.execute(f"RELEASE {name}")


class Tables:
    """The tables of one org."""

    def __init__(self, database: Database, org_number: int) -> None:
        self.database = database
        self._prefix = f"{org_number}:"
        self._derived: dict[str, str] = {}
        """By object, the columns that are read from elsewhere, as they stand in SELECT."""
        self._formulas: dict[str, str] = {}
        """The same for what formulas are worth, which in turn read the others."""

    def name(self, object_name: str) -> str:
        """The quoted name of an object's table."""
        return quoted(self._prefix + object_name)

    def derived(self, sql: str, row: str) -> str:
        """The SQL of a value that is read from elsewhere, for the row of this alias."""
        return sql.format_map(_Names(self, row))

    def _selected(self, fields: Iterable[Field]) -> str:
        return "".join(f", {self.derived(field.sql, 't0')} AS {quoted(field.name)}" for field in fields if field.sql)

    def create(self, sobject: SObject) -> frozenset[str]:
        """Make the object's table, or add the columns it lacks; answers which fields have a new column."""
        table = self.name(sobject.name)
        if sobject.view:
            self.database.execute(f"DROP VIEW IF EXISTS {table}")
            self.database.execute(f"CREATE VIEW {table} AS {self.derived(sobject.view, 'found')}")
            return frozenset()
        self._derived[sobject.name] = self._selected(field for field in sobject.fields if field.formula is None)
        self._formulas[sobject.name] = self._selected(field for field in sobject.fields if field.formula is not None)
        present = {row[1].lower(): row[1] for row in self.database.execute(f"PRAGMA table_info({table})")}
        missing = [field for field in sobject.fields if field.has_column and field.name.lower() not in present]
        if not present:
            self.database.execute(f"CREATE TABLE {table} ({', '.join(_column(field) for field in missing)})")
        else:
            for field in missing:
                self.database.execute(f"ALTER TABLE {table} ADD COLUMN {_column(field)}")
            for field in sobject.fields:
                known = present.get(field.name.lower(), field.name)
                if known != field.name:  # written in another case now
                    self.database.execute(f"ALTER TABLE {table} RENAME COLUMN {quoted(known)} TO {quoted(field.name)}")
        for field in sobject.fields:
            self._index(sobject, field)
        if sobject.writable:
            index = quoted(f"{self._prefix}{sobject.name}.~bin")
            bin_only = f"ON {table} (SystemModstamp) WHERE IsDeleted = 1"
            self.database.execute(f"CREATE INDEX IF NOT EXISTS {index} {bin_only}")
        return frozenset(field.name for field in missing)

    def _index(self, sobject: SObject, field: Field) -> None:
        is_lookup = field.custom and field.type == "reference"
        is_sought = field.name in sobject.indexed or field.unique or field.external_id or is_lookup
        if not (field.has_column and is_sought):
            return
        name = f"{self._prefix}{sobject.name}.{field.name}"
        if field.is_text:
            # Files of earlier versions have an index in the order of the collation.
            self.database.execute(f"DROP INDEX IF EXISTS {quoted(name)}")
        index = quoted(compared(name, is_text=field.is_text))
        column = compared(quoted(field.name), is_text=field.is_text)
        self.database.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {self.name(sobject.name)} ({column}, Id)")

    def empty_column(self, sobject: SObject, field: Field) -> None:
        """Make a column anew, in the form that the field has now."""
        table, index = self.name(sobject.name), f"{self._prefix}{sobject.name}.{field.name}"
        for is_text in (False, True):
            self.database.execute(f"DROP INDEX IF EXISTS {quoted(compared(index, is_text=is_text))}")
        self.database.execute(f"ALTER TABLE {table} DROP COLUMN {quoted(field.name)}")
        self.database.execute(f"ALTER TABLE {table} ADD COLUMN {_column(field)}")
        self._index(sobject, field)

    def create_ledger(self) -> None:
        columns = "seq INTEGER PRIMARY KEY, at, op, object, id, fields"
        self.database.execute(f"CREATE TABLE IF NOT EXISTS {self.name('~ledger')} ({columns})")
        columns = "parent, object, Id, field, target, UNIQUE (parent, object, Id, field)"
        self.database.execute(f"CREATE TABLE IF NOT EXISTS {self.name('~deleted_with')} ({columns})")

    def drop_all(self) -> None:
        sql = "SELECT type, name FROM sqlite_master WHERE name GLOB ? AND type IN ('table', 'view')"
        for kind, name in self.database.execute(sql, (f"{self._prefix}*",)).fetchall():
            self.database.execute(f"DROP {kind} {quoted(name)}")

    def insert(self, object_name: str, row: Mapping[str, Any]) -> None:
        self.database.execute(_insertion(self.name(object_name), tuple(row)), [*row.values()])

    def update(self, object_name: str, record_id: str, changes: Mapping[str, Any]) -> None:
        self.database.execute(_change(self.name(object_name), tuple(changes)), [*changes.values(), record_id])

    def remove(self, object_name: str, record_id: str) -> None:
        self.database.execute(f"DELETE FROM {self.name(object_name)} WHERE Id = ?", (record_id,))

    def remove_where(self, object_name: str, condition: str, values: Sequence[Any]) -> None:
        """Forget the rows that meet a condition written in SQL."""
        self.database.execute(f"DELETE FROM {self.name(object_name)} WHERE {condition}", values)

    def clear(self, object_name: str) -> None:
        self.database.execute(f"DELETE FROM {self.name(object_name)}")

    def get(self, object_name: str, record_id: str, *columns: str) -> Row | None:
        """The row with this id, all of it where no columns are named."""
        return next(iter(self.find(object_name, "Id = ?", (record_id,), *columns)), None)

    def find(self, object_name: str, condition: str, values: Sequence[Any] = (), *columns: str) -> list[Row]:
        """Rows that meet a condition written in SQL, all of each where no columns are named."""
        everything = f"t0.*{self._derived.get(object_name, '')}{self._formulas.get(object_name, '')}"
        return self._found(object_name, ", ".join(map(quoted, columns)) or everything, condition, values)

    def stored(self, object_name: str, record_id: str) -> Row | None:
        """The row with this id, without what formulas make of it."""
        selected = f"t0.*{self._derived.get(object_name, '')}"
        return next(iter(self._found(object_name, selected, "Id = ?", (record_id,))), None)

    def _found(self, object_name: str, selected: str, condition: str, values: Sequence[Any]) -> list[Row]:
        sql = f"SELECT {selected} FROM {self.name(object_name)} AS t0 WHERE {condition}"
        cursor = self.database.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def count(self, object_name: str, condition: str = "1") -> int:
        sql = f"SELECT count(*) FROM {self.name(object_name)} WHERE {condition}"
        return int(self.database.execute(sql).fetchone()[0])

    def least(self, object_name: str, column: str, condition: str) -> str | None:
        """The smallest value in a column; None when no row meets the condition."""
        sql = f"SELECT min({column}) FROM {self.name(object_name)} WHERE {condition}"
        row = self.database.execute(sql).fetchone()
        return None if row[0] is None else str(row[0])

    def shared_values(self, object_name: str, column: str, condition: str) -> dict[str, int]:
        """The texts that several rows have in a column, and how many do."""
        sql = (
            f"SELECT {column}, count(*) FROM {self.name(object_name)} WHERE {column} IS NOT NULL AND {condition} "
            f"GROUP BY folded({column}) HAVING count(*) > 1"
        )
        return dict(self.database.execute(sql).fetchall())

    def last_id(self, object_name: str) -> str | None:
        """The greatest id given out so far, be its record forgotten or not."""
        sql = (
            f"SELECT max(id) FROM (SELECT max(Id) AS id FROM {self.name(object_name)} "
            f"UNION SELECT max(id) FROM {self.name('~ledger')} WHERE object = ?)"
        )
        row = self.database.execute(sql, (object_name,)).fetchone()
        return None if row[0] is None else str(row[0])


class _Names(dict[str, str]):
    """The alias of the row, and the tables of objects, by the names they have in derived fields."""

    def __init__(self, tables: Tables, row: str) -> None:
        super().__init__(row=row)
        self._tables = tables

    def __missing__(self, object_name: str) -> str:
        return self._tables.name(object_name)


@lru_cache(maxsize=256)
def _insertion(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(map(quoted, columns))}) VALUES ({marks})"


@lru_cache(maxsize=256)
def _change(table: str, columns: tuple[str, ...]) -> str:
    return f"UPDATE {table} SET {', '.join(f'{quoted(name)} = ?' for name in columns)} WHERE Id = ?"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A text as it stands in SQL where no value can be bound."""
    return "'" + text.replace("'", "''") + "'"


def compared(sql: str, *, is_text: bool) -> str:
    """A value as conditions compare it and indexes hold it."""
    return f"folded({sql})" if is_text else sql


def equals(field: Field) -> str:
    """The condition that a field has the value that is bound."""
    return f"{compared(quoted(field.name), is_text=field.is_text)} = {compared('?', is_text=field.is_text)}"


def _column(field: Field) -> str:
    if field.name == "Id":
        return "Id TEXT PRIMARY KEY"
    collation = " TEXT COLLATE salesforce" if field.is_text else ""
    return f"{quoted(field.name)}{collation}"
