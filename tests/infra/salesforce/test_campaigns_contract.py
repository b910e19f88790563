"""The same questions to the stand-in and to the real gateway on the simulator, which keeps the stand-in honest."""

from dataclasses import dataclass

import httpx
import pytest

from domain.errors import LeadConvertedError, LeadNotFoundError, SalesforceRejectedError
from domain.ports import Campaigns, Conversions, Leads, WriteOptions
from domain.values.campaigns import Campaign, CampaignRef
from domain.values.inputs import ConvertOptions
from infra.coordination.memory import MemoryCoordination
from infra.salesforce.campaigns import SalesforceCampaigns
from infra.salesforce.conversions import SalesforceConversions
from infra.salesforce.descriptions import Descriptions
from infra.salesforce.leads import SalesforceLeads
from infra.salesforce.sending.connection import Connection
from tests.support.campaigns_in_memory import InMemoryCampaigns
from tests.support.in_memory import InMemoryLeads
from tests.support.org import Org

PLAINLY = WriteOptions(assign=True, allow_duplicate=False)
ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}


@dataclass(frozen=True)
class Ports:
    leads: Leads
    conversions: Conversions
    campaigns: Campaigns
    fair: str
    """The Id of an active campaign called Fair."""
    old: str
    """The Id of one that is not active, called the same."""

    async def lead(self) -> str:
        return (await self.leads.create(ADA, PLAINLY)).id


@pytest.fixture(params=["in memory", "salesforce"])
async def ports(request: pytest.FixtureRequest, org: Org, connection: Connection) -> Ports:
    if request.param == "in memory":
        leads = InMemoryLeads()
        new, old = (
            Campaign(f"701{number:012}AAA", "Fair", number == 1, ["Sent", "Responded"], "Sent") for number in (1, 2)
        )
        return Ports(leads, leads, InMemoryCampaigns(leads, old, new), new.id, old.id)
    session = connection.session
    headers = {"authorization": f"Bearer {session.access_token}"}
    url = f"{session.instance_url}/services/data/v59.0/sobjects/"
    async with httpx.AsyncClient(transport=org.transport, base_url=url, headers=headers) as http:
        ids = [
            (await http.post("Campaign", json={"Name": "Fair", "IsActive": active})).json()["id"]
            for active in (True, False)
        ]
    real = SalesforceLeads(connection, "v59.0", MemoryCoordination(lease=1), Descriptions())
    conversions = SalesforceConversions(connection, "v59.0", Descriptions())
    return Ports(real, conversions, SalesforceCampaigns(connection, "v59.0"), *ids)


async def test_campaigns_come_with_a_look_up_the_active_ones_first(ports: Ports) -> None:
    lead_id = await ports.lead()

    by_name = await ports.leads.look_up(lead_id, campaign=CampaignRef(name="FAIR"))
    by_id = await ports.leads.look_up("ada@example.com", campaign=CampaignRef(id=ports.old[:15]))
    neither = await ports.leads.look_up("nobody@example.com", campaign=CampaignRef(name="Fairs"))

    assert [lead.id for lead in by_name.leads] == [lead.id for lead in by_id.leads] == [lead_id]
    assert [campaign.id for campaign in by_name.campaigns.campaigns] == [ports.fair, ports.old]
    assert by_id.campaigns.campaigns == [Campaign(ports.old, "Fair", False, ["Sent", "Responded"], "Sent")]
    assert (neither.leads, neither.campaigns.campaigns) == ([], [])
    assert await ports.campaigns.active_names() == ["Fair"]
    with pytest.raises(LeadNotFoundError):
        await ports.leads.look_up("00Q000000000009AAA", campaign=CampaignRef(name="Fair"))


async def test_a_member_is_found_and_is_not_added_again(ports: Ports) -> None:
    lead_id = await ports.lead()

    member = await ports.campaigns.add(ports.fair, lead_id, "Responded")

    assert (member.campaign_id, member.campaign_name, member.lead_id) == (ports.fair, "Fair", lead_id)
    assert (member.status, member.has_responded, member.is_active) == ("Responded", True, True)
    assert await ports.campaigns.member(ports.fair, lead_id) == member
    assert await ports.campaigns.member(ports.old, lead_id) is None
    for ref in (lead_id, lead_id[:15], "ada@example.com"):
        found = await ports.leads.look_up(ref, campaign=CampaignRef(id=ports.fair))
        assert found.campaigns.members_of(found.leads[0]) == [member]
    with pytest.raises(SalesforceRejectedError):
        await ports.campaigns.add(ports.fair, lead_id, None)


async def test_a_member_without_a_status_gets_the_default_one_and_may_get_another(ports: Ports) -> None:
    member = await ports.campaigns.add(ports.fair, await ports.lead(), None)

    changed = await ports.campaigns.change_status(member.member_id, "Responded")

    assert (member.status, member.has_responded) == ("Sent", False)
    assert changed.model_dump() == {**member.model_dump(), "status": "Responded", "has_responded": True}


async def test_without_a_campaign_all_places_of_the_lead_are_found(ports: Ports) -> None:
    lead_id, other = await ports.lead(), await ports.lead()
    for campaign, lead in ((ports.fair, lead_id), (ports.old, lead_id), (ports.fair, other)):
        await ports.campaigns.add(campaign, lead, None)

    found = await ports.leads.look_up(lead_id, campaign="every")

    members = found.campaigns.members_of(found.leads[0])
    assert {(member.campaign_id, member.lead_id) for member in members} == {(ports.fair, lead_id), (ports.old, lead_id)}


async def test_a_converted_lead_has_the_places_of_its_contact(ports: Ports) -> None:
    lead_id = await ports.lead()
    before = await ports.campaigns.add(ports.fair, lead_id, None)
    contact_id = (await ports.conversions.convert(lead_id, "Closed - Converted", ConvertOptions())).contact_id
    assert contact_id is not None

    with pytest.raises(LeadConvertedError):
        await ports.campaigns.add(ports.old, lead_id, None)
    added = await ports.campaigns.add(ports.old, contact_id, None)

    assert (added.lead_id, added.contact_id) == (None, contact_id)
    for ref in (lead_id, "ada@example.com"):
        found = await ports.leads.look_up(ref, campaign="every")
        members = {member.member_id: member for member in found.campaigns.members_of(found.leads[0])}
        assert members.keys() == {before.member_id, added.member_id}
        assert members[before.member_id].contact_id == contact_id
