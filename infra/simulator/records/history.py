"""LeadHistory: what a lead was before.

Source: the Object Reference on history objects; which fields are tracked is a setting of the org.
"""

from __future__ import annotations

from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.fields import SObject

CONVERTED = "leadConverted"
_DATA_TYPES = {"picklist": "DynamicEnum", "reference": "EntityId", "boolean": "Boolean", "double": "Double"}


def note_changes(org: Org, sobject: SObject, before: Row, changes: Row, options: WriteOptions) -> None:
    """Keep what the tracked fields of a lead were and are."""
    if sobject.name != "Lead":
        return
    tracked = {name.lower() for name in org.settings.history_fields}
    for name, value in changes.items():
        field = sobject.field(name)
        if field is not None and name.lower() in tracked and before[name] != value:
            note(org, before["Id"], name, options, _DATA_TYPES.get(field.type, "Text"), before[name], value)


def note(
    org: Org,
    lead_id: str,
    field: str,
    options: WriteOptions,
    data_type: str = "Text",
    old: Any = None,
    new: Any = None,
) -> None:
    """Keep one event in the life of a lead."""
    history = org.all_objects["leadhistory"]
    row = {
        "Id": org.next_id(history),
        "IsDeleted": False,
        "LeadId": lead_id,
        "CreatedById": options.user_id,
        "CreatedDate": org.now(),
        "Field": field,
        "DataType": data_type,
        "OldValue": None if old is None else str(old)[:255],
        "NewValue": None if new is None else str(new)[:255],
    }
    org.tables.insert(history.name, row)
