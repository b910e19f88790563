"""Turning a lead into an account, a contact and, if asked, an opportunity."""

from collections.abc import Sequence
from typing import Literal

from domain.errors import (
    AmbiguousLeadError,
    InvalidInputError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    OutcomeUnknownError,
)
from domain.lead_status import status_of_converted
from domain.ports import Found, Leads
from domain.rules import LeadRules
from domain.values.inputs import ConvertOptions
from domain.values.lead import Lead
from domain.values.org import LeadStatus
from domain.values.results import Conversion


class ConversionService:
    """Converts leads."""

    def __init__(self, leads: Leads, rules: LeadRules) -> None:
        self._leads = leads
        self._rules = rules

    async def convert(self, lead: str, options: ConvertOptions) -> Conversion:
        """Convert the lead with this Id or email. One that is converted already is left as it is and its ids come back.

        Raises LeadNotFoundError, AmbiguousLeadError, InvalidStatusError, ConversionRejectedError,
        DuplicateDetectedError, OutcomeUnknownError.
        """
        found = await self._leads.look_up(lead, with_statuses=True)
        return await self.convert_found(only_lead(lead, found), found.statuses, options)

    async def convert_found(self, lead: Lead, statuses: Sequence[LeadStatus], options: ConvertOptions) -> Conversion:
        """Convert a lead that was looked up just now."""
        if lead.is_converted:
            return self._before(lead, options)
        status = self.refuse_impossible(lead, statuses, options)
        try:
            conversion = await self._leads.convert(lead.id, status, self._with_defaults(options))
            return conversion.model_copy(update={"account_kind": _account_kind(lead, options)})
        except LeadConvertedError as error:
            # Somebody else was faster.
            return self._before(await self._converted(lead.id, error), options)
        except OutcomeUnknownError as error:
            return conversion_of(await self._converted(lead.id, error), already_converted=False)

    def refuse_impossible(self, lead: Lead | None, statuses: Sequence[LeadStatus], options: ConvertOptions) -> str:
        """The status a conversion would set. Raises InvalidInputError, InvalidStatusError when it can not succeed."""
        if lead and (lead.owner_id or "").startswith("00G") and not options.owner_id:
            raise InvalidInputError("owner_id", "a queue owns this lead; say which user shall own the new records")
        return status_of_converted(options.converted_status, statuses, self._rules)

    def _before(self, lead: Lead, options: ConvertOptions) -> Conversion:
        """What an earlier conversion made, and that it made less than is asked for now, if it did."""
        conversion = conversion_of(lead, already_converted=True)
        if conversion.opportunity_id or not self._rules.makes_opportunity(options):
            return conversion
        note = "The lead was converted before, without an opportunity, and none was made now; make it in Salesforce."
        return conversion.model_copy(update={"note": note})

    async def _converted(self, lead_id: str, error: LeadError) -> Lead:
        """The lead, which tells what it became; raises the error when it tells of no conversion."""
        try:
            [lead] = (await self._leads.look_up(lead_id)).leads
        except LeadError:
            raise error from error.__cause__
        if not lead.is_converted:
            raise error
        return lead

    def _with_defaults(self, options: ConvertOptions) -> ConvertOptions:
        return options.model_copy(update={"create_opportunity": self._rules.makes_opportunity(options)})


def only_lead(lead: str, found: Found) -> Lead:
    """The one lead that is meant: the only open one, else the first converted one.

    Raises LeadNotFoundError, or AmbiguousLeadError when several are open.
    """
    if not found.leads:
        raise LeadNotFoundError(lead)
    if len(found.open) > 1:
        raise AmbiguousLeadError(lead, [each.id for each in found.open])
    return found.leads[0]


def conversion_of(lead: Lead, *, already_converted: bool) -> Conversion:
    """What a converted lead became."""
    return Conversion(
        lead_id=lead.id,
        account_id=lead.converted_account_id,
        account_kind=_account_kind(lead),
        contact_id=lead.converted_contact_id,
        opportunity_id=lead.converted_opportunity_id,
        status=lead.status,
        already_converted=already_converted,
    )


def _account_kind(lead: Lead, options: ConvertOptions | None = None) -> Literal["business", "person"] | None:
    """Which kind of account the lead becomes or became, as far as that shows without looking at it.

    Source: fact sheet 12.1.
    """
    is_hidden = "company" not in lead.model_fields_set
    if is_hidden or (options and options.account_id):
        return None
    return "business" if lead.company else "person"
