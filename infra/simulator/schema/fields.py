"""A field and an object, as `describe` tells about them.

Source: fact sheet 2.5.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import cached_property

TEXT_TYPES = frozenset(
    {"string", "textarea", "picklist", "multipicklist", "phone", "email", "url", "combobox", "encryptedstring"}
)
NUMBER_TYPES = frozenset({"double", "currency", "percent", "int"})
ID_TYPES = frozenset({"id", "reference"})
ANY_CUSTOM = "*__c"
"""Among what a polymorphic reference may lead to: all custom objects of the org."""
COMPOUND_TYPES = frozenset({"address", "location"})
"""Put together from other fields when read, and never written themselves."""
COORDINATES = {"Latitude": 90, "Longitude": 180}
"""The parts of a place, and how many degrees they may go to either side.

Source: "Geolocation Custom Field" in Salesforce's help.
"""
SHORT_TEXT_AREA = 255
"""A text area with more characters is a long one, which cannot be filtered."""
UNGROUPABLE_TYPES = frozenset({"datetime", "double", "currency", "percent", "multipicklist", *COMPOUND_TYPES})
MAX_GROUPED = 255
"""Characters of a text that can be grouped by."""
UNAGGREGATABLE_TYPES = frozenset({"boolean", "base64", "multipicklist", *COMPOUND_TYPES})
"""Source: "Support for Field Types in Aggregate Functions", SOQL and SOSL Reference."""


@dataclass(frozen=True)
class Choice:
    """A value of a picklist."""

    value: str
    is_default: bool = False
    label: str = ""
    """What people see; the value itself where nothing is said."""
    is_active: bool = True
    valid_for: tuple[int, ...] | None = None
    """For which values of the controlling field, by their place in its list; None for all."""


@dataclass(frozen=True)
class Field:
    """One field; `type` is Salesforce's word for it."""

    name: str
    type: str
    length: int = 0
    label: str = ""
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted: bool = False
    id_lookup: bool = False
    """Names records by its values; so does every external id."""
    filterable: bool = True
    sortable: bool = True
    choices: tuple[Choice, ...] = ()
    restricted: bool = False
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    digits: int = 0
    precision: int = 0
    scale: int = 0
    compound: str | None = None
    extra_type: str | None = None
    custom: bool = False
    unique: bool = False
    external_id: bool = False
    default: str | bool | float | None = None
    formula: str | None = None
    blanks_as_zeros: bool = False
    """The formula takes empty numbers for zero."""
    auto_number: bool = False
    display_format: str = ""
    """How an auto-number is written: `L-{0000}`."""
    encrypted: bool = False
    html: bool = False
    controller: str | None = None
    """The field that decides which values of this picklist can be chosen."""
    sql: str | None = None
    """How the value is read from elsewhere: SQL over the `{row}` itself and the tables of other objects, `{Task}`."""
    children: str | None = None
    """What the records that are referred to call those that refer to them: `Tasks`."""
    cascades: bool = False
    """Deleted with the record that it refers to, and put back with it."""

    @property
    def required(self) -> bool:
        """Must be given on create and can never be cleared."""
        return self.createable and not self.nillable and not self.defaulted and self.type != "boolean"

    @property
    def is_text(self) -> bool:
        return self.type in TEXT_TYPES

    @cached_property
    def degrees(self) -> float:
        """How far a coordinate may go to either side; infinite for what is none."""
        name = self.name.removesuffix("__s")
        found = (most for word, most in COORDINATES.items() if self.compound and name.endswith(word))
        return next(found, math.inf)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {choice.value.casefold(): place for place, choice in enumerate(self.choices)}

    @property
    def is_long(self) -> bool:
        """A long text area, or one with rich text."""
        return self.type == "textarea" and (self.html or self.length > SHORT_TEXT_AREA)

    def offers(self, value: str) -> bool:
        """Whether a picklist has this value, in any case, and it is active."""
        place = self._places.get(value.casefold())
        return place is not None and self.choices[place].is_active

    def spelled(self, value: str) -> str:
        """A value of a picklist as the set-up spells it; one it does not know as it is. Source: fact sheet 12.1."""
        place = self._places.get(value.casefold())
        return value if place is None else self.choices[place].value

    def ordered(self, text: str) -> str:
        """Values of a multi-select picklist, each once and in the order of the set-up. Source: fact sheet 12.1."""
        values = dict.fromkeys(self.spelled(part.strip()) for part in text.split(";") if part.strip())
        return ";".join(sorted(values, key=lambda value: self._places.get(value.casefold(), len(self.choices))))

    @property
    def groupable(self) -> bool:
        """Long text cannot be, and a checkbox can be even where it cannot be filtered. Source: Object Reference."""
        is_too_long = self.is_text and self.length > MAX_GROUPED and self.formula is None
        return not is_too_long and self.type not in UNGROUPABLE_TYPES and (self.filterable or self.type == "boolean")

    @property
    def aggregatable(self) -> bool:
        """Can be counted, or have a least and a greatest value."""
        return self.filterable and self.type not in UNAGGREGATABLE_TYPES

    @property
    def permissionable(self) -> bool:
        """Can be hidden from people: not what a record needs, and not what only Salesforce writes."""
        if self.formula is not None or self.auto_number:
            return True
        return self.type == "address" or (self.createable and (self.nillable or self.type == "boolean"))

    @property
    def is_stored(self) -> bool:
        """Compound fields are put together from their parts when read."""
        return self.type not in COMPOUND_TYPES

    @property
    def has_column(self) -> bool:
        """What is stored, and not read from elsewhere, has a column in the object's table."""
        return self.is_stored and self.sql is None

    @property
    def read_sql(self) -> str:
        """How the value of a stored field is read, be it its own or from elsewhere: SQL over the `{row}`."""
        return self.sql or f"{{row}}.{self.name}"


@dataclass(frozen=True)
class ChildRelationship:
    """A list of records that point here: `Contacts` of an account. Nobody sees what has an empty name."""

    name: str
    child: str
    field: str
    cascades: bool = False


@dataclass(frozen=True)
class RecordType:
    """A kind of record within an object, with values of picklists of its own."""

    id: str
    name: str
    """Its developer name."""
    label: str
    is_active: bool = True
    is_available: bool = True
    """The user may choose it."""
    is_default: bool = False
    is_person: bool = False
    picklists: Mapping[str, tuple[str, ...]] = dataclass_field(default_factory=dict, hash=False)
    """Which values its records may have, by field; what a new record has comes first."""


@dataclass(frozen=True)
class SObject:
    """One kind of record."""

    name: str
    label: str
    plural: str
    prefix: str
    fields: tuple[Field, ...]
    writable: bool = True
    createable: bool = True
    queryable: bool = True
    """Can be asked for by itself, and not only below other records."""
    view: str | None = None
    """SQL that finds its records among those of other objects."""
    mergeable: bool = False
    searchable: bool = True
    children: tuple[ChildRelationship, ...] = ()
    indexed: tuple[str, ...] = ()
    has_pages: bool = True
    filtered_by: tuple[str, ...] = ()
    """A query must narrow one of these to certain ids."""
    record_types: tuple[RecordType, ...] = ()
    name_field: str = "Name"
    """What a record is called by: the subject of a task, the title of a note."""
    is_virtual: bool = False
    """Tells about the org itself and is written down when it is asked for; its ids are names."""
    seen: str | None = None
    """SQL that the rows which may be seen meet; all of them where nothing is said."""
    named_layouts: tuple[str, ...] = ()
    """Layouts of an object that clients of their own use."""

    @property
    def is_custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def is_layoutable(self) -> bool:
        """Has pages on which its records are looked at."""
        return (self.writable and self.has_pages) or bool(self.named_layouts)

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {field.name.lower(): field for field in self.fields}

    @cached_property
    def _by_relationship(self) -> dict[str, Field]:
        return {field.relationship.lower(): field for field in self.fields if field.relationship}

    @cached_property
    def required(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.required)

    @cached_property
    def never_empty(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if not field.nillable)

    @cached_property
    def defaults(self) -> Mapping[str, str | bool | float]:
        """What is in a new record unless it says otherwise."""
        return {field.name: field.default for field in self.fields if field.default is not None}

    @cached_property
    def auto_numbers(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.auto_number and field.display_format)

    @cached_property
    def passed_on(self) -> frozenset[str]:
        """What can be given to a new record and is then kept in, and read from, another one."""
        return frozenset(field.name for field in self.fields if field.createable and field.sql is not None)

    @cached_property
    def unique(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.unique)

    @cached_property
    def country_codes(self) -> tuple[str, ...]:
        """The names of its fields with codes of countries."""
        return tuple(field.name for field in self.fields if field.name.endswith("CountryCode"))

    @cached_property
    def _parts(self) -> dict[str, dict[str, Field]]:
        return {whole.name: self._parts_of(whole) for whole in self.fields if not whole.is_stored}

    def parts(self, compound: Field) -> Mapping[str, Field]:
        """What a compound field is put together from: `street` of BillingAddress is BillingStreet."""
        return self._parts[compound.name]

    def _parts_of(self, whole: Field) -> dict[str, Field]:
        prefix = whole.name.removesuffix("Address" if whole.type == "address" else "c")
        parts = {
            field.name.removeprefix(prefix).removesuffix("__s"): field
            for field in self.fields
            if field.compound == whole.name
        }
        return {name[0].lower() + name[1:]: parts[name] for name in sorted(parts)}

    @cached_property
    def wholes(self) -> frozenset[str]:
        """The fields that stand for several others: a name, an address, a location."""
        return frozenset(field.compound for field in self.fields if field.compound)

    def field(self, name: str) -> Field | None:
        """The field of that name in any case."""
        return self._by_name.get(name.lower())

    def key(self, name: str) -> Field | None:
        """The field of that name, by whose values records can be named instead of by their ids."""
        field = self.field(name)
        return field if field and field.id_lookup else None

    def choices(self, name: str) -> tuple[Choice, ...]:
        """The values of a picklist."""
        field = self.field(name)
        return field.choices if field else ()

    def parent(self, relationship: str) -> Field | None:
        """The reference field behind a relationship name: OwnerId for `Owner`."""
        return self._by_relationship.get(relationship.lower())

    def child(self, relationship: str) -> ChildRelationship | None:
        """The records behind a relationship name: `Contacts`."""
        return next((child for child in self.children if child.name.lower() == relationship.lower()), None)

    def has(self, name: str) -> bool:
        return name.lower() in self._by_name

    def with_fields(self, *fields: Field) -> SObject:
        """This object with fields added, or replaced where the name is known."""
        if not fields:
            return self
        new = {field.name.lower(): field for field in fields}
        kept = tuple(new.pop(field.name.lower(), field) for field in self.fields)
        return replace(self, fields=kept + tuple(new.values()))
