"""Leads one by one: look, create, change, delete, set the status."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from domain.comparison import brought, differences, needs_description, taken, without_blanks
from domain.conversion import ConversionService
from domain.cursor import position_from, position_of
from domain.errors import (
    InvalidInputError,
    LeadNotFoundError,
    SalesforceRejectedError,
    already,
)
from domain.lead_status import is_scheduled, refuse_unknown_status, status_to_set
from domain.lost_answers import create_once, create_unfindable, delete_surely, undelete_surely, update_surely
from domain.matching import lead_to_delete, only_lead, open_lead, refuse_taken
from domain.missing_fields import refuse_missing
from domain.ownership import with_chosen_owner, write_options
from domain.ports import Found, Leads, WriteOptions
from domain.record_types import find_record_type
from domain.rules import LeadRules
from domain.suggestions import nearest, printable
from domain.values.described import NOTHING_DESCRIBED
from domain.values.ids import is_email, same_id
from domain.values.inputs import ConvertOptions, LeadChanges, LeadDraft
from domain.values.lead import CUSTOM_PREFIX, SHOWN, FoundLead, Lead, is_custom
from domain.values.listing import LeadFilter, LeadPage
from domain.values.results import Conversion, DeletedLead, RestoredLead, SyncResult

_READABLE = [name for name in SHOWN if name != "custom_fields"]
_CUSTOM_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,76}__[cs]")


class LeadService:
    """Looks at leads, creates and changes them. There is never a second open lead with one email."""

    def __init__(self, leads: Leads, rules: LeadRules, conversion: ConversionService) -> None:
        self._leads = leads
        self._rules = rules
        self._conversion = conversion

    async def get(self, lead: str, fields: Sequence[str] | None = None) -> FoundLead:
        """The lead with this Id or email; by email the one a sync would touch. With `fields` only those and its id.

        Raises LeadNotFoundError, InvalidInputError for an unknown field.
        """
        for name in fields or ():
            _refuse_unknown(name)
        found = await self._leads.look_up(lead)
        if not found.leads:
            raise LeadNotFoundError(lead)
        chosen, *others = found.leads
        if unseen := [name for name in fields or () if not _has(chosen, name)]:
            # All that this user may see was read.
            refuse_missing(unseen, await self._leads.describe())
        same_email = {"duplicates": [other.id for other in others]} if is_email(lead) else {}
        return FoundLead(**_only(fields, chosen), **same_email)

    async def list(self, leads: LeadFilter, fields: Sequence[str] | None, cursor: str | None) -> LeadPage:
        """One page of the leads that pass the filter; with `fields` only those and their ids.

        Raises InvalidInputError for an unknown field, InvalidStatusError for a status the org does not have,
        InvalidRequestError for a cursor of another list.
        """
        for name in fields or ():
            _refuse_unknown(name)
        after = position_from(cursor, leads.sort) if cursor else None
        if leads.record_type is not None:
            kind = await find_record_type(self._leads, leads.record_type, to_write=False)
            leads = leads.model_copy(update={"record_type": kind.name})
        try:
            rows = await self._leads.page(leads, fields, after)
        except SalesforceRejectedError:
            refuse_missing(fields or (), await self._leads.describe())
            raise
        if leads.status is not None and not rows and after is None:
            # Salesforce finds nothing for a status that does not exist, which would read as if there were no leads.
            refuse_unknown_status(leads.status, await self._leads.statuses(), self._rules)
        page = rows[: leads.limit]
        more = len(rows) > leads.limit
        return LeadPage(
            leads=page if fields is None else [Lead(**_only(fields, lead)) for lead in page],
            count=len(page),
            next_cursor=position_of(page[-1], leads.sort) if more and page else None,
        )

    async def create(self, draft: LeadDraft) -> Lead:
        """Create a lead.

        Raises LeadExistsError when an open lead has this email, SalesforceRejectedError, DuplicateDetectedError,
        and OutcomeUnknownError when the answer was lost and the lead can not be found.
        """
        sent = without_blanks(draft.sent())
        if draft.email is None:
            described = await self._leads.describe() if needs_description(sent) else NOTHING_DESCRIBED
            values = self._rules.complete(brought(sent, described))
            return await create_unfindable(self._leads, values, write_options(draft))
        async with self._leads.turn(draft.email) as turn:
            found = await self._look_up_others(draft.email, described=needs_description(sent))
            values = self._rules.complete(brought(sent, found.described))
            look_again = partial(self._leads.look_up, draft.email, described=True)
            created, _ = await create_once(self._leads, turn, values, write_options(draft), look_again)
            return created

    async def update(self, lead: str, changes: LeadChanges) -> Lead:
        """Change what was sent; null clears.

        Raises InvalidInputError, LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, LeadExistsError when the
        new email is taken, SalesforceRejectedError, DuplicateDetectedError, OutcomeUnknownError.
        """
        sent = changes.sent()
        typed = needs_description(sent)
        lead_id = (await self._open_lead(lead, described=typed)).id if is_email(lead) else lead
        described = await self._leads.describe() if typed else NOTHING_DESCRIBED
        values = taken(sent, described)
        options = write_options(changes)
        if not changes.email:
            return await update_surely(self._leads, lead_id, values, options)
        async with self._leads.turn(changes.email):
            await self._look_up_others(changes.email, besides=lead_id)
            return await update_surely(self._leads, lead_id, values, options)

    async def delete(self, lead: str) -> DeletedLead:
        """Put the lead into the recycle bin. By email only an open lead is meant.

        Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError.
        """
        lead_id = lead_to_delete(lead, await self._leads.look_up(lead)).id if is_email(lead) else lead
        await delete_surely(self._leads, lead_id)
        return DeletedLead(lead_id=lead_id)

    async def restore(self, lead_id: str) -> RestoredLead:
        """Take the lead out of the recycle bin; one that is not deleted is left as it is.

        Raises LeadNotFoundError when it is neither there nor in the bin.
        """
        try:
            if not await undelete_surely(self._leads, lead_id):
                return await self._restored(lead_id, restored=False)
        except LeadNotFoundError as error:
            why = (
                "It is not in the recycle bin either, which keeps leads for fifteen days, or you may not see it; check "
                "the Id."
            )
            raise LeadNotFoundError(lead_id, why=why) from error
        with already(f"Lead {lead_id} is out of the recycle bin", "read", lead_id=lead_id):
            return await self._restored(lead_id, restored=True)

    async def _restored(self, lead_id: str, *, restored: bool) -> RestoredLead:
        [lead] = (await self._leads.look_up(lead_id)).leads
        same_email = (await self._leads.look_up(lead.email)).open if lead.email else []
        others = [other.id for other in same_email if not same_id(other.id, lead.id)]
        return RestoredLead(lead_id=lead.id, restored=restored, email=lead.email, duplicates=others)

    async def set_status(self, lead: str, status: str, options: ConvertOptions) -> SyncResult:
        """Set the status: `scheduled` converts, as the options say, `objected` closes without converting, others are
        set as they are.

        Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, InvalidStatusError and what a conversion does.
        """
        found = await self._leads.look_up(lead, with_statuses=True)
        target = only_lead(lead, found) if is_scheduled(status) else open_lead(lead, found)
        result = SyncResult(
            action="unchanged",
            reason=None,
            lead_id=target.id,
            changed_fields=[],
            duplicates=[other.id for other in found.leads if other is not target],
            conversion=None,
            status=target.status,
        )
        if is_scheduled(status):
            conversion = await self._conversion.convert_found(target, found.statuses, options)
            return after_conversion(result, conversion)
        change = differences({"status": status_to_set(status, found.statuses, self._rules)}, target, NOTHING_DESCRIBED)
        if not change:
            return result
        # A status makes no second record, so a duplicate rule has no say in it.
        write = WriteOptions(assign=False, allow_duplicate=True)
        updated = await update_surely(self._leads, target.id, change, write)
        done = {"action": "updated", "changed_fields": list(change), "status": updated.status}
        return with_chosen_owner(result.model_copy(update=done), target, change, updated)

    async def _open_lead(self, email: str, *, described: bool) -> Lead:
        return open_lead(email, await self._leads.look_up(email, described=described))

    async def _look_up_others(self, email: str, *, besides: str | None = None, described: bool = False) -> Found:
        """Look for other open leads with the email. Raises LeadExistsError when there is one."""
        found = await self._leads.look_up(email, described=described)
        refuse_taken(email, found, besides=besides)
        return found


def _has(lead: Lead, field: str) -> bool:
    custom = field.removeprefix(CUSTOM_PREFIX)
    if is_custom(custom):
        return custom.casefold() in {name.casefold() for name in lead.custom_fields}
    return field in lead.model_fields_set


def _only(fields: Sequence[str] | None, lead: Lead) -> dict[str, Any]:
    known = lead.model_dump(exclude_unset=True)
    if fields is None:
        return known
    wanted = {"id", *fields}
    wanted_custom = {name.removeprefix(CUSTOM_PREFIX).casefold() for name in fields}
    custom = {name: value for name, value in lead.custom_fields.items() if name.casefold() in wanted_custom}
    chosen = {name: value for name, value in known.items() if name in wanted}
    return {**chosen, "custom_fields": custom} if custom else chosen


def _refuse_unknown(field: str) -> None:
    custom = field.removeprefix(CUSTOM_PREFIX)
    if field not in _READABLE and not _CUSTOM_FIELD.fullmatch(custom):
        name = printable(field)
        raise InvalidInputError("fields", f"there is no field {name!r}; {nearest(name, _READABLE, 'there are')}")


def after_conversion(result: SyncResult, conversion: Conversion) -> SyncResult:
    """The result of a sync or a change of status, now that the lead is converted."""
    change: dict[str, object] = {"conversion": conversion, "status": conversion.status}
    if conversion.already_converted and result.action == "unchanged":
        change |= {"action": "skipped", "reason": "lead_already_converted"}
    else:
        action = "created" if result.action == "created" else "updated"
        change |= {"action": action, "changed_fields": [*result.changed_fields, "status"]}
    if result.campaign:
        # Members move to the contact (fact sheet 7.5).
        change["campaign"] = result.campaign.model_copy(update={"contact_id": conversion.contact_id})
    return result.model_copy(update=change)
