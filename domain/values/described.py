"""What `describe` says of an org's leads, to one of its users: Salesforce's types and limits, our names.

Checked as it is made, since it comes from outside. Source: fact sheet 2.5.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from pydantic.dataclasses import dataclass

from domain.values.ids import same_id
from domain.values.org import PicklistValue


@dataclass(frozen=True)
class DescribedField:
    """A field that this user may see."""

    name: str
    """As `LeadFields.sent` names it; custom ones as `custom_fields.<name>`."""
    type: str
    """Salesforce's, such as `double`, `picklist` or `reference`."""
    label: str = ""
    custom: bool = False
    length: int = 0
    """Characters; 0 for what is no text."""
    decimals: int = 0
    """Digits behind the point that a number keeps."""
    digits: int = 0
    """Digits before the point that a number may have; 0 for what is no number."""
    required: bool = False
    """Needed to create a lead."""
    filled_by_salesforce: bool = False
    """By a formula, or with a number of its own for each record."""
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    external_id: bool = False
    restricted: bool = False
    """Only the listed values are accepted."""
    values: tuple[PicklistValue, ...] = ()
    """What a picklist offers, in the order of the set-up."""
    inactive_values: tuple[str, ...] = ()
    """What a picklist once offered: still a value of it where it is not restricted."""
    controlling_field: str | None = None
    """The field whose value decides which of these values can be chosen."""


@dataclass(frozen=True)
class RecordType:
    """A record type of leads, besides the master one that everybody has."""

    id: str
    name: str
    """The developer name."""
    label: str
    available: bool
    """This user may choose it."""
    default: bool
    """What a new lead of this user is, when nothing is said."""

    def is_called(self, text: str) -> bool:
        """Whether somebody who writes this means this record type: its developer name, its label, or its Id."""
        return text.casefold() in (self.name.casefold(), self.label.casefold()) or same_id(text, self.id)


@dataclass(frozen=True)
class DescribedLead:
    """All fields that this user may see, those too that this API does not offer."""

    fields: tuple[DescribedField, ...] = ()
    record_types: tuple[RecordType, ...] = ()
    statuses_by_record_type: Mapping[str, Sequence[str]] | None = None
    """The statuses that each record type offers, by its Id; None until somebody asked for them."""

    @property
    def default_record_type(self) -> str | None:
        """What a new lead of this user is, when nothing is said."""
        return next((each.name for each in self.record_types if each.default), None)

    def record_type(self, text: str) -> RecordType | None:
        """The record type that somebody who writes this means."""
        return next((each for each in self.record_types if each.is_called(text)), None)

    def field(self, name: str) -> DescribedField | None:
        """The field with this name of ours; Salesforce does not mind the case of custom ones."""
        return self._by_name.get(name.casefold())

    @cached_property
    def _by_name(self) -> dict[str, DescribedField]:
        return {field.name.casefold(): field for field in self.fields}

    def names(self, *, custom: bool) -> Iterable[str]:
        """The names of the custom fields, or of the others."""
        return [field.name for field in self.fields if field.custom is custom]


NOTHING_DESCRIBED = DescribedLead()
