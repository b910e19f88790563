"""The recycle bin: deleted records, until they are put back or forgotten.

Source: fact sheet 2.6 and 7.7.
"""

from __future__ import annotations

from datetime import timedelta

from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records import cascades
from infra.simulator.records.automation import triggers
from infra.simulator.records.validation import duplicate_value
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.dates import to_stamp
from infra.simulator.schema.errors import Problem, SalesforceError, no_such_record, refusal
from infra.simulator.schema.fields import SObject

DAYS = 15
"""A deleted record is kept this long."""


class RecycleBin:
    """The recycle bin of one org. Records are named by their ids in either form; an id tells its object."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def undelete(self, record_id: str, options: WriteOptions) -> str:
        """Put a record back; answers its id. Raises SalesforceError, among them UNDELETE_FAILED."""
        sobject, row = self._found(record_id)
        if not row.get("IsDeleted"):
            raise refusal("UNDELETE_FAILED", unverified.NOT_IN_BIN)
        if cascades.is_orphan(self._org, sobject, row):
            raise refusal("UNDELETE_FAILED", unverified.PARENT_IN_BIN)
        unique = self._org.whole(sobject).unique
        clashes = (duplicate_value(self._org, sobject, field, row[field.name], row["Id"]) for field in unique)
        clash: Problem | None = next((problem for problem in clashes if problem), None)
        if clash:
            raise SalesforceError(400, clash)
        with self._org.tables.database.transaction():
            cascades.undelete(self._org, sobject, row["Id"], options.user_id)
            restored = self._org.tables.get(sobject.name, row["Id"]) or row
            triggers.fire(self._org, "after undelete", Change(sobject, restored, row, options.user_id))
        return str(row["Id"])

    def empty(self, record_id: str) -> str:
        """Forget a deleted record for good; answers its id. Raises SalesforceError where it is not in the bin."""
        sobject, row = self._found(record_id)
        if not row.get("IsDeleted"):
            raise refusal("INVALID_ID_FIELD", unverified.NOT_IN_BIN, "Id")
        cascades.forget(self._org, sobject, row["Id"])
        return str(row["Id"])

    def forget_expired(self) -> None:
        """Forget what was deleted too long ago."""
        oldest = to_stamp(self._org.clock() - timedelta(days=DAYS))
        for sobject in self._org.all_objects.values():
            if sobject.writable:
                self._org.tables.remove_where(sobject.name, "IsDeleted = 1 AND SystemModstamp < ?", (oldest,))

    def _found(self, text: str) -> tuple[SObject, Row]:
        self.forget_expired()
        record_id = ids.normalized(text)
        sobject = self._org.object_of(record_id) if record_id else None
        if record_id is None or sobject is None:
            raise refusal("MALFORMED_ID", f"bad id {text}", "Id")
        row = self._org.tables.get(sobject.name, record_id)
        if row is None:
            raise no_such_record()
        return sobject, row
