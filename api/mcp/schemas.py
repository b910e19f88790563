"""JSON Schemas as models and clients of all kinds read them: written out, short, in few keywords."""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]

_SCHEMA = frozenset({"items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else"})
_SCHEMA_LIST = frozenset({"anyOf", "allOf", "oneOf", "prefixItems"})
_SCHEMA_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas"})
_NOT_TO_BE_JOINED = frozenset({"enum", "const", "anyOf", "allOf", "oneOf", "not"})


def written_out(schema: Mapping[str, Any], schemas: Mapping[str, Schema], *, without: frozenset[str]) -> Schema:
    """The schema with every reference replaced by what it refers to, and without the keywords in `without`.

    Clients differ in how much of `$ref` they understand; written out, all of them understand it.
    """
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        # What stands beside a reference was said about this field, so it wins over what the type says.
        beside = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
        return written_out({**schemas[target], **beside}, schemas, without=without)

    def inner(value: Any) -> Any:
        return written_out(value, schemas, without=without) if isinstance(value, dict) else value

    result: Schema = {}
    for keyword, value in schema.items():
        # A field that is left out is left out. Said as "null by default" it would sound like one that is cleared.
        if keyword in without or (keyword == "default" and (value is None or value is False)):
            continue
        if keyword in _SCHEMA:
            result[keyword] = inner(value)
        elif keyword in _SCHEMA_LIST:
            result[keyword] = [inner(each) for each in value]
        elif keyword in _SCHEMA_BY_NAME:
            result[keyword] = {name: inner(each) for name, each in value.items()}
        elif isinstance(value, float) and value.is_integer():
            # FastAPI's model of OpenAPI makes a float of every limit.
            result[keyword] = int(value)
        else:
            result[keyword] = value
    if "patternProperties" in result:
        # Pydantic says it by refusing other names, not in the schema.
        result.setdefault("additionalProperties", False)
    return _joined_types(result)


def _joined_types(schema: Schema) -> Schema:
    """A choice between types as one schema with several types, which says the same in half the words.

    A keyword speaks about one type only and lets the others pass, so choices can be joined as long as no two of them
    say something about the same.
    """
    choices = schema.get("anyOf")
    if not choices or not all(isinstance(choice.get("type"), str) for choice in choices):
        return schema
    joined: Schema = {"type": list(dict.fromkeys(choice["type"] for choice in choices))}
    if "number" in joined["type"] and {"type": "integer"} in choices:
        joined["type"].remove("integer")
    for choice in choices:
        said = {keyword: value for keyword, value in choice.items() if keyword != "type"}
        if said.keys() & (joined.keys() | _NOT_TO_BE_JOINED):
            return schema
        joined |= said
    rest = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    return schema if joined.keys() & rest.keys() - {"description", "examples"} else {**joined, **rest}


def choices_of(schema: Mapping[str, Any]) -> Sequence[Schema]:
    """The schemas that it lets one choose from; just itself when there is no choice."""
    choices: Sequence[Schema] = schema.get("anyOf") or schema.get("oneOf") or [dict(schema)]
    return choices


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """JSON's names of the types that it takes, each once; none when it does not say."""
    types = [choice.get("type", []) for choice in choices_of(schema)]
    return list(dict.fromkeys(name for each in types for name in ([each] if isinstance(each, str) else each)))


def as_read(argument: Schema) -> Schema:
    """The schema as a model needs it: text with a description says its form and an example in words, and how long it
    may be when it is too long; of an object's fields only the types, since they are arguments somewhere else.

    A model reads words better and sooner, and not every client knows `patternProperties`.
    """
    if "properties" in argument:
        fields = {name: _in_short(field) for name, field in argument["properties"].items()}
        argument = {**argument, "properties": fields}
    if "description" not in argument:
        return argument
    said = _in_words(argument)
    if "items" in said:
        said["items"] = _in_words(said["items"])
        said.pop("examples", None)
    if len(by_pattern := list(said.get("patternProperties", {}).values())) == 1:
        del said["patternProperties"]
        said["additionalProperties"] = {"type": by_pattern[0]["type"]}
    return said


def _in_words(schema: Schema) -> Schema:
    if "string" not in types_of(schema):
        return schema.copy()
    return {keyword: value for keyword, value in schema.items() if keyword not in _OF_TEXT}


_OF_TEXT = frozenset({"pattern", "examples", "minLength", "maxLength"})

_MANY_FIELDS = 12


def outline(data: Schema) -> Schema:
    """What can be relied on in the data: its fields with their types, what is in them without.

    Those that may be null are only named: a caller has to expect anything there. Of what has many fields, like a lead,
    they are left out, since they are named as the arguments are, and each list of them would cost as much as a tool.
    """
    if choices := data.get("anyOf"):
        return _in_common([outline(choice) for choice in choices])
    properties: Mapping[str, Schema] = data.get("properties", {})
    kept = {
        name: {} if _may_be_null(field) else {key: field[key] for key in ("type", "const") if key in field}
        for name, field in properties.items()
        if len(properties) <= _MANY_FIELDS or not _may_be_null(field)
    }
    kept_parts: Schema = {keyword: data[keyword] for keyword in ("type", "required") if keyword in data}
    if "required" in kept_parts:
        kept_parts["required"] = [name for name in kept_parts["required"] if name in kept]
    return {**kept_parts, "properties": kept} if kept else kept_parts


def _in_common(outlines: Sequence[Schema]) -> Schema:
    """The first outline, as far as the others let it be relied on: a plan can come instead of an answer."""
    fields: dict[str, Schema] = dict(outlines[0]["properties"])
    for other in outlines[1:]:
        for name in fields.keys() & other["properties"].keys():
            fields[name] = _either(fields[name], other["properties"][name])
    required = set.intersection(*(set(each.get("required", ())) for each in outlines))
    return {"type": "object", "properties": fields, "required": sorted(required)}


def _either(one: Schema, other: Schema) -> Schema:
    """What can be relied on when it is one or the other."""
    if one == other:
        return one
    if "type" not in one or "type" not in other:
        return {}
    types = types_of({"anyOf": [one, other]})
    return {"type": types[0] if len(types) == 1 else types}


def _in_short(field: Schema) -> Schema:
    said = {keyword: value for keyword, value in field.items() if keyword in ("type", "enum", "const", "items")}
    types = [name for name in types_of(said) if name != "null"]
    return {**said, "type": types[0]} if len(types) == 1 else said


def _may_be_null(schema: Mapping[str, Any]) -> bool:
    return "null" in types_of(schema)
