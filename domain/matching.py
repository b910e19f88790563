"""Which leads are meant: by a sync, and by an Id or an email."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from domain.comparison import brought
from domain.errors import (
    NAME_IT,
    NO_LONGER_CHANGES,
    AmbiguousLeadError,
    InvalidInputError,
    LeadConvertedError,
    LeadExistsError,
    LeadNotFoundError,
)
from domain.lead_status import is_scheduled, status_to_set
from domain.ports import Found, Leads, Turn
from domain.rules import LeadRules
from domain.values.ids import is_email, same_id
from domain.values.inputs import LeadSync
from domain.values.lead import CUSTOM_PREFIX, Lead


class SyncMatching:
    """Finds what a sync is about, and tells what it brings."""

    def __init__(self, leads: Leads, rules: LeadRules) -> None:
        self._leads = leads
        self._rules = rules

    @asynccontextmanager
    async def turn(self, lead: LeadSync) -> AsyncIterator[Turn | None]:
        """The turn of the email; None with an external id, which Salesforce itself keeps unique."""
        if lead.external_id is not None or lead.email is None:
            yield None
            return
        async with self._leads.turn(lead.email) as turn:
            yield turn

    async def find(self, lead: LeadSync) -> Found:
        """The leads that match, and how leads look here; the statuses too when the sync sets one.

        With an external id the lead that has it. When none has it, the leads with the email that have no external id:
        the platform may have brought them in before it had ids.

        Raises InvalidInputError for an external id that can not be looked for, AmbiguousLeadError when several have it.
        """
        with_statuses = lead.status is not None
        if lead.external_id is not None:
            field = self._external_id_field(lead)
            return await self._leads.look_up_external_id(
                field, lead.external_id, lead.email, with_statuses=with_statuses, campaign=lead.campaign
            )
        assert lead.email is not None, "checked with the input"
        return await self._leads.look_up(
            lead.email, with_statuses=with_statuses, described=True, campaign=lead.campaign
        )

    def values(self, lead: LeadSync, found: Found) -> dict[str, Any]:
        """What shall stand in the lead, in the form that Salesforce takes; a status that converts is not among it.

        Raises InvalidInputError, InvalidStatusError.
        """
        sent = lead.sent()
        if lead.external_id is not None:
            sent[CUSTOM_PREFIX + self._external_id_field(lead)] = lead.external_id
        values = brought(sent, found.described)
        if lead.status is not None and not is_scheduled(lead.status):
            values["status"] = status_to_set(lead.status, found.statuses, self._rules)
        return values

    def refuse_impossible_lead(self, lead: LeadSync, found: Found) -> None:
        """Raise InvalidInputError when no new lead can be made of this."""
        if not lead.last_name:
            who = "external id" if lead.external_id else "email"
            raise InvalidInputError(
                "last_name", f"field required: no open lead has this {who}, and a new lead needs a name"
            )
        if lead.external_id is None:
            return
        # Those that only share the email have none.
        field = CUSTOM_PREFIX + self._external_id_field(lead)
        if keyed := next((each.id for each in found.leads if each.value(field) is not None), None):
            raise InvalidInputError(
                "on_converted",
                f"create is not possible: the converted lead {keyed} has this external id, and no second lead can "
                "have it",
            )

    def is_unique(self, lead: LeadSync, found: Found) -> bool:
        """Whether Salesforce lets no second lead have this external id."""
        if lead.external_id is None:
            return False
        field = found.described.field(CUSTOM_PREFIX + self._external_id_field(lead))
        return field is not None and field.unique

    def _external_id_field(self, lead: LeadSync) -> str:
        field = self._rules.external_id_field
        if field is None:
            raise InvalidInputError(
                "external_id", "this gateway has no LEAD_EXTERNAL_ID_FIELD; leave it out and let an email find the lead"
            )
        if field.casefold() in (name.casefold() for name in lead.custom_fields or ()):
            raise InvalidInputError(
                "external_id", f"says already what custom_fields.{field} says; leave one of them out"
            )
        return field


def only_lead(lead: str, found: Found, advice: str = NAME_IT) -> Lead:
    """The one lead that is meant: the only open one, else the one converted last.

    Raises LeadNotFoundError, and AmbiguousLeadError when several are open or it is not certain which was the last.
    """
    if not found.leads:
        raise LeadNotFoundError(lead)
    if len(found.open) > 1:
        raise AmbiguousLeadError(lead, [each.id for each in found.open])
    first, *others = found.leads
    if found.open or all(_came_before(other, first) for other in others):
        return first
    converted_to = {each.id: each.converted_to for each in found.leads}
    raise AmbiguousLeadError(lead, list(converted_to), converted_to, advice)


def open_lead(lead: str, found: Found, fact: str = NO_LONGER_CHANGES) -> Lead:
    """The one lead that is meant, which must be open.

    Raises LeadNotFoundError, AmbiguousLeadError, and LeadConvertedError, which tells of all when several are converted.
    """
    if found.open or not found.leads:
        return only_lead(lead, found)
    first, *others = found.leads
    raise LeadConvertedError(first.id, first.converted_to, fact, {each.id: each.converted_to for each in others})


def lead_to_delete(lead: str, found: Found) -> Lead:
    """The lead that is meant. An email means an open one only; an Id also a converted one, as in Salesforce.

    Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError.
    """
    if not is_email(lead):
        return only_lead(lead, found)
    fact = "is converted, and by email only an open lead is deleted; to delete this one, name it by its Id."
    return open_lead(lead, found, fact)


def refuse_taken(email: str, found: Found, *, besides: str | None = None) -> None:
    """Raise LeadExistsError when an open lead was found with this email, besides the one that shall have it."""
    if others := [lead.id for lead in found.open if not same_id(lead.id, besides)]:
        raise LeadExistsError(email, others)


def _came_before(other: Lead, last: Lead) -> bool:
    """Whether the other one was certainly converted before, or became the very same records.

    Salesforce tells only the day. But a lead that was not touched any more since the last one was made was converted
    before that.
    """
    if other.converted_to == last.converted_to:
        return True
    if other.converted_on and last.converted_on and other.converted_on < last.converted_on:
        return True
    return bool(other.modified_at and last.created_at and other.modified_at < last.created_at)
