"""Turning a lead into an account, a contact and, if asked, an opportunity."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from domain.account_matching import kind_found, refuse_unknown_records, search_for, with_matches
from domain.already_converted import conversion_of, kind_of_account, what_is_not_met
from domain.errors import (
    ConversionRejectedError,
    InvalidInputError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
)
from domain.lead_status import is_scheduled, status_of_converted
from domain.matching import only_lead
from domain.ports import Conversions, FieldValues, Found, Leads
from domain.rules import LeadRules
from domain.values.conversion_targets import Targets, TargetSearch
from domain.values.described import DescribedLead
from domain.values.ids import is_queue
from domain.values.inputs import ConvertOptions, LeadSync
from domain.values.lead import Lead
from domain.values.org import LeadStatus
from domain.values.results import AccountKind, Conversion, CreatedKind


@dataclass(frozen=True)
class PlannedConversion:
    """A conversion of which everything is decided that can be before anything is written."""

    status: str
    options: ConvertOptions
    account_kind: AccountKind | None
    """None: not known."""

    @property
    def creates(self) -> list[CreatedKind]:
        """The records it makes."""
        of_person: dict[CreatedKind, bool] = {"person_account": self.options.account_id is None}
        of_business: dict[CreatedKind, bool] = {
            "account": self.options.account_id is None,
            "contact": self.options.contact_id is None,
        }
        made = of_person if self.account_kind == "person" else of_business
        made["opportunity"] = bool(self.options.create_opportunity)
        return [kind for kind, is_made in made.items() if is_made]

    @property
    def changes(self) -> FieldValues:
        """What changes in the lead, as far as that is known before."""
        into = {"converted_account_id": self.options.account_id, "converted_contact_id": self.options.contact_id}
        return {"status": self.status, **{name: record_id for name, record_id in into.items() if record_id}}


class ConversionService:
    """Converts leads."""

    def __init__(self, leads: Leads, conversions: Conversions, rules: LeadRules) -> None:
        self._leads = leads
        self._conversions = conversions
        self._rules = rules

    async def convert(self, lead: str, options: ConvertOptions) -> Conversion:
        """Convert the lead with this Id or email. One that is converted already is left as it is and its ids come back.

        Raises LeadNotFoundError, AmbiguousLeadError, AmbiguousMatchError, InvalidStatusError,
        ConversionRejectedError, DuplicateDetectedError, OutcomeUnknownError.
        """
        found = await self._leads.look_up(lead, with_statuses=True)
        target = only_lead(lead, found)
        conversion = await self.convert_found(target, found.statuses, options)
        others = [each.id for each in found.leads if each is not target]
        if not (target.is_converted and others):
            return conversion
        told = f"Converted before it: {', '.join(others)}; name the lead by its Id, if one of these is meant."
        return conversion.model_copy(update={"note": f"{conversion.note or ''} {told}".strip()})

    async def convert_found(self, lead: Lead, statuses: Sequence[LeadStatus], options: ConvertOptions) -> Conversion:
        """Convert a lead that was looked up just now."""
        if lead.is_converted:
            return self.converted_before(lead, statuses, options)
        return await self.carry_out(await self.plan(lead, statuses, options), lead, statuses)

    async def plan_of(
        self, sync: LeadSync, found: Found, values: FieldValues, *, look: bool = False
    ) -> PlannedConversion | None:
        """The conversion that a sync asks for, if it does, of the lead with these values. Raises what `plan` raises."""
        if not is_scheduled(sync.status):
            return None
        target = found.open[0] if found.open else None
        written = _as_written(target, values if target else self._rules.complete(values), found.described)
        return await self.plan(written, found.statuses, sync.convert_options, look=look)

    async def plan(
        self, lead: Lead, statuses: Sequence[LeadStatus], options: ConvertOptions, *, look: bool = False
    ) -> PlannedConversion:
        """What would be converted into what; the lead may be one that is not there yet.

        With `match_existing` that takes a call, and with `look` it does as soon as a record is named. Raises
        InvalidInputError, InvalidStatusError, ConversionRejectedError, AmbiguousMatchError when it can not succeed.
        """
        with _naming_fields_of(options):
            status = await self._status(lead, statuses, options)
            decided = options.model_copy(
                update={"create_opportunity": self._rules.makes_opportunity(options), "match_existing": False}
            )
            account_kind = kind_of_account(lead)
            search = search_for(lead, options, self._rules)
            if (look or options.match_existing) and not search.is_for_nothing:
                targets = await self._seen_targets(search, options)
                if targets is None:
                    return PlannedConversion(status, decided, None if options.account_id else account_kind)
                refuse_unknown_records(options, targets)
                if options.match_existing and not options.contact_id:
                    decided = with_matches(lead, decided, targets)
                account_kind = kind_found(decided, targets) or account_kind
            return PlannedConversion(status, decided, account_kind)

    async def _seen_targets(self, search: TargetSearch, options: ConvertOptions) -> Targets | None:
        """What is found; None when the user may not look, where Salesforce can convert all the same."""
        try:
            return await self._conversions.targets(search)
        except PermissionDeniedError:
            if options.match_existing:
                raise
            return None

    async def carry_out(self, planned: PlannedConversion, lead: Lead, statuses: Sequence[LeadStatus]) -> Conversion:
        """Do what was planned, with the lead as it is now."""
        options = planned.options
        with _naming_fields_of(options):
            status = await self._status(lead, statuses, options)
            try:
                conversion = await self._conversions.convert(lead.id, status, options)
            except LeadConvertedError as error:
                # Somebody else was faster, or it is another lead, which a trigger changes along with this one.
                converted = await self._converted(lead.id, error, _of_another(lead, error))
                return self.converted_before(converted, statuses, options)
            except LeadNotFoundError:
                await self._refuse_missing(options)
                raise
            except OutcomeUnknownError as error:
                unknown = error.about(lead.id)
                converted = await self._converted(lead.id, unknown, unknown)
                conversion = conversion_of(converted, already_converted=False)
        return conversion.model_copy(update={"account_kind": planned.account_kind})

    async def _status(self, lead: Lead, statuses: Sequence[LeadStatus], options: ConvertOptions) -> str:
        """The status a conversion sets. Raises InvalidInputError, InvalidStatusError when it can not succeed."""
        if is_queue(lead.owner_id) and not options.owner_id:
            raise InvalidInputError("owner_id", "a queue owns this lead; say which user shall own the new records")
        several = sum(status.is_converted for status in statuses) > 1
        offered = None
        if several and lead.record_type:
            offered = await self._conversions.statuses_of(lead.record_type, await self._leads.describe())
        return status_of_converted(options.converted_status, statuses, self._rules, offered)

    def converted_before(self, lead: Lead, statuses: Sequence[LeadStatus], options: ConvertOptions) -> Conversion:
        """What an earlier conversion made, and what of the options it does not meet."""
        note = what_is_not_met(lead, statuses, options, wants_opportunity=self._rules.makes_opportunity(options))
        return conversion_of(lead, already_converted=True).model_copy(update={"note": note})

    async def _refuse_missing(self, options: ConvertOptions) -> None:
        """Raise ConversionRejectedError for a record of the options that is not there, as far as that can be seen.

        Salesforce may say `Id` of whichever record it means.
        """
        named = TargetSearch(options.account_id, options.contact_id, options.owner_id)
        if named.is_for_nothing:
            return
        try:
            targets = await self._conversions.targets(named)
        except LeadError:
            return
        refuse_unknown_records(options, targets)

    async def _converted(self, lead_id: str, unseen: LeadError, still_open: LeadError) -> Lead:
        """The lead, which tells what it became; raises one error when it can not be looked at, the other when it is
        open.
        """
        try:
            [lead] = (await self._leads.look_up(lead_id)).leads
        except LeadError:
            raise unseen from unseen.__cause__
        if not lead.is_converted:
            raise still_open from unseen.__cause__
        return lead


@contextmanager
def _naming_fields_of(options: ConvertOptions) -> Iterator[None]:
    """Let errors name the options as the request did that brought them."""
    try:
        yield
    except LeadError as error:
        if not options.path:
            raise
        raise error.under(options.path, ConvertOptions.model_fields) from error.__cause__


def _of_another(lead: Lead, error: LeadConvertedError) -> ConversionRejectedError:
    return ConversionRejectedError(
        f"Salesforce refused to convert lead {lead.id}: it says that a converted lead can not change, and this one "
        "is open; an administrator can look at what triggers and flows change along with it.",
        error.details,
    )


def _as_written(lead: Lead | None, values: FieldValues, described: DescribedLead) -> Lead:
    """The lead as it will be with these values; without one, a new lead."""
    known = {name: value for name, value in values.items() if name in Lead.model_fields}
    new = Lead(id="", company=None, record_type=described.default_record_type)
    return (lead or new).model_copy(update=known)
