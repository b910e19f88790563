"""Adding a lead to a campaign, whatever happened to the answer and whoever was faster."""

import pytest

from domain.campaigns import CampaignService
from domain.errors import LeadConvertedError, OutcomeUnknownError
from domain.values.campaigns import Campaign, CampaignMember, CampaignRef
from domain.values.lead import Lead
from tests.support.campaigns_in_memory import InMemoryCampaigns
from tests.support.in_memory import InMemoryLeads

FAIR = Campaign("701000000000001AAA", "Fair", True, ["Sent", "Responded"], "Sent")
RESPONDED = CampaignRef(name="Fair", status="responded")
LEAD = Lead(id="00Q000000000001AAA", email="ada@example.com")


@pytest.fixture
def leads() -> InMemoryLeads:
    return InMemoryLeads(LEAD)


@pytest.fixture
def campaigns(leads: InMemoryLeads) -> InMemoryCampaigns:
    return InMemoryCampaigns(leads, FAIR)


@pytest.fixture
def service(leads: InMemoryLeads, campaigns: InMemoryCampaigns) -> CampaignService:
    return CampaignService(leads, campaigns)


async def test_a_lost_answer_is_made_up_for_by_looking(service: CampaignService, campaigns: InMemoryCampaigns) -> None:
    campaigns.lose_answers_of_writes = True

    added = await service.add(LEAD.id, CampaignRef(name="Fair"))
    updated = await service.add(LEAD.id, RESPONDED)

    assert (added.action, added.status) == ("added", "Sent")
    assert (updated.action, updated.status) == ("updated", "Responded")
    assert campaigns.writes == 2


async def test_what_can_not_be_seen_to_have_happened_stays_unknown(
    service: CampaignService, campaigns: InMemoryCampaigns
) -> None:
    campaigns.lose_writes = True
    # The lead does not tell in which campaigns it is.
    with pytest.raises(OutcomeUnknownError, match="Send the same again"):
        await service.add(LEAD.id, RESPONDED)

    campaigns.lose_writes = False
    await service.add(LEAD.id, CampaignRef(name="Fair"))
    campaigns.lose_writes = True
    with pytest.raises(OutcomeUnknownError, match="Send the same again"):
        await service.add(LEAD.id, RESPONDED)


async def test_somebody_who_was_faster_leaves_one_member_with_our_status(leads: InMemoryLeads) -> None:
    class Raced(InMemoryCampaigns):
        async def add(self, campaign_id: str, person_id: str, status: str | None) -> CampaignMember:
            await super().add(campaign_id, person_id, None)
            return await super().add(campaign_id, person_id, status)

    campaigns = Raced(leads, FAIR)

    done = await CampaignService(leads, campaigns).add(LEAD.id, RESPONDED)

    assert (done.action, done.status, campaigns.writes) == ("updated", "Responded", 2)


async def test_a_converted_lead_without_a_visible_contact_can_not_be_added() -> None:
    leads = InMemoryLeads(LEAD.model_copy(update={"is_converted": True}))

    with pytest.raises(LeadConvertedError, match="only its contact could be added"):
        await CampaignService(leads, InMemoryCampaigns(leads, FAIR)).add(LEAD.id, RESPONDED)
