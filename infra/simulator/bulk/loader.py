"""Writing the records of bulk jobs, some at a time, so that other callers are not kept waiting.

Source: fact sheet 6.1.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from infra.simulator.bulk.errors import invalid_batch
from infra.simulator.org.org import Org
from infra.simulator.records.dml import Attempt, Dml, Outcome, attempt_all
from infra.simulator.records.records import Records
from infra.simulator.records.recycle_bin import RecycleBin
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import Problem, SalesforceError, refusal
from infra.simulator.schema.fields import SObject

CHUNK = 200

Record = Mapping[str, Any]
"""Values by the names of fields, or by `Owner.Username` where another record is named by a key."""
Try = Callable[[Record], Attempt]


class Loader:
    """Writes what bulk jobs bring into one org."""

    def __init__(self, org: Org, records: Records, recycle_bin: RecycleBin) -> None:
        self._org = org
        self._records = records
        self._recycle_bin = recycle_bin

    def attempts(self, operation: str, sobject: SObject, key_name: str | None, options: WriteOptions) -> Try:
        """How one record of a job becomes an attempt. Raises SalesforceError."""
        dml = Dml(self._org, self._records, self._recycle_bin, options)

        def checked(make: Callable[[dict[str, Any]], Attempt]) -> Try:
            def attempt(record: Record) -> Attempt:
                try:
                    return make(self._values(sobject, record))
                except SalesforceError as error:
                    return _refused(make(dict(record)), error)

            return attempt

        if operation == "insert":
            return checked(lambda given: dml.create(sobject, given))
        if operation == "update":
            return checked(lambda given: dml.update(sobject, given))
        if operation == "upsert":
            key = self._records.key(sobject, key_name or "Id")
            return checked(lambda given: dml.upsert(sobject, key, given))
        hard = operation == "hardDelete"
        return checked(lambda given: _deletion(dml, given, hard))

    async def write(
        self, records: Iterable[Record], attempt: Try, locked: frozenset[int], wanted: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[list[Outcome]]:
        """What became of the records, as long as the work is wanted; those at the places `locked` cannot be had."""
        source = iter(records)
        while wanted() and (chunk := [attempt(record) for record in islice(source, CHUNK)]):
            yield attempt_all(self._org.tables.database, chunk, locked=locked)
            locked = frozenset(place - len(chunk) for place in locked)
            await asyncio.sleep(0)

    def _values(self, sobject: SObject, record: Record) -> dict[str, Any]:
        return dict(self._value(sobject, name, value) for name, value in record.items())

    def _value(self, sobject: SObject, name: str, value: Any) -> tuple[str, Any]:
        """A field and its value; a record named by a key becomes its id. Raises SalesforceError."""
        reference = _reference(sobject, name)
        if reference is None:
            return name, value
        field_name, key = reference
        if value is None:
            return field_name, None
        field = sobject.field(field_name)
        targets = field.reference_to if field and not isinstance(value, (dict, list)) else ()
        for target in map(self._org.object, targets):
            by = target.field(key) if target else None
            record_id = self._records.named_by(target, by, value) if target and by else None
            if record_id is not None:
                return field_name, record_id
        message = unverified.NO_FOREIGN_KEY.format(value=value, key=key, name=field_name)
        raise refusal("INVALID_FIELD", message, field_name)


def check_names(operation: str, sobject: SObject, names: Iterable[str]) -> None:
    """Raise SalesforceError when the records of a job cannot be of its object."""
    known = [*names]
    for name in known:
        if _reference(sobject, name) is None and sobject.field(name) is None:
            raise invalid_batch(f"Field name not found : {name}")
    if known and operation in ("delete", "hardDelete") and "id" not in [name.lower() for name in known]:
        raise invalid_batch(unverified.ID_COLUMN_MISSING)


def error_text(problems: tuple[Problem, ...]) -> str:
    """`CODE:message:Field1,Field2 --`"""
    problem = problems[0]
    fields = ",".join(problem.fields or ())
    return f"{problem.code}:{problem.message}:{fields + ' ' if fields else ''}--"


def _reference(sobject: SObject, name: str) -> tuple[str, str] | None:
    """The field of `Owner.Username`, and the name after the dot."""
    relationship, dot, key = name.partition(".")
    field = sobject.parent(relationship) if dot else None
    return None if field is None else (field.name, key)


def _deletion(dml: Dml, given: dict[str, Any], hard: bool) -> Attempt:
    record_id = str(next((value for name, value in given.items() if name.lower() == "id"), None) or "")
    deletion = dml.delete(record_id)
    if not hard:
        return deletion

    def act() -> Outcome:
        deletion.act()
        return dml.forget(record_id).act()

    return Attempt(act, deletion.record_id)


def _refused(attempt: Attempt, error: SalesforceError) -> Attempt:
    """The attempt at the same record, whose values cannot be had."""

    def act() -> Outcome:
        raise error

    return replace(attempt, act=act)
