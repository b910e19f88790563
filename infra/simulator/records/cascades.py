"""What hangs below a record is deleted with it, and put back with it.

Source: fact sheet 2.6; Object Reference, "Cascade delete".
"""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.storage import quoted
from infra.simulator.records.audit import touched
from infra.simulator.schema.fields import SObject

_TABLE = "~deleted_with"


def delete(org: Org, sobject: SObject, record_id: str, user_id: str) -> None:
    """Move a record to the recycle bin, and all that hangs below it."""
    org.tables.update(sobject.name, record_id, {"IsDeleted": True, **touched(sobject, org.now(), user_id)})
    org.record_effect("delete", sobject.name, record_id, {})
    for relationship in sobject.children:
        if not relationship.cascades:
            continue
        child = org.all_objects[relationship.child.lower()]
        below = f"t0.{quoted(relationship.field)} = ? AND t0.IsDeleted = 0"
        for row in org.tables.find(child.name, below, (record_id,)):
            delete(org, child, row["Id"], user_id)
            org.tables.insert(_TABLE, {"parent": record_id, "object": child.name, "Id": row["Id"]})


def undelete(org: Org, sobject: SObject, record_id: str, user_id: str) -> None:
    """Put a record back, and all that was deleted with it."""
    org.tables.update(sobject.name, record_id, {"IsDeleted": False, **touched(sobject, org.now(), user_id)})
    org.record_effect("undelete", sobject.name, record_id, {})
    for below in org.tables.find(_TABLE, "parent = ?", (record_id,)):
        undelete(org, org.all_objects[below["object"].lower()], below["Id"], user_id)
    org.tables.remove_where(_TABLE, "parent = ?", (record_id,))


def forget(org: Org, sobject: SObject, record_id: str) -> None:
    """Forget a deleted record for good, and all that was deleted with it."""
    org.tables.remove(sobject.name, record_id)
    for below in org.tables.find(_TABLE, "parent = ?", (record_id,)):
        forget(org, org.all_objects[below["object"].lower()], below["Id"])
    org.tables.remove_where(_TABLE, "parent = ?", (record_id,))
