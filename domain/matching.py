"""Which leads a sync means: those with its external id, else those with its email."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from domain.comparison import taken, without_blanks
from domain.errors import InvalidInputError
from domain.lead_status import is_scheduled, status_to_set
from domain.ports import Found, Leads, Turn
from domain.rules import LeadRules
from domain.values.inputs import LeadSync
from domain.values.lead import CUSTOM_PREFIX


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
        values = taken(without_blanks(lead.sent()), found.described)
        if lead.external_id is not None:
            values[CUSTOM_PREFIX + self._external_id_field(lead)] = lead.external_id
        if lead.status is not None and not is_scheduled(lead.status):
            values["status"] = status_to_set(lead.status, found.statuses, self._rules)
        return values

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
                "external_id", "this gateway has no LEAD_EXTERNAL_ID_FIELD; leave it out, the email finds the lead"
            )
        if field.casefold() in (name.casefold() for name in lead.custom_fields or ()):
            raise InvalidInputError(
                "external_id", f"says already what custom_fields.{field} says; leave one of them out"
            )
        return field
