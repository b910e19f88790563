"""What an admin sets up beyond fields: picklists, record types, countries, currencies, people and what they may do.

Source: fact sheet 2.5 and 12.1; what each of them is, is restated from Salesforce's help and Object Reference.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from infra.simulator.formula.parser import MAX_LENGTH
from infra.simulator.setup.setting_checks import Setting, like

FieldPath = Annotated[str, like(r"[A-Za-z]\w*\.[A-Za-z]\w*", "an object and a field of it, such as Lead.Rating")]
"""An object and one of its fields: `Lead.Rating`."""
DeveloperName = Annotated[
    str, Field(max_length=80), like(r"[A-Za-z](?:_?[A-Za-z0-9])*", "a developer name, such as New_Business")
]
FormulaText = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)]
Access = Literal["hidden", "read_only", "full"]


class LeadStatus(Setting):
    """One value of Lead.Status."""

    name: str = Field(min_length=1, max_length=255)
    is_converted: bool = False
    is_default: bool = False


class PicklistValue(Setting):
    """One value of a picklist; a plain text is one whose label is the same."""

    value: str = Field(min_length=1, max_length=255)
    label: str = Field(default="", max_length=255)
    active: bool = True
    default: bool = False
    valid_for: tuple[str, ...] | None = None
    """The values of the controlling field with which it can be chosen; all of them when left out."""


def _as_value(given: object) -> object:
    if isinstance(given, (bool, int, float)):
        raise ValueError(f"must be text: put {given} in quotes")
    return {"value": given} if isinstance(given, str) else given


def _distinct(values: tuple[PicklistValue, ...]) -> tuple[PicklistValue, ...]:
    if len({value.value.casefold() for value in values}) < len(values):
        raise ValueError("a value is there twice")
    if sum(value.default for value in values) > 1:
        raise ValueError("more than one value is the default")
    return values


Values = Annotated[tuple[Annotated[PicklistValue, BeforeValidator(_as_value)], ...], AfterValidator(_distinct)]


class Picklist(Setting):
    """What a picklist offers, in place of what a fresh org has; a list is one that is not restricted."""

    values: Values = Field(min_length=1)
    restricted: bool = False
    controlling_field: str | None = None


def _as_picklist(given: object) -> object:
    return {"values": given} if isinstance(given, (list, tuple)) else given


Picklists = dict[FieldPath, Annotated[Picklist, BeforeValidator(_as_picklist)]]


class LeadProcess(Setting):
    """The statuses that leads of some record types go through."""

    name: DeveloperName
    statuses: tuple[str, ...] = Field(min_length=1)
    default: str | None = None
    """The status of a new lead; the first one when left out."""


class RecordType(Setting):
    """A record type of one object."""

    object: str
    name: DeveloperName
    label: str = Field(default="", max_length=80)
    description: str | None = Field(default=None, max_length=255)
    active: bool = True
    available: bool = True
    """The user's profile may use it."""
    default: bool = False
    """New records of the user are of this type."""
    person: bool = False
    """Accounts of this type are persons."""
    lead_process: str | None = None
    picklists: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Which values of a picklist its records may have, by field."""


class State(Setting):
    code: str = Field(min_length=1, max_length=10)
    name: str = Field(min_length=1, max_length=80)


class Country(Setting):
    """A country of the state and country picklists."""

    code: Annotated[str, like(r"[A-Z]{2}", "the code of a country, such as DE")]
    name: str = Field(min_length=1, max_length=80)
    states: tuple[State, ...] = ()


class Currency(Setting):
    """A currency of an org that has several."""

    code: Annotated[str, like(r"[A-Z]{3}", "the code of a currency, such as EUR")]
    rate: float = Field(default=1, gt=0)
    """How much of it one unit of the corporate currency is worth."""
    decimals: int = Field(default=2, ge=0, le=8)
    corporate: bool = False
    active: bool = True


class User(Setting):
    """A user besides the two that every org has."""

    username: Annotated[str, Field(max_length=80), like(r"[^@\s]+@[^@\s]+", "a username, such as ada@example.com")]
    last_name: str = Field(min_length=1, max_length=80)
    first_name: str | None = Field(default=None, max_length=40)
    active: bool = True
    role: str | None = None


class Queue(Setting):
    """A queue besides the one that every org has."""

    name: str = Field(min_length=1, max_length=40)
    developer_name: DeveloperName
    objects: tuple[str, ...] = ("Lead",)


class Permissions(Setting):
    """What someone may do with objects and fields; what is not named is open."""

    name: str = Field(min_length=1, max_length=80)
    objects: dict[str, Access] = Field(default_factory=dict)
    fields: dict[FieldPath, Access] = Field(default_factory=dict)


_ORDER: tuple[Access, ...] = ("hidden", "read_only", "full")


def widest(*granted: Access) -> Access:
    return max(granted, key=_ORDER.index)


class SetUp(Setting):
    """How an org is built, as opposed to how it behaves. A set-up file holds some of this."""

    person_accounts: bool = False
    """Accounts may be persons, and leads may do without a company. Source: fact sheet 12.1."""
    state_country_picklists: bool = False
    """States and countries are chosen by their codes from `countries`. Source: fact sheet 12.1."""
    countries: tuple[Country, ...] = ()
    """Those of the state and country picklists; without any, the ones that a new org has."""
    currencies: tuple[Currency, ...] = ()
    """Those of an org with several currencies; exactly one is the corporate one."""
    picklists: Picklists = Field(default_factory=dict)
    lead_processes: tuple[LeadProcess, ...] = ()
    record_types: tuple[RecordType, ...] = ()
    users: tuple[User, ...] = ()
    queues: tuple[Queue, ...] = ()
    profile: Permissions = Permissions(name="System Administrator")
    """What the user may do."""
    permission_sets: tuple[Permissions, ...] = ()
    """What the user may do besides; the widest permission counts."""

    @property
    def corporate_currency(self) -> str | None:
        """The code of the corporate currency; None in an org that has only one currency."""
        return next((currency.code for currency in self.currencies if currency.corporate), None)

    @model_validator(mode="after")
    def _one_corporate_currency(self) -> SetUp:
        corporate = [currency for currency in self.currencies if currency.corporate]
        if self.currencies and len(corporate) != 1:
            raise ValueError("currencies: exactly one currency must have corporate true")
        if any(currency.rate != 1 or not currency.active for currency in corporate):
            raise ValueError("currencies: the corporate currency is active, and its rate is 1")
        return self

    @model_validator(mode="after")
    def _processes_exist(self) -> SetUp:
        known = {process.name for process in self.lead_processes}
        for each in self.record_types:
            if each.lead_process is not None and each.lead_process not in known:
                raise ValueError(f"record_types: {each.name}: there is no lead process {each.lead_process}")
            if each.lead_process is not None and each.object.lower() != "lead":
                raise ValueError(f"record_types: {each.name}: only leads go through a lead process")
            if each.default and not (each.active and each.available):
                raise ValueError(f"record_types: {each.name}: the default is one that can be used")
            if each.person and (each.object.lower() != "account" or not self.person_accounts):
                raise ValueError(f"record_types: {each.name}: only accounts can be persons, and with person_accounts")
        return self
