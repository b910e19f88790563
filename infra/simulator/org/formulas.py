"""The formulas of one org, compiled once against its objects and worked out against its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.simulator.formula.errors import EvaluationError, FormulaError
from infra.simulator.formula.formula import Formula, compiled
from infra.simulator.formula.paths import FieldPath
from infra.simulator.formula.values import Type, to_stored, type_of
from infra.simulator.org.storage import Row, Tables
from infra.simulator.schema.fields import Field, SObject

MAX_NESTED = 10
"""Formula fields that read formula fields that read formula fields …"""


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

    def __init__(
        self,
        tables: Tables,
        objects: Mapping[str, SObject],
        clock: Callable[[], datetime],
        running_user_id: Callable[[], str],
    ) -> None:
        """`objects` are all of them, by their names in lower case; the running user is who reads formula fields."""
        self._tables = tables
        self._objects = objects
        self._clock = clock
        self._running_user_id = running_user_id
        self._conditions: dict[tuple[str, str], Formula] = {}
        self._fields: dict[tuple[str, str], Formula] = {}

    def condition(self, sobject: SObject, text: str) -> Formula:
        """A formula that is true or false of a record that is being saved. Raises FormulaError."""
        key = (sobject.name, text)
        if key not in self._conditions:
            found = self._objects[sobject.name.lower()]
            formula = compiled(text, found, self._find, Type.BOOLEAN, on_save=True)
            self._compile_fields_of(formula, ())
            self._conditions[key] = formula
        return self._conditions[key]

    def field(self, sobject: SObject, field: Field, above: tuple[str, ...] = ()) -> Formula:
        """The formula of a formula field, and those of the formula fields it reads. Raises FormulaError.

        `above` holds the names of the formula fields that read it.
        """
        key = (sobject.name, field.name)
        name = ".".join(key)
        if name in above:
            raise FormulaError(f"Field {name} cannot refer to itself, directly or through other formula fields")
        if len(above) >= MAX_NESTED:
            raise FormulaError(f"Formula is too complex: more than {MAX_NESTED} formula fields read one another")
        if key not in self._fields:
            kind = type_of(field) or Type.TEXT
            formula = compiled(field.formula or "", sobject, self._find, kind, nulls_as_zero=field.blanks_as_zeros)
            self._compile_fields_of(formula, (*above, name))
            self._fields[key] = formula
        return self._fields[key]

    def is_met(self, text: str, change: Change) -> bool:
        """Whether a formula is true of a record. Raises EvaluationError where it has no value."""
        formula = self.condition(change.sobject, text)
        return bool(formula.evaluate(_Environment(self, change.row, change.before, change.user_id, self._clock())))

    def shown(self, sobject: SObject, field_name: str, record_id: str) -> Any:
        """What a formula field of a record shows now: null where the formula has no value (a page says `#Error!`)."""
        field, row = sobject.field(field_name), self._tables.stored(sobject.name, record_id)
        if field is None or row is None:
            return None
        try:
            return self.value(sobject, field, row, self._running_user_id())
        except EvaluationError:
            return False if field.type == "boolean" else None

    def value(self, sobject: SObject, field: Field, row: Row, user_id: str) -> Any:
        """The value of a field in a row, worked out where it has a formula. Raises EvaluationError."""
        if field.formula is None:
            return row.get(field.name)
        formula = self.field(sobject, field)
        return to_stored(field, formula.evaluate(_Environment(self, row, row, user_id, self._clock())))

    def row_at(self, path: FieldPath, row: Row | None) -> Row | None:
        """The row of the record that a path leads to from another; None where it ends early."""
        for reference, target in path.steps:
            record_id = str(row.get(reference.name) or "") if row else ""
            row = self._tables.stored(target.name, record_id) if record_id.startswith(target.prefix) else None
        return row

    def user(self, user_id: str) -> Row | None:
        return self._tables.stored("User", user_id)

    def _find(self, name: str) -> SObject | None:
        return self._objects.get(name.lower())

    def _compile_fields_of(self, formula: Formula, above: tuple[str, ...]) -> None:
        for path in formula.fields:
            if path.field.formula is not None:
                self.field(path.sobject, path.field, above)


@dataclass(frozen=True)
class _Environment:
    """What a formula about a record is worked out in."""

    formulas: Formulas
    row: Row
    before: Row | None
    user_id: str
    now: datetime

    @property
    def is_new(self) -> bool:
        return self.before is None

    def read(self, path: FieldPath) -> Any:
        return self._value(path, self.formulas.user(self.user_id) if path.of_user else self.row)

    def prior(self, path: FieldPath) -> Any:
        return self._value(path, self.before or self.row)

    def _value(self, path: FieldPath, row: Row | None) -> Any:
        found = self.formulas.row_at(path, row)
        return None if found is None else self.formulas.value(path.sobject, path.field, found, self.user_id)
