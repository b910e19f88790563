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

import copyreg
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from types import MappingProxyType
from typing import Any

Detail = Mapping[str, Any]
"""One thing that is wrong: `field` and `message`, or the ids that the next step needs."""


class LeadError(Exception):
    """Something a caller is told about: a sentence for people, details for programs."""

    retryable = False
    """Whether the very same request may succeed later, without anybody changing anything."""

    def __init__(self, message: str, details: Sequence[Detail] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are copied by calling the class with `args` again, which are not what our classes take.
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined] # not in typeshed

    def after(self, fact: str, detail: Detail) -> "LeadError":
        """The same error, which also tells what the request had already done when it came up, since that stands."""
        told = copy(self)
        told.message = f"{fact} {self.message.replace('Nothing was written', 'Nothing more was written')}"
        told.details = (*(each for each in self.details if each != detail), detail)
        return told

    def under(self, path: str, fields: Iterable[str]) -> "LeadError":
        """The same error, which names these fields as they are named in a request that has them below others."""
        names = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, fields))})(?!\w)")

        def renamed(text: Any) -> Any:
            return names.sub(rf"{path}\1", text) if isinstance(text, str) else text

        told = copy(self)
        told.message = renamed(self.message)
        told.details = tuple(
            {key: renamed(text) if key in ("field", "message") else text for key, text in detail.items()}
            for detail in self.details
        )
        return told


class InputError(LeadError):
    """The request can not succeed as it is."""


class InvalidInputError(InputError):
    """A field is missing or wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}", [{"field": field, "message": message}])


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


class LeadStateError(LeadError):
    """The leads in Salesforce are not what the request assumed."""


_DELETED_OR_HIDDEN = "It may be deleted or not shared with you; look with salesforce_list_leads (GET /v1/leads)."
_DELETED = "It is deleted; salesforce_restore_lead (POST /v1/leads/{lead}/restore) takes it out of the recycle bin."


class LeadNotFoundError(LeadStateError):
    """No such lead, or it is deleted, or the caller may not see it."""

    def __init__(self, lead: str, *, deleted: bool = False, field: str = "lead", why: str = "") -> None:
        self.deleted = deleted
        """Salesforce says that it was there and is deleted."""
        why = why or (_DELETED if deleted else _DELETED_OR_HIDDEN)
        super().__init__(f"There is no lead {lead}. {why}", [{"field": field, "message": "not found"}])


class LeadExistsError(LeadStateError):
    """An open lead has this email already."""

    def __init__(self, email: str, lead_ids: Sequence[str]) -> None:
        super().__init__(
            f"An open lead with the email {email} exists: {', '.join(lead_ids)}. "
            "There is one open lead per email, which allow_duplicate does not change: it overrides the org's duplicate "
            "rules only. Change that one with salesforce_update_lead (PATCH /v1/leads/{lead}), or send "
            "salesforce_sync_lead (POST /v1/leads/sync), which does.",
            [{"lead_id": lead_id} for lead_id in lead_ids],
        )
        self.lead_ids = tuple(lead_ids)


NAME_IT = "Name one of them by its Id."
_MERGE_THEM = "salesforce_merge_leads (POST /v1/leads/{lead}/merge) makes them one."


class AmbiguousLeadError(LeadStateError):
    """Several leads share the email, so it does not say which one is meant: open ones, or if there are none, converted
    ones with what each became."""

    def __init__(
        self,
        email: str,
        lead_ids: Sequence[str],
        converted_to: Mapping[str, Mapping[str, str | None]] = MappingProxyType({}),
        advice: str = NAME_IT,
    ) -> None:
        became = [f"{lead_id} (now {_ids(ids)})" for lead_id, ids in converted_to.items()]
        fact = (
            f"No open lead has the email {email}, and which of {len(became)} converted ones is meant is not certain"
            if became
            else f"{len(lead_ids)} open leads have the email {email}"
        )
        merge = "" if became else f" {_MERGE_THEM}"
        super().__init__(
            f"{fact}: {'; '.join(became) or ', '.join(lead_ids)}. {advice}{merge}",
            [{"lead_id": lead_id, **_id_fields(converted_to.get(lead_id, {}))} for lead_id in lead_ids],
        )
        self.lead_ids = tuple(lead_ids)


class SharedExternalIdError(AmbiguousLeadError):
    """Several leads have the external id, so it does not say which one is meant."""

    def __init__(self, field: str, external_id: str, lead_ids: Sequence[str]) -> None:
        super().__init__(external_id, lead_ids)
        self.message = (
            f"{len(lead_ids)} leads have the external id {external_id} in {field}: {', '.join(lead_ids)}. "
            f"{_MERGE_THEM} Or give each its own, and let an administrator make the field unique."
        )


class AmbiguousMatchError(LeadStateError):
    """Several accounts or contacts fit the lead, so that none of them can be the one it is converted to."""


NO_LONGER_CHANGES = "is converted and can no longer change."
_ON_CONVERTED = (
    " salesforce_sync_lead (POST /v1/leads/sync) with on_converted: update_contact changes its contact, with "
    "on_converted: create it makes a new lead."
)


class LeadConvertedError(LeadStateError):
    """The lead is converted and read-only; its data lives on in the account and contact."""

    def __init__(
        self,
        lead_id: str,
        converted_to: Mapping[str, str | None],
        fact: str = NO_LONGER_CHANGES,
        others: Mapping[str, Mapping[str, str | None]] = MappingProxyType({}),
    ) -> None:
        also = "; ".join(f"lead {other_id}, now {_ids(became)}" for other_id, became in others.items())
        advice = _ON_CONVERTED if fact == NO_LONGER_CHANGES else ""
        super().__init__(
            f"Lead {lead_id} {fact} It is now {_ids(converted_to)}.{f' So is {also}.' if also else ''}{advice}",
            [
                {"lead_id": each_id, **_id_fields(became)}
                for each_id, became in {lead_id: converted_to, **others}.items()
            ],
        )
        self.lead_id = lead_id


def _ids(converted_to: Mapping[str, str | None]) -> str:
    """What a lead became, in words."""
    named = ", ".join(f"{kind} {record_id}" for kind, record_id in converted_to.items() if record_id)
    return named or "an account and a contact"


def _id_fields(converted_to: Mapping[str, str | None]) -> dict[str, str | None]:
    return {f"{kind}_id": record_id for kind, record_id in converted_to.items()}


class ContactNotFoundError(LeadStateError):
    """The contact a lead became does not exist any more, or the caller may not see it."""

    def __init__(self, contact_id: str) -> None:
        super().__init__(
            f"Contact {contact_id}, which the lead became, is deleted or not shared with you. "
            "salesforce_sync_lead (POST /v1/leads/sync) with on_converted: create makes a new lead.",
            [{"contact_id": contact_id}],
        )


class CampaignNotFoundError(LeadStateError):
    """No such campaign, or none that leads are added to by its name."""

    def __init__(self, campaign: str, why: str, *, active: bool = False) -> None:
        which = "active campaign" if active else "campaign"
        super().__init__(f"There is no {which} {campaign}. {why}", [{"field": "campaign", "message": "not found"}])


class AmbiguousCampaignError(LeadStateError):
    """Several active campaigns have the name, so it does not say which one is meant."""

    def __init__(self, name: str, campaign_ids: Sequence[str]) -> None:
        super().__init__(
            f"{len(campaign_ids)} active campaigns have the name {name}: {', '.join(campaign_ids)}. "
            "Name one of them by its Id.",
            [{"campaign_id": campaign_id} for campaign_id in campaign_ids],
        )
        self.campaign_ids = tuple(campaign_ids)


class DuplicateDetectedError(LeadStateError):
    """A duplicate rule of the org refused the record."""

    def __init__(self, rule: str | None, record_ids: Sequence[str], *, can_be_allowed: bool) -> None:
        which = f"The duplicate rule {rule}" if rule else "A duplicate rule of the org"
        matches = f" It matches {', '.join(record_ids)}." if record_ids else ""
        next_step = (
            " Send allow_duplicate: true to save it anyway."
            if can_be_allowed
            else " The rule does not let anyone save it: change the existing record instead, a lead with "
            "salesforce_update_lead (PATCH /v1/leads/{lead})."
        )
        super().__init__(
            f"{which} found this record already there.{matches}{next_step}",
            [{"rule": rule, "record_ids": list(record_ids)}],
        )


class AccessError(LeadError):
    """The caller's session does not allow this."""


class AuthenticationRequiredError(AccessError):
    """The request brings no session, or not in the form that is asked for."""

    def __init__(self, message: str = "Authentication required to access this resource") -> None:
        super().__init__(message)


class SessionExpiredError(AccessError):
    """The access token is no longer valid and could not be refreshed."""


class ReauthenticationRequiredError(AccessError):
    """The refresh token is no longer valid: the user has to sign in again."""


class PermissionDeniedError(AccessError):
    """The Salesforce user may not do this."""


class ServiceLoginError(AccessError):
    """Salesforce refuses the gateway's own login: whoever runs the gateway has to correct something."""


class SalesforceVersionError(AccessError):
    """The org does not have the API version that is set: whoever runs the gateway has to set another one."""


class ReadOnlyError(AccessError):
    """Only reading is allowed here."""

    def __init__(self) -> None:
        super().__init__(
            "This gateway is read-only: nothing in Salesforce can be changed through it. Whoever runs it decides that "
            "with READ_ONLY, a client with read_only in the URL."
        )


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


class OutcomeUnknownError(LeadError):
    """A write was sent and its answer was lost. It may have happened; look before trying again."""

    def about(self, lead_id: str) -> "OutcomeUnknownError":
        """The same error with the Id of the lead to look at."""
        told = copy(self)
        told.message = self.message.replace("look at the lead", f"look at lead {lead_id}")
        told.details = (*self.details, {"lead_id": lead_id})
        return told


@contextmanager
def already(done: str, then: str, **ids: str) -> Iterator[None]:
    """Take a further step after something that was done and stands: an error of it tells that too, with the Ids.

    `already("Lead 00Q… is created", "converted", lead_id="00Q…")` says of an error inside it: Lead 00Q… is created,
    but not converted. Every step behind a write is taken in here.
    """
    try:
        yield
    except LeadError as error:
        unknown = isinstance(error, OutcomeUnknownError)
        outcome = f"and whether it is {then} is not known" if unknown else f"but not {then}"
        raise error.after(f"{done}, {outcome}.", ids) from error
