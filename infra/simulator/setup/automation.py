"""What an admin lets happen when records are saved: rules, triggers, locks.

Each says when it applies: by a formula, as in an org, or by a condition as it would stand after WHERE in SOQL.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from infra.simulator.formula.parser import MAX_LENGTH
from infra.simulator.setup.set_up import FormulaText
from infra.simulator.setup.setting_checks import Setting, like

ExceptionName = Annotated[str, like(r"[A-Za-z][\w.]*", "an exception, such as System.DmlException")]
Event = Literal[
    "before insert",
    "before update",
    "before delete",
    "after insert",
    "after update",
    "after delete",
    "after undelete",
]
Operator = Literal[
    "equals",
    "notEqual",
    "lessThan",
    "greaterThan",
    "lessOrEqual",
    "greaterOrEqual",
    "contains",
    "notContain",
    "startsWith",
    "includes",
    "excludes",
]
"""As the Metadata API calls them."""


class Rule(Setting):
    """Something that applies to some of an object's records."""

    object: str = "Lead"
    formula: FormulaText | None = None
    condition: str | None = Field(default=None, min_length=1, max_length=MAX_LENGTH)

    @model_validator(mode="after")
    def _one_of_both(self) -> Rule:
        if (self.formula is None) is (self.condition is None):
            raise ValueError("exactly one of formula and condition is needed")
        return self


class ValidationRule(Rule):
    """A record that meets it is not saved."""

    name: str = Field(min_length=1, max_length=40)
    active: bool = True
    message: str = Field(min_length=1, max_length=255)
    field: str | None = None
    """The field the message stands next to; else it stands at the top."""


class Trigger(Rule):
    """An Apex trigger that refuses records; one without formula and condition refuses all."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z]\w*$")
    events: tuple[Event, ...] = Field(min_length=1)
    active: bool = True
    kind: Literal["add_error", "exception"] = "add_error"
    """`add_error`: it says what is wrong with the record; `exception`: it breaks."""
    message: str = Field(min_length=1, max_length=4000)
    field: str | None = None
    """The field that `add_error` is said of."""
    exception: ExceptionName = "System.NullPointerException"

    @model_validator(mode="after")
    def _one_of_both(self) -> Trigger:
        if self.formula is not None and self.condition is not None:
            raise ValueError("formula and condition cannot both be given")
        return self


class ApprovalLock(Rule):
    """A record that meets it waits for an approval: nobody changes or deletes it."""

    name: str = Field(default="Approval", min_length=1, max_length=80)


class Criterion(Setting):
    """A field and what is compared with it; several values are separated by commas, any of them will do."""

    field: str
    operator: Operator
    value: str = ""


class AssignmentEntry(Setting):
    """Who gets the records that meet a formula or all criteria; one without either meets every record."""

    formula: FormulaText | None = None
    criteria: tuple[Criterion, ...] = ()
    owner: str | None
    """A user by id or username, a queue by id or developer name; null leaves the owner as it is."""

    @model_validator(mode="after")
    def _not_both(self) -> AssignmentEntry:
        if self.formula is not None and self.criteria:
            raise ValueError("formula and criteria cannot both be given")
        return self


class AssignmentRule(Setting):
    """Entries in order; the first one that a record meets decides who owns it."""

    name: str = Field(min_length=1, max_length=120)
    object: Literal["Lead"] = "Lead"
    active: bool = True
    entries: tuple[AssignmentEntry, ...] = ()
