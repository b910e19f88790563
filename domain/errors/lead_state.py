"""The leads are not what the request assumed: read again."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from domain.errors.base import MOST_DETAILS, LeadError, listed


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
            f"An open lead with the email {email} exists: {listed(lead_ids)}. "
            "There is one open lead per email, which allow_duplicate does not change: it overrides the org's duplicate "
            "rules only. Change that one with salesforce_update_lead (PATCH /v1/leads/{lead}), or send "
            "salesforce_sync_lead (POST /v1/leads/sync), which does.",
            [{"lead_id": lead_id} for lead_id in lead_ids],
        )


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
            f"{fact}: {listed(became, '; ') or listed(lead_ids)}. {advice}{merge}",
            [{"lead_id": lead_id, **_id_fields(converted_to.get(lead_id, {}))} for lead_id in lead_ids],
        )


class SharedExternalIdError(AmbiguousLeadError):
    """Several leads have the external id, so it does not say which one is meant."""

    def __init__(self, field: str, external_id: str, lead_ids: Sequence[str]) -> None:
        super().__init__(external_id, lead_ids)
        self.message = (
            f"{len(lead_ids)} leads have the external id {external_id} in {field}: {listed(lead_ids)}. "
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
        also = listed([f"lead {other_id}, now {_ids(became)}" for other_id, became in others.items()], "; ")
        advice = _ON_CONVERTED if fact == NO_LONGER_CHANGES else ""
        super().__init__(
            f"Lead {lead_id} {fact} It is now {_ids(converted_to)}.{f' So is {also}.' if also else ''}{advice}",
            [
                {"lead_id": each_id, **_id_fields(became)}
                for each_id, became in {lead_id: converted_to, **others}.items()
            ],
        )


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
            f"{len(campaign_ids)} active campaigns have the name {name}: {listed(campaign_ids)}. {NAME_IT}",
            [{"campaign_id": campaign_id} for campaign_id in campaign_ids],
        )


class DuplicateDetectedError(LeadStateError):
    """A duplicate rule of the org refused the record."""

    def __init__(self, rule: str | None, record_ids: Sequence[str], *, can_be_allowed: bool) -> None:
        which = f"The duplicate rule {rule}" if rule else "A duplicate rule of the org"
        matches = f" It matches {listed(record_ids)}." if record_ids else ""
        next_step = (
            " Send allow_duplicate: true to save it anyway."
            if can_be_allowed
            else " The rule does not let anyone save it: change the existing record instead, a lead with "
            "salesforce_update_lead (PATCH /v1/leads/{lead})."
        )
        super().__init__(
            f"{which} found this record already there.{matches}{next_step}",
            [{"rule": rule, "record_ids": [*record_ids[:MOST_DETAILS]]}],
        )
