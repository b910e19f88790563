"""Working off an ingest job, some rows at a time, so that other callers are not kept waiting.

Source: fact sheet 6.1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from infra.simulator import unverified
from infra.simulator.bulk.jobs import COMPLETE, FAILED, IN_PROGRESS, UPLOADED, Job, failed
from infra.simulator.bulk.tabular import NOTHING, TabularError
from infra.simulator.errors import Problem, SalesforceError, refusal
from infra.simulator.exchange import status_error
from infra.simulator.faults import LockRowFault, Refusal
from infra.simulator.many import Attempt, Outcome, Writes, work_off
from infra.simulator.schema.fields import SObject
from infra.simulator.workplace import Workplace

CHUNK = 200

Row = list[str]
Try = Callable[[Row], Attempt]


async def work(place: Workplace, job: Job) -> None:
    """Do what the job asks for; how it went is written into it."""
    await asyncio.sleep(place.org.settings.bulk_seconds)
    if job.state != UPLOADED:
        return
    job.state = IN_PROGRESS
    try:
        locked = _locked(place, job)
        _read(job)
        attempt = _attempts(place, job)
    except TabularError as error:
        job.state, job.error = FAILED, f"InvalidBatch : {error}"
        return
    except SalesforceError as error:
        failed(job, error)
        return
    while job.processed < len(job.rows) and job.state == IN_PROGRESS:
        _work_off_chunk(place, job, attempt, locked)
        await asyncio.sleep(0)
    if job.state == IN_PROGRESS:
        job.state = COMPLETE


def _work_off_chunk(
    place: Workplace, job: Job, attempt: Callable[[list[str]], Attempt], locked: frozenset[int]
) -> None:
    first = job.processed
    rows = job.rows[first : first + CHUNK]
    here = frozenset(row - first for row in locked)
    outcomes = work_off(place.org.tables.database, [attempt(row) for row in rows], locked=here)
    for row, outcome in zip(rows, outcomes, strict=True):
        if outcome.succeeded:
            job.successes.append([outcome.record_id or "", "true" if outcome.created else "false", *row])
        else:
            known = "" if outcome.created else outcome.record_id or ""
            job.failures.append([known, _told(outcome.problems), *row])
    job.processed += len(rows)


def _told(problems: tuple[Problem, ...]) -> str:
    """`CODE:message:Field1,Field2 --`"""
    problem = problems[0]
    fields = ",".join(problem.fields or ())
    return f"{problem.code}:{problem.message}:{fields + ' ' if fields else ''}--"


def _locked(place: Workplace, job: Job) -> frozenset[int]:
    """The rows that a scripted fault keeps locked. Raises SalesforceError where it refuses the whole job."""
    operation = f"bulk.{job.operation}"
    place.org.calls.add_part(operation)
    fault = place.org.faults.for_part(operation)
    if isinstance(fault, LockRowFault):
        return fault.rows
    if isinstance(fault, Refusal):
        raise status_error(fault)
    return frozenset()


def _read(job: Job) -> None:
    """Take the upload apart. Raises TabularError."""
    table = job.format.read(job.content or "")
    job.content = None
    if table:
        job.columns, job.rows = table[0], table[1:]
    for column in job.columns:
        if _reference(job.sobject, column) is None and job.sobject.field(column) is None:
            raise TabularError(f"Field name not found : {column}")


def _reference(sobject: SObject, column: str) -> tuple[str, str] | None:
    """The field of `Owner.Username`, and the name after the dot."""
    relationship, dot, key = column.partition(".")
    field = sobject.parent(relationship) if dot else None
    return None if field is None else (field.name, key)


def _attempts(place: Workplace, job: Job) -> Try:
    """How one row becomes an attempt."""
    writes = Writes(place, job.options)

    def values(row: Row) -> dict[str, Any]:
        cells = ((column, cell) for column, cell in zip(job.columns, row, strict=True) if cell != "")
        return dict(_value(place, job.sobject, column, None if cell == NOTHING else cell) for column, cell in cells)

    def checked(make: Callable[[dict[str, Any]], Attempt]) -> Try:
        return lambda row: _with_values(lambda: values(row), make)

    if job.operation == "insert":
        return checked(lambda given: writes.create(job.sobject, given))
    if job.operation == "update":
        return checked(lambda given: writes.update(job.sobject, given))
    if job.operation == "upsert":
        key = place.records.key(job.sobject, job.key_name or "Id")
        return checked(lambda given: writes.upsert(job.sobject, key, given))
    if job.columns and "id" not in [column.lower() for column in job.columns]:
        raise refusal("InvalidBatch", unverified.ID_COLUMN_MISSING)
    hard = job.operation == "hardDelete"
    return checked(lambda given: _deletion(writes, given, hard))


def _deletion(writes: Writes, given: dict[str, Any], hard: bool) -> Attempt:
    record_id = next((str(value) for name, value in given.items() if name.lower() == "id"), "")
    deletion = writes.delete(record_id)
    if not hard:
        return deletion

    def act() -> Outcome:
        deletion.act()
        return writes.forget(record_id).act()

    return Attempt(act, deletion.record_id)


def _with_values(values: Callable[[], dict[str, Any]], make: Callable[[dict[str, Any]], Attempt]) -> Attempt:
    """An attempt that fails by itself when its values cannot be had."""
    try:
        return make(values())
    except SalesforceError as error:
        refused = Outcome(None, error.problems)
        return Attempt(lambda: refused)


def _value(place: Workplace, sobject: SObject, column: str, cell: str | None) -> tuple[str, Any]:
    """A cell as field and value; a record named by a key becomes its id. Raises SalesforceError."""
    reference = _reference(sobject, column)
    if reference is None:
        return column, cell
    name, key = reference
    if cell is None:
        return name, None
    field = sobject.field(name)
    for target in (place.org.object(target) for target in (field.reference_to if field else ())):
        by = target.field(key) if target else None
        record_id = place.records.named_by(target, by, cell) if target and by else None
        if record_id is not None:
            return name, record_id
    raise refusal("INVALID_FIELD", unverified.NO_FOREIGN_KEY.format(value=cell, key=key, name=name), name)
