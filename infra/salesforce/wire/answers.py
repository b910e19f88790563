"""What Salesforce answered, whole or in part."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from infra.salesforce.wire.words import words


class NoAnswerError(Exception):
    """The request may have arrived, but what became of it is not known."""

    def __init__(
        self, kind: Literal["timeout", "lost", "not_salesforce"], reason: str, retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.retry_after = retry_after
        """Seconds to wait before asking again; None when nobody said."""


@dataclass(frozen=True)
class Problem:
    """One error of an answer, in Salesforce's words without the value that is wrong.

    Source: fact sheet 3.1.
    """

    code: str
    message: str
    fields: tuple[str, ...] = ()
    duplicate_result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A whole response, or one part of a composite one."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def problems(self) -> list[Problem]:
        """The errors in the body; empty when it has another shape."""
        entries = self.body if isinstance(self.body, list) else []
        return [_problem(entry) for entry in entries if isinstance(entry, dict) and "errorCode" in entry]


def _problem(entry: Mapping[str, Any]) -> Problem:
    fields = entry.get("fields")
    duplicates = entry.get("duplicateResult")
    code = str(entry["errorCode"])
    return Problem(
        code=code,
        message=words(code, str(entry.get("message") or "")),
        fields=tuple(str(name) for name in fields) if isinstance(fields, list) else (),
        duplicate_result=duplicates if isinstance(duplicates, dict) else {},
    )


def rest_answer(response: httpx.Response) -> Answer:
    """The answer in a response of the REST API. Raises NoAnswerError for anything that is not JSON."""
    headers = dict(response.headers)
    if not response.content or response.status_code in (410, 429):
        # These two say enough without a body, which need not be Salesforce's.
        return Answer(response.status_code, None, headers)
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        retry_after = seconds(headers.get("retry-after"))
        raise NoAnswerError("not_salesforce", f"HTTP {response.status_code} without JSON", retry_after) from error
    # Salesforce counts text in UTF-16 units and may have cut a character in half.
    return Answer(response.status_code, _whole_characters(body) if b"\\u" in response.content else body, headers)


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(each) for each in value]
    if isinstance(value, dict):
        return {name: _whole_characters(each) for name, each in value.items()}
    return value


def seconds(retry_after: str | None) -> float | None:
    """The seconds in a Retry-After header; None when it is missing or a date."""
    return float(retry_after) if retry_after and retry_after.isdigit() else None
