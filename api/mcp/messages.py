"""A JSON-RPC message, over HTTP or as a line of text, looked at before the protocol engine reads it.

The engine's JSON readers differ from revision to revision in what they swallow. Here it is one rule for all.
"""

import json
import math
from typing import Any

from mcp.types import INVALID_REQUEST, PARSE_ERROR, JSONRPCRequest, jsonrpc_message_adapter
from pydantic import ValidationError

from api.http.strict_inputs import deeper_than

_DEEPEST = 64


class RefusedMessageError(Exception):
    """What came is no message that the protocol engine should see."""

    def __init__(self, message: str, code: int = INVALID_REQUEST) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        """JSON-RPC's code for it."""


def check_message(body: bytes) -> dict[str, Any]:
    """The one JSON-RPC message that this is. Raises RefusedMessageError for anything else."""
    try:
        message = strict_json(body.decode("utf-8"))
    except ValueError as error:
        # The parser's own words would repeat pieces of the body.
        raise RefusedMessageError("The message is not valid JSON.", PARSE_ERROR) from error
    if deeper_than(_DEEPEST, message, body):
        raise RefusedMessageError(f"The JSON is nested more than {_DEEPEST} levels deep.")
    try:
        if isinstance(message, dict) and {"id", "method"} <= message.keys():
            # As "any message", a request with a wrong id would pass for a notification and get no answer.
            JSONRPCRequest.model_validate(message)
        else:
            jsonrpc_message_adapter.validate_python(message)
    except ValidationError as error:
        raise RefusedMessageError("This is not a single JSON-RPC 2.0 message.") from error
    valid: dict[str, Any] = message
    return valid


def too_long(at_most: int) -> str:
    """What is said of a message with more than that many bytes."""
    return f"A message may have at most {at_most} bytes."


def strict_json(text: str) -> Any:
    """JSON as its standard has it: finite numbers, and text that can be written down again. Raises ValueError."""
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if "\\u" in text:
        # Half of a surrogate pair can be escaped in JSON, but is no character.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value
