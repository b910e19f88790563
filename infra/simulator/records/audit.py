"""Who changed a record, and when."""

from __future__ import annotations

from infra.simulator.org.storage import Row
from infra.simulator.schema.fields import SObject


def touched(sobject: SObject, now: str, user_id: str) -> Row:
    """What a change leaves in the record; some objects keep no more than its moment."""
    if not sobject.has("LastModifiedDate"):
        return {"SystemModstamp": now}
    return {"LastModifiedDate": now, "LastModifiedById": user_id, "SystemModstamp": now}
