"""A part of a formula with its type, and the errors every part can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.simulator.formula.errors import FormulaError
from infra.simulator.formula.paths import Environment, FieldPath
from infra.simulator.formula.values import Type

Value = Callable[[Environment], Any]


@dataclass(frozen=True)
class Typed:
    """What a part of a formula is, and how its value is had."""

    type: Type
    value: Value
    path: FieldPath | None = None
    """The field, where it is one and nothing else."""


def as_text(typed: Typed) -> Value:
    """NULL where a text is wanted is the empty text."""
    return (lambda _: "") if typed.type is Type.NULL else typed.value


def only_in_certain_functions(typed: Typed) -> FormulaError:
    name = typed.path.name if typed.path else "value"
    return FormulaError(
        f"Field {name} is a picklist field. Picklist fields are only supported in certain functions. "
        "Use ISPICKVAL, CASE or TEXT."
    )


def wrong_count(name: str, expected: int, received: int) -> FormulaError:
    return FormulaError(
        f"Incorrect number of parameters for function '{name}()'. Expected {expected}, received {received}"
    )
