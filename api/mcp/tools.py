"""What a tool looks like to an MCP client: its description, its arguments, its answer. All of it from the route."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mcp.types import Tool, ToolAnnotations

from api.mcp.confirmation import CONFIRM, CONFIRMATION_KEY

Schema = dict[str, Any]
Place = Literal["path", "query", "body", "state"]

_SCHEMA = frozenset({"items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else"})
_SCHEMA_LIST = frozenset({"anyOf", "allOf", "oneOf", "prefixItems"})
_SCHEMA_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas"})

_ANNOTATIONS_BY_METHOD = {
    "get": {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True},
    "post": {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False},
    "put": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": True},
    "patch": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": True},
    "delete": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": True},
}
_HINTS = frozenset({"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"})

ANNOTATIONS_KEY = "x-mcp-annotations"
"""In a route's `openapi_extra`: the hints in which the tool differs from what its HTTP method suggests."""

SUMMARY_KEY = "x-mcp-summary"
"""In a route's `openapi_extra`: the fields of each listed lead that a model gets unless it asks with `fields`."""


ARGUMENT_KEY = "x-mcp-argument"
"""In the schema of a header parameter: the name under which a tool takes it as an argument.

Such an argument reaches the route in the request's state under that name, since arguments never become headers.
"""


@dataclass(frozen=True)
class ToolDescription:
    """One tool, and where each of its arguments belongs in the route's request."""

    tool: Tool
    checked: Schema
    """What the arguments have to satisfy: the input schema, with its patterns."""
    places: Mapping[str, Place]
    body_required: bool
    summary: tuple[str, ...] = ()
    confirmation: object = None
    """See CONFIRMATION_KEY."""


@dataclass(frozen=True)
class _Argument:
    name: str
    place: Place
    schema: Schema
    required: bool


def describe(
    operation: Mapping[str, Any], method: str, schemas: Mapping[str, Schema], *, sparse: bool
) -> ToolDescription:
    """The tool for an operation of an OpenAPI document, whose `components.schemas` are `schemas`.

    `sparse` says that the route's answers leave out fields that are empty or were not asked for.
    Raises ValueError for an operation that can not be a tool; the message says what to change.
    """
    name = operation["operationId"]
    arguments = [*_parameters(operation, schemas), *_body_fields(operation, schemas)]
    confirmation = operation.get(CONFIRMATION_KEY)
    if confirmation:
        arguments.append(_Argument(CONFIRM, "state", _AGREEMENT, required=False))
    places: dict[str, Place] = {}
    for argument in arguments:
        if argument.name in places:
            first, second = places[argument.name], argument.place
            raise ValueError(f"{name}: the argument {argument.name!r} is both in the {first} and in the {second}.")
        places[argument.name] = argument.place
    checked: Schema = {
        "type": "object",
        "properties": {argument.name: argument.schema for argument in arguments},
        "required": [argument.name for argument in arguments if argument.required],
        "additionalProperties": False,
    }
    tool = Tool(
        name=name,
        title=operation.get("summary"),
        description=operation.get("description"),
        input_schema={**checked, "properties": {each.name: _in_words(each.schema) for each in arguments}},
        output_schema=_answer_schema(operation, schemas, sparse=sparse),
        annotations=_annotations(operation, method),
    )
    return ToolDescription(
        tool,
        checked,
        places,
        body_required=operation.get("requestBody", {}).get("required", False),
        summary=tuple(operation.get(SUMMARY_KEY, ())),
        confirmation=confirmation,
    )


_AGREEMENT: Schema = {"type": "boolean", "description": "true only after a person agreed."}


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
    return _in_one(result)


_NOT_TO_BE_JOINED = frozenset({"enum", "const", "anyOf", "allOf", "oneOf", "not"})


def _in_words(argument: Schema) -> Schema:
    """The schema without patterns, where a description tells in words what they say.

    A model reads words better and sooner, and not every client knows `patternProperties`.
    """
    if "description" not in argument:
        return argument
    said = {keyword: value for keyword, value in argument.items() if keyword != "pattern"}
    if "items" in said:
        said["items"] = {keyword: value for keyword, value in said["items"].items() if keyword != "pattern"}
    if len(by_pattern := list(said.get("patternProperties", {}).values())) == 1:
        del said["patternProperties"]
        said["additionalProperties"] = by_pattern[0]
    return said


def _in_one(schema: Schema) -> Schema:
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


# Titles repeat the names of the fields, the discriminator is OpenAPI's own and repeats the constants.
_NOT_IN_ARGUMENTS = frozenset({"title", "discriminator"})
# Answers explain themselves by their names: a client checks them, and every word costs the model's attention.
_NOT_IN_ANSWERS = _NOT_IN_ARGUMENTS | {"description", "examples", "default"}


def _parameters(operation: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Iterator[_Argument]:
    for parameter in operation.get("parameters", []):
        name, place = parameter["name"], parameter["in"]
        if place == "header" and ARGUMENT_KEY in parameter["schema"]:
            name, place = parameter["schema"][ARGUMENT_KEY], "state"
        if place not in ("path", "query", "state"):
            continue
        schema = written_out(parameter["schema"], schemas, without=_NOT_IN_ARGUMENTS | {ARGUMENT_KEY})
        if "description" in parameter:
            schema["description"] = parameter["description"]
        if place == "path" and not _says_what_it_accepts(schema):
            tool = operation["operationId"]
            raise ValueError(f"{tool}: the path parameter {name!r} needs a pattern, a format or an enum.")
        yield _Argument(name, place, schema, parameter.get("required", False))


def _says_what_it_accepts(schema: Mapping[str, Any]) -> bool:
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return all(_says_what_it_accepts(choice) for choice in choices)
    return schema.get("type") in ("integer", "number", "boolean") or bool(
        {"pattern", "format", "enum", "const"} & set(schema)
    )


def _json_schema(content: Mapping[str, Any]) -> Schema:
    schema: Schema = content.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _body_fields(operation: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Iterator[_Argument]:
    if "requestBody" not in operation:
        return
    schema = written_out(_json_schema(operation["requestBody"]), schemas, without=_NOT_IN_ARGUMENTS)
    # A body that may be left out is `anyOf` the object and null.
    body = next((choice for choice in (schema, *schema.get("anyOf", [])) if _is_object(choice)), None)
    if body is None:
        raise ValueError(
            f"{operation['operationId']}: the body has to be a JSON object, since its fields are the tool's arguments."
        )
    for name, field in body.get("properties", {}).items():
        yield _Argument(name, "body", field, name in body.get("required", []))


def _is_object(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") in ("object", ["object", "null"])


def _answer_schema(operation: Mapping[str, Any], schemas: Mapping[str, Schema], *, sparse: bool) -> Schema:
    """The schema of the success envelope, loose enough at its top that a failure fits too.

    Some clients check the structured content of failed calls as well.
    """
    success: Mapping[str, Any] = next(
        (answer for status, answer in operation["responses"].items() if status.startswith("2")), {}
    )
    without = _NOT_IN_ANSWERS | ({"required"} if sparse else set())
    schema = written_out(_json_schema(success), schemas, without=without)
    if schema.get("type") != "object" or "data" not in schema.get("properties", {}):
        tool = operation["operationId"]
        raise ValueError(f"{tool}: the response model has to be an envelope, so that clients know what they get.")
    return {
        "type": "object",
        "properties": {"success": {"type": "boolean"}, "data": _in_outline(schema["properties"]["data"])},
        "required": ["success"],
    }


_MANY_FIELDS = 12


def _in_outline(data: Schema) -> Schema:
    """What can be relied on in the data: its fields with their types, what is in them without.

    Of what has many fields, like a lead, those that may be null are left out: a caller has to expect anything there,
    they are named as the arguments are, and each list of them would cost as much as a tool.
    """
    if choices := data.get("anyOf"):
        return _in_common([_in_outline(choice) for choice in choices])
    properties: Mapping[str, Schema] = data.get("properties", {})
    kept = {
        name: {keyword: value for keyword, value in field.items() if keyword in ("type", "const")}
        for name, field in properties.items()
        if len(properties) <= _MANY_FIELDS or not _may_be_null(field)
    }
    outline: Schema = {keyword: data[keyword] for keyword in ("type", "required") if keyword in data}
    if "required" in outline:
        outline["required"] = [name for name in outline["required"] if name in kept]
    return {**outline, "properties": kept} if kept else outline


def _in_common(outlines: Sequence[Schema]) -> Schema:
    """The first outline, as far as the others let it be relied on: a plan can come instead of an answer."""
    fields: dict[str, Schema] = dict(outlines[0]["properties"])
    for outline in outlines[1:]:
        for name in fields.keys() & outline["properties"].keys():
            fields[name] = _either(fields[name], outline["properties"][name])
    required = set.intersection(*(set(outline.get("required", ())) for outline in outlines))
    return {"type": "object", "properties": fields, "required": sorted(required)}


def _either(one: Schema, other: Schema) -> Schema:
    """What can be relied on when it is one or the other."""
    if one == other:
        return one
    if "type" not in one or "type" not in other:
        return {}
    types = [name for schema in (one, other) for name in _as_list(schema["type"])]
    return {"type": types[0] if len(set(types)) == 1 else list(dict.fromkeys(types))}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _may_be_null(schema: Mapping[str, Any]) -> bool:
    return "null" in schema.get("type", ())


def _annotations(operation: Mapping[str, Any], method: str) -> ToolAnnotations:
    own = operation.get(ANNOTATIONS_KEY, {})
    if unknown := set(own) - _HINTS:
        raise ValueError(f"{operation['operationId']}: unknown {ANNOTATIONS_KEY}: {', '.join(sorted(unknown))}.")
    # Open world: leads are written by people whom neither the caller nor the gateway knows.
    return ToolAnnotations.model_validate({"openWorldHint": True, **_ANNOTATIONS_BY_METHOD[method], **own})
