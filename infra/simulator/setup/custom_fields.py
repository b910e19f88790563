"""A custom field, as an admin defines it.

Source: fact sheet 2.5 and 12.1; what each kind is in `describe` is restated from the Object Reference.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, model_validator

from infra.simulator.schema import fields as schema
from infra.simulator.schema.declarations import derived, label_of, number, read_only, text, unfilterable
from infra.simulator.setup.set_up import FormulaText, Values
from infra.simulator.setup.setting_checks import Setting, like

FieldKind = Literal[
    "string",
    "textarea",
    "picklist",
    "multipicklist",
    "phone",
    "email",
    "url",
    "boolean",
    "int",
    "double",
    "currency",
    "percent",
    "date",
    "datetime",
    "time",
    "reference",
    "location",
    "encryptedstring",
    "formula",
    "auto_number",
]
FormulaType = Literal["string", "double", "currency", "percent", "boolean", "date", "datetime"]
_OWN_NAME = r"(?:[A-Za-z][A-Za-z0-9]{0,14}__)?[A-Za-z](?:_?[A-Za-z0-9])*__c"
Extensible = Annotated[
    str,
    Field(max_length=60),
    like(
        rf"Lead|Account|Contact|Opportunity|Campaign|CampaignMember|{_OWN_NAME}",
        "Lead, Account, Contact, Opportunity, Campaign, CampaignMember or a custom object",
    ),
]
CustomName = Annotated[str, Field(max_length=60), like(_OWN_NAME, "the name of something custom, such as Segment__c")]
"""Perhaps with the namespace of a package in front: `ns__Segment__c`."""
_KEYS = ("string", "email", "int", "double", "auto_number")
_NUMBERS = ("double", "currency", "percent")
_PICKLISTS = ("picklist", "multipicklist")
_LONGEST = {"string": 255}
_NUMBER_FORMAT = r"(?:[^{}]|\{(?:YYYY|YY|MM|DD)\})*\{0+\}(?:[^{}]|\{(?:YYYY|YY|MM|DD)\})*"
NumberFormat = Annotated[
    str, Field(max_length=30), like(rf"(?:{_NUMBER_FORMAT})?", "a format with a number in it, such as L-{YYYY}-{0000}")
]
_FORMULA_LENGTH, _AUTO_NUMBER_LENGTH = 1300, 30


class CustomField(Setting):
    """A custom field of one object."""

    name: CustomName
    object: Extensible = "Lead"
    type: FieldKind = "string"
    label: str = ""
    length: int = Field(default=255, ge=1, le=131072)
    values: Values = ()
    restricted: bool = False
    controlling_field: str | None = None
    """The field that decides which of the values can be chosen."""
    required: bool = False
    unique: bool = False
    external_id: bool = False
    precision: int = Field(default=18, ge=1, le=18)
    """Digits of a number in all, and behind the point."""
    scale: int = Field(default=2, ge=0, le=17)
    to: str = ""
    """The object that a reference leads to."""
    child_relationship: str = Field(default="", pattern=r"^([A-Za-z](?:_?[A-Za-z0-9])*)?$")
    """What the records with this reference are called at the record it leads to, without `__r`; else their plural."""
    html: bool = False
    """A text area holds rich text."""
    formula: FormulaText | None = None
    """What a field of type `formula` is worth whenever it is read."""
    returns: FormulaType | None = None
    blanks_as_zeros: bool = False
    """Empty numbers that the formula reads are zero."""
    display_format: NumberFormat = ""
    """How a field of type `auto_number` writes its number: `L-{0000}`, also `{YYYY}`, `{YY}`, `{MM}` and `{DD}`."""

    @model_validator(mode="after")
    def _fits_together(self) -> CustomField:
        is_formula = self.type == "formula"
        if self.scale >= self.precision:
            raise ValueError(f"{self.name}: scale must be smaller than precision")
        if bool(self.to) != (self.type == "reference"):
            raise ValueError(f"{self.name}: `to` says where a reference leads; no other field has it")
        if self.html and self.type != "textarea":
            raise ValueError(f"{self.name}: only a textarea can hold html")
        if (self.formula is not None) != is_formula or (self.returns is not None) != is_formula:
            raise ValueError(f"{self.name}: a formula field, and no other, has `formula` and `returns`")
        if (self.type == "auto_number") is not bool(self.display_format):
            raise ValueError(f"{self.name}: an auto-number field, and no other, has `display_format`")
        if self.type in ("formula", "auto_number") and (self.required or self.unique or self.values):
            raise ValueError(f"{self.name}: Salesforce itself fills this field")
        if (self.values or self.restricted or self.controlling_field) and self.type not in _PICKLISTS:
            raise ValueError(f"{self.name}: only a picklist has values")
        if any(";" in value.value for value in self.values) and self.type == "multipicklist":
            raise ValueError(f"{self.name}: a semicolon stands between the values of a multipicklist")
        if self.length > _LONGEST.get(self.type, self.length):
            raise ValueError(f"{self.name}: length can be {_LONGEST[self.type]} at most")
        is_long = self.type == "textarea" and (self.html or self.length > schema.SHORT_TEXT_AREA)
        if self.required and (self.type == "boolean" or is_long):
            raise ValueError(f"{self.name}: neither a checkbox nor a long text can be required")
        if (self.unique or self.external_id) and self.type not in _KEYS:
            raise ValueError(f"{self.name}: only text, numbers and emails can be unique or an external id")
        return self

    @property
    def _extra_type(self) -> str | None:
        if self.type != "textarea":
            return None
        return "richtextarea" if self.html else "plaintextarea"

    def as_fields(self, choices: tuple[schema.Choice, ...]) -> tuple[schema.Field, ...]:
        """The field as `describe` tells about it; a location has its two parts besides."""
        if self.type == "formula":
            return (self._as_formula(),)
        if self.type == "auto_number":
            return (self._as_auto_number(),)
        field = self._as_field(choices)
        if self.type != "location":
            return (field,)
        stem = self.name.removesuffix("__c")
        parts = (
            replace(
                number(f"{stem}__{part}__s", "double", 3 + self.scale, self.scale, f"{field.label} ({part})"),
                custom=True,
                compound=self.name,
            )
            for part in ("Latitude", "Longitude")
        )
        return (*parts, replace(read_only(field), sortable=False))

    def _as_formula(self) -> schema.Field:
        kind = self.returns or "string"
        field = schema.Field(
            self.name,
            kind,
            _FORMULA_LENGTH if kind == "string" else 0,
            self.label or label_of(self.name),
            nillable=kind != "boolean",
            precision=self.precision if kind in _NUMBERS else 0,
            scale=self.scale if kind in _NUMBERS else 0,
            custom=True,
            formula=self.formula,
            blanks_as_zeros=self.blanks_as_zeros,
        )
        return derived(field, f"formula_value('{{{self.object}}}', '{self.name}', {{row}}.Id)")

    def _as_auto_number(self) -> schema.Field:
        field = text(self.name, _AUTO_NUMBER_LENGTH, self.label, nillable=False)
        counted = replace(field, custom=True, defaulted=True, auto_number=True, display_format=self.display_format)
        return read_only(replace(counted, external_id=self.external_id, id_lookup=self.external_id))

    def _as_field(self, choices: tuple[schema.Choice, ...]) -> schema.Field:
        is_text = self.type in schema.TEXT_TYPES
        is_number = self.type in _NUMBERS
        default = next((choice.value for choice in choices if choice.is_default), None)
        field = schema.Field(
            self.name,
            self.type,
            18 if self.type == "reference" else self.length if is_text else 0,
            self.label or label_of(self.name),
            nillable=not self.required and self.type != "boolean",
            defaulted=self.type == "boolean" or default is not None,
            default=False if self.type == "boolean" else default,
            choices=choices,
            restricted=self.restricted,
            controller=self.controlling_field,
            reference_to=(self.to,) if self.to else (),
            relationship=f"{self.name.removesuffix('__c')}__r" if self.to else None,
            digits=9 if self.type == "int" else 0,
            precision=self.precision if is_number else 0,
            scale=self.scale if is_number else 0,
            sortable=self.type != "multipicklist",
            extra_type=self._extra_type,
            html=self.html,
            encrypted=self.type == "encryptedstring",
            custom=True,
            unique=self.unique,
            external_id=self.external_id,
            id_lookup=self.external_id,
        )
        return unfilterable(field) if field.is_long or field.encrypted else field
