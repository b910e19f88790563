"""Salesforce's errors as a table: what each one allows. No I/O.

Source: fact sheet 3.2.
"""

from dataclasses import dataclass
from enum import Enum

from domain.errors import SalesforceBusyError, SalesforceLimitError, SalesforceUnavailableError, TryLaterError


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
class Row:
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
_USED_UP = "The org's API calls of the last 24 hours are used up; wait, or ask an administrator for more."

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

TABLE: tuple[Row, ...] = (
    Row(401, "INVALID_SESSION_ID", Allows.REFRESH),
    Row(None, "UNABLE_TO_LOCK_ROW", Allows.RETRY, SalesforceUnavailableError, _LOCKED),
    Row(None, "REQUEST_LIMIT_EXCEEDED", Allows.RETRY, SalesforceBusyError, _BUSY, says="Concurrent"),
    Row(None, "REQUEST_LIMIT_EXCEEDED", Allows.STOP, SalesforceLimitError, _USED_UP),
    Row(None, "SERVER_UNAVAILABLE", Allows.RETRY, SalesforceUnavailableError, _AWAY),
    Row(429, "*", Allows.RETRY, SalesforceBusyError, _BUSY),
    Row(503, "*", Allows.RETRY, SalesforceUnavailableError, _AWAY),
    *(Row(None, code, Allows.STOP) for code in _OF_THE_REQUEST),
    Row(None, "UNKNOWN_EXCEPTION", Allows.LOOK_UP),
)
"""The first row that matches counts."""

_OTHERWISE = Row(None, "*", Allows.STOP)
_BROKEN = Row(None, "*", Allows.LOOK_UP)


def row_for(status: int, code: str, message: str) -> Row:
    """What is known about an error. What no row knows may have been done if the status is 500 or more."""
    found = next((row for row in TABLE if row.matches(status, code, message)), None)
    return found or (_BROKEN if status >= 500 else _OTHERWISE)
