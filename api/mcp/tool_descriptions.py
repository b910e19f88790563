"""What a tool looks like to an MCP client: its description, its arguments, its answer. All of it from the route."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mcp.types import Tool, ToolAnnotations

from api.http.openapi_extensions import MCP_ANNOTATIONS, MCP_ARGUMENT, MCP_CONFIRMATION, MCP_SUMMARY
from api.mcp.confirmation import CONFIRM
from api.mcp.schemas import Schema, as_read, outline, written_out

Location = Literal["path", "query", "body", "state"]
"""Where an argument belongs in the route's request; `state` is what no header may bring."""

_ANNOTATIONS_BY_METHOD = {
    "get": {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True},
    "post": {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False},
    "put": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": True},
    "patch": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": True},
    "delete": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": True},
}
_HINTS = frozenset({"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"})


@dataclass(frozen=True)
class ToolDescription:
    """One tool, and where each of its arguments belongs in the route's request."""

    tool: Tool
    checked: Schema
    """What the arguments have to satisfy: the input schema, with its patterns."""
    locations: Mapping[str, Location]
    body_required: bool
    summary: tuple[str, ...] = ()
    confirmation: object = None
    """See MCP_CONFIRMATION."""


@dataclass(frozen=True)
class _Argument:
    name: str
    location: Location
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
    confirmation = operation.get(MCP_CONFIRMATION)
    if confirmation:
        arguments.append(_Argument(CONFIRM, "state", _AGREEMENT, required=False))
    locations: dict[str, Location] = {}
    for argument in arguments:
        if argument.name in locations:
            first, second = locations[argument.name], argument.location
            raise ValueError(f"{name}: the argument {argument.name!r} is both in the {first} and in the {second}.")
        locations[argument.name] = argument.location
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
        input_schema={**checked, "properties": {each.name: as_read(each.schema) for each in arguments}},
        output_schema=_answer_schema(operation, schemas, sparse=sparse),
        annotations=_annotations(operation, method),
    )
    return ToolDescription(
        tool,
        checked,
        locations,
        body_required=operation.get("requestBody", {}).get("required", False),
        summary=tuple(operation.get(MCP_SUMMARY, ())),
        confirmation=confirmation,
    )


_AGREEMENT: Schema = {"type": "boolean", "description": "true only after a person agreed."}


# Titles repeat the names of the fields, the discriminator is OpenAPI's own and repeats the constants.
_NOT_IN_ARGUMENTS = frozenset({"title", "discriminator"})
# Answers explain themselves by their names: a client checks them, and every word costs the model's attention.
_NOT_IN_ANSWERS = _NOT_IN_ARGUMENTS | {"description", "examples", "default"}


def _parameters(operation: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Iterator[_Argument]:
    for parameter in operation.get("parameters", []):
        name, location = parameter["name"], parameter["in"]
        if location == "header" and MCP_ARGUMENT in parameter["schema"]:
            name, location = parameter["schema"][MCP_ARGUMENT], "state"
        if location not in ("path", "query", "state"):
            continue
        schema = written_out(parameter["schema"], schemas, without=_NOT_IN_ARGUMENTS | {MCP_ARGUMENT})
        if "description" in parameter:
            schema["description"] = parameter["description"]
        if location == "path" and not _says_what_it_accepts(schema):
            tool = operation["operationId"]
            raise ValueError(f"{tool}: the path parameter {name!r} needs a pattern, a format or an enum.")
        yield _Argument(name, location, schema, parameter.get("required", False))


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
        "properties": {"success": {"type": "boolean"}, "data": outline(schema["properties"]["data"])},
        "required": ["success"],
    }


def _annotations(operation: Mapping[str, Any], method: str) -> ToolAnnotations:
    own = operation.get(MCP_ANNOTATIONS, {})
    if unknown := set(own) - _HINTS:
        raise ValueError(f"{operation['operationId']}: unknown {MCP_ANNOTATIONS}: {', '.join(sorted(unknown))}.")
    # Open world: leads are written by people whom neither the caller nor the gateway knows.
    return ToolAnnotations.model_validate({"openWorldHint": True, **_ANNOTATIONS_BY_METHOD[method], **own})
