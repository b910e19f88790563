"""Approval locks: records that wait for an approval, which nobody may change meanwhile."""

from __future__ import annotations

from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.automation.rules import applies
from infra.simulator.schema.errors import refusal
from infra.simulator.schema.fields import SObject


def refuse(org: Org, sobject: SObject, row: Row, user_id: str) -> None:
    """Raise SalesforceError ENTITY_IS_LOCKED when the record is locked as it stands."""
    for lock in org.settings.approval_locks:
        if lock.object.lower() == sobject.name.lower():
            change = Change(sobject, row, row, user_id)
            if applies(org, change, lock.name, lock.formula, lock.condition):
                raise refusal("ENTITY_IS_LOCKED", "the entity is locked for editing")
