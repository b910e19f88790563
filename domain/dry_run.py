"""What a request would do, told without doing it."""

from collections.abc import Sequence

from domain.campaigns import CampaignService, Place, person_of
from domain.comparison import Stored, differences, taken
from domain.conversion import ConversionService
from domain.duplicates import leads_to_merge
from domain.errors import InputError, PermissionDeniedError, SalesforceRejectedError
from domain.foreseen_refusals import (
    OfferedByRecordType,
    has_restricted_values,
    refuse_foreseen,
    refuse_foreseen_places,
)
from domain.lead_status import is_scheduled, status_to_set
from domain.matching import SyncMatching, lead_to_delete, only_lead, open_lead, refuse_taken
from domain.ownership import MAY_BE_ASSIGNED
from domain.ports import FieldValues, Found, Leads, Org
from domain.rules import LeadRules
from domain.sync import changes_of_contact, ignored_by_contacts, refuse_unclear_contact
from domain.values.campaigns import CampaignRef
from domain.values.described import DescribedLead
from domain.values.inputs import ConvertOptions, LeadChanges, LeadSync, LeadWrite, MergeRequest, ScheduledConversion
from domain.values.lead import Lead, MatchedLead
from domain.values.results import CreatedKind, FieldChange, Plan, PlanAction


class DryRunService:
    """Looks up what a request would touch, and refuses what the request itself would be refused for by our rules.

    Of Salesforce's own rules it knows those that a description of leads tells; the others (validation, duplicates,
    permissions) speak only when something is written.
    """

    def __init__(
        self, leads: Leads, org: Org, rules: LeadRules, conversion: ConversionService, campaigns: CampaignService
    ) -> None:
        self._leads = leads
        self._org = org
        self._rules = rules
        self._conversion = conversion
        self._campaigns = campaigns
        self._matching = SyncMatching(leads, rules)

    async def sync(self, lead: LeadSync) -> Plan:
        """What `SyncService.sync` would do. Raises InvalidInputError, InvalidStatusError, AmbiguousLeadError."""
        found = await self._matching.find(lead)
        if found.leads and not found.open and lead.on_converted != "create":
            return await self._sync_of_converted(lead, found)
        values = self._matching.values(lead, found)
        matched_leads = [*found.leads, *found.others]
        target = found.open[0] if found.open else None
        planned = await self._conversion.plan_of(lead, found, values, look=True)
        of_conversion, creates = (planned.changes, planned.creates) if planned else ({}, [])
        place = await self._campaigns.place_of(lead, found)
        if target:
            changes = differences(values, target, found.described)
            await self._refuse_foreseen(changes, target, found.described)
            action: PlanAction = "update" if changes or planned else "unchanged"
            plan = _plan(action, target, matched_leads, {**changes, **of_conversion}, creates)
            return _with_place(place, target, plan)
        self._matching.refuse_impossible_lead(lead, found)
        await self._refuse_foreseen(self._rules.complete(values), None, found.described)
        new = self._rules.complete({**values, **of_conversion})
        plan = _plan("create", None, matched_leads, new, ["lead", *creates])
        return _with_place(place, None, _with_assignment(plan, lead))

    async def _sync_of_converted(self, lead: LeadSync, found: Found) -> Plan:
        converted = found.leads[0]
        note = self._in_vain(converted, found, lead.conversion) if is_scheduled(lead.status) else None
        if lead.on_converted == "skip" or converted.converted_contact_id is None:
            return _plan("skip", converted, found.leads, note=note)
        refuse_unclear_contact(lead, found)
        place = await self._campaigns.place_of(lead, found)
        contact = await self._leads.contact(converted.converted_contact_id)
        changes = changes_of_contact(lead, contact, found.described)
        try:
            refuse_foreseen_places(changes, contact, found.described)
        except SalesforceRejectedError:
            refuse_foreseen_places(changes, contact, await self._leads.describe(anew=True))
        action: PlanAction = "update_contact" if changes else "unchanged"
        plan = _plan(action, converted, found.leads, changes, stored=contact, note=note)
        plan = plan.model_copy(update={"ignored_fields": ignored_by_contacts(lead)})
        return _with_place(place, converted, plan)

    async def update(self, lead: str, changes: LeadChanges) -> Plan:
        """What `LeadService.update` would do.

        Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, LeadExistsError.
        """
        found, target = await self._open_lead(lead)
        if changes.email:
            refuse_taken(changes.email, await self._leads.look_up(changes.email), besides=target.id)
        values = taken(changes.sent(), found.described)
        await self._refuse_foreseen(values, target, found.described)
        different = differences(values, target, found.described)
        action: PlanAction = "update" if different or changes.assigns else "unchanged"
        return _with_assignment(_plan(action, target, found.leads, different), changes)

    async def delete(self, lead: str) -> Plan:
        """What `LeadService.delete` would do. Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError."""
        found = await self._leads.look_up(lead)
        return _plan("delete", lead_to_delete(lead, found), found.leads)

    async def merge(self, lead: str, request: MergeRequest) -> Plan:
        """What `DuplicateService.merge` would do. Raises what that raises before it writes."""
        merge = await leads_to_merge(self._leads, lead, request)
        if merge.merged_before:
            return _plan("unchanged", merge.target, [merge.target])
        plan = _plan("merge", merge.target, [merge.target, *merge.others], merge.filled.values)
        return plan.model_copy(update={"filled_from": merge.filled.sources})

    async def set_status(self, lead: str, status: str, options: ConvertOptions) -> Plan:
        """What `LeadService.set_status` would do.

        Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, InvalidStatusError, InvalidInputError.
        """
        if is_scheduled(status):
            return await self.convert(lead, options)
        found = await self._leads.look_up(lead, with_statuses=True)
        target = open_lead(lead, found)
        change = differences({"status": status_to_set(status, found.statuses, self._rules)}, target, found.described)
        return _plan("update" if change else "unchanged", target, found.leads, change)

    async def convert(self, lead: str, options: ConvertOptions) -> Plan:
        """What `ConversionService.convert` would do.

        Raises what `ConversionService.plan` does, LeadNotFoundError and AmbiguousLeadError.
        """
        found = await self._leads.look_up(lead, with_statuses=True)
        target = only_lead(lead, found)
        if target.is_converted:
            return _plan("unchanged", target, found.leads, note=self._in_vain(target, found, options))
        planned = await self._conversion.plan(target, found.statuses, options, look=True)
        return _plan("convert", target, found.leads, planned.changes, planned.creates)

    async def add_to_campaign(self, lead: str, campaign: CampaignRef) -> Plan:
        """What `CampaignService.add` would do. Raises what that raises before it writes."""
        found, target = await self._campaigns.look_up(lead, campaign)
        place = await self._campaigns.place_in(campaign, found.campaigns, field="status")
        if place.taken_by(target) is None:
            person_of(target)
        plan = _with_place(place, target, _plan("unchanged", target, found.leads))
        action: PlanAction = "add_to_campaign" if plan.creates else "update" if plan.changes else "unchanged"
        return plan.model_copy(update={"action": action})

    def _in_vain(self, lead: Lead, found: Found, options: ConvertOptions | None) -> str | None:
        return self._conversion.converted_before(lead, found.statuses, options or ScheduledConversion()).note

    async def _refuse_foreseen(self, values: FieldValues, before: Lead | None, described: DescribedLead) -> None:
        """Raise what `refuse_foreseen` does, by a description that is as of now."""
        try:
            refuse_foreseen(values, before, described, await self._offered(values, described))
        except InputError:
            now = await self._leads.describe(anew=True)
            refuse_foreseen(values, before, now, await self._offered(values, now))

    async def _offered(self, values: FieldValues, described: DescribedLead) -> OfferedByRecordType:
        """What record types offer, if that matters and this user may know it."""
        if not has_restricted_values(values, described):
            return {}
        try:
            return await self._org.values_by_record_type()
        except (PermissionDeniedError, SalesforceRejectedError):
            return {}

    async def _open_lead(self, lead: str) -> tuple[Found, Lead]:
        found = await self._leads.look_up(lead, described=True)
        return found, open_lead(lead, found)


def _with_assignment(plan: Plan, write: LeadWrite) -> Plan:
    return plan.model_copy(update={"note": MAY_BE_ASSIGNED}) if write.assigns else plan


def _plan(
    action: PlanAction,
    target: Lead | None,
    found: Sequence[Lead],
    changes: FieldValues | None = None,
    creates: Sequence[CreatedKind] = (),
    stored: Stored | None = None,
    note: str | None = None,
) -> Plan:
    """The plan for a target, or for a lead to be created; `stored` is what the changes apply to, if not the target."""
    before = stored or target
    first = [lead for lead in found if lead is target]
    return Plan(
        dry_run=True,
        action=action,
        lead_id=target.id if target else None,
        matched=[MatchedLead.of(lead) for lead in [*first, *(lead for lead in found if lead is not target)]],
        changes=[
            FieldChange(field=name, before=before.value(name) if before else None, after=value)
            for name, value in (changes or {}).items()
        ],
        creates=list(creates),
        note=note,
    )


def _with_place(place: Place | None, lead: Lead | None, plan: Plan) -> Plan:
    """The plan for a lead, or for a new one, together with the campaign that it is added to, if it is."""
    member = place.taken_by(lead) if place and lead else None
    if place is None or (member and not place.differs_from(member)):
        return plan
    after = place.status or place.campaign.default_status
    change = FieldChange(field="campaign.status", before=member.status if member else None, after=after)
    made: list[CreatedKind] = [] if member else ["campaign_member"]
    return plan.model_copy(update={"changes": [*plan.changes, change], "creates": [*plan.creates, *made]})
