"""Open leads that share an email: finding them, and making one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.errors import (
    InvalidInputError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    OutcomeUnknownError,
    SalesforceRejectedError,
)
from domain.filling import Filling
from domain.matching import only_lead
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
            SameEmail(email=as_stored(group[0].email or ""), leads=[MatchedLead.of(lead) for lead in group])
            for group in groups[:at_most]
        ]
        return DuplicateLeads(groups=same_email, count=len(same_email), more=len(groups) > at_most)

    async def merge(self, lead: str, request: MergeRequest) -> MergedLeads:
        """Merge the others into the lead with this Id or email. Done before, nothing is done again.

        Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, InvalidInputError, SalesforceRejectedError,
        OutcomeUnknownError.
        """
        merge = await leads_to_merge(self._leads, lead, request)
        if merge.merged_before:
            return _already_merged(merge)
        try:
            await self._merge(merge)
        except (LeadNotFoundError, LeadConvertedError):
            # Somebody was faster with one of them: looking again tells with which, or that it was this very merge.
            again = await leads_to_merge(self._leads, lead, request)
            if not again.merged_before:
                raise
            return _already_merged(again)
        return MergedLeads(
            lead_id=merge.target.id,
            merged_ids=merge.other_ids,
            changed_fields=list(merge.filled.values),
            filled_from=merge.filled.sources,
        )

    async def _merge(self, merge: "Merge") -> None:
        filled = merge.filled.values
        try:
            await self._leads.merge(merge.target.id, merge.other_ids, filled)
        except SalesforceRejectedError as error:
            if not filled:
                raise
            hint = "Nothing was merged; with fill_empty: false no field of the lead that stays is written."
            raise SalesforceRejectedError(f"{error.message} {hint}", error.details) from error
        except OutcomeUnknownError as error:
            unknown = error.about(merge.target.id)
            if not await self._was_done(merge.target.id, merge.other_ids, unknown):
                raise unknown from error.__cause__

    async def _was_done(self, target_id: str, lead_ids: Sequence[str], error: OutcomeUnknownError) -> bool:
        """Whether the merge whose answer was lost was done; raises the error when nobody can tell."""
        try:
            merged = await self._leads.merged_into(lead_ids)
        except LeadError:
            raise error from error.__cause__
        return _are_all_in(target_id, merged, lead_ids)


@dataclass(frozen=True)
class Merge:
    """The lead that shall be left, and what comes to it."""

    target: Lead
    filled: Filling
    others: Sequence[Lead] = ()
    merged_before: Sequence[str] = ()
    """Ids of the others when all of them were merged into it before; then there is nothing to do."""

    @property
    def other_ids(self) -> list[str]:
        return [other.id for other in self.others]


async def leads_to_merge(leads: Leads, lead: str, request: MergeRequest) -> Merge:
    """What the request asks for. All leads are open and different.

    Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, InvalidInputError.
    """
    # A merge stands for ever, so it goes by what is written and unique now, not some minutes ago.
    found = await leads.look_up(lead, described="anew" if request.fill_empty else False)
    target = only_lead(lead, found)
    try:
        others = await _others(leads, target, request)
    except LeadNotFoundError:
        merged = await leads.merged_into(request.others)
        if _are_all_in(target.id, merged, request.others):
            return Merge(target, Filling(target, (), found.described), merged_before=list(merged))
        gone = next(iter(merged), None)
        if gone is None:
            raise
        why = f"It was merged into {merged[gone]} before: leave it out, or name that one."
        raise LeadNotFoundError(gone, field="others", why=why) from None
    for each in (target, *others):
        if each.is_converted:
            raise LeadConvertedError(each.id, each.converted_to)
    return Merge(target, Filling(target, others if request.fill_empty else (), found.described), others)


def _are_all_in(target_id: str, merged: Mapping[str, str], lead_ids: Sequence[str]) -> bool:
    """Whether all of the leads went into that one, as what is known of merged ones says."""
    return len(merged) == len(lead_ids) and all(same_id(left, target_id) for left in merged.values())


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


def _already_merged(merge: Merge) -> MergedLeads:
    return MergedLeads(
        lead_id=merge.target.id, merged_ids=list(merge.merged_before), changed_fields=[], already_merged=True
    )
