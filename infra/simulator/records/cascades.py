"""What hangs below a record is deleted with it, and put back with it.

Source: fact sheet 2.6; Object Reference, "Cascade delete".
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row, quoted
from infra.simulator.records.audit import touched
from infra.simulator.schema.fields import SObject

_TABLE = "~deleted_with"


def delete(org: Org, sobject: SObject, record_id: str, user_id: str) -> None:
    """Move a record to the recycle bin, and all that hangs below it."""
    together = [*_deleted(org, sobject, record_id, user_id)]
    for below, below_id in together if len(together) > 1 else ():
        org.tables.insert(_TABLE, {"parent": record_id, "object": below.name, "Id": below_id})


def undelete(org: Org, sobject: SObject, record_id: str, user_id: str) -> None:
    """Put a record back, and all that was deleted with it."""
    for each, each_id in _together(org, sobject, record_id):
        if org.tables.find(each.name, "Id = ? AND IsDeleted = 1", (each_id,), "Id"):
            org.tables.update(each.name, each_id, {"IsDeleted": False, **touched(each, org.now(), user_id)})
            org.record_effect("undelete", each.name, each_id, {})
    org.tables.remove_where(_TABLE, "parent = ? OR Id = ?", (record_id, record_id))


def forget(org: Org, sobject: SObject, record_id: str) -> None:
    """Forget a deleted record for good, and all that was deleted with it."""
    for each, each_id in _together(org, sobject, record_id):
        org.tables.remove_where(each.name, "Id = ? AND IsDeleted = 1", (each_id,))
    org.tables.remove_where(_TABLE, "parent = ? OR Id = ?", (record_id, record_id))


def _deleted(org: Org, sobject: SObject, record_id: str, user_id: str) -> Iterator[tuple[SObject, str]]:
    """The record and those below it, each once it is deleted, so that none is met twice."""
    org.tables.update(sobject.name, record_id, {"IsDeleted": True, **touched(sobject, org.now(), user_id)})
    org.record_effect("delete", sobject.name, record_id, {})
    yield sobject, record_id
    for relationship in sobject.children:
        if relationship.cascades:
            child = org.all_objects[relationship.child.lower()]
            below = f"{quoted(relationship.field)} = ? AND IsDeleted = 0"
            for row in org.tables.find(child.name, below, (record_id,), "Id"):
                yield from _deleted(org, child, row["Id"], user_id)


def _together(org: Org, sobject: SObject, record_id: str) -> list[tuple[SObject, str]]:
    """The record and those that were deleted with it."""
    rows = org.tables.find(_TABLE, "parent = ?", (record_id,))
    return [(sobject, record_id), *((org.all_objects[row["object"].lower()], row["Id"]) for row in rows)]


def is_orphan(org: Org, sobject: SObject, row: Row) -> bool:
    """Whether what a record hangs below is deleted."""
    for field in sobject.fields:
        above_id = row[field.name] if field.cascades else None
        above = org.object_of(above_id) if above_id else None
        if above is not None and not org.tables.find(above.name, "Id = ? AND IsDeleted = 0", (above_id,), "Id"):
            return True
    return False
