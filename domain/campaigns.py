"""Which campaigns a lead is in, and adding it to one."""

from dataclasses import dataclass

from domain.errors import (
    AmbiguousCampaignError,
    CampaignNotFoundError,
    InvalidStatusError,
    LeadConvertedError,
    LeadError,
    LeadNotFoundError,
    OutcomeUnknownError,
    SalesforceRejectedError,
)
from domain.matching import only_lead
from domain.ports import Campaigns, Found, Leads
from domain.suggestions import nearest_value
from domain.values.campaigns import (
    Campaign,
    CampaignMember,
    CampaignMembership,
    CampaignRef,
    FoundCampaigns,
    LeadCampaigns,
    MembershipAction,
)
from domain.values.ids import same_id
from domain.values.inputs import LeadSync
from domain.values.lead import Lead


@dataclass(frozen=True)
class Place:
    """Where a lead shall be: in a campaign, with one of its statuses; None stands for any."""

    campaign: Campaign
    status: str | None
    members: FoundCampaigns

    def taken_by(self, lead: Lead) -> CampaignMember | None:
        """The member that a lead is already."""
        members = self.members.members_of(lead)
        return next((member for member in members if same_id(member.campaign_id, self.campaign.id)), None)

    def differs_from(self, member: CampaignMember) -> bool:
        """Whether a member has another status than it shall have."""
        return self.status is not None and self.status.casefold() != (member.status or "").casefold()


class CampaignService:
    """Adds leads to campaigns. The same again changes nothing."""

    def __init__(self, leads: Leads, campaigns: Campaigns) -> None:
        self._leads = leads
        self._campaigns = campaigns

    async def of(self, lead: str) -> LeadCampaigns:
        """The campaigns that the lead with this Id is in; by email, the lead that a sync would touch.

        Raises LeadNotFoundError.
        """
        found = await self._leads.look_up(lead, campaign="every")
        if not found.leads:
            raise LeadNotFoundError(lead)
        members = found.campaigns.members_of(found.leads[0])
        return LeadCampaigns(lead_id=found.leads[0].id, campaigns=members, count=len(members))

    async def add(self, lead: str, campaign: CampaignRef) -> CampaignMembership:
        """Add the lead with this Id or email to a campaign; one that is a member already gets the status, if any.

        Raises LeadNotFoundError, AmbiguousLeadError, LeadConvertedError, and what `place_in` and `put` raise.
        """
        found, target = await self.look_up(lead, campaign)
        return await self.put(target, await self.place_in(campaign, found.campaigns, field="status"))

    async def look_up(self, lead: str, campaign: CampaignRef) -> tuple[Found, Lead]:
        """What was found, and the lead that is meant. Raises LeadNotFoundError, AmbiguousLeadError."""
        found = await self._leads.look_up(lead, campaign=campaign)
        return found, only_lead(lead, found)

    async def place_of(self, sync: LeadSync, found: Found) -> Place | None:
        """The place that a sync asks for, if it does. Raises what `place_in` raises."""
        if sync.campaign is None:
            return None
        return await self.place_in(sync.campaign, found.campaigns, field="campaign.status")

    async def place_in(self, wanted: CampaignRef, found: FoundCampaigns, *, field: str) -> Place:
        """The place that is meant; `field` is what the request calls the status.

        Raises CampaignNotFoundError, AmbiguousCampaignError, InvalidStatusError.
        """
        campaign = await self._the_campaign(wanted, found)
        if wanted.status is None:
            return Place(campaign, None, found)
        labels = {label.casefold(): label for label in campaign.statuses}
        status = labels.get(wanted.status.casefold())
        if status is None:
            raise InvalidStatusError(
                f"Members of the campaign {campaign.name} have no status {wanted.status!r}.",
                campaign.statuses,
                field=field,
            )
        return Place(campaign, status, found)

    async def put(self, lead: Lead, place: Place) -> CampaignMembership:
        """Make the lead a member, or its contact when it is converted; give a member the status, if one is meant.

        Raises LeadConvertedError, SalesforceRejectedError, PermissionDeniedError, OutcomeUnknownError.
        """
        member = place.taken_by(lead)
        action: MembershipAction = "unchanged"
        if member is None:
            action, member = await self._added(person_of(lead), place)
        if place.status is not None and place.differs_from(member):
            member = await self._changed(member, place.status)
            action = "updated" if action == "unchanged" else action
        return CampaignMembership(
            action=action,
            campaign_id=member.campaign_id,
            campaign_name=member.campaign_name,
            member_id=member.member_id,
            lead_id=lead.id,
            contact_id=member.contact_id,
            status=member.status,
        )

    async def _the_campaign(self, wanted: CampaignRef, found: FoundCampaigns) -> Campaign:
        if wanted.name is None:
            if not found.campaigns:
                raise CampaignNotFoundError(str(wanted.id), "It may be deleted or not shared with you; check the Id.")
            return found.campaigns[0]
        active = [campaign for campaign in found.campaigns if campaign.is_active]
        if len(active) > 1:
            raise AmbiguousCampaignError(wanted.name, [campaign.id for campaign in active])
        if active:
            return active[0]
        if found.campaigns:
            ids = ", ".join(campaign.id for campaign in found.campaigns)
            why = f"Not active, with this name: {ids}. Activate it, or name it by its Id."
            raise CampaignNotFoundError(wanted.name, why, active=True)
        hint = nearest_value(wanted.name, await self._campaigns.active_names(), "there are")
        raise CampaignNotFoundError(wanted.name, hint[:1].upper() + hint[1:], active=True)

    async def _added(self, person_id: str, place: Place) -> tuple[MembershipAction, CampaignMember]:
        try:
            return "added", await self._campaigns.add(place.campaign.id, person_id, place.status)
        except (SalesforceRejectedError, OutcomeUnknownError) as error:
            member = await self._look_again(place.campaign.id, person_id, error)
            # Refused may mean that somebody else was faster; an answer that was lost, that it was done.
            return "added" if isinstance(error, OutcomeUnknownError) else "unchanged", member

    async def _changed(self, member: CampaignMember, status: str) -> CampaignMember:
        try:
            return await self._campaigns.change_status(member.member_id, status)
        except OutcomeUnknownError as error:
            person_id = member.contact_id or member.lead_id or ""
            now = await self._look_again(member.campaign_id, person_id, error)
            if now.status != status:
                raise _as_told(error) from error.__cause__
            return now

    async def _look_again(self, campaign_id: str, person_id: str, error: LeadError) -> CampaignMember:
        """The member there is; raises the error when there is none."""
        try:
            member = await self._campaigns.member(campaign_id, person_id)
        except LeadError:
            raise _as_told(error) from error.__cause__
        if member is None:
            raise _as_told(error) from error.__cause__
        return member


def _as_told(error: LeadError) -> LeadError:
    """The error; where it is not known what was done, the next step is not to look at the lead, which tells nothing."""
    if not isinstance(error, OutcomeUnknownError):
        return error
    return OutcomeUnknownError(
        "The change was sent to Salesforce and the answer was lost. Send the same again: nobody is added twice.",
        error.details,
    )


def person_of(lead: Lead) -> str:
    """Who becomes a member: the lead, or the contact that it became, since Salesforce adds no converted lead.

    Raises LeadConvertedError when the contact is not known.
    """
    if not lead.is_converted:
        return lead.id
    if lead.converted_contact_id is None:
        fact = "is converted, so only its contact could be added, and that one is deleted or not shared with you."
        raise LeadConvertedError(lead.id, lead.converted_to, fact)
    return lead.converted_contact_id
