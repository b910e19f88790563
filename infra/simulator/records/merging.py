"""Merging records: one stays, the others go into it.

Source: fact sheet 7.7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.records import approval_locks, triggers
from infra.simulator.records.records import Records
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import SalesforceError, malformed_id, refusal
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
        master_id = self._living(sobject, master, options)
        other_ids = tuple(self._living(sobject, other, options) for other in others)
        if len({master_id, *other_ids}) <= len(other_ids):
            raise refusal("INVALID_ID_FIELD", unverified.MERGE_TWICE, "Id")
        if values:
            self._records.update(sobject, master_id, values, options)
        else:
            self._fire_updates(sobject, master_id, options)
        related = [moved for other in other_ids for moved in self._moved_below(sobject, other, master_id, options)]
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

    def _living(self, sobject: SObject, text: str, options: WriteOptions) -> str:
        record_id = ids.normalized(text)
        if record_id is None or not record_id.startswith(sobject.prefix):
            raise malformed_id(sobject.fields[0].label, text, "Id")
        row = self._records.live(sobject, record_id)
        approval_locks.refuse(self._org, sobject, row, options.user_id)
        return record_id

    def _moved_below(self, sobject: SObject, other: str, master: str, options: WriteOptions) -> list[str]:
        """The records below another one, once they are below the master."""
        moved = []
        for relationship in sobject.children:
            child = self._org.all_objects[relationship.child.lower()]
            if not child.writable or not relationship.name:
                continue
            below = f"{relationship.field} = ? AND IsDeleted = 0"
            for row in self._org.tables.find(child.name, below, (other,)):
                try:
                    self._records.move(child, row, {relationship.field: master}, options)
                except SalesforceError:
                    # The master has the like already: this one goes where the other record goes.
                    continue
                moved.append(str(row["Id"]))
        return moved
