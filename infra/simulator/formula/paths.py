"""Fields as a formula names them: of the record, of its parents, of the user who writes.

A reference that may lead to several kinds of records says which one it means: `Owner:User.Username`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from infra.simulator.formula.errors import FormulaError
from infra.simulator.schema.fields import Field, SObject

Find = Callable[[str], SObject | None]
"""The object of that name in any case."""

MAX_STEPS = 10
"""Relationships in one path; the limit of an org."""
_OF_THE_USER = {"$user": (), "$profile": ("Profile",), "$userrole": ("UserRole",)}


@dataclass(frozen=True)
class FieldPath:
    """Where a field is found."""

    name: str
    """As the formula writes it."""
    steps: tuple[tuple[Field, SObject], ...]
    """The reference fields on the way, and the objects they lead to."""
    field: Field
    sobject: SObject
    of_user: bool = False
    """It begins at the user instead of the record."""


class Environment(Protocol):
    """What a formula is worked out in."""

    @property
    def now(self) -> datetime: ...

    @property
    def is_new(self) -> bool:
        """The record is being created."""

    def read(self, path: FieldPath) -> Any:
        """The stored value."""

    def prior(self, path: FieldPath) -> Any:
        """The stored value before the change; the present one where the record is new."""


def resolved(name: str, sobject: SObject, find: Find) -> FieldPath:
    """The field of that name. Raises FormulaError."""
    first, *rest = name.split(".")
    relationships = _OF_THE_USER.get(first.lower())
    of_user = relationships is not None
    names = [*relationships, *rest] if relationships is not None else [first, *rest]
    here = find("User") if of_user else sobject
    steps: list[tuple[Field, SObject]] = []
    for relationship in names[:-1]:
        reference, target = _step(here, relationship, find)
        if reference is None or target is None:
            raise _unknown(name)
        steps.append((reference, target))
        here = target
    field = here.field(names[-1]) if here and names else None
    if field is None or here is None or len(steps) > MAX_STEPS or (of_user and not rest):
        raise _unknown(name)
    return FieldPath(name, tuple(steps), field, here, of_user)


def _step(sobject: SObject | None, relationship: str, find: Find) -> tuple[Field | None, SObject | None]:
    name, colon, kind = relationship.partition(":")
    reference = sobject.parent(name) if sobject else None
    if reference is None:
        return None, None
    kinds = [target for target in reference.reference_to if not colon or target.lower() == kind.lower()]
    # "Queue" is what formulas call a Group that owns records.
    if colon and kind.lower() == "queue" and "Group" in reference.reference_to:
        kinds = ["Group"]
    return reference, find(kinds[0]) if len(kinds) == 1 else None


def _unknown(name: str) -> FormulaError:
    return FormulaError(f"Field {name} does not exist. Check spelling.")
