"""Bodies of several parts: a record in JSON, and a file beside it.

Source: "Insert or Update Blob Data", REST API Developer Guide.
"""

from __future__ import annotations

import email.parser
import email.policy
import json
from base64 import b64encode
from typing import Any

from infra.simulator.schema import unverified
from infra.simulator.schema.errors import bad_json, failure

TYPE = "multipart/form-data"


def parts_of(content_type: str, content: bytes) -> dict[str, bytes]:
    """The parts of a multipart body by their names; none where it has no parts."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
    parts: dict[str, bytes] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        payload = part.get_payload(decode=True)
        parts[str(part.get_param("name", "", "content-disposition"))] = payload if isinstance(payload, bytes) else b""
    return parts


def record_from(content_type: str, content: bytes) -> dict[str, Any]:
    """The fields of a record: the first part is JSON, the others are files by the names of their fields."""
    parts = parts_of(content_type, content)
    if not parts:
        raise failure(400, "INVALID_MULTIPART_REQUEST", unverified.NO_PARTS)
    first = next(iter(parts))
    fields = json_of(first, parts.pop(first))
    return {**fields, **{name: b64encode(blob).decode() for name, blob in parts.items()}}


def json_of(name: str, part: bytes) -> dict[str, Any]:
    """The JSON object in a part. Raises SalesforceError where it holds none."""
    try:
        value = json.loads(part)
    except (ValueError, RecursionError) as error:
        raise bad_json(f"The part {name} is no JSON") from error
    if not isinstance(value, dict):
        raise bad_json(f"The part {name} is no JSON object")
    return value
