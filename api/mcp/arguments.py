"""A tool call's arguments against its input schema, in words that say what to change."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from pydantic_core import SchemaValidator, core_schema
from pydantic_core import ValidationError as NoMatchError

from api.mcp.schemas import choices_of, types_of
from domain.suggestions import nearest, printable

_MOST_PROBLEMS = 20
_LONGEST_NAME = 64


@dataclass(frozen=True)
class Problem:
    """One argument that can not stay as it is.

    `kind` is pydantic's word for it where it has one, so that the answer to a REST request can be the same.
    """

    path: tuple[str | int, ...]
    kind: str
    message: str
    known: tuple[str, ...] = ()
    """For an argument that does not exist: those that do."""
    pattern: str = ""
    """The one that a text does not match."""


class ArgumentCheck:
    """Checks arguments against one tool's input schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._validator = _Validator(schema)

    def problems(self, arguments: Mapping[str, Any]) -> list[Problem]:
        """What is wrong, at most twenty things; empty when the arguments fit. Values are never repeated."""
        by_path: dict[tuple[str | int, ...], Problem] = {}
        for error in self._validator.iter_errors(arguments):
            for problem in _problems(error):
                by_path.setdefault(problem.path, problem)
                if len(by_path) == _MOST_PROBLEMS:
                    return list(by_path.values())
        return list(by_path.values())


def _problems(error: ValidationError) -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            yield from _unknown_names(error, path)
        case "required":
            for name in error.validator_value:
                if name not in error.instance:
                    yield Problem((*path, name), "missing", "field required")
        case "anyOf" | "oneOf":
            yield from _no_choice_fits(error, path)
        case "pattern":
            yield Problem(path, "string_pattern_mismatch", _message(error), pattern=error.validator_value)
        case "type":
            yield Problem(path, _KINDS.get(_types(error.schema), "value_error"), _message(error))
        case _:
            yield Problem(path, "value_error", _message(error))


def _unknown_names(error: ValidationError, path: tuple[str | int, ...]) -> Iterator[Problem]:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    for name in error.instance:
        if name not in known and not any(re.search(pattern, name) for pattern in patterns):
            shown = printable(name[:_LONGEST_NAME])
            if home := next((field for field, schema in known.items() if _takes_name(schema, name)), None):
                advice = f"it belongs into {home}."
            elif patterns:
                advice = "its name does not have the right form."
            else:
                advice = nearest(shown, known, "known are")
            kind, names = ("unknown_name", ()) if path else ("extra_forbidden", _names(known))
            yield Problem((*path, shown), kind, f"there is no such field; {advice}", names)


def _names(fields: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of the fields, and of what is in those that are objects."""
    return (*fields, *(f"{name}.{inner}" for name, field in fields.items() for inner in field.get("properties", ())))


def _takes_name(schema: Mapping[str, Any], name: str) -> bool:
    return any(re.search(form, name) for each in choices_of(schema) for form in each.get("patternProperties", {}))


def _no_choice_fits(error: ValidationError, path: tuple[str | int, ...]) -> Iterator[Problem]:
    # Of a choice between null and something, the something is what the caller meant.
    choices: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        choices.setdefault(inner.schema_path[0], []).append(inner)
    meant = [
        errors
        for index, errors in choices.items()
        if error.validator_value[index].get("type") != "null" and not _is_of_another_type(errors)
    ]
    if len(meant) == 1:
        for inner in meant[0]:
            yield from _problems(inner)
    else:
        message = "does not have the right form" if meant else f"must be {_types(error.schema)}"
        yield Problem(path, "value_error", _described(error, message))


def _is_of_another_type(errors: Sequence[ValidationError]) -> bool:
    return any(error.validator == "type" and len(error.schema_path) == 2 for error in errors)


def _message(error: ValidationError) -> str:
    allowed = error.validator_value
    match error.validator:
        case "type":
            return f"must be {_types(error.schema)}"
        case "enum":
            return f"must be one of: {', '.join(str(value) for value in allowed)}"
        case "const":
            return f"must be {allowed}"
        case "minLength" | "minItems" | "minProperties" if allowed == 1:
            return "must not be empty"
        case "multipleOf" if allowed == 1:
            return "must be a whole number"
        case "pattern":
            return _described(error, "does not have the right form")
        case _:
            return _LIMITS.get(error.validator, "is not allowed here").format(allowed)


_LIMITS = {
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "uniqueItems": "must not contain the same item twice",
    "minimum": "must be {} or more",
    "maximum": "must be {} or less",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minProperties": "must have at least {} fields",
    "maxProperties": "must have at most {} fields",
}


def _described(error: ValidationError, message: str) -> str:
    schema = error.schema
    if description := schema.get("description"):
        message = f"{message}: {description}"
    if examples := schema.get("examples"):
        message = f"{message.removesuffix('.')}, for example {examples[0]!r}"
    return message


def _types(schema: Mapping[str, Any]) -> str:
    return " or ".join(_TYPE_NAMES[name] for name in types_of(schema) if name != "null") or "of another kind"


_TYPE_NAMES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
_KINDS = {"a whole number": "int_type", "a number": "float_type", "an object": "dict_type"}


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=pattern))


def _matches(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    # By the engine that the route uses too. In Python's own, `$` also matches before a line end.
    if isinstance(instance, str):
        try:
            _pattern(pattern).validate_python(instance)
        except NoMatchError:
            yield ValidationError("no match")


_Validator = extend(Draft202012Validator, {"pattern": _matches})
