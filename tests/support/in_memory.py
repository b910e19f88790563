"""Leads in a dict: the stand-in for an org, which the contract test keeps honest."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, Protocol, TypeVar

from domain.errors import (
    ContactNotFoundError,
    LeadConvertedError,
    LeadNotFoundError,
    OutcomeUnknownError,
    SharedExternalIdError,
    ValueTakenError,
)
from domain.ports import FieldValues, Found, WriteOptions
from domain.values.campaigns import NO_CAMPAIGNS, CampaignsAsked, FoundCampaigns
from domain.values.conversion_targets import FoundAccount, FoundContact, Targets, TargetSearch
from domain.values.described import NOTHING_DESCRIBED, DescribedField, DescribedLead
from domain.values.emails import as_stored
from domain.values.ids import is_email, same_id
from domain.values.inputs import ConvertOptions
from domain.values.lead import CONTACT_FIELDS, CUSTOM_PREFIX, Contact, Lead, in_matching_order
from domain.values.listing import LeadFilter, Position
from domain.values.org import LeadStatus
from domain.values.results import Conversion

T = TypeVar("T")

STATUSES = (
    LeadStatus(name="Open - Not Contacted", label="Open - Not Contacted", is_converted=False, is_default=True),
    LeadStatus(name="Working - Contacted", label="Working - Contacted", is_converted=False, is_default=False),
    LeadStatus(name="Closed - Converted", label="Closed - Converted", is_converted=True, is_default=False),
    LeadStatus(name="Closed - Not Converted", label="Closed - Not Converted", is_converted=False, is_default=False),
)


EXTERNAL_ID = "custom_fields.Platform_Id__c"
DESCRIBED = DescribedLead(
    (
        DescribedField("email", "email", length=80),
        DescribedField("last_name", "string", length=80),
        DescribedField("company", "string", length=255),
        DescribedField("phone", "phone", length=40),
        DescribedField("description", "textarea", length=32_000),
        DescribedField("number_of_employees", "int"),
        DescribedField("annual_revenue", "currency"),
        DescribedField("owner_id", "reference"),
        DescribedField(EXTERNAL_ID, "string", custom=True, length=40, unique=True, external_id=True),
        DescribedField("custom_fields.Size__c", "string", custom=True),
        DescribedField("custom_fields.Segment__c", "string", custom=True, length=80),
        DescribedField("custom_fields.Flag__c", "boolean", custom=True),
    )
)


class FickleTurn:
    """A turn that is lost when the test says so."""

    held = True


class InMemoryCampaignLooks(Protocol):
    """What finds the campaigns of leads: `InMemoryCampaigns`, which puts itself in."""

    async def found(self, leads: Sequence[Lead], campaign: CampaignsAsked) -> FoundCampaigns: ...


class InMemoryLeads:
    """The Leads and the Conversions port. `writes` counts what was written; answers can be lost on demand."""

    def __init__(self, *leads: Lead) -> None:
        self._leads = {lead.id: lead for lead in leads}
        self._deleted: dict[str, Lead] = {}
        self._merged_into: dict[str, str] = {}
        self._contacts: dict[str, dict[str, Any]] = {}
        self._now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self.campaigns: InMemoryCampaignLooks | None = None
        self.turn_given = FickleTurn()
        self.writes = 0
        self.lose_answers_of_writes = False
        """The write happens, and its answer never comes."""
        self.lose_writes = False
        """Neither happens the write nor comes an answer."""

    @asynccontextmanager
    async def turn(self, email: str) -> AsyncIterator[FickleTurn]:
        yield self.turn_given

    async def look_up(
        self,
        lead: str,
        *,
        with_statuses: bool = False,
        described: bool | Literal["anew"] = False,
        campaign: CampaignsAsked | None = None,
    ) -> Found:
        statuses = STATUSES if with_statuses else ()
        found = self._with_email(lead) if is_email(lead) else [self._get(lead)]
        description = DESCRIBED if described else NOTHING_DESCRIBED
        return Found(found, statuses, (), description, await self._found_campaigns(found, campaign))

    async def look_up_external_id(
        self,
        field: str,
        external_id: str,
        email: str | None,
        *,
        with_statuses: bool = False,
        campaign: CampaignsAsked | None = None,
    ) -> Found:
        statuses = STATUSES if with_statuses else ()
        name = CUSTOM_PREFIX + field
        keyed = [lead for lead in self._leads.values() if lead.value(name) == external_id]
        if len(keyed) > 1:
            raise SharedExternalIdError(field, external_id, [lead.id for lead in keyed])
        same_email = self._with_email(email) if email else []
        meant = keyed or [lead for lead in same_email if lead.value(name) is None]
        others = [lead for lead in same_email if lead not in meant]
        return Found(meant, statuses, others, DESCRIBED, await self._found_campaigns(meant, campaign))

    async def _found_campaigns(self, leads: Sequence[Lead], campaign: CampaignsAsked | None) -> FoundCampaigns:
        if self.campaigns is None or campaign is None:
            return NO_CAMPAIGNS
        return await self.campaigns.found(leads, campaign)

    def _with_email(self, email: str) -> list[Lead]:
        same_email = [each for each in self._leads.values() if as_stored(each.email or "") == as_stored(email)]
        return in_matching_order(same_email)

    async def describe(self, *, anew: bool = False) -> DescribedLead:
        return DESCRIBED

    async def statuses(self) -> list[LeadStatus]:
        return list(STATUSES)

    async def page(self, leads: LeadFilter, fields: Sequence[str] | None, after: Position | None) -> list[Lead]:
        name, newest_first = leads.sort.removeprefix("-"), leads.sort.startswith("-")
        rows = sorted(self._leads.values(), key=lambda lead: (getattr(lead, name), lead.id), reverse=newest_first)
        if after is not None:
            here = (after.moment, after.id)
            rows = [row for row in rows if ((getattr(row, name), row.id) < here) is newest_first and row.id != after.id]
        return [row for row in rows if _passes(row, leads)][: leads.limit + 1]

    async def create(self, values: FieldValues, options: WriteOptions) -> Lead:
        taken = values.get(EXTERNAL_ID)
        if taken is not None and any(lead.value(EXTERNAL_ID) == taken for lead in self._leads.values()):
            raise ValueTakenError("duplicate value found")

        def create() -> Lead:
            number = len(self._leads) + 1
            return self._store(Lead(id=f"00Q{number:012}AAA", status=STATUSES[0].name), values, created=True)

        return self._write(create)

    async def update(self, lead_id: str, values: FieldValues, options: WriteOptions) -> Lead:
        lead = self._get(lead_id)
        if lead.is_converted:
            raise LeadConvertedError(lead.id, lead.converted_to)
        return self._write(lambda: self._store(lead, values))

    async def delete(self, lead_id: str) -> None:
        lead = self._get(lead_id)
        self._write(lambda: self._deleted.update({lead.id: self._leads.pop(lead.id)}))

    async def convert(self, lead_id: str, status: str, options: ConvertOptions) -> Conversion:
        lead = self._get(lead_id)
        if lead.is_converted:
            raise LeadConvertedError(lead.id, lead.converted_to)

        def convert() -> Conversion:
            number = lead.id[3:]
            ids = {
                "account_id": options.account_id or f"001{number}",
                "contact_id": options.contact_id or f"003{number}",
                "opportunity_id": f"006{number}" if options.create_opportunity else None,
            }
            converted = {f"converted_{name}": record_id for name, record_id in ids.items()}
            self._leads[lead.id] = lead.model_copy(update={"is_converted": True, "status": status, **converted})
            return Conversion(lead_id=lead.id, status=status, already_converted=False, **ids)

        return self._write(convert)

    async def statuses_of(self, record_type: str, described: DescribedLead) -> None:
        return None

    async def targets(self, search: TargetSearch) -> Targets:
        converted = [lead for lead in self._leads.values() if lead.is_converted]
        accounts = [FoundAccount(str(each.converted_account_id), each.company, each.website) for each in converted]
        contacts = [
            FoundContact(str(each.converted_contact_id), each.converted_account_id)
            for each in converted
            if same_id(each.converted_contact_id, search.contact_id) or each.email == search.email
        ]
        return Targets([each for each in accounts if _is_likely(each, search)], contacts, [])

    async def undelete(self, lead_id: str) -> bool:
        lead = next((lead for lead in self._deleted.values() if same_id(lead.id, lead_id)), None)
        if lead is None:
            return False
        self._write(lambda: self._leads.update({lead.id: self._deleted.pop(lead.id)}))
        return True

    async def with_same_email(self, at_most: int) -> list[list[Lead]]:
        groups: dict[str, list[Lead]] = {}
        for lead in sorted(self._leads.values(), key=lambda lead: (lead.created_at, lead.id)):
            if lead.email and not lead.is_converted:
                groups.setdefault(as_stored(lead.email), []).append(lead)
        several = [group for group in groups.values() if len(group) > 1]
        return sorted(several, key=len, reverse=True)[: at_most + 1]

    async def merge(self, lead_id: str, others: Sequence[str], values: FieldValues) -> None:
        lead, gone = self._get(lead_id), [self._get(other) for other in others]

        def merge() -> None:
            self._store(lead, values)
            self._deleted.update({other.id: self._leads.pop(other.id) for other in gone})
            self._merged_into.update({other.id: lead.id for other in gone})

        self._write(merge)

    async def merged_into(self, lead_ids: Sequence[str]) -> dict[str, str]:
        merged = self._merged_into.items()
        return {gone: left for gone, left in merged if any(same_id(gone, lead_id) for lead_id in lead_ids)}

    async def contact(self, contact_id: str) -> Contact:
        lead = next((lead for lead in self._leads.values() if same_id(lead.converted_contact_id, contact_id)), None)
        if lead is None:
            raise ContactNotFoundError(contact_id)
        taken_over = {name: getattr(lead, name) for name in CONTACT_FIELDS}
        return Contact(id=contact_id, **{**taken_over, **self._contacts.get(contact_id, {})})

    async def update_contact(self, contact_id: str, values: FieldValues) -> None:
        await self.contact(contact_id)
        self._write(lambda: self._contacts.setdefault(contact_id, {}).update(values))

    def _get(self, lead_id: str) -> Lead:
        lead = next((lead for lead in self._leads.values() if same_id(lead.id, lead_id)), None)
        if lead is None:
            raise LeadNotFoundError(lead_id)
        return lead

    def _store(self, lead: Lead, values: FieldValues, *, created: bool = False) -> Lead:
        self._now += timedelta(seconds=1)
        custom = {name.removeprefix(CUSTOM_PREFIX): values[name] for name in values if name.startswith(CUSTOM_PREFIX)}
        update = {name: value for name, value in values.items() if not name.startswith(CUSTOM_PREFIX)}
        if email := update.get("email"):
            update["email"] = email.lower()
        times = {"created_at": self._now, "modified_at": self._now} if created else {"modified_at": self._now}
        stored = lead.model_copy(update={**update, **times, "custom_fields": {**lead.custom_fields, **custom}})
        self._leads[stored.id] = stored
        return stored

    def _write(self, write: Callable[[], T]) -> T:
        if self.lose_writes:
            raise OutcomeUnknownError("The request was lost.")
        done = write()
        self.writes += 1
        if self.lose_answers_of_writes:
            raise OutcomeUnknownError("The answer was lost.")
        return done


def _is_likely(account: FoundAccount, search: TargetSearch) -> bool:
    if search.account_id:
        return same_id(account.id, search.account_id)
    same_name = (account.name or "").casefold() == (search.company or "-").casefold()
    return same_name or (search.domain or "-") in (account.website or "")


def _passes(lead: Lead, leads: LeadFilter) -> bool:
    text = f"{lead.name} {lead.company} {lead.email}".casefold()
    return (
        leads.converted in (None, lead.is_converted)
        and (leads.status is None or leads.status.casefold() == (lead.status or "").casefold())
        and (leads.email is None or as_stored(leads.email) == as_stored(lead.email or ""))
        and (leads.search is None or leads.search.casefold() in text)
    )
