"""The request can not succeed as it is: correct the input."""

from collections.abc import Iterable, Sequence
from copy import copy

from domain.errors.base import LeadError


class InputError(LeadError):
    """The request can not succeed as it is."""


class InvalidInputError(InputError):
    """A field is missing or wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}", [{"field": field, "message": message}])

    def with_others(self, others: Iterable["InvalidInputError"]) -> "InvalidInputError":
        """All that is wrong, told as one."""
        told = copy(self)
        for other in others:
            told.message = f"{told.message}; {other.message}"
            told.details = (*told.details, *other.details)
        return told


class InvalidRequestError(InputError):
    """Something besides the fields is wrong: a header, a cursor, a combination."""


class InvalidInstanceUrlError(InputError):
    """The instance URL is not one that may receive a token."""


class IdempotencyKeyReusedError(InputError):
    """The idempotency key was used for another request."""


class InvalidStatusError(InputError):
    """The status does not exist in this org, or can not be set this way."""

    def __init__(self, message: str, allowed: Sequence[str], *, field: str = "status") -> None:
        choices = ", ".join(allowed)
        super().__init__(
            f"{message} Allowed: {choices}.", [{"field": field, "message": message, "allowed": list(allowed)}]
        )


class SalesforceRejectedError(InputError):
    """Salesforce refused the values; the details name the fields."""


class ValueTakenError(SalesforceRejectedError):
    """Another record has a value that only one may have."""


class ConversionRejectedError(InputError):
    """Salesforce refused to convert the lead."""
