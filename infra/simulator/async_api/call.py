"""One request to Bulk API 1.0, and the form in which it is answered.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.simulator.bulk.classic_job import ClassicJob
from infra.simulator.exchange.media_types import XML_TYPES, media_type
from infra.simulator.exchange.xml_tree import XmlError, local_name, parsed
from infra.simulator.instance.context import Context
from infra.simulator.instance.sessions import Session
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError, failure


@dataclass(frozen=True)
class AsyncCall:
    """A request that has found its resource. Header names are lower-case."""

    context: Context
    session: Session
    version: str
    headers: Mapping[str, str]
    content: bytes
    matched: Mapping[str, str]
    """What stands in the variable parts of the path."""

    def job(self) -> ClassicJob:
        """The job that the path names. Raises SalesforceError InvalidJob."""
        return self.context.classic_jobs.get(self.matched["job"])

    @property
    def wants_json(self) -> bool:
        """A job with JSON is answered in JSON to all but those who send XML, any other job in XML.

        Without a job it is as the caller asks.
        """
        if "job" not in self.matched:
            return asks_for_json(self.headers)
        try:
            return self.job().content_type == "JSON" and media_type(self.headers) not in XML_TYPES
        except SalesforceError:
            return asks_for_json(self.headers)

    def wish(self) -> dict[str, Any]:
        """The JobInfo in the body: JSON if it says so, else XML. Raises SalesforceError."""
        return _json_object(self.content) if media_type(self.headers) == "application/json" else _xml(self.content)


def asks_for_json(headers: Mapping[str, str]) -> bool:
    asked = media_type(headers) or headers.get("accept", "").split(";")[0].split(",")[0].strip().lower()
    return asked == "application/json"


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise failure(400, "ClientInputError", unverified.BAD_JOB_INFO.format(reason=error)) from error
    if not isinstance(value, dict) or any(isinstance(each, (dict, list)) for each in value.values()):
        raise failure(400, "ClientInputError", unverified.BAD_JOB_INFO.format(reason="it is no plain object"))
    return value


def _xml(content: bytes) -> dict[str, Any]:
    try:
        root = parsed(content.strip())
    except XmlError as error:
        raise failure(400, "InvalidXML", unverified.BAD_JOB_INFO.format(reason=error)) from error
    return {local_name(child): (child.text or "").strip() for child in root}
