"""What can go wrong, as a tree. Its branches are what a caller can do about it.

LeadError
├── InputError                        correct the input
│   ├── InvalidInputError               a field is missing or wrong
│   ├── InvalidRequestError             a header, cursor or combination is wrong
│   ├── InvalidInstanceUrlError         not a Salesforce host
│   ├── IdempotencyKeyReusedError       the key belongs to another request
│   ├── InvalidStatusError              not a status of this org
│   ├── SalesforceRejectedError         Salesforce refused the values
│   │   └── ValueTakenError               another record has one that only one may have
│   └── ConversionRejectedError         Salesforce refused the conversion
├── LeadStateError                    read again: the leads are not what the request assumed
│   ├── LeadNotFoundError
│   ├── LeadExistsError
│   ├── AmbiguousLeadError
│   │   └── SharedExternalIdError
│   ├── AmbiguousMatchError             several accounts or contacts fit
│   ├── LeadConvertedError
│   ├── ContactNotFoundError
│   ├── CampaignNotFoundError
│   ├── AmbiguousCampaignError
│   └── DuplicateDetectedError
├── AccessError                       sign in again, or ask an administrator
│   ├── AuthenticationRequiredError
│   ├── SessionExpiredError
│   ├── ReauthenticationRequiredError
│   ├── PermissionDeniedError
│   ├── ServiceLoginError
│   ├── SalesforceVersionError
│   └── ReadOnlyError
├── TryLaterError                     wait: nothing was written, the same request may succeed later
│   ├── SalesforceUnavailableError
│   ├── SalesforceTimeoutError
│   ├── SalesforceBusyError
│   ├── SalesforceLimitError
│   ├── SalesforceBadResponseError
│   ├── IdempotencyInProgressError
│   ├── OverloadedError
│   └── CoordinationUnavailableError
└── OutcomeUnknownError               look: a write may or may not have happened
"""

from domain.errors.access import (
    AccessError,
    AuthenticationRequiredError,
    PermissionDeniedError,
    ReadOnlyError,
    ReauthenticationRequiredError,
    SalesforceVersionError,
    ServiceLoginError,
    SessionExpiredError,
)
from domain.errors.base import Detail, LeadError, OutcomeUnknownError, already, listed
from domain.errors.inputs import (
    ConversionRejectedError,
    IdempotencyKeyReusedError,
    InputError,
    InvalidInputError,
    InvalidInstanceUrlError,
    InvalidRequestError,
    InvalidStatusError,
    SalesforceRejectedError,
    ValueTakenError,
)
from domain.errors.lead_state import (
    NAME_IT,
    NO_LONGER_CHANGES,
    AmbiguousCampaignError,
    AmbiguousLeadError,
    AmbiguousMatchError,
    CampaignNotFoundError,
    ContactNotFoundError,
    DuplicateDetectedError,
    LeadConvertedError,
    LeadExistsError,
    LeadNotFoundError,
    LeadStateError,
    SharedExternalIdError,
)
from domain.errors.try_later import (
    CoordinationUnavailableError,
    IdempotencyInProgressError,
    OverloadedError,
    SalesforceBadResponseError,
    SalesforceBusyError,
    SalesforceLimitError,
    SalesforceTimeoutError,
    SalesforceUnavailableError,
    TryLaterError,
)

__all__ = [
    "NAME_IT",
    "NO_LONGER_CHANGES",
    "AccessError",
    "AmbiguousCampaignError",
    "AmbiguousLeadError",
    "AmbiguousMatchError",
    "AuthenticationRequiredError",
    "CampaignNotFoundError",
    "ContactNotFoundError",
    "ConversionRejectedError",
    "CoordinationUnavailableError",
    "Detail",
    "DuplicateDetectedError",
    "IdempotencyInProgressError",
    "IdempotencyKeyReusedError",
    "InputError",
    "InvalidInputError",
    "InvalidInstanceUrlError",
    "InvalidRequestError",
    "InvalidStatusError",
    "LeadConvertedError",
    "LeadError",
    "LeadExistsError",
    "LeadNotFoundError",
    "LeadStateError",
    "OutcomeUnknownError",
    "OverloadedError",
    "PermissionDeniedError",
    "ReadOnlyError",
    "ReauthenticationRequiredError",
    "SalesforceBadResponseError",
    "SalesforceBusyError",
    "SalesforceLimitError",
    "SalesforceRejectedError",
    "SalesforceTimeoutError",
    "SalesforceUnavailableError",
    "SalesforceVersionError",
    "ServiceLoginError",
    "SessionExpiredError",
    "SharedExternalIdError",
    "TryLaterError",
    "ValueTakenError",
    "already",
    "listed",
]
