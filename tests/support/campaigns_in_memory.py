"""Campaigns in a dict: the stand-in for those of an org, which the contract test keeps honest."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

from domain.errors import LeadConvertedError, OutcomeUnknownError, SalesforceRejectedError
from domain.values.campaigns import Campaign, CampaignMember, CampaignRef, CampaignsAsked, FoundCampaigns
from domain.values.ids import same_id
from domain.values.lead import Lead
from tests.support.in_memory import InMemoryLeads


class InMemoryCampaigns:
    """The Campaigns port over leads in memory. `writes` counts what was written; answers can be lost on demand."""

    def __init__(self, leads: InMemoryLeads, *campaigns: Campaign) -> None:
        leads.campaigns = self
        self._leads = leads
        self._campaigns = campaigns
        self._members: list[CampaignMember] = []
        self._now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self.writes = 0
        self.lose_answers_of_writes = False
        """The write happens, and its answer never comes."""
        self.lose_writes = False
        """Neither happens the write nor comes an answer."""

    async def found(self, leads: Sequence[Lead], campaign: CampaignsAsked) -> FoundCampaigns:
        """What a look-up of these leads finds of campaigns."""
        every = campaign == "every"
        meant = [] if campaign == "every" else [each for each in self._campaigns if _is_meant(each, campaign)]
        meant.sort(key=lambda each: not each.is_active)
        members = [
            member
            for member in await self._latest_first()
            if every or any(same_id(member.campaign_id, each.id) for each in meant)
        ]
        there = FoundCampaigns(meant, members)
        return FoundCampaigns(meant, [member for lead in leads for member in there.members_of(lead)])

    async def member(self, campaign_id: str, person_id: str) -> CampaignMember | None:
        return next(
            (
                member
                for member in await self._latest_first()
                if same_id(member.campaign_id, campaign_id)
                and (same_id(member.lead_id, person_id) or same_id(member.contact_id, person_id))
            ),
            None,
        )

    async def add(self, campaign_id: str, person_id: str, status: str | None) -> CampaignMember:
        is_contact = person_id.startswith("003")
        if not is_contact:
            [lead] = (await self._leads.look_up(person_id)).leads
            if lead.is_converted:
                raise LeadConvertedError(lead.id, lead.converted_to)
        if await self.member(campaign_id, person_id):
            raise SalesforceRejectedError("Salesforce refused: Already a campaign member. (DUPLICATE_VALUE)")
        campaign = next(each for each in self._campaigns if same_id(each.id, campaign_id))
        self._now += timedelta(seconds=1)
        member = CampaignMember(
            campaign_id=campaign.id,
            campaign_name=campaign.name,
            is_active=campaign.is_active,
            member_id=f"00v{len(self._members) + 1:012}AAA",
            lead_id=None if is_contact else person_id,
            contact_id=person_id if is_contact else None,
            status=status or campaign.default_status,
            has_responded=status == "Responded",
            added_at=self._now,
        )
        return self._write(member, lambda: self._members.append(member))

    async def change_status(self, member_id: str, status: str) -> CampaignMember:
        place = next(place for place, each in enumerate(self._members) if each.member_id == member_id)
        change = {"status": status, "has_responded": status == "Responded"}
        changed = (await self._with_contact(self._members[place])).model_copy(update=change)
        return self._write(changed, lambda: self._members.__setitem__(place, changed))

    async def active_names(self) -> list[str]:
        return [str(each.name) for each in self._campaigns if each.is_active]

    async def _latest_first(self) -> list[CampaignMember]:
        return [await self._with_contact(member) for member in reversed(self._members)]

    async def _with_contact(self, member: CampaignMember) -> CampaignMember:
        if member.lead_id is None:
            return member
        [lead] = (await self._leads.look_up(member.lead_id)).leads
        return member.model_copy(update={"contact_id": lead.converted_contact_id})

    def _write(self, member: CampaignMember, write: Callable[[], None]) -> CampaignMember:
        if self.lose_writes:
            raise OutcomeUnknownError("The request was lost.")
        write()
        self.writes += 1
        if self.lose_answers_of_writes:
            raise OutcomeUnknownError("The answer was lost.")
        return member


def _is_meant(campaign: Campaign, wanted: CampaignRef) -> bool:
    if wanted.id is not None:
        return same_id(campaign.id, wanted.id)
    return (campaign.name or "").casefold() == str(wanted.name).casefold()
