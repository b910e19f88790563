"""A record as the APIs show it: which of its fields, and what is in them.

Source: fact sheet 2.5.
"""

from __future__ import annotations

from typing import Any

from infra.simulator.org.storage import Row
from infra.simulator.org.values import to_json
from infra.simulator.schema.errors import unknown_column
from infra.simulator.schema.fields import Field, SObject


def asked_for(sobject: SObject, names: str | None) -> list[Field] | None:
    """The fields of `?fields=`, with the Id at the end if it was not asked for; None for all."""
    if not names:
        return None
    chosen: dict[str, Field] = {}
    for name in names.split(","):
        field = sobject.field(name.strip())
        if field is None:
            raise unknown_column(name.strip(), sobject.name)
        chosen[field.name] = field
    chosen.setdefault("Id", sobject.fields[0])
    return [*chosen.values()]


def shown(sobject: SObject, row: Row, fields: list[Field] | None = None) -> dict[str, Any]:
    """The record's fields as REST shows them, in the order of the describe or as asked."""
    chosen = sobject.fields if fields is None else fields
    return {
        field.name: to_json(field, row[field.name]) if field.is_stored else address_of(field, row) for field in chosen
    }


def address_of(field: Field, row: Row) -> dict[str, Any] | None:
    """A compound address read from its parts, null when all are. Source: fact sheet 2.5."""
    prefix = field.name.removesuffix("Address")
    parts = ("City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street")
    values = {part[0].lower() + part[1:]: row[prefix + part] for part in parts}
    return values if any(value is not None for value in values.values()) else None
