"""Bringing a lead of the platform into Salesforce, as often as one likes."""

from dataclasses import replace
from typing import Any

from domain.already_converted import conversion_of
from domain.campaigns import CampaignService, Place
from domain.comparison import brought, differences, without_blanks
from domain.conversion import ConversionService
from domain.errors import LeadExistsError, ValueTakenError, already
from domain.lead_status import is_scheduled
from domain.leads import after_conversion
from domain.lost_answers import create_once, update_contact_surely, update_surely
from domain.matching import SyncMatching, only_lead
from domain.ownership import with_chosen_owner, write_options
from domain.ports import FieldValues, Found, Leads, Turn
from domain.rules import LeadRules
from domain.values.described import DescribedLead
from domain.values.inputs import LeadSync, ScheduledConversion
from domain.values.lead import CONTACT_FIELDS, Contact, Lead
from domain.values.results import SyncResult


class SyncService:
    """Upserts leads by email or external id. The same sync again changes nothing."""

    def __init__(
        self, leads: Leads, rules: LeadRules, conversion: ConversionService, campaigns: CampaignService
    ) -> None:
        self._leads = leads
        self._rules = rules
        self._conversion = conversion
        self._campaigns = campaigns
        self._matching = SyncMatching(leads, rules)

    async def sync(self, lead: LeadSync) -> SyncResult:
        """Create the lead, or write what differs, or leave it, or skip it because it is converted already.

        With an external id Salesforce itself sees to it that there is only one lead, whoever else makes one.

        Raises InvalidInputError, InvalidStatusError, AmbiguousLeadError, SalesforceRejectedError,
        DuplicateDetectedError, OutcomeUnknownError, with `scheduled` what a conversion raises, and with a campaign what
        `CampaignService.place_in` and `put` raise.
        """
        async with self._matching.turn(lead) as turn:
            found = await self._matching.find(lead)
            if found.leads and not found.open and lead.on_converted != "create":
                return await self._of_converted(lead, found)
            values = self._matching.values(lead, found)
            # What can not be converted is not written either.
            planned = await self._conversion.plan_of(lead, found, values)
            place = await self._campaigns.place_of(lead, found)
            target, result = await self._written(turn, lead, found, values)
            if place is not None:
                result = await self._put(target, place, result)
            if not planned:
                return result
            done = f"{_standing(result)} and in the campaign" if result.campaign else _standing(result)
            with already(f"Lead {target.id} is {done}", "converted", lead_id=target.id):
                conversion = await self._conversion.carry_out(planned, target, found.statuses)
            return after_conversion(result, conversion)

    async def _written(
        self, turn: Turn | None, lead: LeadSync, found: Found, values: FieldValues
    ) -> tuple[Lead, SyncResult]:
        try:
            if found.open:
                return await self._update(lead, found, values)
            return await self._create(turn, lead, found, values)
        except (LeadExistsError, ValueTakenError) as error:
            if isinstance(error, ValueTakenError) and lead.external_id is None:
                raise
            # Somebody else was faster, besides the gateway: then that is the lead to bring up to date.
            now = await self._matching.find(lead)
            if not now.open or now.open == found.open:
                raise
            return await self._update(lead, now, values)

    async def _of_converted(self, lead: LeadSync, found: Found) -> SyncResult:
        result = _skipped(found)
        if is_scheduled(lead.status):
            options = lead.conversion or ScheduledConversion()
            conversion = self._conversion.converted_before(found.leads[0], found.statuses, options)
            result = result.model_copy(update={"conversion": conversion})
        contact_id = found.leads[0].converted_contact_id
        if lead.on_converted == "skip" or contact_id is None:
            return result
        refuse_unclear_contact(lead, found)
        place = await self._campaigns.place_of(lead, found)
        changes = changes_of_contact(lead, await self._leads.contact(contact_id), found.described)
        if changes:
            done = f"Lead {result.lead_id} is converted to contact {contact_id}"
            with already(done, "updated there", lead_id=result.lead_id, contact_id=contact_id):
                await update_contact_surely(self._leads, contact_id, changes, found.described)
        result = result.model_copy(
            update={
                "action": "updated" if changes else "unchanged",
                "changed_fields": list(changes),
                "ignored_fields": ignored_by_contacts(lead),
            }
        )
        return result if place is None else await self._put(found.leads[0], place, result)

    async def _update(self, lead: LeadSync, found: Found, values: FieldValues) -> tuple[Lead, SyncResult]:
        target, *others = found.leads
        changes = differences(values, target, found.described)
        # An assignment rule chooses who gets a new lead; who has one already keeps it.
        options = write_options(lead, assigns=False)
        written = await update_surely(self._leads, target.id, changes, options) if changes else target
        result = SyncResult(
            action="updated" if changes else "unchanged",
            reason=None,
            lead_id=written.id,
            changed_fields=list(changes),
            duplicates=[other.id for other in (*others, *found.others)],
            conversion=None,
            status=written.status,
        )
        return written, with_chosen_owner(result, target, changes, written)

    async def _create(
        self, turn: Turn | None, lead: LeadSync, found: Found, values: FieldValues
    ) -> tuple[Lead, SyncResult]:
        self._matching.refuse_impossible_lead(lead, found)
        complete = self._rules.complete(values)
        options = replace(write_options(lead), only_once=self._matching.is_unique(lead, found))
        created, others = await create_once(self._leads, turn, complete, options, lambda: self._matching.find(lead))
        result = SyncResult(
            action="created",
            reason=None,
            lead_id=created.id,
            changed_fields=list(complete),
            duplicates=[other.id for other in (*others, *found.others, *found.leads)],
            conversion=None,
            status=created.status,
        )
        return created, with_chosen_owner(result, None, complete, created)

    async def _put(self, lead: Lead, place: Place, result: SyncResult) -> SyncResult:
        who = f"Contact {lead.converted_contact_id} of lead" if lead.is_converted else "Lead"
        with already(f"{who} {lead.id} is {_standing(result)}", "in the campaign", lead_id=lead.id):
            membership = await self._campaigns.put(lead, place)
        return result.model_copy(update={"campaign": membership})


def _standing(result: SyncResult) -> str:
    return "up to date" if result.action == "unchanged" else result.action


def refuse_unclear_contact(lead: LeadSync, found: Found) -> None:
    """Raise AmbiguousLeadError when it is not certain which of several converted leads is meant."""
    advice = "No contact was written; on_converted: skip leaves them all, create makes a new lead."
    only_lead(lead.email or lead.external_id or "", found, advice)


def changes_of_contact(lead: LeadSync, contact: Contact, described: DescribedLead) -> dict[str, Any]:
    """What a sync writes to the contact that the lead became."""
    shared = {name: value for name, value in lead.sent().items() if name in CONTACT_FIELDS}
    return differences(brought(shared, described), contact, described)


def ignored_by_contacts(lead: LeadSync) -> list[str]:
    """What a sync brings that a contact has no place for."""
    sets_status = lead.status is not None and not is_scheduled(lead.status)
    names = [*without_blanks(lead.sent()), *(["status"] if sets_status else [])]
    return [name for name in names if name not in CONTACT_FIELDS]


def _skipped(found: Found) -> SyncResult:
    converted, *others = found.leads
    return SyncResult(
        action="skipped",
        reason="lead_already_converted",
        lead_id=converted.id,
        changed_fields=[],
        duplicates=[other.id for other in others],
        conversion=conversion_of(converted, already_converted=True),
        status=converted.status,
    )
