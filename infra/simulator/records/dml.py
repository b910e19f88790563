"""DML: many records in one call, each of which succeeds or fails by itself, or all together.

Collections, SOAP and bulk jobs write through here.

Source: fact sheet 5.2 and 7.7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.sql_functions import folded
from infra.simulator.org.storage import Database
from infra.simulator.records.records import Records, own_id
from infra.simulator.records.recycle_bin import RecycleBin
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import Problem, SalesforceError, refusal
from infra.simulator.schema.fields import Field, SObject

ROLLED_BACK = Problem(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
    (),
)


@dataclass(frozen=True)
class Outcome:
    """What became of one record."""

    record_id: str | None
    """None when the record is not there, or was not named by an id that is one."""
    problems: tuple[Problem, ...] = ()
    """Why it failed; empty when it succeeded."""
    created: bool = False

    @property
    def succeeded(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Attempt:
    """One record to be written. `act` raises SalesforceError when it is refused, and has then changed nothing."""

    act: Callable[[], Outcome]
    record_id: str | None = None
    key: tuple[str, str] | None = None
    """The field and the value that name the record, where the caller does."""


class _RollBackError(Exception):
    """One record failed and takes the others with it."""


def attempt_all(
    database: Database, attempts: Iterable[Attempt], *, all_or_none: bool = False, locked: frozenset[int] = frozenset()
) -> list[Outcome]:
    """Try every record, in order; answers one outcome for each. The records at the places `locked` cannot be had."""
    attempts = [*attempts]
    named = Counter(_folded(attempt.key) for attempt in attempts if attempt.key)
    outcomes: list[Outcome] = []
    try:
        with database.transaction():
            for place, attempt in enumerate(attempts):
                if place in locked:
                    outcomes.append(_locked(attempt))
                elif attempt.key and named[_folded(attempt.key)] > 1:
                    outcomes.append(Outcome(attempt.record_id, (_named_twice(*attempt.key),)))
                else:
                    outcomes.append(_tried(attempt))
            if all_or_none and not all(outcome.succeeded for outcome in outcomes):
                raise _RollBackError
    except _RollBackError:
        return [_rolled_back(outcome) for outcome in outcomes]
    return outcomes


class Dml:
    """Makes attempts out of what a caller wants to be written in one org."""

    def __init__(self, org: Org, records: Records, recycle_bin: RecycleBin, options: WriteOptions) -> None:
        self._org = org
        self._records = records
        self._bin = recycle_bin
        self._options = options

    def create(self, sobject: SObject, values: Mapping[str, Any]) -> Attempt:
        return Attempt(lambda: Outcome(self._records.create(sobject, values, self._options), created=True))

    def update(self, sobject: SObject, values: Mapping[str, Any]) -> Attempt:
        """Change the record that the values themselves name by their `Id`."""
        text, others = _without(values, "Id")
        record_id = _id_or_none(text)

        def act() -> Outcome:
            if text in (None, ""):
                raise refusal("MISSING_ARGUMENT", unverified.ID_MISSING, "Id")
            known = own_id(sobject, str(text))
            self._records.update(sobject, known, others, self._options)
            return Outcome(known)

        key = ("Id", record_id) if record_id and record_id.startswith(sobject.prefix) else None
        return Attempt(act, record_id, key)

    def upsert(self, sobject: SObject, key: Field, values: Mapping[str, Any]) -> Attempt:
        """Change the record that the values name by the key, or create it."""
        value, others = _without(values, key.name)

        def act() -> Outcome:
            known: str | None = None
            try:
                if key.name == "Id" and value not in (None, ""):
                    known = own_id(sobject, str(value))
                elif value not in (None, ""):
                    known = self._records.named_by(sobject, key, value)
                record_id, created = self._records.upsert(sobject, key, value, others, self._options)
            except SalesforceError as error:
                return Outcome(known, error.problems, created=known is None)
            return Outcome(record_id, created=created)

        text = _id_or_none(value) if key.name == "Id" else str(value or "").strip()
        return Attempt(act, key=(key.name, text) if text else None)

    def delete(self, text: str) -> Attempt:
        """Move the record of any object to the recycle bin."""

        def act() -> Outcome:
            record_id = ids.normalized(text)
            sobject = self._org.object_of(record_id) if record_id else None
            if record_id is None or sobject is None or not sobject.writable:
                raise refusal("MALFORMED_ID", f"malformed id {text}", "Id")
            self._records.delete(sobject, record_id, self._options)
            return Outcome(record_id)

        return Attempt(act, _id_or_none(text))

    def undelete(self, text: str) -> Attempt:
        return Attempt(lambda: Outcome(self._bin.undelete(text, self._options)), _id_or_none(text))

    def forget(self, text: str) -> Attempt:
        """Empty the recycle bin of one record."""
        return Attempt(lambda: Outcome(self._bin.empty(text)), _id_or_none(text))


def _tried(attempt: Attempt) -> Outcome:
    try:
        return attempt.act()
    except SalesforceError as error:
        return Outcome(attempt.record_id, error.problems)


def _rolled_back(outcome: Outcome) -> Outcome:
    record_id = None if outcome.created else outcome.record_id
    return replace(outcome, record_id=record_id, problems=outcome.problems or (ROLLED_BACK,))


def _folded(key: tuple[str, str]) -> tuple[str, str]:
    name, value = key
    return name, value if name == "Id" else folded(value)


def _named_twice(field_name: str, value: str) -> Problem:
    """One call names a record once. Source: Salesforce Help, 000384876; SE 296121 and 104048."""
    kind = "id" if field_name == "Id" else "external id"
    return Problem("DUPLICATE_VALUE", f"Duplicate {kind} specified: {value}", (field_name,))


def _locked(attempt: Attempt) -> Outcome:
    named = f" or 1 records: {attempt.record_id[:15]}" if attempt.record_id else ""
    message = f"unable to obtain exclusive access to this record{named}"
    return Outcome(attempt.record_id, (Problem("UNABLE_TO_LOCK_ROW", message, ()),))


def _without(values: Mapping[str, Any], name: str) -> tuple[Any, dict[str, Any]]:
    """The value of a field in any case, and the others."""
    wanted = name.lower()
    value = next((value for key, value in values.items() if key.lower() == wanted), None)
    return value, {key: value for key, value in values.items() if key.lower() != wanted}


def _id_or_none(text: object) -> str | None:
    return ids.normalized(text) if isinstance(text, str) else None
