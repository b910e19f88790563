"""What a write brings that is not there yet: nothing that already stands is written again."""

from collections.abc import Mapping
from typing import Any, Protocol

from domain.errors import InvalidInputError
from domain.field_types import as_taken, is_stored
from domain.places import PLACES, is_same_place, spelled_places
from domain.ports import FieldValues
from domain.record_types import spelled_record_type
from domain.values.described import DescribedField, DescribedLead
from domain.values.lead import CUSTOM_PREFIX

MOST_TOLD = 20
"""How many wrong values one answer names."""


class Stored(Protocol):
    """What Salesforce has: a lead, or a contact."""

    def value(self, field: str) -> Any: ...


def taken(sent: FieldValues, described: DescribedLead) -> dict[str, Any]:
    """The sent values in the form that Salesforce takes, by the type of each field.

    Raises InvalidInputError for what is no value of its field's type.
    """
    values = {name: _taken_or_wrong(described.field(name), value) for name, value in sent.items()}
    if wrong := [value for value in values.values() if isinstance(value, InvalidInputError)]:
        raise wrong[0].with_others(wrong[1:MOST_TOLD])
    if values.get("record_type"):
        values["record_type"] = spelled_record_type(values["record_type"], described)
    return spelled_places(values, described)


def _taken_or_wrong(field: DescribedField | None, value: Any) -> Any:
    try:
        return as_taken(field, value)
    except InvalidInputError as error:
        return error


def needs_description(sent: FieldValues) -> bool:
    """Whether the org has to say what these fields are; the others are the same everywhere."""
    return any(name.startswith((CUSTOM_PREFIX, *PLACES)) for name in sent)


def brought(sent: FieldValues, described: DescribedLead) -> dict[str, Any]:
    """What a sync brings, as `taken`: nothing that is missing or blank, for its type, erases what Salesforce has."""
    return without_blanks(taken(without_blanks(sent), described))


def without_blanks(values: FieldValues) -> dict[str, Any]:
    """The values that are not missing or blank."""
    return {name: value for name, value in values.items() if value is not None}


def differences(values: Mapping[str, Any], stored: Stored, described: DescribedLead) -> dict[str, Any]:
    """The values, as `taken` gave them, that do not stand there yet; None differs from what is not empty."""
    return {name: value for name, value in values.items() if not _stands(name, value, stored, described)}


def _stands(name: str, value: Any, stored: Stored, described: DescribedLead) -> bool:
    there = stored.value(name)
    if value is None or there is None:
        return value is there
    if is_stored(described.field(name), value, there):
        return True
    return name in PLACES and is_same_place(name, value, there, stored.value(f"{name}_code"), described)
