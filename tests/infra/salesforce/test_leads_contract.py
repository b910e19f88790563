"""The same questions to the stand-in and to the real gateway on the simulator, which keeps the stand-in honest."""

import pytest

from domain.errors import ContactNotFoundError, LeadConvertedError, LeadNotFoundError
from domain.ports import Conversions, Leads, WriteOptions
from domain.values.conversion_targets import Targets, TargetSearch
from domain.values.inputs import ConvertOptions
from domain.values.listing import LeadFilter, Position
from infra.coordination.memory import MemoryCoordination
from infra.salesforce.conversions import SalesforceConversions
from infra.salesforce.descriptions import Descriptions
from infra.salesforce.leads import SalesforceLeads
from infra.salesforce.sending.connection import Connection
from tests.support.in_memory import STATUSES, InMemoryLeads

PLAINLY = WriteOptions(assign=True, allow_duplicate=False)
CONVERTED = "Closed - Converted"
ADA = {"email": "Ada@Example.com", "last_name": "Okafor", "first_name": "Ada", "company": "Acme", "phone": "1"}


@pytest.fixture(params=["in memory", "salesforce"])
def leads(request: pytest.FixtureRequest, connection: Connection) -> Leads:
    if request.param == "in memory":
        return InMemoryLeads()
    return SalesforceLeads(connection, "v59.0", MemoryCoordination(lease=1), Descriptions())


@pytest.fixture
def conversions(leads: Leads, connection: Connection) -> Conversions:
    return leads if isinstance(leads, InMemoryLeads) else SalesforceConversions(connection, "v59.0", Descriptions())


async def test_a_created_lead_can_be_looked_up_by_id_and_by_email(leads: Leads) -> None:
    created = await leads.create(ADA, PLAINLY)

    for ref in (created.id, created.id[:15], "ada@example.com", "ADA@EXAMPLE.COM"):
        [found] = (await leads.look_up(ref)).leads
        assert (found.id, found.email, found.last_name, found.phone) == (created.id, "ada@example.com", "Okafor", "1")
    assert created.status == "Open - Not Contacted"
    assert not created.is_converted


async def test_nobody_has_an_unknown_email_and_an_unknown_id_is_an_error(leads: Leads) -> None:
    assert (await leads.look_up("nobody@example.com")).leads == []
    with pytest.raises(LeadNotFoundError):
        await leads.look_up("00Q000000000001")


async def test_statuses_come_with_a_look_up(leads: Leads) -> None:
    found = await leads.look_up("nobody@example.com", with_statuses=True)

    assert {status.name: status.is_converted for status in found.statuses} == {
        status.name: status.is_converted for status in STATUSES
    }


async def test_what_is_written_is_read_and_the_rest_stays(leads: Leads) -> None:
    created = await leads.create({**ADA, "title": "CTO"}, PLAINLY)

    updated = await leads.update(created.id, {"phone": "2", "title": None, "number_of_employees": 7}, PLAINLY)

    assert (updated.phone, updated.title, updated.number_of_employees) == ("2", None, 7)
    assert updated.last_name == "Okafor"


async def test_open_leads_come_first_and_the_oldest_of_them(leads: Leads, conversions: Conversions) -> None:
    converted, first, second = [(await leads.create(ADA, PLAINLY)).id for _ in range(3)]
    await conversions.convert(converted, CONVERTED, ConvertOptions())

    found = await leads.look_up("ada@example.com")

    assert [lead.id for lead in found.leads] == [first, second, converted]
    assert [lead.id for lead in found.open] == [first, second]


async def test_a_converted_lead_tells_what_it_became_and_is_read_only(leads: Leads, conversions: Conversions) -> None:
    lead_id = (await leads.create(ADA, PLAINLY)).id

    conversion = await conversions.convert(lead_id, CONVERTED, ConvertOptions(create_opportunity=True))

    [lead] = (await leads.look_up(lead_id)).leads
    assert lead.is_converted
    assert lead.status == CONVERTED
    assert lead.converted_account_id == conversion.account_id
    assert lead.converted_contact_id == conversion.contact_id
    assert lead.converted_opportunity_id == conversion.opportunity_id
    assert conversion.opportunity_id is not None
    for act in (
        leads.update(lead_id, {"phone": "2"}, PLAINLY),
        conversions.convert(lead_id, CONVERTED, ConvertOptions()),
    ):
        with pytest.raises(LeadConvertedError):
            await act


async def test_a_deleted_lead_is_gone(leads: Leads, conversions: Conversions) -> None:
    lead_id = (await leads.create(ADA, PLAINLY)).id

    await leads.delete(lead_id)

    assert (await leads.look_up("ada@example.com")).leads == []
    for act in (
        leads.look_up(lead_id),
        leads.delete(lead_id),
        leads.update(lead_id, {"phone": "2"}, PLAINLY),
        conversions.convert(lead_id, CONVERTED, ConvertOptions()),
    ):
        with pytest.raises(LeadNotFoundError):
            await act


async def test_a_page_has_one_more_when_there_are_more(leads: Leads) -> None:
    ids = [(await leads.create({**ADA, "email": f"{number}@example.com"}, PLAINLY)).id for number in range(3)]
    wanted = LeadFilter(limit=1, sort="created_at")

    first, more = await leads.page(wanted, None, None)

    assert [first.id, more.id] == ids[:2]
    assert first.created_at is not None
    behind = Position(sort="created_at", moment=first.created_at, id=first.id)
    assert [lead.id for lead in await leads.page(wanted, ["email"], behind)] == ids[1:]


async def test_a_filter_lets_through_what_fits(leads: Leads, conversions: Conversions) -> None:
    open_one = await leads.create(ADA, PLAINLY)
    converted = await leads.create({**ADA, "email": "bola@example.com", "company": "100%_o'Neill"}, PLAINLY)
    await conversions.convert(converted.id, CONVERTED, ConvertOptions())

    async def ids(**wanted: object) -> list[str]:
        return [lead.id for lead in await leads.page(LeadFilter.model_validate(wanted), None, None)]

    assert await ids(converted=False) == [open_one.id]
    assert await ids(converted=True) == [converted.id]
    assert await ids(email="ADA@example.com") == [open_one.id]
    assert await ids(status=CONVERTED) == [converted.id]
    assert await ids(search="100%_O'") == [converted.id]
    assert await ids(search="1%o") == []


async def test_what_a_lead_became_is_found_for_the_conversion_of_another(
    leads: Leads, conversions: Conversions
) -> None:
    lead = await leads.create({**ADA, "website": "https://www.acme.com/home"}, PLAINLY)
    before = await conversions.targets(TargetSearch(email="ada@example.com", company="Acme"))
    became = await conversions.convert(lead.id, CONVERTED, ConvertOptions())

    by_likeness = await conversions.targets(TargetSearch(email="ada@example.com", company="ACME"))
    by_domain = await conversions.targets(TargetSearch(domain="acme.com"))
    by_id = await conversions.targets(TargetSearch(account_id=became.account_id, contact_id=became.contact_id))
    nobody = await conversions.targets(TargetSearch(account_id="001000000000999AAA"))

    assert before == nobody == Targets([], [], [])
    for found in (by_likeness, by_id):
        assert [account.id for account in found.accounts] == [became.account_id]
        assert [(contact.id, contact.account_id) for contact in found.contacts] == [
            (became.contact_id, became.account_id)
        ]
    assert [account.name for account in by_domain.accounts] == ["Acme"]


async def test_a_contact_has_what_the_lead_had_and_can_be_changed(leads: Leads, conversions: Conversions) -> None:
    lead_id = (await leads.create({**ADA, "city": "Lagos"}, PLAINLY)).id
    contact_id = (await conversions.convert(lead_id, CONVERTED, ConvertOptions())).contact_id
    assert contact_id is not None

    before = await leads.contact(contact_id)
    await leads.update_contact(contact_id, {"phone": "2", "city": "Kyiv"})
    after = await leads.contact(contact_id)

    assert (before.email, before.first_name, before.phone, before.city) == ("ada@example.com", "Ada", "1", "Lagos")
    assert (after.phone, after.city, after.last_name) == ("2", "Kyiv", "Okafor")
    with pytest.raises(ContactNotFoundError):
        await leads.contact("003000000000999AAA")


async def test_a_deleted_lead_can_be_put_back_once(leads: Leads) -> None:
    lead_id = (await leads.create(ADA, PLAINLY)).id
    await leads.delete(lead_id)

    assert [await leads.undelete(lead_id), await leads.undelete(lead_id)] == [True, False]
    assert [lead.id for lead in (await leads.look_up("ada@example.com")).leads] == [lead_id]


async def test_leads_with_one_email_are_found_together(leads: Leads) -> None:
    several = [(await leads.create(ADA, PLAINLY)).id for _ in range(3)]
    two = [(await leads.create({**ADA, "email": "bola@example.com"}, PLAINLY)).id for _ in range(2)]
    await leads.create({**ADA, "email": "chi@example.com"}, PLAINLY)

    groups = await leads.with_same_email(1)

    assert [[lead.id for lead in group] for group in groups] == [several, two]


async def test_merged_leads_are_one(leads: Leads) -> None:
    master, *others = [(await leads.create(ADA, PLAINLY)).id for _ in range(3)]

    await leads.merge(master, others, {"city": "Lagos"})

    [lead] = (await leads.look_up("ada@example.com")).leads
    assert (lead.id, lead.city) == (master, "Lagos")
    with pytest.raises(LeadNotFoundError):
        await leads.merge(master, others, {})


async def test_a_merged_lead_tells_into_which_one(leads: Leads) -> None:
    master, merged, deleted, there = [(await leads.create(ADA, PLAINLY)).id for _ in range(4)]
    await leads.merge(master, [merged], {})
    await leads.delete(deleted)

    assert await leads.merged_into([merged[:15], deleted]) == {merged: master}
    assert await leads.merged_into([there, master]) == {}


async def test_the_statuses_come_in_the_orgs_order(leads: Leads) -> None:
    assert await leads.statuses() == list(STATUSES)
