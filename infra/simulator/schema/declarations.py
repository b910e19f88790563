"""Short ways to write a field down: `text("City", 40)`. A name says its label unless one is given."""

from __future__ import annotations

import re
from dataclasses import replace

from infra.simulator.schema.fields import Choice, Field


def text(name: str, length: int, label: str = "", *, nillable: bool = True, compound: str | None = None) -> Field:
    return Field(name, "string", length, label or label_of(name), nillable=nillable, compound=compound)


def typed(name: str, kind: str, length: int = 0, label: str = "") -> Field:
    return Field(name, kind, length, label or label_of(name))


def picklist(name: str, *values: str, length: int = 255, label: str = "", restricted: bool = False) -> Field:
    choices = tuple(Choice(value) for value in values)
    return Field(name, "picklist", length, label or label_of(name), choices=choices, restricted=restricted)


def flag(name: str, label: str = "", *, default: bool = False) -> Field:
    return Field(name, "boolean", label=label or label_of(name), nillable=False, defaulted=True, default=default)


def number(name: str, kind: str, precision: int, scale: int, label: str = "") -> Field:
    return Field(name, kind, label=label or label_of(name), precision=precision, scale=scale)


def integer(name: str, digits: int, label: str = "") -> Field:
    return Field(name, "int", label=label or label_of(name), digits=digits)


def reference(name: str, *to: str, label: str = "") -> Field:
    relationship = name.removesuffix("Id")
    return Field(name, "reference", 18, label or label_of(name), reference_to=to, relationship=relationship)


def read_only(field: Field) -> Field:
    return replace(field, createable=False, updateable=False)


def unfilterable(field: Field) -> Field:
    return replace(field, filterable=False, sortable=False)


def derived(field: Field, sql: str) -> Field:
    """A field that is read from elsewhere."""
    return replace(read_only(field), sql=sql, default=None)


def child_of(field: Field, children: str, *, cascades: bool = True, required: bool = False) -> Field:
    """A reference to records that list those that refer to them, and take them along when they are deleted."""
    return replace(field, children=children, cascades=cascades, nillable=not required)


def label_of(name: str) -> str:
    """`LeadSource` is labelled `Lead Source`, `OwnerId` `Owner ID`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name.removesuffix("__c").replace("_", " "))
    return " ".join("ID" if word == "Id" else word for word in words)
