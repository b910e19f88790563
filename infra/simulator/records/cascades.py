"""What hangs below a record is deleted with it, and put back with it; what only looks up to it loses sight of it.

Source: fact sheet 2.6; Object Reference, "Cascade delete"; "Referential Integrity When Deleting and Restoring Records",
Apex Developer Guide.
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row, quoted
from infra.simulator.records.audit import touched
from infra.simulator.records.behaviours.registry import behaviour_of
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import refusal
from infra.simulator.schema.fields import SObject

_TABLE = "~deleted_with"


def delete(org: Org, sobject: SObject, record_id: str, user_id: str) -> None:
    """Move a record to the recycle bin, and all that hangs below it; lookups to any of them are cleared."""
    together = [*_deleted(org, sobject, record_id, user_id)]
    cleared = [each for below, below_id in together for each in _cleared(org, below, below_id)]
    notes: list[Row] = [{"object": below.name, "Id": below_id} for below, below_id in together]
    for note in [*notes, *cleared] if len(notes) + len(cleared) > 1 else ():
        org.tables.insert(_TABLE, {"parent": record_id, **note})


def undelete(org: Org, sobject: SObject, record_id: str, user_id: str) -> None:
    """Put a record back, and all that was deleted with it or lost its lookup to it.

    Raises SalesforceError where it does not go together with what was made meanwhile.
    """
    restored = []
    for each, each_id in _together(org, sobject, record_id):
        if org.tables.find(each.name, "Id = ? AND IsDeleted = 1", (each_id,), "Id"):
            org.tables.update(each.name, each_id, {"IsDeleted": False, **touched(each, org.now(), user_id)})
            org.record_effect("undelete", each.name, each_id, {})
            restored.append((each, each_id))
    for each, each_id in restored:
        _fit_in(org, each, each_id)
    for note in org.tables.find(_TABLE, "parent = ? AND field IS NOT NULL", (record_id,)):
        row = org.tables.get(note["object"], note["Id"], note["field"])
        if row is not None and row[note["field"]] is None:
            _point(org, note["object"], note["Id"], note["field"], note["target"])
    org.tables.remove_where(_TABLE, "parent = ? OR Id = ?", (record_id, record_id))


def forget(org: Org, sobject: SObject, record_id: str) -> None:
    """Forget a deleted record for good, and all that was deleted with it."""
    for each, each_id in _together(org, sobject, record_id):
        org.tables.remove_where(each.name, "Id = ? AND IsDeleted = 1", (each_id,))
    org.tables.remove_where(_TABLE, "parent = ? OR Id = ?", (record_id, record_id))


def is_orphan(org: Org, sobject: SObject, row: Row) -> bool:
    """Whether what a record hangs below is deleted."""
    above_ids = (row[field.name] for field in org.whole(sobject).fields if field.cascades)
    return any(_is_gone(org, above_id) for above_id in above_ids if above_id)


def _fit_in(org: Org, sobject: SObject, record_id: str) -> None:
    """Let a record that is back go together with those that were made meanwhile. Raises SalesforceError."""
    complete = behaviour_of(sobject.name).complete
    row = org.tables.get(sobject.name, record_id) if complete else None
    if complete and row:
        complete(org, {**row}, row)


def _is_gone(org: Org, record_id: str) -> bool:
    found = next((each for each in org.all_objects.values() if each.prefix == record_id[:3]), None)
    # Users, to whom files are linked, are never deleted.
    if found is None or not found.has("IsDeleted"):
        return False
    return not org.tables.find(found.name, "Id = ? AND IsDeleted = 0", (record_id,), "Id")


def _deleted(org: Org, sobject: SObject, record_id: str, user_id: str) -> Iterator[tuple[SObject, str]]:
    """The record and those below it, each once it is deleted, so that none is met twice."""
    org.tables.update(sobject.name, record_id, {"IsDeleted": True, **touched(sobject, org.now(), user_id)})
    org.record_effect("delete", sobject.name, record_id, {})
    yield sobject, record_id
    for relationship in org.whole(sobject).children:
        if relationship.cascades:
            child = org.all_objects[relationship.child.lower()]
            for row in _referring(org, child, relationship.field, record_id):
                yield from _deleted(org, child, row["Id"], user_id)


def _cleared(org: Org, sobject: SObject, record_id: str) -> Iterator[Row]:
    """The lookups to a record that are empty now. Raises SalesforceError where one may not be empty."""
    for relationship in org.whole(sobject).children:
        child = org.all_objects[relationship.child.lower()]
        field = child.field(relationship.field)
        # What nobody may write, such as what a lead was converted into, stays what it is.
        if field is None or not (child.writable and field.updateable) or relationship.cascades:
            continue
        for row in _referring(org, child, field.name, record_id):
            if not field.nillable:
                raise refusal("DELETE_FAILED", unverified.STILL_REFERRED_TO.format(name=child.label, id=row["Id"]))
            _point(org, child.name, row["Id"], field.name, None)
            yield {"object": child.name, "Id": row["Id"], "field": field.name, "target": record_id}


def _point(org: Org, object_name: str, record_id: str, field_name: str, target: str | None) -> None:
    """Let a lookup lead elsewhere."""
    org.tables.update(object_name, record_id, {field_name: target})
    org.record_effect("update", object_name, record_id, {field_name: target})


def _referring(org: Org, child: SObject, field_name: str, record_id: str) -> list[Row]:
    return org.tables.find(child.name, f"{quoted(field_name)} = ? AND IsDeleted = 0", (record_id,), "Id")


def _together(org: Org, sobject: SObject, record_id: str) -> list[tuple[SObject, str]]:
    """The record and those that were deleted with it."""
    rows = org.tables.find(_TABLE, "parent = ? AND field IS NULL", (record_id,))
    return [(sobject, record_id), *((org.all_objects[row["object"].lower()], row["Id"]) for row in rows)]
