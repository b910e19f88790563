"""Open leads that share an email: finding them, and making one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.conversion import only_lead
from domain.errors import InvalidInputError, LeadConvertedError, LeadError, LeadNotFoundError, OutcomeUnknownError
from domain.ports import FieldValues, Leads
from domain.values.emails import as_stored
from domain.values.ids import same_id
from domain.values.inputs import MergeRequest
from domain.values.lead import CUSTOM_PREFIX, Lead, MatchedLead
from domain.values.lead_fields import LeadFields
from domain.values.results import DuplicateLeads, MergedLeads, SameEmail

_FILLED = [name for name in LeadFields.model_fields if name not in ("custom_fields", "owner_id")]


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
        target, filled = merge.target, merge.filled
        if merge.merged_before:
            return MergedLeads(
                lead_id=target.id, merged_ids=list(merge.merged_before), changed_fields=[], already_merged=True
            )
        other_ids = [other.id for other in merge.others]
        try:
            await self._leads.merge(target.id, other_ids, filled)
        except OutcomeUnknownError as error:
            if not await self._are_gone(other_ids, error):
                raise
        return MergedLeads(lead_id=target.id, merged_ids=other_ids, changed_fields=list(filled))

    async def _are_gone(self, lead_ids: Sequence[str], error: OutcomeUnknownError) -> bool:
        """Whether none of the leads is there any more, which tells that a merge was done; raises when nobody knows."""
        for lead_id in lead_ids:
            try:
                await self._leads.look_up(lead_id)
            except LeadNotFoundError:
                continue
            except LeadError:
                raise error from error.__cause__
            return False
        return True


@dataclass(frozen=True)
class Merge:
    """The lead that shall be left, and what comes to it."""

    target: Lead
    others: Sequence[Lead] = ()
    filled: FieldValues = field(default_factory=dict)
    merged_before: Sequence[str] = ()
    """Ids of the others when all of them were merged into it before; then there is nothing to do."""


async def leads_to_merge(leads: Leads, lead: str, request: MergeRequest) -> Merge:
    """What the request asks for. All leads are open and different.

    Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, InvalidInputError.
    """
    target = only_lead(lead, await leads.look_up(lead))
    try:
        others = await _others(leads, target, request)
    except LeadNotFoundError:
        merged = await leads.merged_into(request.others)
        if len(merged) < len(request.others) or not all(same_id(left, target.id) for left in merged.values()):
            raise
        return Merge(target, merged_before=list(merged))
    for each in (target, *others):
        if each.is_converted:
            raise LeadConvertedError(each.id, each.converted_to)
    return Merge(target, others, _filled_from(others, target) if request.fill_empty else {})


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


def _filled_from(others: Sequence[Lead], target: Lead) -> FieldValues:
    """What the target lacks and one of the others has; the first of them that has it."""
    custom = [f"{CUSTOM_PREFIX}{name}" for other in others for name in other.custom_fields]
    filled: dict[str, Any] = {}
    for name in dict.fromkeys([*_FILLED, *custom]):
        if target.value(name) is None:
            values = [value for other in others if (value := other.value(name)) is not None]
            filled |= {name: values[0]} if values else {}
    return filled


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
