"""What a lead takes over from those that are merged into it, so that it stays the record of one person in one place.

Source: fact sheet 12.2.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from domain.field_types import as_taken
from domain.values.described import DescribedField, DescribedLead
from domain.values.lead import CUSTOM_PREFIX, Lead
from domain.values.text import has_control_characters

# Salesforce may have worked them out from the rest of the address, and let nobody write them.
_COORDINATES = ("latitude", "longitude", "geocode_accuracy", "__Latitude__s", "__Longitude__s", "__GeocodeAccuracy__s")
_ADDRESS = ("street", "city", "state", "postal_code", "country", "state_code", "country_code", *_COORDINATES[:3])
_NAME = ("last_name", "first_name", "salutation")
# What decides about a lead instead of telling about it. One without a company is a private person's.
_NEVER_FILLED = frozenset({"owner_id", "status", "record_type", "currency", "company"})
# A checkbox is never empty; of encrypted text one may have read the mask; a place is written by its parts.
_TYPES_NEVER_FILLED = frozenset({"boolean", "encryptedstring", "address", "location"})


class Filling:
    """What a lead lacks and may be written, each value from the first of the others that has one which fits.

    What means something only together, as an address does, comes from one lead, and only when nothing of it is there.
    """

    def __init__(self, target: Lead, others: Sequence[Lead], described: DescribedLead) -> None:
        self.values: dict[str, Any] = {}
        self.sources: dict[str, list[str]] = {}
        """The names of the fields, by the Id of the lead that has their values."""
        self._target = target
        self._described = described
        self._merging = [target.id, *(other.id for other in others)]
        for names in _groups(described):
            if all(_value(target, name) is None for name in names):
                self._take(names, others)

    def _take(self, names: Iterable[str], others: Iterable[Lead]) -> None:
        for other in others:
            values = {name: value for name in names if (value := _value(other, name)) is not None}
            writable = {name: value for name, value in values.items() if self._may_be_written(name, value)}
            left_out = values.keys() - writable.keys()
            if writable and all(name.endswith(_COORDINATES) for name in left_out) and self._fit(writable, other):
                self.values |= {name: self._as_written(name, value) for name, value in writable.items()}
                self.sources.setdefault(other.id, []).extend(writable)
                return

    def _may_be_written(self, name: str, value: Any) -> bool:
        field = self._described.field(name)
        # A lead that leads to itself, or to one that is gone, says nothing.
        return field is not None and _is_fillable(field) and _is_accepted(field, value) and value not in self._merging

    def _as_written(self, name: str, value: Any) -> Any:
        field = self._described.field(name)
        # Moments are read in another form than they are written in. All else is copied as it is, with all its digits.
        return as_taken(field, value) if field and field.type == "datetime" else value

    def _fit(self, values: Mapping[str, Any], other: Lead) -> bool:
        """Whether the values say of the merged lead what they say of the other one."""
        merged = {**self.values, **values}
        return all(
            _agree(name, merged.get(name, _value(self._target, name)), _value(other, name))
            for name in {name for each in values for name in self._meant_with(each)}
        )

    def _meant_with(self, name: str) -> Sequence[str]:
        """The fields that decide what a value of this one means, or whether it can be chosen."""
        if name in _NAME:
            return _NAME
        field = self._described.field(name)
        if field is None or _group(name) != name:
            return ()
        decide = {"currency": field.type == "currency", "record_type": field.restricted}
        controlling = [field.controlling_field] if field.controlling_field else []
        return [*controlling, *(each for each, decides in decide.items() if decides)]


def _groups(described: DescribedLead) -> Collection[Sequence[str]]:
    """The names of all fields that can be read, in groups of which nothing is filled alone; what decides about others
    comes before them.
    """
    readable = (field for field in described.fields if field.custom or field.name in Lead.model_fields)
    groups: dict[str, list[str]] = {}
    for field in sorted(readable, key=lambda field: _controls(field, described)):
        groups.setdefault(_group(field.name), []).append(field.name)
    return groups.values()


def _controls(field: DescribedField | None, described: DescribedLead) -> int:
    """How many fields decide, one about the other, which values this one can have."""
    controlling = field.controlling_field if field else None
    return 1 + _controls(described.field(controlling), described) if controlling else 0


def _group(name: str) -> str:
    if name in _ADDRESS:
        return "address"
    # The parts of a place are called Site__Latitude__s and Site__Longitude__s.
    return name.rsplit("__", 2)[0] if name.endswith("__s") else name


def _is_fillable(field: DescribedField) -> bool:
    decides = field.name in _NEVER_FILLED or field.type in _TYPES_NEVER_FILLED
    return field.updateable and not field.unique and not decides


def _is_accepted(field: DescribedField, value: Any) -> bool:
    """Whether Salesforce still takes the value: it may have been chosen before a restricted picklist was cut short."""
    offered = {choice.value for choice in field.values}
    is_offered = not field.restricted or offered.issuperset(str(value).split(";"))
    return is_offered and not has_control_characters(value)


def _value(lead: Lead, name: str) -> Any:
    return lead.value(name) if name.startswith(CUSTOM_PREFIX) or name in Lead.model_fields else None


def _agree(name: str, one: Any, other: Any) -> bool:
    if None in (one, other):
        # Who is only called by the last name may well have that first one.
        return one is other or name in _NAME
    return str(one).casefold() == str(other).casefold()
