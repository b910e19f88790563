"""Working off an ingest job, some rows at a time, so that other callers are not kept waiting.

Source: fact sheet 6.1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from infra.simulator.bulk.csv_format import NOTHING, CsvError
from infra.simulator.bulk.job import FAILED, IN_PROGRESS, Job
from infra.simulator.org.org import Org
from infra.simulator.records.dml import Attempt, Dml, Outcome, attempt_all
from infra.simulator.records.records import Records
from infra.simulator.records.recycle_bin import RecycleBin
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import Problem, SalesforceError, refusal
from infra.simulator.schema.fields import SObject

CHUNK = 200

Row = list[str]
Try = Callable[[Row], Attempt]


class Ingest:
    """Works off the ingest jobs of one org."""

    def __init__(self, org: Org, records: Records, recycle_bin: RecycleBin) -> None:
        self._org = org
        self._records = records
        self._recycle_bin = recycle_bin

    async def run(self, job: Job, locked: frozenset[int]) -> None:
        """Write the rows of a job; those at the places `locked` cannot be had. Raises SalesforceError."""
        try:
            _read(job)
            attempt = self._attempts(job)
        except CsvError as error:
            job.state, job.error = FAILED, f"InvalidBatch : {error}"
            return
        while job.processed < len(job.rows) and job.state == IN_PROGRESS:
            self._write_chunk(job, attempt, locked)
            await asyncio.sleep(0)

    def _write_chunk(self, job: Job, attempt: Try, locked: frozenset[int]) -> None:
        first = job.processed
        rows = job.rows[first : first + CHUNK]
        here = frozenset(row - first for row in locked)
        outcomes = attempt_all(self._org.tables.database, [attempt(row) for row in rows], locked=here)
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome.succeeded:
                job.successes.append([outcome.record_id or "", "true" if outcome.created else "false", *row])
            else:
                known = "" if outcome.created else outcome.record_id or ""
                job.failures.append([known, _told(outcome.problems), *row])
        job.processed += len(rows)

    def _attempts(self, job: Job) -> Try:
        """How one row becomes an attempt."""
        dml = Dml(self._org, self._records, self._recycle_bin, job.options)

        def values(row: Row) -> dict[str, Any]:
            cells = ((column, cell) for column, cell in zip(job.columns, row, strict=True) if cell != "")
            return dict(self._value(job.sobject, column, None if cell == NOTHING else cell) for column, cell in cells)

        def checked(make: Callable[[dict[str, Any]], Attempt]) -> Try:
            return lambda row: _with_values(lambda: values(row), make)

        if job.operation == "insert":
            return checked(lambda given: dml.create(job.sobject, given))
        if job.operation == "update":
            return checked(lambda given: dml.update(job.sobject, given))
        if job.operation == "upsert":
            key = self._records.key(job.sobject, job.key_name or "Id")
            return checked(lambda given: dml.upsert(job.sobject, key, given))
        if job.columns and "id" not in [column.lower() for column in job.columns]:
            raise refusal("InvalidBatch", unverified.ID_COLUMN_MISSING)
        hard = job.operation == "hardDelete"
        return checked(lambda given: _deletion(dml, given, hard))

    def _value(self, sobject: SObject, column: str, cell: str | None) -> tuple[str, Any]:
        """A cell as field and value; a record named by a key becomes its id. Raises SalesforceError."""
        reference = _reference(sobject, column)
        if reference is None:
            return column, cell
        name, key = reference
        if cell is None:
            return name, None
        field = sobject.field(name)
        for target in (self._org.object(target) for target in (field.reference_to if field else ())):
            by = target.field(key) if target else None
            record_id = self._records.named_by(target, by, cell) if target and by else None
            if record_id is not None:
                return name, record_id
        raise refusal("INVALID_FIELD", unverified.NO_FOREIGN_KEY.format(value=cell, key=key, name=name), name)


def _told(problems: tuple[Problem, ...]) -> str:
    """`CODE:message:Field1,Field2 --`"""
    problem = problems[0]
    fields = ",".join(problem.fields or ())
    return f"{problem.code}:{problem.message}:{fields + ' ' if fields else ''}--"


def _read(job: Job) -> None:
    """Take the upload apart. Raises CsvError."""
    table = job.format.read(job.content or "")
    job.content = None
    if table:
        job.columns, job.rows = table[0], table[1:]
    for column in job.columns:
        if _reference(job.sobject, column) is None and job.sobject.field(column) is None:
            raise CsvError(f"Field name not found : {column}")


def _reference(sobject: SObject, column: str) -> tuple[str, str] | None:
    """The field of `Owner.Username`, and the name after the dot."""
    relationship, dot, key = column.partition(".")
    field = sobject.parent(relationship) if dot else None
    return None if field is None else (field.name, key)


def _deletion(dml: Dml, given: dict[str, Any], hard: bool) -> Attempt:
    record_id = next((str(value) for name, value in given.items() if name.lower() == "id"), "")
    deletion = dml.delete(record_id)
    if not hard:
        return deletion

    def act() -> Outcome:
        deletion.act()
        return dml.forget(record_id).act()

    return Attempt(act, deletion.record_id)


def _with_values(values: Callable[[], dict[str, Any]], make: Callable[[dict[str, Any]], Attempt]) -> Attempt:
    """An attempt that fails by itself when its values cannot be had."""
    try:
        return make(values())
    except SalesforceError as error:
        refused = Outcome(None, error.problems)
        return Attempt(lambda: refused)
