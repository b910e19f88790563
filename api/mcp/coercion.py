"""A tool call's arguments in the types of their schema, since agents and adapters write numbers and lists as text too.

What can not be read stays as it is, for the check to refuse.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from api.mcp.messages import strict_json
from api.mcp.schemas import Schema, choices_of, types_of
from domain.values.base import is_blank


def coerced(arguments: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """The fields of an object as its schema wants them. Null means left out, where a field can not be null."""
    properties, required = schema.get("properties", {}), schema.get("required", ())
    values = {name: _coerced(value, properties.get(name, {})) for name, value in arguments.items()}
    return {
        name: value
        for name, value in values.items()
        if value is not None or name in required or "null" in types_of(properties.get(name, _ANYTHING))
    }


_ANYTHING: Schema = {"type": "null"}


def _coerced(value: Any, schema: Schema) -> Any:
    types = types_of(schema)
    if is_blank(value) and _can_not_be_blank(schema, types):
        return None
    if "string" not in types or not isinstance(value, str):
        value = _read(value, types)
    if isinstance(value, list):
        return [_coerced(each, _said("items", schema).get("items", {})) for each in value]
    if isinstance(value, dict):
        return coerced(value, _said("properties", schema))
    return value


def _can_not_be_blank(schema: Schema, types: Sequence[str]) -> bool:
    """Whether blank says nothing. In a flag that can not be null it is refused: a `dry_run` left out would mean no."""
    if "null" in types:
        return "string" not in types or not _FORMS.isdisjoint(schema)
    return "integer" in types or "number" in types


_FORMS = frozenset({"pattern", "format", "minLength"})


def _said(keyword: str, schema: Schema) -> Schema:
    """The choice that has the keyword."""
    return next((choice for choice in choices_of(schema) if keyword in choice), {})


def _read(value: Any, types: Sequence[str]) -> Any:
    for name in types:
        # Of what is no text, REST takes only 1 and 0 for something else.
        if name in _READERS and (isinstance(value, str) or name == "boolean"):
            with suppress(ValueError):
                return _READERS[name](value)
    return value


def _list(text: str) -> list[Any]:
    """A list as JSON, or as people write it, separated by commas."""
    with suppress(ValueError):
        value = strict_json(text)
        if isinstance(value, list):
            return value
    return [part.strip() for part in text.split(",") if part.strip()]


def _object(text: str) -> Any:
    value = strict_json(text)
    return value if isinstance(value, dict) else text


# As the routes read them, so that a tool takes what REST takes.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "boolean": TypeAdapter(bool).validate_python,
    "integer": TypeAdapter(int).validate_python,
    "number": TypeAdapter(Annotated[float, Field(allow_inf_nan=False)]).validate_python,
    "array": _list,
    "object": _object,
}
"""By JSON's type; ValueError for what they can not read."""
