"""Bodies of several parts: a record in JSON, and a file beside it.

Source: "Insert or Update Blob Data", REST API Developer Guide.
"""

from __future__ import annotations

import email.message
import email.parser
import email.policy
import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from infra.simulator.schema import unverified
from infra.simulator.schema.errors import bad_json, failure

TYPE = "multipart/form-data"


@dataclass(frozen=True)
class _Part:
    name: str
    content: bytes
    is_json: bool
    """It says so, and is no file."""


def parts_of(content_type: str, content: bytes) -> dict[str, bytes]:
    """The parts of a multipart body by their names; none where it has no parts."""
    return {part.name: part.content for part in _parts(content_type, content)}


def record_from(content_type: str, content: bytes) -> dict[str, Any]:
    """The fields of a record: one part is JSON, the first if none says so; others are files by the names of fields."""
    parts = _parts(content_type, content)
    if not parts:
        raise failure(400, "INVALID_MULTIPART_REQUEST", unverified.NO_PARTS)
    record = next((part for part in parts if part.is_json), parts[0])
    files = {part.name: b64encode(part.content).decode() for part in parts if part is not record}
    return {**json_of(record.name, record.content), **files}


def _parts(content_type: str, content: bytes) -> list[_Part]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
    return [_part(part) for part in message.iter_parts()] if message.is_multipart() else []


def _part(message: email.message.MIMEPart) -> _Part:
    payload = message.get_payload(decode=True)
    is_json = message.get_content_type() == "application/json" and message.get_filename() is None
    name = str(message.get_param("name", "", "content-disposition"))
    return _Part(name, payload if isinstance(payload, bytes) else b"", is_json)


def json_of(name: str, part: bytes) -> dict[str, Any]:
    """The JSON object in a part. Raises SalesforceError where it holds none."""
    try:
        value = json.loads(part)
    except (ValueError, RecursionError) as error:
        raise bad_json(unverified.PART_IS_NO_JSON.format(name=name)) from error
    if not isinstance(value, dict):
        raise bad_json(unverified.PART_IS_NO_OBJECT.format(name=name))
    return value
