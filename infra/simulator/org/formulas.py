"""The formulas of one org, compiled once against its objects and worked out against its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.simulator.formula.formula import Formula, compiled
from infra.simulator.formula.paths import FieldPath
from infra.simulator.formula.values import Type
from infra.simulator.org.storage import Row, Tables
from infra.simulator.schema.fields import Field, SObject


@dataclass(frozen=True)
class Change:
    """A record as it is about to be, and as it was."""

    sobject: SObject
    row: Row
    before: Row | None
    """None while the record is being created."""
    user_id: str
    """Who changes it."""


class Formulas:
    """Compiles and works out. Made anew whenever the org's objects change."""

    def __init__(self, tables: Tables, objects: Mapping[str, SObject], clock: Callable[[], datetime]) -> None:
        """`objects` are all of them, by their names in lower case."""
        self._tables = tables
        self._objects = objects
        self._clock = clock
        self._conditions: dict[tuple[str, str], Formula] = {}

    def condition(self, sobject: SObject, text: str) -> Formula:
        """A formula that is true or false of a record that is being saved. Raises FormulaError."""
        key = (sobject.name, text)
        if key not in self._conditions:
            found = self._objects[sobject.name.lower()]
            self._conditions[key] = compiled(text, found, self.find, Type.BOOLEAN, on_save=True)
        return self._conditions[key]

    def is_met(self, text: str, change: Change) -> bool:
        """Whether a formula is true of a record. Raises EvaluationError where it has no value."""
        formula = self.condition(change.sobject, text)
        return bool(formula.evaluate(_Environment(self, change, self._clock())))

    def find(self, name: str) -> SObject | None:
        return self._objects.get(name.lower())

    def value_at(self, path: FieldPath, row: Row | None) -> Any:
        """What stands in the field that a path leads to from a row; nothing where the path ends early."""
        for reference, target in path.steps:
            record_id = row.get(reference.name) if row else None
            is_there = record_id is not None and str(record_id).startswith(target.prefix)
            row = self._tables.get(target.name, str(record_id)) if is_there else None
        return self._value(path.field, row) if row else None

    def user(self, user_id: str) -> Row | None:
        return self._tables.get("User", user_id)

    def _value(self, field: Field, row: Row) -> Any:
        return row.get(field.name)


@dataclass(frozen=True)
class _Environment:
    """What a formula about a change is worked out in."""

    formulas: Formulas
    change: Change
    now: datetime

    @property
    def is_new(self) -> bool:
        return self.change.before is None

    def read(self, path: FieldPath) -> Any:
        row = self.formulas.user(self.change.user_id) if path.of_user else self.change.row
        return self.formulas.value_at(path, row)

    def prior(self, path: FieldPath) -> Any:
        return self.formulas.value_at(path, self.change.before or self.change.row)
