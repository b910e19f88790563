"""A custom field, as an admin defines it.

Source: fact sheet 2.5 and 12.1; what each kind is in `describe` is restated from the Object Reference.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from infra.simulator.org.set_up import Values
from infra.simulator.schema import fields as schema

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
]
Writable = Literal["Lead", "Account", "Contact", "Opportunity"]
CustomName = Annotated[
    str, Field(pattern=r"^(?:[A-Za-z][A-Za-z0-9]{0,14}__)?[A-Za-z](?:_?[A-Za-z0-9])*__c$", max_length=60)
]
"""Perhaps with the namespace of a package in front: `ns__Segment__c`."""
_NUMBERS = ("double", "currency", "percent")
_LONG = 255
"""A text area with more characters is a long one, which cannot be filtered."""


class CustomField(BaseModel):
    """A custom field of one object."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: CustomName
    object: Writable = "Lead"
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

    @model_validator(mode="after")
    def _fits_together(self) -> CustomField:
        if self.scale >= self.precision + (self.scale == 0):
            raise ValueError(f"{self.name}: scale must be smaller than precision")
        if bool(self.to) != (self.type == "reference"):
            raise ValueError(f"{self.name}: `to` says where a reference leads; no other field has it")
        if self.html and self.type != "textarea":
            raise ValueError(f"{self.name}: only a textarea can hold html")
        return self

    @property
    def is_long(self) -> bool:
        return self.type == "textarea" and (self.html or self.length > _LONG)

    @property
    def _extra_type(self) -> str | None:
        if self.type != "textarea":
            return None
        return "richtextarea" if self.html else "plaintextarea"

    def as_fields(self, choices: tuple[schema.Choice, ...]) -> tuple[schema.Field, ...]:
        """The field as `describe` tells about it; a location has its two parts besides."""
        field = self._as_field(choices)
        if self.type != "location":
            return (field,)
        stem = self.name.removesuffix("__c")
        parts = (
            replace(
                schema.number(f"{stem}__{part}__s", "double", 3 + self.scale, self.scale, f"{field.label} ({part})"),
                custom=True,
                compound=self.name,
            )
            for part in ("Latitude", "Longitude")
        )
        return (*parts, replace(schema.read_only(field), sortable=False))

    def _as_field(self, choices: tuple[schema.Choice, ...]) -> schema.Field:
        is_text = self.type in schema.TEXT_TYPES
        is_number = self.type in _NUMBERS
        default = next((choice.value for choice in choices if choice.is_default), None)
        return schema.Field(
            self.name,
            self.type,
            18 if self.type == "reference" else self.length if is_text else 0,
            self.label or schema.label_of(self.name),
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
            filterable=not self.is_long and self.type != "encryptedstring",
            sortable=not self.is_long and self.type not in ("multipicklist", "encryptedstring"),
            extra_type=self._extra_type,
            html=self.html,
            encrypted=self.type == "encryptedstring",
            custom=True,
            unique=self.unique,
            external_id=self.external_id,
            id_lookup=self.external_id,
        )
