"""Bringing a lead of the platform into Salesforce, as often as one likes."""

from typing import Any

from domain.comparison import differences, taken, without_blanks
from domain.conversion import ConversionService, conversion_of
from domain.errors import (
    InvalidInputError,
    LeadConvertedError,
    LeadExistsError,
    SalesforceRejectedError,
    already,
)
from domain.lead_status import is_scheduled, status_to_set
from domain.leads import after_conversion
from domain.lost_answers import create_once, update_surely
from domain.ports import FieldValues, Found, Leads, Turn, Upserted, WriteOptions
from domain.rules import LeadRules
from domain.values.described import DescribedLead
from domain.values.inputs import ConvertOptions, LeadSync
from domain.values.lead import CONTACT_FIELDS, Contact, Lead
from domain.values.results import SyncResult


class SyncService:
    """Upserts leads by email. The same sync again changes nothing."""

    def __init__(self, leads: Leads, rules: LeadRules, conversion: ConversionService) -> None:
        self._leads = leads
        self._rules = rules
        self._conversion = conversion

    async def sync(self, lead: LeadSync) -> SyncResult:
        """Create the lead, or write what differs, or leave it, or skip it because it is converted already.

        With an external id it is one upsert, for which Salesforce itself sees to it that there is only one lead.

        Raises InvalidInputError, InvalidStatusError, SalesforceRejectedError, DuplicateDetectedError,
        OutcomeUnknownError, and with `scheduled` what a conversion raises.
        """
        if lead.external_id is not None:
            return await self._upsert(lead, lead.external_id)
        async with self._leads.turn(lead.email) as turn:
            found = await self._leads.look_up(lead.email, with_statuses=lead.status is not None, described=True)
            if found.leads and not found.open and lead.on_converted != "create":
                return await self._of_converted(lead, found)
            values = self._values(lead, found)
            if is_scheduled(lead.status):
                # What can not be converted is not written either.
                self._conversion.refuse_impossible(next(iter(found.open), None), found.statuses, ConvertOptions())
            options = WriteOptions(assign=lead.assign, allow_duplicate=lead.allow_duplicate)
            if found.open:
                target, result = await self._update(found, values, options)
            else:
                target, result = await self._create(turn, lead, found, values, options)
            if not is_scheduled(lead.status):
                return result
            return await self._convert(target, found, result)

    async def _upsert(self, lead: LeadSync, external_id: str) -> SyncResult:
        sets_status = lead.status is not None and not is_scheduled(lead.status)
        found = await self._leads.look_up(lead.email, with_statuses=True, described=True) if sets_status else Found([])
        values = self._values(lead, found)
        options = WriteOptions(assign=lead.assign, allow_duplicate=lead.allow_duplicate)
        try:
            upserted = await self._upserted(external_id, values, options)
        except LeadConvertedError as error:
            return _skipped(await self._leads.look_up(error.lead_id))
        result = SyncResult(
            action="created" if upserted.created else "updated",
            reason=None,
            lead_id=upserted.lead.id,
            changed_fields=list(values),
            duplicates=[],
            conversion=None,
            status=upserted.lead.status,
        )
        if not is_scheduled(lead.status):
            return result
        return await self._convert(upserted.lead, Found([upserted.lead], upserted.statuses), result)

    async def _upserted(self, external_id: str, values: FieldValues, options: WriteOptions) -> Upserted:
        try:
            return await self._leads.upsert(external_id, values, options)
        except SalesforceRejectedError as error:
            # The default company is for new leads only, and only Salesforce knows whether this one is new.
            if values.get("company") or "company" not in [detail.get("field") for detail in error.details]:
                raise
            return await self._leads.upsert(external_id, self._rules.complete(values), options)

    async def _of_converted(self, lead: LeadSync, found: Found) -> SyncResult:
        result = _skipped(found)
        contact_id = found.leads[0].converted_contact_id
        if lead.on_converted == "skip" or contact_id is None:
            return result
        changes = changes_of_contact(lead, await self._leads.contact(contact_id), found.described)
        if changes:
            await self._leads.update_contact(contact_id, changes)
        return result.model_copy(
            update={"action": "updated" if changes else "unchanged", "changed_fields": list(changes)}
        )

    def _values(self, lead: LeadSync, found: Found) -> FieldValues:
        values = taken(without_blanks(lead.sent()), found.described)
        if lead.status is not None and not is_scheduled(lead.status):
            values["status"] = status_to_set(lead.status, found.statuses, self._rules)
        return values

    async def _update(self, found: Found, values: FieldValues, options: WriteOptions) -> tuple[Lead, SyncResult]:
        target, *others = found.leads
        changes = differences(values, target, found.described)
        lead = await update_surely(self._leads, target.id, changes, options, found.described) if changes else target
        return lead, SyncResult(
            action="updated" if changes else "unchanged",
            reason=None,
            lead_id=lead.id,
            changed_fields=list(changes),
            duplicates=[other.id for other in others],
            conversion=None,
            status=lead.status,
        )

    async def _create(
        self, turn: Turn, lead: LeadSync, found: Found, values: FieldValues, options: WriteOptions
    ) -> tuple[Lead, SyncResult]:
        if not lead.last_name:
            raise InvalidInputError(
                "last_name", "field required: nobody has this email yet, and a new lead needs a name"
            )
        complete = self._rules.complete(values)
        try:
            created, others = await create_once(self._leads, turn, lead.email, complete, options, found.described)
        except LeadExistsError:
            # Somebody else made one meanwhile, besides the gateway: then that is the lead to bring up to date.
            return await self._update(await self._leads.look_up(lead.email, described=True), values, options)
        return created, SyncResult(
            action="created",
            reason=None,
            lead_id=created.id,
            changed_fields=list(complete),
            duplicates=[other.id for other in others],
            conversion=None,
            status=created.status,
        )

    async def _convert(self, lead: Lead, found: Found, result: SyncResult) -> SyncResult:
        with already(f"Lead {lead.id} is {result.action}", "converted", lead_id=lead.id):
            conversion = await self._conversion.convert_found(lead, found.statuses, ConvertOptions())
        return after_conversion(result, conversion)


def changes_of_contact(lead: LeadSync, contact: Contact, described: DescribedLead) -> dict[str, Any]:
    """What a sync writes to the contact that the lead became."""
    shared = {name: value for name, value in lead.sent().items() if name in CONTACT_FIELDS}
    return differences(taken(without_blanks(shared), described), contact, described)


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
