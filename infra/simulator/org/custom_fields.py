"""A custom field, as an admin defines it.

Source: fact sheet 2.5 and 12.1; what each kind is in `describe` is restated from the Object Reference.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
    values: tuple[str, ...] = ()
    restricted: bool = False
    required: bool = False
    unique: bool = False
    external_id: bool = False
    precision: int = Field(default=18, ge=1, le=18)
    """Digits of a number in all, and behind the point."""
    scale: int = Field(default=2, ge=0, le=17)

    @model_validator(mode="after")
    def _fits_together(self) -> CustomField:
        if self.scale >= self.precision + (self.scale == 0):
            raise ValueError(f"{self.name}: scale must be smaller than precision")
        return self

    def as_field(self) -> schema.Field:
        """The field as `describe` tells about it."""
        is_text = self.type in schema.TEXT_TYPES
        is_long = self.type == "textarea" and self.length > _LONG
        return schema.Field(
            self.name,
            self.type,
            self.length if is_text else 0,
            self.label or schema.label_of(self.name),
            nillable=not self.required and self.type != "boolean",
            defaulted=self.type == "boolean",
            default=False if self.type == "boolean" else None,
            choices=tuple(schema.Choice(value) for value in self.values),
            restricted=self.restricted,
            digits=9 if self.type == "int" else 0,
            precision=self.precision if self.type in _NUMBERS else 0,
            scale=self.scale if self.type in _NUMBERS else 0,
            filterable=not is_long,
            sortable=not is_long and self.type != "multipicklist",
            extra_type="plaintextarea" if self.type == "textarea" else None,
            custom=True,
            unique=self.unique,
            external_id=self.external_id,
            id_lookup=self.external_id,
        )
