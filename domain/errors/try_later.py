"""Nothing was written: wait, the same request may succeed later."""

from domain.errors.base import LeadError


class TryLaterError(LeadError):
    """Nothing was written; the same request may succeed later."""

    retryable = True

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds to wait before asking again; None when nobody said."""


class SalesforceUnavailableError(TryLaterError):
    """Salesforce can not be reached or says that it is not available."""


class SalesforceTimeoutError(TryLaterError):
    """Salesforce did not answer in time; nothing was written."""


class SalesforceBusyError(TryLaterError):
    """Too many requests at this moment."""


class SalesforceLimitError(TryLaterError):
    """The org's API calls of the last 24 hours are used up. Each is free again 24 hours after it was made."""


class SalesforceBadResponseError(TryLaterError):
    """What came back is not an answer of Salesforce: an HTML page, broken JSON."""


class IdempotencyInProgressError(TryLaterError):
    """The request with this idempotency key is still being worked on."""


class OverloadedError(TryLaterError):
    """The gateway has too much to do at the moment."""


class CoordinationUnavailableError(TryLaterError):
    """What the replicas coordinate through is away, so nothing that could make a duplicate is written."""
