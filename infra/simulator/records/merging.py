"""Merging records: one stays, the others go into it.

Source: fact sheet 7.7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.automation import approval_locks, triggers
from infra.simulator.records.records import Records, own_id
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError, refusal
from infra.simulator.schema.fields import SObject

MAX_OTHERS = 2


@dataclass(frozen=True)
class Merged:
    """What a merge left behind."""

    record_id: str
    merged_ids: tuple[str, ...]
    related_ids: tuple[str, ...]
    """Records that hung below one of the others and now hang below the one that stayed."""


class Merges:
    """Merges the records of one org."""

    def __init__(self, org: Org, records: Records) -> None:
        self._org = org
        self._records = records

    def merge(
        self, sobject: SObject, master: str, others: Sequence[str], values: Mapping[str, Any], options: WriteOptions
    ) -> Merged:
        """Put up to two records into the master, which takes the values. Raises SalesforceError.

        The caller undoes what was begun when it is refused.
        """
        if not sobject.mergeable:
            raise refusal("INVALID_TYPE_FOR_OPERATION", unverified.NOT_MERGEABLE.format(name=sobject.label))
        if not 1 <= len(others) <= MAX_OTHERS:
            raise refusal("INVALID_NUM_ARGS", unverified.MERGE_COUNT)
        stays = self._living(sobject, master, options)
        goes = [self._living(sobject, other, options) for other in others]
        master_id, other_ids = str(stays["Id"]), tuple(str(row["Id"]) for row in goes)
        if len({master_id, *other_ids}) <= len(other_ids):
            raise refusal("INVALID_ID_FIELD", unverified.MERGE_TWICE, "Id")
        if any(row.get("IsPersonAccount") != stays.get("IsPersonAccount") for row in goes):
            raise refusal("INVALID_OPERATION", unverified.MERGE_OF_PERSONS)
        if values:
            self._records.update(sobject, master_id, values, options)
        else:
            self._fire_updates(sobject, master_id, options)
        related = [moved for row in goes for moved in self._moved(sobject, row, stays, options)]
        for other in other_ids:
            self._records.delete(sobject, other, options)
            self._org.tables.update(sobject.name, other, {"MasterRecordId": master_id})
        self._org.record_effect("merge", sobject.name, master_id, {"merged": list(other_ids)})
        return Merged(master_id, other_ids, tuple(related))

    def _fire_updates(self, sobject: SObject, record_id: str, options: WriteOptions) -> None:
        """Let the triggers see the master, which a merge updates though it takes no values."""
        row = self._records.live(sobject, record_id)
        change = Change(sobject, row, row, options.user_id)
        triggers.fire(self._org, "before update", change)
        triggers.fire(self._org, "after update", change)

    def _living(self, sobject: SObject, text: str, options: WriteOptions) -> Row:
        row = self._records.live(sobject, own_id(sobject, text))
        approval_locks.refuse(self._org, sobject, row, options.user_id)
        return row

    def _moved(self, sobject: SObject, goes: Row, stays: Row, options: WriteOptions) -> list[str]:
        """The records below one that goes, once they are below the one that stays; a person has a contact as well."""
        moved = self._moved_below(sobject, goes["Id"], stays["Id"], options)
        if sobject.name == "Account" and goes.get("IsPersonAccount"):
            contact = self._org.all_objects["contact"]
            moved += self._moved_below(contact, goes["PersonContactId"], stays["PersonContactId"], options)
        return moved

    def _moved_below(self, sobject: SObject, other: str, master: str, options: WriteOptions) -> list[str]:
        moved = []
        for relationship in self._org.whole(sobject).children:
            child = self._org.all_objects[relationship.child.lower()]
            field = child.field(relationship.field)
            if not child.writable or not relationship.name or field is None or not field.has_column:
                continue
            below = f"{relationship.field} = ? AND IsDeleted = 0"
            for row in self._org.tables.find(child.name, below, (other,)):
                if relationship.field == "AccountId" and row.get("IsPersonAccount"):
                    # The contact that a person is goes where the account goes.
                    continue
                try:
                    self._records.move(child, row, {relationship.field: master}, options)
                except SalesforceError as error:
                    if error.problems[0].code != "DUPLICATE_VALUE":
                        raise
                    # The master has the like already: this one goes where the other record goes.
                    continue
                moved.append(str(row["Id"]))
        return moved
