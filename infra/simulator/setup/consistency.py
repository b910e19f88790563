"""Whether settings fit together: nothing is there twice, and what they speak of is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from infra.simulator.schema.fields import NUMBER_TYPES, Field, SObject
from infra.simulator.setup.setting_checks import SetUpError, unknown
from infra.simulator.setup.settings import Settings

_NAMED_BY = {
    "custom_fields": "name",
    "custom_objects": "name",
    "lead_statuses": "name",
    "lead_processes": "name",
    "record_types": "name",
    "countries": "code",
    "currencies": "code",
    "users": "username",
    "queues": "developer_name",
    "permission_sets": "name",
    "validation_rules": "name",
    "assignment_rules": "name",
}
"""What the parts of a setting are told apart by, those of one object where they belong to objects."""


def refuse_doubles(settings: Settings) -> None:
    """Raise SetUpError where two parts of a setting are called the same, in whatever case."""
    for setting, key in _NAMED_BY.items():
        parts = settings.all_custom_fields() if setting == "custom_fields" else getattr(settings, setting)
        _refuse(setting, parts, key)
    _refuse("countries", settings.countries, "name")
    if any(queue.developer_name.lower() == "lead_queue" for queue in settings.queues):
        raise SetUpError("queues: every org has a queue Lead_Queue", "queues")
    for place, country in enumerate(settings.countries):
        for key in ("code", "name"):
            _refuse(f"countries.{place}.states", country.states, key)


def refuse_unknown(settings: Settings, objects: Mapping[str, SObject]) -> None:
    """Raise SetUpError where a setting speaks of a field that there is not, or that does not fit."""
    lead = objects["lead"]
    for name in settings.history_fields:
        field_of(lead, name, "history_fields", "history_fields")
    for name, target in settings.converted_fields.items():
        place = f"converted_fields: {name}"
        source = field_of(lead, name, place, "converted_fields")
        object_name, _, target_name = target.partition(".")
        found = field_of(objects[object_name.lower()], target_name, place, "converted_fields")
        if _kind(source) != _kind(found):
            raise SetUpError(f"{place}: a {source.type} does not fit into a {found.type}", "converted_fields")


def field_of(sobject: SObject, name: str, place: str, setting: str) -> Field:
    """The field of that name. Raises SetUpError with the nearest name."""
    field = sobject.field(name)
    if field is None:
        known = [each.name for each in sobject.fields]
        raise SetUpError(f"{place}: {unknown(name, known, of=f'fields of {sobject.name}')}", setting)
    return field


def _kind(field: Field) -> str:
    """Text goes into text and numbers into numbers, whatever their length."""
    return "text" if field.is_text else "number" if field.type in NUMBER_TYPES else field.type


def _refuse(setting: str, parts: Iterable[Any], key: str) -> None:
    seen = set()
    for place, part in enumerate(parts):
        name = (getattr(part, "object", "").lower(), getattr(part, key).lower())
        if name in seen:
            raise SetUpError(f"{setting}: {getattr(part, key)} is there twice", f"{setting}.{place}.{key}")
        seen.add(name)
