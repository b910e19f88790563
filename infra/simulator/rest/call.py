"""One REST request, from the wire or from inside a composite one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.simulator.exchange.media_types import XML_TYPES, media_type
from infra.simulator.instance.context import Context
from infra.simulator.instance.sessions import Session
from infra.simulator.org.org import Org
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.rest import multipart
from infra.simulator.rest.formats import fields_from_xml
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError, bad_json, failure, no_such_resource
from infra.simulator.schema.fields import SObject

_ABSENT = object()


@dataclass(frozen=True)
class Call:
    """A request that has found its resource. Header names are lower-case; `path` begins after the version."""

    context: Context
    session: Session
    version: str
    method: str
    path: str
    origin: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    value: Any = _ABSENT
    """The body as a JSON value, where it was never text: inside a composite request."""
    matched: Mapping[str, str] = field(default_factory=dict)
    """What stands in the variable parts of the path."""
    locked: frozenset[int] = frozenset()
    """The places of records that someone else holds."""

    @property
    def org(self) -> Org:
        return self.context.org

    @property
    def base_path(self) -> str:
        return f"/services/data/v{self.version}"

    def sobject(self) -> SObject:
        """The object the path names."""
        found = self.org.object(self.matched["object"])
        if found is None:
            raise no_such_resource()
        return found

    def url_of(self, sobject: SObject, record_id: str) -> str:
        """The path at which a record is found."""
        return f"{self.base_path}/sobjects/{sobject.name}/{record_id}"

    def json(self) -> Any:
        """The body. Raises SalesforceError when there is none, or no JSON."""
        if self.value is not _ABSENT:
            return self.value
        if self._media_type != "application/json":
            message = unverified.UNSUPPORTED_MEDIA_TYPE.format(media_type=self._media_type)
            raise failure(415, "UNSUPPORTED_MEDIA_TYPE", message)
        if not self.content.strip():
            raise bad_json("The HTTP entity body is required, but this request has no entity body.")
        return _parsed(self.content)

    def json_object(self) -> dict[str, Any]:
        value = self.json()
        if not isinstance(value, dict):
            raise bad_json(f"Cannot deserialize instance of object from {_token(value)} at [line:1, column:1]")
        return value

    def record(self) -> dict[str, Any]:
        """The body as the fields of one record, which may also be written in XML or come in parts."""
        if self._media_type == multipart.TYPE:
            return multipart.record_from(self.headers["content-type"], self.content)
        return fields_from_xml(self.content) if self._media_type in XML_TYPES else self.json_object()

    @property
    def _media_type(self) -> str:
        if self.value is not _ABSENT:
            return "application/json"
        return media_type(self.headers, "application/json")

    def options(self) -> WriteOptions:
        """What the headers say about writing. Source: fact sheet 8 and 3.3."""
        duplicate_rule = self.headers.get("sforce-duplicate-rule-header", "").replace(",", ";").split(";")
        assignment = self.headers.get("sforce-auto-assign", "TRUE").strip()
        wishes = {wish.replace(" ", "").lower() for wish in duplicate_rule}
        return WriteOptions(
            self.session.user_id,
            base_path=self.base_path,
            assign=assignment.upper() != "FALSE",
            assignment_rule_id=None if assignment.upper() in ("TRUE", "FALSE", "") else assignment,
            allow_duplicates="allowsave=true" in wishes,
            include_details="includerecorddetails=true" in wishes,
            notation="xml" if self._media_type in XML_TYPES else "json",
        )


def _parsed(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_json(unverified.NOT_UTF8.format(place=error.start)) from error
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _unexpected_character(text, error) from error
    except RecursionError as error:
        raise bad_json(unverified.TOO_DEEP) from error
    except ValueError as error:
        raise bad_json(unverified.NUMBER_TOO_LONG) from error


def _unexpected_character(text: str, error: json.JSONDecodeError) -> SalesforceError:
    where = f"at [line:{error.lineno}, column:{error.colno}]"
    if error.pos >= len(text):
        return bad_json(f"Unexpected end-of-input {where}")
    character = text[error.pos]
    return bad_json(f"Unexpected character ('{character}' (code {ord(character)})): {error.msg} {where}")


def _refuse_constant(name: str) -> Any:
    raise bad_json(f"Unexpected character ('{name[0]}' (code {ord(name[0])})): {name} is no number in JSON")


def _token(value: Any) -> str:
    if isinstance(value, list):
        return "START_ARRAY token"
    return "VALUE_STRING" if isinstance(value, str) else "VALUE"
