"""Functions that choose, or that take arguments of whatever type: IF, CASE, AND, ISBLANK, PRIORVALUE, …

Logic has three values, as in the databases of the orgs: NOT(null) is null, and a null condition is not met.

Source: restated from Salesforce's "Formula Operators and Functions".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timezone
from typing import Any

from infra.simulator.formula.errors import FormulaError
from infra.simulator.formula.functions import text_of
from infra.simulator.formula.operators import mismatch
from infra.simulator.formula.paths import Environment, FieldPath
from infra.simulator.formula.typed import Typed, Value, as_text, only_in_certain_functions, wrong_count
from infra.simulator.formula.values import AS_TEXT, Type, from_stored

Build = Callable[[str, list[Typed]], Typed]


@dataclass(frozen=True)
class Form:
    """How a function with its arguments gets its type and value."""

    typed: Build
    least: int
    most: int | None = None
    """None: as many as `least`."""
    on_save: bool = False
    """Only where a record is being saved."""

    def check_count(self, name: str, count: int) -> None:
        most = self.least if self.most is None else self.most
        if not self.least <= count <= most:
            raise wrong_count(name, self.least if count < self.least else most, count)


def _expect(name: str, argument: Typed, *expected: Type) -> None:
    if argument.type is Type.PICKLIST and Type.PICKLIST not in expected:
        raise only_in_certain_functions(argument)
    if argument.type not in expected:
        raise mismatch(f"function '{name}()'", argument.type, *expected)


def _common(name: str, choices: list[Typed]) -> Type:
    """The one type of what is chosen from."""
    known = [choice for choice in choices if choice.type is not Type.NULL]
    for choice in known:
        if choice.type is Type.PICKLIST:
            raise only_in_certain_functions(choice)
        if choice.type is not known[0].type:
            raise mismatch(f"function '{name}()'", choice.type, known[0].type)
    return known[0].type if known else Type.NULL


def _chosen(kind: Type, choice: Typed) -> Value:
    return as_text(choice) if kind is Type.TEXT else choice.value


def _junction(name: str, arguments: list[Typed]) -> Typed:
    """AND and OR; what follows the deciding argument is not worked out."""
    for argument in arguments:
        _expect(name, argument, Type.BOOLEAN, Type.NULL)
    decides = name == "OR"
    values = [argument.value for argument in arguments]

    def value(environment: Environment) -> Any:
        found: bool | None = not decides
        for part in values:
            truth = part(environment)
            if truth is decides:
                return decides
            found = None if truth is None else found
        return found

    return Typed(Type.BOOLEAN, value)


def _not(name: str, arguments: list[Typed]) -> Typed:
    _expect(name, arguments[0], Type.BOOLEAN, Type.NULL)
    inner = arguments[0].value

    def value(environment: Environment) -> Any:
        truth = inner(environment)
        return None if truth is None else not truth

    return Typed(Type.BOOLEAN, value)


def _if(name: str, arguments: list[Typed]) -> Typed:
    condition, *choices = arguments
    _expect(name, condition, Type.BOOLEAN, Type.NULL)
    kind = _common(name, choices)
    yes, no = (_chosen(kind, choice) for choice in choices)
    return Typed(kind, lambda environment: (yes if condition.value(environment) else no)(environment))


def _case(name: str, arguments: list[Typed]) -> Typed:
    """CASE(value, when, then, when, then, …, else)"""
    if len(arguments) % 2:
        raise wrong_count(name, len(arguments) + 1, len(arguments))
    subject, *pairs, otherwise = arguments
    whens, thens = pairs[::2], pairs[1::2]
    wanted = Type.TEXT if subject.type in AS_TEXT else subject.type
    for when in whens:
        _expect(name, when, wanted, Type.NULL)
    kind = _common(name, [*thens, otherwise])
    ways = [(_chosen(wanted, when), _chosen(kind, then)) for when, then in zip(whens, thens, strict=True)]
    last = _chosen(kind, otherwise)

    def value(environment: Environment) -> Any:
        found = subject.value(environment)
        for when, then in ways:
            if when(environment) == found:
                return then(environment)
        return last(environment)

    return Typed(kind, value)


def _is_blank(name: str, arguments: list[Typed]) -> Typed:
    """Whether there is nothing; for ISNULL a text is always something."""
    [subject] = arguments
    if subject.type is Type.PICKLIST:
        raise only_in_certain_functions(subject)
    blank = (None, "") if name == "ISBLANK" or subject.type is Type.MULTIPICKLIST else (None,)
    return Typed(Type.BOOLEAN, lambda environment: subject.value(environment) in blank)


def _substitute(name: str, arguments: list[Typed]) -> Typed:
    """BLANKVALUE and NULLVALUE: something else where there is nothing."""
    kind = _common(name, arguments)
    subject, other = (_chosen(kind, argument) for argument in arguments)
    blank = (None, "") if name == "BLANKVALUE" else (None,)

    def value(environment: Environment) -> Any:
        found = subject(environment)
        return other(environment) if found in blank else found

    return Typed(kind, value)


def _is_picklist_value(name: str, arguments: list[Typed]) -> Typed:
    picklist, text = arguments
    if picklist.type is not Type.PICKLIST:
        raise mismatch(f"function '{name}()'", picklist.type, Type.PICKLIST)
    _expect(name, text, Type.TEXT, Type.NULL)
    wanted = as_text(text)
    return Typed(Type.BOOLEAN, lambda environment: picklist.value(environment) == wanted(environment))


def _includes(name: str, arguments: list[Typed]) -> Typed:
    picklist, text = arguments
    if picklist.type is not Type.MULTIPICKLIST:
        raise mismatch(f"function '{name}()'", picklist.type, Type.MULTIPICKLIST)
    _expect(name, text, Type.TEXT)
    return Typed(Type.BOOLEAN, lambda environment: text.value(environment) in picklist.value(environment).split(";"))


def _text(name: str, arguments: list[Typed]) -> Typed:
    [subject] = arguments
    _expect(name, subject, Type.NUMBER, Type.DATE, Type.DATETIME, Type.PICKLIST, Type.NULL)
    return Typed(Type.TEXT, lambda environment: text_of(subject.value(environment)))


def _own_path(name: str, argument: Typed) -> FieldPath:
    path = argument.path
    if path is None or path.steps or path.of_user:
        raise FormulaError(f"Function '{name}()' takes a field of the record itself")
    return path


def _is_changed(name: str, arguments: list[Typed]) -> Typed:
    path = _own_path(name, arguments[0])
    return Typed(
        Type.BOOLEAN, lambda environment: not environment.is_new and environment.read(path) != environment.prior(path)
    )


def _prior_value(name: str, arguments: list[Typed]) -> Typed:
    path = _own_path(name, arguments[0])
    return Typed(arguments[0].type, lambda environment: from_stored(path.field, environment.prior(path)), path)


FORMS: dict[str, Form] = {
    "AND": Form(_junction, 1, 500),
    "OR": Form(_junction, 1, 500),
    "NOT": Form(_not, 1),
    "IF": Form(_if, 3),
    "CASE": Form(_case, 4, 500),
    "ISBLANK": Form(_is_blank, 1),
    "ISNULL": Form(_is_blank, 1),
    "BLANKVALUE": Form(_substitute, 2),
    "NULLVALUE": Form(_substitute, 2),
    "ISPICKVAL": Form(_is_picklist_value, 2),
    "INCLUDES": Form(_includes, 2),
    "TEXT": Form(_text, 1),
    "TODAY": Form(lambda *_: Typed(Type.DATE, lambda here: here.now.astimezone(timezone.utc).date()), 0),
    "NOW": Form(lambda *_: Typed(Type.DATETIME, lambda here: here.now.astimezone(timezone.utc)), 0),
    "ISNEW": Form(lambda *_: Typed(Type.BOOLEAN, lambda here: here.is_new), 0, on_save=True),
    "ISCHANGED": Form(_is_changed, 1, on_save=True),
    "PRIORVALUE": Form(_prior_value, 1, on_save=True),
}
