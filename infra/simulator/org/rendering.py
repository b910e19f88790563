"""A record as the APIs show it: which of its fields, and what is in them.

Source: fact sheet 2.5.
"""

from __future__ import annotations

from collections.abc import Iterable
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


def shown(
    sobject: SObject, row: Row, fields: list[Field] | None = None, *, base_path: str | None = None
) -> dict[str, Any]:
    """The record's fields as REST shows them, in the order of the describe or as asked.

    Instead of what a file holds stands where that is, below `base_path`; SOAP shows the content itself.
    """
    record = {}
    for field in sobject.fields if fields is None else fields:
        value: Any = to_json(field, row[field.name]) if field.is_stored else compound_of(sobject, field, row)
        if field.type == "base64" and value is not None and base_path is not None:
            value = f"{base_path}{blob_path(sobject, field, value, row['Id'])}"
        record[field.name] = value
    return record


def blob_path(sobject: SObject, field: Field, content: str | None, record_id: str) -> str | None:
    """Where the content of a file is, below the path of the API's version; None where there is none."""
    return None if content is None else f"/sobjects/{sobject.name}/{record_id}/{field.name}"


def compound_of(sobject: SObject, whole: Field, row: Row) -> dict[str, Any] | None:
    """An address or a location read from its parts, null when all are. Source: fact sheet 2.5."""
    parts = sobject.parts(whole)
    return compound(parts, *(row[part.name] for part in parts.values()))


def compound(keys: Iterable[str], *values: Any) -> dict[str, Any] | None:
    """The parts of a compound field under their keys, null when all are null."""
    return dict(zip(keys, values, strict=True)) if any(value is not None for value in values) else None


def value_at(record: dict[str, Any], path: str) -> Any:
    """What a record holds at `Owner.Name`."""
    value: Any = record
    for step in path.split("."):
        if value is None:
            return None
        value = value[step]
    return value
