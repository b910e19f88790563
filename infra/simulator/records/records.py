"""Salesforce's rules for writing and reading one record.

Source: fact sheet 2.2, 2.6 and 3.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row, equals
from infra.simulator.org.values import to_stored
from infra.simulator.records import addresses, cascades, history, record_types
from infra.simulator.records import duplicate_rules as duplicates
from infra.simulator.records.audit import touched
from infra.simulator.records.auto_numbers import numbered
from infra.simulator.records.automation import approval_locks, assignment_rules, triggers, validation_rules
from infra.simulator.records.behaviours.registry import behaviour_of
from infra.simulator.records.derived_fields import derived
from infra.simulator.records.validation import refuse_invalid
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import (
    SeveralMatchesError,
    entity_is_deleted,
    failure,
    malformed_id,
    no_such_external_id,
    no_such_record,
    no_such_resource,
    read_only_fields,
    refusal,
    unknown_column,
)
from infra.simulator.schema.fields import Field, SObject


class Records:
    """The records of one org, as its API lets one see and change them."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._tables = org.tables

    def create(self, sobject: SObject, values: Mapping[str, Any], options: WriteOptions) -> str:
        """Store a new record and return its id. Raises SalesforceError when it is refused."""
        if not sobject.createable:
            raise refusal("INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support create")
        given = self._writable(sobject, values, options, creating=True)
        whole = self._org.whole(sobject)
        given = {name: value for name, value in given.items() if value is not None}
        given |= addresses.completed(self._org, whole, given)
        row = {**self._defaults(whole, options), **record_types.begun(whole, given), **given}
        missing = [field for field in whole.required if row.get(field.name) is None]
        refuse_invalid(self._org, whole, given, missing, record_type_id=row.get(record_types.FIELD))
        row |= {"Id": self._org.next_id(whole), **derived(whole, row, None, self._org.now())}
        behaviour = behaviour_of(whole.name)
        with self._tables.database.transaction():
            if behaviour.complete:
                behaviour.complete(self._org, row, None)
            record_id = self._insert(whole, row, options)
            change = Change(whole, row, None, options.user_id)
            triggers.fire(self._org, "before insert", change)
            validation_rules.refuse(self._org, change)
            duplicates.refuse(self._org, sobject, row, None, options)
            triggers.fire(self._org, "after insert", change)
            self._assign(change, options)
            self._org.record_effect("create", whole.name, record_id, given)
            for object_name, companion in behaviour.companions(self._org, row) if behaviour.companions else ():
                self.add(self._org.all_objects[object_name.lower()], companion, options)
        return record_id

    def add(self, sobject: SObject, values: Row, options: WriteOptions) -> None:
        """Store a record that Salesforce makes by itself."""
        row = {"Id": self._org.next_id(sobject), **self._defaults(sobject, options), **values}
        behaviour = behaviour_of(sobject.name)
        if behaviour.complete:
            behaviour.complete(self._org, row, None)
        self._org.record_effect("create", sobject.name, self._insert(sobject, row, options), values)

    def _insert(self, sobject: SObject, row: Row, options: WriteOptions) -> str:
        """Tell who made the row and when, and store it."""
        now = self._org.now()
        row |= {"CreatedDate": now, "CreatedById": options.user_id} if sobject.has("CreatedDate") else {}
        row |= touched(sobject, now, options.user_id)
        if sobject.auto_numbers:
            row |= numbered(sobject, row["Id"], self._org.clock())
        if sobject.passed_on:
            row = {name: value for name, value in row.items() if name not in sobject.passed_on}
        self._tables.insert(sobject.name, row)
        return str(row["Id"])

    def move(self, sobject: SObject, row: Row, changes: Row, options: WriteOptions) -> None:
        """Change a record as Salesforce does by itself. Raises SalesforceError where it cannot be so."""
        changes = self._completed(sobject, changes, row)
        audit = touched(sobject, self._org.now(), options.user_id)
        self._tables.update(sobject.name, row["Id"], {**changes, **audit})
        self._org.record_effect("update", sobject.name, row["Id"], changes)

    def _completed(self, sobject: SObject, changes: Row, before: Row) -> Row:
        """The changes, and what follows from them."""
        complete = behaviour_of(sobject.name).complete
        if complete is None:
            return changes
        row = {**before, **changes}
        complete(self._org, row, before)
        return {name: value for name, value in row.items() if name in changes or value != before[name]}

    def update(self, sobject: SObject, record_id: str, values: Mapping[str, Any], options: WriteOptions) -> None:
        """Change a record. Raises SalesforceError when the change is refused."""
        row = self.live(sobject, record_id)
        given = self._writable(sobject, values, options, creating=False)
        whole = self._org.whole(sobject)
        if whole.name == "Lead" and row["IsConverted"]:
            raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", unverified.ALREADY_CONVERTED)
        cleared = [field for field in whole.never_empty if field.name in given and given[field.name] is None]
        approval_locks.refuse(self._org, whole, row, options.user_id)
        given |= addresses.completed(self._org, whole, given, row)
        changes = dict(given)
        refuse_invalid(self._org, whole, changes, cleared, record_id, record_type_id=row.get(record_types.FIELD))
        now = self._org.now()
        changes |= derived(whole, changes, row, now)
        audit = touched(whole, now, options.user_id)
        with self._tables.database.transaction():
            changes = self._completed(whole, changes, row)
            changed = {**row, **changes, **audit}
            change = Change(whole, changed, row, options.user_id)
            self._tables.update(whole.name, record_id, {**changes, **audit})
            triggers.fire(self._org, "before update", change)
            validation_rules.refuse(self._org, change)
            duplicates.refuse(self._org, sobject, changed, row, options)
            triggers.fire(self._org, "after update", change)
            changes |= self._assign(change, options)
            history.note_changes(self._org, whole, row, changes, options)
            self._org.record_effect("update", whole.name, record_id, given)

    def delete(self, sobject: SObject, record_id: str, options: WriteOptions) -> None:
        """Move a record to the recycle bin."""
        row = self.live(sobject, record_id)
        approval_locks.refuse(self._org, sobject, row, options.user_id)
        leave = behaviour_of(sobject.name).leave
        if leave:
            leave(self._org, row)
        change = Change(sobject, row, row, options.user_id)
        with self._tables.database.transaction():
            triggers.fire(self._org, "before delete", change)
            cascades.delete(self._org, sobject, record_id, options.user_id)
            triggers.fire(self._org, "after delete", change)

    def key(self, sobject: SObject, name: str) -> Field:
        """The field by which records can be named instead of by their id. Raises SalesforceError NOT_FOUND."""
        field = sobject.key(name)
        if field is None:
            raise no_such_external_id(name)
        return field

    def upsert(
        self,
        sobject: SObject,
        key: Field,
        value: Any,
        values: Mapping[str, Any],
        options: WriteOptions,
        *,
        update_only: bool = False,
    ) -> tuple[str, bool]:
        """Change the record whose key has this value, or create it; answers its id and whether it is new.

        `values` must not hold the key. Without a value only the key Id creates. Raises SalesforceError, and
        SeveralMatchesError where the value does not tell which record is meant.
        """
        if key.name.lower() in {name.lower() for name in values}:
            raise failure(400, "INVALID_FIELD", unverified.KEY_IN_BODY.format(name=key.name))
        if to_stored(key, value) is None:
            if key.name != "Id" or update_only:
                raise refusal("MISSING_ARGUMENT", unverified.KEY_MISSING.format(name=key.name), key.name)
            return self.create(sobject, values, options), True
        record_id = self.named_by(sobject, key, value)
        if record_id is not None:
            self.update(sobject, record_id, values, options)
            return record_id, False
        if key.name == "Id":
            raise no_such_record()
        if update_only:
            raise no_such_resource()
        return self.create(sobject, {**values, key.name: value}, options), True

    def named_by(self, sobject: SObject, key: Field, value: Any) -> str | None:
        """The id of the one record whose key has this value; None for none.

        Raises SeveralMatchesError, and SalesforceError for a value that cannot be one of the key.
        """
        stored = to_stored(key, value)
        if key.name == "Id":
            record_id = self.id_in_path(sobject, str(stored))
            return record_id if self._tables.get(sobject.name, record_id, "Id") else None
        alive = " AND IsDeleted = 0" if sobject.has("IsDeleted") else ""
        rows = self._tables.find(sobject.name, f"{equals(key)}{alive} ORDER BY Id", (stored,), "Id")
        if len(rows) > 1:
            raise SeveralMatchesError([str(row["Id"]) for row in rows])
        return str(rows[0]["Id"]) if rows else None

    def live(self, sobject: SObject, record_id: str) -> Row:
        """The row of a record that exists and is not deleted, for writing to it."""
        row = self._tables.get(sobject.name, record_id)
        if row is None:
            raise no_such_record()
        if row.get("IsDeleted"):
            raise entity_is_deleted()
        return row

    def read(self, sobject: SObject, record_id: str) -> Row:
        """The row of a record for showing it."""
        if not sobject.queryable:
            raise no_such_resource()
        row = self.seen(sobject, record_id)
        if row is None:
            raise no_such_resource()
        if row.get("IsDeleted"):
            raise entity_is_deleted()
        return row

    def seen(self, sobject: SObject, record_id: str) -> Row | None:
        """The row of a record, be it deleted or not, if the user may see it."""
        condition = "Id = ?" if sobject.seen is None else f"Id = ? AND {sobject.seen}"
        return next(iter(self._tables.find(sobject.name, condition, (record_id,))), None)

    def id_in_path(self, sobject: SObject, text: str) -> str:
        """The id a path names. Raises SalesforceError for what is none, or one of another object."""
        if sobject.is_virtual:
            return text
        if ids.normalized(text) is None:
            raise no_such_external_id(text)
        return own_id(sobject, text)

    def _writable(self, sobject: SObject, values: Mapping[str, Any], options: WriteOptions, *, creating: bool) -> Row:
        """The values by field name, as they are stored."""
        stored: Row = {}
        refused = []
        for name, value in values.items():
            if name.lower() == "attributes":
                continue
            field = sobject.field(name)
            if field is None:
                raise unknown_column(name, sobject.name)
            if field.name == "Id":
                raise refusal("INVALID_FIELD_FOR_INSERT_UPDATE", unverified.ID_IN_BODY, "Id")
            if not (field.createable if creating else field.updateable):
                refused.append(field.name)
                continue
            stored[field.name] = to_stored(field, value, options.notation)
        if refused:
            raise read_only_fields(refused)
        return stored

    def _defaults(self, sobject: SObject, options: WriteOptions) -> Row:
        row: Row = {**sobject.defaults}
        if sobject.has("OwnerId"):
            row["OwnerId"] = options.user_id
        return row

    def _assign(self, change: Change, options: WriteOptions) -> Row:
        """Give a record that was written to whom the assignment rule says; answers what that changed."""
        assigned = assignment_rules.assigned(self._org, change, options)
        if assigned:
            self._tables.update(change.sobject.name, change.row["Id"], assigned)
        return assigned


def own_id(sobject: SObject, text: str) -> str:
    """The long form of an id. Raises SalesforceError for what is none, or one of another object."""
    record_id = ids.normalized(text)
    if record_id is None or not record_id.startswith(sobject.prefix):
        raise malformed_id(sobject.fields[0].label, text, "Id")
    return record_id
