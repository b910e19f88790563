"""Salesforce's errors: what each one allows, and which of ours it is.

Source: fact sheet 3.1 to 3.3.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from domain.errors import (
    ConversionRejectedError,
    DuplicateDetectedError,
    InvalidInputError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    PermissionDeniedError,
    SalesforceBusyError,
    SalesforceLimitError,
    SalesforceRejectedError,
    SalesforceUnavailableError,
    SessionExpiredError,
    TryLaterError,
    ValueTakenError,
)
from infra.salesforce.wire.answers import Answer, NoAnswerError, Problem, retry_after
from infra.salesforce.wire.records import field_name, to_lead


class Allows(Enum):
    """What may be done about an error."""

    RETRY = "retry"
    """Salesforce did nothing: the same request may be sent again, whatever it was."""
    REFRESH = "refresh"
    """The session is over: refresh it once, then send the same request."""
    LOOK_UP = "look up"
    """It may have been done or not: send again only what may happen twice, look up the rest."""
    STOP = "stop"
    """The same request would fail again."""


@dataclass(frozen=True)
class ErrorKind:
    """One kind of error."""

    status: int | None
    """The HTTP status; None means any."""
    code: str
    """Salesforce's error code; `*` means any."""
    allows: Allows
    told: type[TryLaterError] | None = None
    """What a caller is told, where the error is not about the values that were sent."""
    message: str = ""
    says: str = ""
    """Part of Salesforce's message, where the code alone does not tell."""

    def matches(self, status: int, code: str, message: str) -> bool:
        """Whether an answer is of this kind."""
        return self.status in (None, status) and self.code in ("*", code) and self.says in message


_BUSY = "Salesforce has too many requests at the moment; try again."
_AWAY = "Salesforce is not available at the moment; try again."
_LOCKED = "Another change holds this record at the moment; try again."
_USED_UP = (
    "The org's API calls of the last 24 hours are used up. Nothing was written. Each is free again 24 hours after it "
    "was made: try again in some hours, or ask an administrator for more."
)

_DENIES = "Salesforce does not allow this user to do that"
_ASK_FOR_IT = "An administrator can; salesforce_get_org (GET /v1/org) tells what this user may do with leads."

_OF_THE_REQUEST = (
    "API_CURRENTLY_DISABLED",
    "API_DISABLED_FOR_ORG",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "CANNOT_UPDATE_CONVERTED_LEAD",
    "DUPLICATES_DETECTED",
    "DUPLICATE_VALUE",
    "ENTITY_IS_DELETED",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "FIELD_INTEGRITY_EXCEPTION",
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_AUTH_HEADER",
    "INVALID_CROSS_REFERENCE_KEY",
    "INVALID_EMAIL_ADDRESS",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "INVALID_QUERY_LOCATOR",
    "INVALID_TYPE",
    "JSON_PARSER_ERROR",
    "MALFORMED_ID",
    "MALFORMED_QUERY",
    "METHOD_NOT_ALLOWED",
    "NOT_FOUND",
    "QUERY_TIMEOUT",
    "QUERY_TOO_COMPLICATED",
    "REQUIRED_FIELD_MISSING",
    "STORAGE_LIMIT_EXCEEDED",
    "STRING_TOO_LONG",
    "UNSUPPORTED_API_VERSION",
    "UNSUPPORTED_MEDIA_TYPE",
)

ERROR_KINDS: tuple[ErrorKind, ...] = (
    ErrorKind(401, "INVALID_SESSION_ID", Allows.REFRESH),
    ErrorKind(None, "UNABLE_TO_LOCK_ROW", Allows.RETRY, SalesforceUnavailableError, _LOCKED),
    ErrorKind(None, "REQUEST_LIMIT_EXCEEDED", Allows.RETRY, SalesforceBusyError, _BUSY, says="Concurrent"),
    ErrorKind(None, "REQUEST_LIMIT_EXCEEDED", Allows.STOP, SalesforceLimitError, _USED_UP),
    ErrorKind(None, "SERVER_UNAVAILABLE", Allows.RETRY, SalesforceUnavailableError, _AWAY),
    ErrorKind(429, "*", Allows.RETRY, SalesforceBusyError, _BUSY),
    ErrorKind(503, "*", Allows.RETRY, SalesforceUnavailableError, _AWAY),
    *(ErrorKind(None, code, Allows.STOP) for code in _OF_THE_REQUEST),
    ErrorKind(None, "UNKNOWN_EXCEPTION", Allows.LOOK_UP),
)
"""The first one that matches counts."""

_OTHERWISE = ErrorKind(None, "*", Allows.STOP)
_BROKEN = ErrorKind(None, "*", Allows.LOOK_UP)


def error_kind(status: int, code: str, message: str) -> ErrorKind:
    """What is known about an error. What nothing here knows may have been done if the status is 500 or more."""
    found = next((each for each in ERROR_KINDS if each.matches(status, code, message)), None)
    return found or (_BROKEN if status >= 500 else _OTHERWISE)


def allows(answer: Answer) -> Allows:
    """What may be done about an answer that is not ok."""
    first = next(iter(answer.problems), None)
    return error_kind(answer.status, first.code, first.message).allows if first else Allows.LOOK_UP


_BEYOND_ASCII = (
    ". This org takes letters beyond ASCII in an email only with Email Address Internationalization, which an "
    "administrator turns on; a domain can also be written as xn--…"
)
_HIDDEN = ". It may be hidden from this user; salesforce_get_org (GET /v1/org) tells what this user may do with leads."
_HIDDEN_FIELD = ". The field does not exist, or field-level security hides it from this user: leave it out."
_NEEDS_COMPANY = ". Send a company; for new leads without one LEAD_DEFAULT_COMPANY can name it."
_MOST_DETAILS = 10
_RECORD_ID = re.compile(r"\b(?=[A-Za-z]{0,2}[0-9])[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?\b")
_OPTIONS = {"status": "converted_status", "AccountId": "account_id", "ContactId": "contact_id"}
"""The options of a conversion by what else the fields are called that Salesforce names."""
_OTHER_STATUS = ". Send another converted_status, or set LEAD_STATUS_CONVERTED."
_ONE_HAS_IT = (
    ". {record} has this value, which only one record can have: change that one, or leave the value out. Where "
    "LEAD_EXTERNAL_ID_FIELD names the field, a sync with external_id finds it."
)
_NO_SUCH_COLUMN = re.compile(r"No such column '([A-Za-z0-9_]+)'")
_TAKEN = re.compile(r"duplicate value found: (?P<field>\w+) duplicates value on record with id: (?P<record>\w{15,18})")
NOT_FOUND = {"NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"}
_DENIED = {
    "API_CURRENTLY_DISABLED",
    "API_DISABLED_FOR_ORG",
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "INVALID_TYPE",
    "METHOD_NOT_ALLOWED",
    "OPERATION_NOT_ALLOWED",
}


def check(answer: Answer, lead: str | None = None) -> None:
    """Raise what `error_from` gives, unless the answer is ok."""
    if not answer.ok:
        raise error_from(answer, lead)


def error_from(answer: Answer, lead: str | None = None) -> LeadError | NoAnswerError:
    """The error that an answer which is not ok stands for; `lead` is the one the request was about.

    A SalesforceUnavailableError or SalesforceBusyError means that Salesforce did nothing: the request may be
    sent again, whatever it was. A NoAnswerError leaves that open.

    Source: fact sheet 3.2.
    """
    problems = answer.problems
    wait = retry_after(answer.headers)
    if not problems and answer.status != 429:
        return NoAnswerError("not_salesforce", f"HTTP {answer.status} without an error of Salesforce", wait)
    first = problems[0] if problems else Problem("", "")
    kind = error_kind(answer.status, first.code, first.message)
    if kind.told:
        return kind.told(kind.message, wait)
    if kind.allows is Allows.LOOK_UP:
        return NoAnswerError("lost", f"{first.code}: {first.message}")
    if answer.status == 401:
        return SessionExpiredError(f"Salesforce does not accept the access token; sign in again. ({first.code})")
    if lead is not None and is_missing(answer, lead):
        return LeadNotFoundError(lead, deleted=first.code == "ENTITY_IS_DELETED")
    return refusal(problems, lead)


def is_missing(answer: Answer, record_id: str) -> bool:
    """Whether Salesforce does not find the very record that the request was about.

    The codes are the same for every other record: an owner, a record type, an account. Its fields and its words tell
    which one it is about; without any, 400 is about a record that the values refer to.
    Source: fact sheet 3.2, 12.2.
    """
    problem = answer.problems[0]
    if problem.code not in NOT_FOUND or any(name != "Id" for name in problem.fields):
        return False
    named = [record[0] for record in _RECORD_ID.finditer(problem.message)]
    return (answer.status == 404 or "Id" in problem.fields) and all(each[:15] in record_id for each in named)


def save_error_from(
    saved: Answer, current: Answer, lead_id: str | None, rule_id: str | None = None
) -> LeadError | NoAnswerError:
    """The error that a save which is not ok stands for; `current` is the lead as it was read after it, `rule_id` the
    assignment rule that was to run.
    """
    if rule_id and saved.status == 400 and _names_nobody(saved):
        # A lead that is not there is 404, and it is no field's value that was not found: so it is the rule.
        return InvalidInputError(
            "assignment_rule_id",
            f"this org has no assignment rule {rule_id}; leave it out for the active one, or take the Id from the "
            "address of the rule's page under Lead Assignment Rules in Setup",
        )
    if not current.ok:
        return error_from(saved, lead_id)
    lead = to_lead(current.body, "")
    error = error_from(saved, lead.id)
    if isinstance(error, LeadConvertedError) and lead.is_converted:
        return LeadConvertedError(lead.id, lead.converted_to)
    # The lead is there and open, so it is another record that is missing or converted.
    return refusal(saved.problems) if isinstance(error, (LeadConvertedError, LeadNotFoundError)) else error


def _names_nobody(answer: Answer) -> bool:
    """Whether an Id was not found that is the value of no field."""
    return any(problem.code in NOT_FOUND and not problem.fields for problem in answer.problems)


def conversion_error_from(answer: Answer, lead_id: str, named: Sequence[str] = ()) -> LeadError | NoAnswerError:
    """The error that a conversion which is not ok stands for; `named` are its options that name other records."""
    error = error_from(answer, lead_id)
    if not isinstance(error, SalesforceRejectedError):
        return error
    first = answer.problems[0]
    details = [{**detail, "field": _OPTIONS.get(str(detail["field"]), detail["field"])} for detail in error.details]
    if first.code in NOT_FOUND and not first.fields and named:
        # Salesforce does not say which of them it means.
        details = [{**details[0], "field": name} for name in named]
    missing = [str(detail["field"]) for detail in details if detail["code"] in NOT_FOUND and detail["field"]]
    is_status = any(problem.code == "INVALID_STATUS" for problem in answer.problems)
    advice = _not_there(missing) if missing else _OTHER_STATUS if is_status else ""
    reason = first.message.rstrip(".") if advice else first.message
    return ConversionRejectedError(f"Salesforce refused to convert lead {lead_id}: {reason}{advice}", details)


def _not_there(names: Sequence[str]) -> str:
    return f". {' or '.join(names)} names a record that is not there, or not shared with this user."


def refusal(problems: list[Problem], lead: str | None = None) -> LeadError:
    """The error for what Salesforce refused to save."""
    first = problems[0]
    details = [detail for each in problems for detail in _details(each)][:_MOST_DETAILS]
    if lead is not None and any(each.code == "CANNOT_UPDATE_CONVERTED_LEAD" for each in problems):
        return LeadConvertedError(lead, {})
    if duplicate := next((each for each in problems if each.code == "DUPLICATES_DETECTED"), None):
        return _duplicate(duplicate)
    if denied := next((each for each in problems if each.code in _DENIED), None):
        return PermissionDeniedError(f"{_DENIES}: {denied.message.rstrip('.')}. {_ASK_FOR_IT}", details)
    is_taken = any(each.code == "DUPLICATE_VALUE" for each in problems)
    rejected = ValueTakenError if is_taken else SalesforceRejectedError
    return rejected(f"Salesforce refused: {first.message} ({first.code}){_advice(problems)}", details)


def _advice(problems: list[Problem]) -> str:
    if any(each.code == "REQUIRED_FIELD_MISSING" and "Company" in each.fields for each in problems):
        return _NEEDS_COMPANY
    # What no org takes for the lead's email was refused before.
    if any(each.code == "INVALID_EMAIL_ADDRESS" and "Email" in each.fields for each in problems):
        return _BEYOND_ASCII
    if any(each.code == "INVALID_FIELD" and _NO_SUCH_COLUMN.search(each.message) for each in problems):
        return _HIDDEN_FIELD
    if missing := [field_name(name) for each in problems if each.code in NOT_FOUND for name in each.fields]:
        return _not_there(missing)
    if taken := next(filter(None, (_TAKEN.search(each.message) for each in problems)), None):
        return _ONE_HAS_IT.format(record=taken["record"])
    return _HIDDEN if any(each.code == "NOT_FOUND" for each in problems) else ""


def _details(problem: Problem) -> list[dict[str, Any]]:
    unknown, taken = _NO_SUCH_COLUMN.search(problem.message), _TAKEN.search(problem.message)
    in_words = unknown.group(1) if unknown else taken["field"] if taken else ""
    has_it = {"record_id": taken["record"]} if taken else {}
    return [
        {"field": field_name(name) if name else None, "message": problem.message, "code": problem.code, **has_it}
        for name in problem.fields or (in_words,)
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
