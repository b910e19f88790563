"""What all settings have in common: no name is taken in silence, and what is wrong is said in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

_WORDS = {
    "missing": "is missing",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of names to values",
    "model_attributes_type": "must be a mapping of names to values",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
}
_FEW = 60
_BEGINNINGS = re.compile(r"^(?:Value error, |(Input|String|Tuple|Dictionary) should)")


class Setting(BaseModel):
    """A setting with parts; a name that it does not know is refused with the nearest one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _knows_all_names(cls, given: object) -> object:
        for name in given if isinstance(given, Mapping) else ():
            if name not in cls.model_fields:
                said = {"message": unknown(name, cls.model_fields), "name": str(name)}
                raise PydanticCustomError("unknown_name", "{message}", said)
        return given


class SetUpError(Exception):
    """Settings make no sense: one line for each problem. `field` is the place of the first one, if it has one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def unknown(name: object, known: Iterable[str], *, of: str = "") -> str:
    """What is said of a name that is not known: the nearest one, and all of them where they are few."""
    by_lower = {each.lower(): each for each in known}
    nearest = get_close_matches(str(name).lower(), by_lower, 1)
    hint = f"; did you mean {by_lower[nearest[0]]}?" if nearest else ""
    listed = f"; there are {', '.join(by_lower.values())}" if len(by_lower) <= _FEW else ""
    return f"there is no {name}{f' among the {of}' if of else ''}{hint}{listed}"


def like(pattern: str, what: str) -> AfterValidator:
    """Text of a certain form; `what` names it: `a developer name, such as New_Business`."""
    form = re.compile(pattern)

    def checked(text: str) -> str:
        if not form.fullmatch(text):
            raise PydanticCustomError("form", "{text} is not {what}", {"text": repr(text), "what": what})
        return text

    return AfterValidator(checked)


def refusal(error: ValidationError) -> SetUpError:
    """All that is wrong with settings, each with its place."""
    problems = error.errors(include_url=False)
    lines = [f"{place}: {_said(problem)}" if (place := _place(problem)) else _said(problem) for problem in problems]
    return SetUpError("\n".join(lines), _place(problems[0]) or None)


def _place(problem: ErrorDetails) -> str:
    steps = [str(step) for step in problem["loc"]]
    if problem["type"] == "unknown_name":
        steps.append(problem["ctx"]["name"])
    return ".".join(steps)


def _said(problem: ErrorDetails) -> str:
    if problem["type"] == "string_type":
        return f"must be text{_quoting(problem['input'])}"
    words = _WORDS.get(problem["type"])
    if words:
        return words
    return _BEGINNINGS.sub(lambda found: "must" if found[1] else "", problem["msg"])


def _quoting(given: Any) -> str:
    """YAML reads some words as something else than text."""
    return "" if given is None or isinstance(given, (list, dict)) else f": put {given} in quotes"
