"""A custom object, as an admin defines it.

Source: fact sheet 2.3 and 2.5; the fields of a new custom object are restated from the Object Reference.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field, model_validator

from infra.simulator.schema import fields as schema
from infra.simulator.schema.activities import OF_THING, last_activity
from infra.simulator.schema.common_fields import audit_fields, last_seen, owner, record_head
from infra.simulator.schema.declarations import label_of, read_only, text
from infra.simulator.schema.ids import base62
from infra.simulator.setup.custom_fields import CustomField, CustomName, NumberFormat
from infra.simulator.setup.setting_checks import Setting


class CustomObject(Setting):
    """A custom object with its fields; lookups lead it to others: `Lead__c`."""

    name: CustomName
    label: str = Field(default="", max_length=40)
    plural: str = Field(default="", max_length=40)
    name_field: Literal["text", "auto_number"] = "text"
    display_format: NumberFormat = "{0000}"
    """How an auto-number writes the name: `V-{0000}`."""
    fields: tuple[CustomField, ...] = ()

    @model_validator(mode="after")
    def _own_fields(self) -> CustomObject:
        if any(field.object not in ("Lead", self.name) for field in self.fields):
            raise ValueError(f"{self.name}: its fields are of this object and no other")
        return self

    def own_fields(self) -> tuple[CustomField, ...]:
        return tuple(field.model_copy(update={"object": self.name}) for field in self.fields)

    def as_object(self, number: int) -> schema.SObject:
        """The object without its own fields; the number is its place among the custom objects of the org."""
        label = self.label or label_of(self.name)
        return schema.SObject(
            self.name,
            label,
            self.plural or f"{label}s",
            f"a{base62(number, 2)}",
            indexed=("Name",),
            fields=(
                *record_head(label),
                owner("Group", "User"),
                self._name(f"{label} Name"),
                *audit_fields(),
                last_activity(OF_THING),
                *last_seen(),
            ),
        )

    def _name(self, label: str) -> schema.Field:
        if self.name_field == "text":
            return replace(text("Name", 80, label), defaulted=True, id_lookup=True)
        number = read_only(text("Name", 30, label, nillable=False))
        return replace(number, defaulted=True, id_lookup=True, auto_number=True, display_format=self.display_format)
