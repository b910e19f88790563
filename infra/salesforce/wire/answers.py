"""What Salesforce answered, whole or in part."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from infra.salesforce.wire.words import words

ENOUGH_WITHOUT_BODY = (410, 429)
"""What an answer with one of these says needs no body of Salesforce's."""

_LONGEST_WAIT = 24 * 3600.0
_LONGEST_NAME = 80
"""Characters of a code, and of a field."""


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
    code = str(entry["errorCode"])[:_LONGEST_NAME]
    return Problem(
        code=code,
        message=words(code, str(entry.get("message") or "")),
        fields=tuple(str(name)[:_LONGEST_NAME] for name in fields) if isinstance(fields, list) else (),
        duplicate_result=duplicates if isinstance(duplicates, dict) else {},
    )


def rest_answer(response: httpx.Response) -> Answer:
    """The answer in a response of the REST API. Raises NoAnswerError for anything that is not JSON."""
    headers = dict(response.headers)
    if not response.content or response.status_code in ENOUGH_WITHOUT_BODY:
        return Answer(response.status_code, None, headers)
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        reason = f"HTTP {response.status_code} without JSON"
        raise NoAnswerError("not_salesforce", reason, retry_after(headers)) from error
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


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by the Retry-After header, up to a day; a moment counts from when the answer was given.

    None when it is missing or says something else. Source: RFC 9110, section 10.2.3.
    """
    asked = headers.get("retry-after", "")
    if asked.isascii() and asked.isdigit():
        return min(float(asked), _LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(0.0, wait.total_seconds()), _LONGEST_WAIT)
