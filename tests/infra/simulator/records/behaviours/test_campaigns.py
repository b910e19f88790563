"""Campaigns, their members, and what is counted of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of

COUNTS = ("NumberOfLeads", "NumberOfContacts", "NumberOfResponses", "NumberOfConvertedLeads")


@pytest.fixture
async def fair(org: OrgClient) -> str:
    return await org.create("Campaign", Name="Fair")


async def counts(org: OrgClient, campaign: str) -> tuple[int, ...]:
    record = await org.read(campaign, "Campaign")
    return tuple(record[name] for name in COUNTS)


async def test_a_campaign_has_two_member_statuses_from_the_start(org: OrgClient, fair: str) -> None:
    below = "SELECT Label, IsDefault, HasResponded FROM CampaignMemberStatuses"
    [campaign] = await org.query(f"SELECT ({below}) FROM Campaign")

    statuses = campaign["CampaignMemberStatuses"]["records"]
    assert [(each["Label"], each["IsDefault"], each["HasResponded"]) for each in statuses] == [
        ("Sent", True, False),
        ("Responded", False, True),
    ]
    assert (await org.read(fair, "Campaign"))["Status"] == "Planned"


async def test_a_member_tells_what_its_lead_tells(org: OrgClient, fair: str) -> None:
    lead = await org.create(FirstName="Ada", Email="ada@example.com", City="Lagos")

    member = await org.create("CampaignMember", CampaignId=fair, LeadId=lead)
    await org.send("PATCH", f"/sobjects/Lead/{lead}", json={"Email": "okafor@example.com"})

    record = await org.read(member, "CampaignMember")
    shown = {name: record[name] for name in ("Name", "Email", "City", "CompanyOrAccount", "Type", "LeadOrContactId")}
    assert shown == {
        "Name": "Ada Okafor",
        "Email": "okafor@example.com",
        "City": "Lagos",
        "CompanyOrAccount": "Acme",
        "Type": "Lead",
        "LeadOrContactId": lead,
    }
    condition = "Email = 'OKAFOR@example.com' AND Lead.Company = 'acme'"
    found = await org.query(f"SELECT Id FROM CampaignMember WHERE {condition}")
    assert [each["Id"] for each in found] == [member]


async def test_a_member_has_the_status_that_the_campaign_knows(org: OrgClient, fair: str) -> None:
    statuses = {None: ("Sent", False), "responded": ("Responded", True), "Unheard of": ("Sent", False)}

    for given, expected in statuses.items():
        member = await org.create("CampaignMember", CampaignId=fair, LeadId=await org.create(), Status=given)
        record = await org.read(member, "CampaignMember")

        assert (record["Status"], record["HasResponded"]) == expected
        assert record["FirstRespondedDate"] == ("2026-03-17" if expected[1] else None)


async def test_members_are_counted(org: OrgClient, fair: str) -> None:
    contact = await org.create("Contact", LastName="Smith")
    lead = await org.create()
    assert await counts(org, fair) == (0, 0, 0, 0)

    await org.create("CampaignMember", CampaignId=fair, ContactId=contact, Status="Responded")
    member = await org.create("CampaignMember", CampaignId=fair, LeadId=lead)
    assert await counts(org, fair) == (1, 1, 1, 0)

    await org.send("PATCH", f"/sobjects/CampaignMember/{member}", json={"Status": "Responded"})
    assert await counts(org, fair) == (1, 1, 2, 0)

    await org.send("DELETE", f"/sobjects/Lead/{lead}")
    assert await counts(org, fair) == (0, 1, 1, 0)
    found = await org.query("SELECT NumberOfLeads FROM Campaign WHERE NumberOfContacts = 1 ORDER BY NumberOfLeads")
    assert [each["NumberOfLeads"] for each in found] == [0]


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"LeadId": "{lead}"}, "DUPLICATE_VALUE", "Already a campaign member."),
        ({}, "FIELD_INTEGRITY_EXCEPTION", None),
        ({"LeadId": "{contact}"}, "MALFORMED_ID", None),
        ({"LeadId": "{other}", "CampaignId": None}, "REQUIRED_FIELD_MISSING", None),
        ({"LeadId": "{other}", "HasResponded": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", None),
        ({"LeadId": "{other}", "Name": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE", None),
    ],
)
async def test_what_cannot_be_a_member_is_refused(
    org: OrgClient, fair: str, fields: dict[str, Any], code: str, message: str | None
) -> None:
    ids = {
        "lead": await org.create(),
        "other": await org.create(),
        "contact": await org.create("Contact", LastName="Smith"),
    }
    await org.create("CampaignMember", CampaignId=fair, LeadId=ids["lead"])
    wanted = {name: value.format(**ids) if isinstance(value, str) else value for name, value in fields.items()}

    response = await org.send("POST", "/sobjects/CampaignMember", json={"CampaignId": fair, **wanted})

    assert error_of(response) == (400, code)
    assert message in (None, response.json()[0]["message"])


async def test_of_a_lead_and_a_contact_at_once_the_contact_is_added(org: OrgClient, fair: str) -> None:
    contact = await org.create("Contact", LastName="Smith")

    member = await org.create("CampaignMember", CampaignId=fair, LeadId=await org.create(), ContactId=contact)

    record = await org.read(member, "CampaignMember")
    assert (record["LeadId"], record["ContactId"], record["Type"]) == (None, contact, "Contact")


async def test_a_campaign_keeps_a_status_that_counts_as_a_response(org: OrgClient, fair: str) -> None:
    [responded] = await org.query("SELECT Id FROM CampaignMemberStatus WHERE HasResponded = true")
    path = f"/sobjects/CampaignMemberStatus/{responded['Id']}"

    changed = await org.send("PATCH", path, json={"HasResponded": False})
    deleted = await org.send("DELETE", path)
    await org.create("CampaignMemberStatus", CampaignId=fair, Label="Attended", HasResponded=True)

    assert error_of(changed) == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert error_of(deleted) == (400, "DELETE_FAILED")
    assert (await org.send("DELETE", path)).status_code == 204


async def test_a_member_cannot_become_somebody_else(org: OrgClient, fair: str) -> None:
    member = await org.create("CampaignMember", CampaignId=fair, LeadId=await org.create())

    response = await org.send("PATCH", f"/sobjects/CampaignMember/{member}", json={"LeadId": await org.create()})

    assert error_of(response) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


async def test_a_campaign_has_one_default_status_and_no_label_twice(org: OrgClient, fair: str) -> None:
    await org.create("CampaignMember", CampaignId=fair, LeadId=await org.create(), Status="Responded")
    twice = await org.send("POST", "/sobjects/CampaignMemberStatus", json={"CampaignId": fair, "Label": "sent"})

    invited = await org.create("CampaignMemberStatus", CampaignId=fair, Label="Invited", IsDefault=True)

    statuses = await org.query("SELECT Id, Label, IsDefault FROM CampaignMemberStatus ORDER BY SortOrder")
    assert [(each["Label"], each["IsDefault"]) for each in statuses] == [
        ("Sent", False),
        ("Responded", False),
        ("Invited", True),
    ]
    assert error_of(twice) == (400, "DUPLICATE_VALUE")
    deleted = [await org.send("DELETE", f"/sobjects/CampaignMemberStatus/{each['Id']}") for each in statuses]
    assert [response.status_code for response in deleted] == [204, 400, 400]
    undone = await org.send("PATCH", f"/sobjects/CampaignMemberStatus/{invited}", json={"IsDefault": False})
    assert error_of(undone) == (400, "FIELD_INTEGRITY_EXCEPTION")


async def test_a_campaign_adds_up_those_below_it(org: OrgClient, fair: str) -> None:
    booth = await org.create("Campaign", Name="Booth", ParentId=fair, NumberSent=5)
    talk = await org.create("Campaign", Name="Talk", ParentId=booth, NumberSent=2, ActualCost=100)
    for campaign in (fair, booth, talk):
        await org.create("CampaignMember", CampaignId=campaign, LeadId=await org.create())

    record = await org.read(fair, "Campaign")
    below_itself = await org.send("PATCH", f"/sobjects/Campaign/{fair}", json={"ParentId": talk})

    assert (record["NumberOfLeads"], record["HierarchyNumberOfLeads"]) == (1, 3)
    assert (record["HierarchyNumberSent"], record["HierarchyActualCost"]) == (7, 100)
    assert (await org.read(talk, "Campaign"))["HierarchyNumberOfLeads"] == 1
    assert error_of(below_itself) == (400, "CIRCULAR_DEPENDENCY")
