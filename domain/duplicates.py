"""Open leads that share an email: finding them, and making one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.conversion import only_lead
from domain.errors import (
    InvalidInputError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    OutcomeUnknownError,
    SalesforceRejectedError,
)
from domain.filling import Filling
from domain.ports import Leads
from domain.values.emails import as_stored
from domain.values.ids import same_id
from domain.values.inputs import MergeRequest
from domain.values.lead import Lead, MatchedLead
from domain.values.results import DuplicateLeads, MergedLeads, SameEmail


class DuplicateService:
    """Finds duplicates and merges them."""

    def __init__(self, leads: Leads) -> None:
        self._leads = leads

    async def find(self, at_most: int) -> DuplicateLeads:
        """Emails that several open leads have, those with most leads first."""
        groups = await self._leads.with_same_email(at_most)
        same_email = [
            SameEmail(email=as_stored(group[0].email or ""), leads=[matched(lead) for lead in group])
            for group in groups[:at_most]
        ]
        return DuplicateLeads(groups=same_email, count=len(same_email), more=len(groups) > at_most)

    async def merge(self, lead: str, request: MergeRequest) -> MergedLeads:
        """Merge the others into the lead with this Id or email. Done before, nothing is done again.

        Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, InvalidInputError, SalesforceRejectedError,
        OutcomeUnknownError.
        """
        merge = await leads_to_merge(self._leads, lead, request)
        target_id, filled = merge.target.id, merge.filled
        if merge.merged_before:
            return MergedLeads(
                lead_id=target_id, merged_ids=list(merge.merged_before), changed_fields=[], already_merged=True
            )
        other_ids = [other.id for other in merge.others]
        try:
            await self._leads.merge(target_id, other_ids, filled.values)
        except SalesforceRejectedError as error:
            if not filled.values:
                raise
            hint = "Nothing was merged; with fill_empty: false no field of the lead that stays is written."
            raise SalesforceRejectedError(f"{error.message} {hint}", error.details) from error
        except OutcomeUnknownError as error:
            unknown = error.about(target_id)
            if not await self._was_done(target_id, other_ids, unknown):
                raise unknown from error.__cause__
        return MergedLeads(
            lead_id=target_id,
            merged_ids=other_ids,
            changed_fields=list(filled.values),
            filled_from=filled.sources,
        )

    async def _was_done(self, target_id: str, lead_ids: Sequence[str], error: OutcomeUnknownError) -> bool:
        """Whether the merge whose answer was lost was done; raises the error when nobody can tell."""
        try:
            return bool(await _merged_before(self._leads, target_id, lead_ids))
        except LeadError:
            raise error from error.__cause__


@dataclass(frozen=True)
class Merge:
    """The lead that shall be left, and what comes to it."""

    target: Lead
    filled: Filling
    others: Sequence[Lead] = ()
    merged_before: Sequence[str] = ()
    """Ids of the others when all of them were merged into it before; then there is nothing to do."""


async def leads_to_merge(leads: Leads, lead: str, request: MergeRequest) -> Merge:
    """What the request asks for. All leads are open and different.

    Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, InvalidInputError.
    """
    found = await leads.look_up(lead, described=True)
    target = only_lead(lead, found)
    try:
        others = await _others(leads, target, request)
    except LeadNotFoundError:
        merged = await _merged_before(leads, target.id, request.others)
        if not merged:
            raise
        return Merge(target, Filling(target, (), found.described), merged_before=merged)
    for each in (target, *others):
        if each.is_converted:
            raise LeadConvertedError(each.id, each.converted_to)
    return Merge(target, Filling(target, others if request.fill_empty else (), found.described), others)


async def _merged_before(leads: Leads, target_id: str, lead_ids: Sequence[str]) -> list[str]:
    """The Ids of these leads when all of them were merged into that one; else none."""
    merged = await leads.merged_into(lead_ids)
    all_of_them = len(merged) == len(lead_ids) and all(same_id(left, target_id) for left in merged.values())
    return list(merged) if all_of_them else []


async def _others(leads: Leads, target: Lead, request: MergeRequest) -> list[Lead]:
    others: list[Lead] = []
    for lead_id in request.others:
        if any(same_id(lead_id, known.id) for known in (target, *others)):
            raise InvalidInputError("others", f"{lead_id} is named twice, or is the lead itself")
        try:
            others += (await leads.look_up(lead_id)).leads
        except LeadNotFoundError as error:
            raise LeadNotFoundError(lead_id, field="others") from error
    return others


def matched(lead: Lead) -> MatchedLead:
    """The lead as far as somebody has to see it to recognise it."""
    return MatchedLead(
        id=lead.id,
        name=lead.name,
        company=lead.company,
        email=lead.email,
        status=lead.status,
        is_converted=lead.is_converted,
    )
