"""What Salesforce answered, and the error it stands for. No I/O."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from domain.errors import (
    DuplicateDetectedError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    PermissionDeniedError,
    SalesforceRejectedError,
    SessionExpiredError,
)
from infra.salesforce.trouble import Allows, row_for
from infra.salesforce.wire import field_name


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
    """One error of an answer, in Salesforce's words.

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
    def allows(self) -> Allows:
        """What may be done about an answer that is not ok."""
        first = next(iter(self.problems), None)
        return row_for(self.status, first.code, first.message).allows if first else Allows.LOOK_UP

    @property
    def problems(self) -> list[Problem]:
        """The errors in the body; empty when it has another shape."""
        entries = self.body if isinstance(self.body, list) else []
        return [_problem(entry) for entry in entries if isinstance(entry, dict) and "errorCode" in entry]


def _problem(entry: Mapping[str, Any]) -> Problem:
    fields = entry.get("fields")
    duplicates = entry.get("duplicateResult")
    return Problem(
        code=str(entry["errorCode"]),
        message=str(entry.get("message") or ""),
        fields=tuple(str(name) for name in fields) if isinstance(fields, list) else (),
        duplicate_result=duplicates if isinstance(duplicates, dict) else {},
    )


_NO_SUCH_COLUMN = re.compile(r"No such column '([A-Za-z0-9_]+)'")
_NOT_FOUND = {"NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"}
_DENIED = {
    "API_CURRENTLY_DISABLED",
    "API_DISABLED_FOR_ORG",
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "OPERATION_NOT_ALLOWED",
}


def error_from(answer: Answer, lead: str | None = None) -> LeadError | NoAnswerError:
    """The error that an answer which is not ok stands for; `lead` is the one the request was about.

    A SalesforceUnavailableError or SalesforceBusyError means that Salesforce did nothing: the request may be
    sent again, whatever it was. A NoAnswerError leaves that open.

    Source: fact sheet 3.2.
    """
    problems = answer.problems
    retry_after = seconds(answer.headers.get("retry-after"))
    if not problems and answer.status != 429:
        return NoAnswerError("not_salesforce", f"HTTP {answer.status} without an error of Salesforce", retry_after)
    first = problems[0] if problems else Problem("", "")
    row = row_for(answer.status, first.code, first.message)
    if row.told:
        return row.told(row.message, retry_after)
    if row.allows is Allows.LOOK_UP:
        return NoAnswerError("lost", f"{first.code}: {first.message}")
    if answer.status == 401:
        return SessionExpiredError(f"Salesforce does not accept the access token; sign in again. ({first.code})")
    if lead is not None and _is_not_found(answer, first):
        return LeadNotFoundError(lead, deleted=first.code == "ENTITY_IS_DELETED")
    return refusal(problems, lead)


def seconds(retry_after: str | None) -> float | None:
    """The seconds in a Retry-After header; None when it is missing or a date."""
    return float(retry_after) if retry_after and retry_after.isdigit() else None


def _is_not_found(answer: Answer, problem: Problem) -> bool:
    # On a write, 400 with one of these codes is about a record that the values refer to.
    return problem.code in _NOT_FOUND and (answer.status == 404 or "Id" in problem.fields)


def refusal(problems: list[Problem], lead: str | None = None) -> LeadError:
    """The error for what Salesforce refused to save."""
    codes = {problem.code for problem in problems}
    first = problems[0]
    if "CANNOT_UPDATE_CONVERTED_LEAD" in codes:
        return LeadConvertedError(lead or "", {})
    if "DUPLICATES_DETECTED" in codes:
        return _duplicate(next(problem for problem in problems if problem.code == "DUPLICATES_DETECTED"))
    if denied := next((problem for problem in problems if problem.code in _DENIED), None):
        return PermissionDeniedError(f"Salesforce does not allow this user to do that: {denied.message}")
    return SalesforceRejectedError(
        f"Salesforce refused: {first.message} ({first.code})",
        [detail for each in problems for detail in _details(each)],
    )


def _details(problem: Problem) -> list[dict[str, Any]]:
    unknown = _NO_SUCH_COLUMN.search(problem.message)
    names = problem.fields or ((unknown.group(1),) if unknown else ())
    return [
        {"field": field_name(name) if name else None, "message": problem.message, "code": problem.code}
        for name in names or ("",)
    ]


def _duplicate(problem: Problem) -> DuplicateDetectedError:
    """Source: fact sheet 3.3."""
    result = problem.duplicate_result
    try:
        ids = [str(match["record"]["Id"]) for matches in result["matchResults"] for match in matches["matchRecords"]]
    except (KeyError, TypeError):
        # Salesforce need not say what matches (fact sheet 5.2); that there is a match is certain.
        ids = []
    return DuplicateDetectedError(
        result.get("duplicateRule"), ids, can_be_allowed=result.get("allowSave", True) is not False
    )
