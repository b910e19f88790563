"""What becomes of the campaigns, activities, notes and files of a lead that is converted, and who is a double."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of
from tests.infra.simulator.soap.requests import convert_lead, lead_convert
from tests.infra.simulator.soap.test_conversion import convert

ALLOW = "<DuplicateRuleHeader><allowSave>true</allowSave></DuplicateRuleHeader>"


async def test_a_member_is_the_contact_as_well_and_its_campaign_has_won_the_deal(org: OrgClient) -> None:
    lead = await org.create(Email="ada@example.com")
    for name in ("First", "Latest"):
        campaign = await org.create("Campaign", Name=name)
        await org.create("CampaignMember", CampaignId=campaign, LeadId=lead)

    [result] = await convert(org, lead_convert(lead))

    members = await org.query("SELECT LeadId, ContactId, Type, Email, Campaign.Name FROM CampaignMember")
    assert {(each["LeadId"], each["ContactId"], each["Type"]) for each in members} == {
        (lead, result["contactId"], "Contact")
    }
    counts = "NumberOfLeads, NumberOfConvertedLeads, NumberOfContacts, NumberOfOpportunities"
    found = await org.query(f"SELECT {counts} FROM Campaign ORDER BY CreatedDate, Name")
    assert [[each[name] for name in counts.split(", ")] for each in found] == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert (await org.read(result["opportunityId"] or "", "Opportunity"))["CampaignId"] == campaign


async def test_lead_and_contact_in_one_campaign_become_one_member(org: OrgClient) -> None:
    campaign = await org.create("Campaign", Name="Fair")
    account = await org.create("Account", Name="Acme")
    contact = await org.create("Contact", LastName="Okafor", AccountId=account)
    lead = await org.create()
    kept = await org.create("CampaignMember", CampaignId=campaign, ContactId=contact)
    await org.create("CampaignMember", CampaignId=campaign, LeadId=lead, Status="Responded")

    await convert(org, lead_convert(lead, accountId=account, contactId=contact))

    [member] = await org.query("SELECT Id, Status, LeadId FROM CampaignMember")
    assert (member["Id"], member["Status"], member["LeadId"]) == (kept, "Responded", lead)


@pytest.mark.parametrize("with_deal", [True, False])
async def test_activities_are_about_the_contact_and_the_deal_or_the_account(org: OrgClient, with_deal: bool) -> None:
    [seller] = await org.query("SELECT Id FROM User WHERE Alias = 'seller'")
    lead = await org.create()
    await org.create("Task", Subject="a", WhoId=lead)
    await org.create("Task", Subject="b", WhoId=lead, Status="Completed")
    await org.create("Event", Subject="c", WhoId=lead, StartDateTime="2026-03-16T10:00:00Z", DurationInMinutes=5)

    elements = {"ownerId": seller["Id"], "doNotCreateOpportunity": str(not with_deal).lower()}
    [result] = await convert(org, lead_convert(lead, **elements))

    found = [
        *await org.query("SELECT Who.Type, WhoId, WhatId, OwnerId FROM Task ORDER BY Subject"),
        *await org.query("SELECT Who.Type, WhoId, WhatId, OwnerId FROM Event"),
    ]
    assert {each["WhoId"] for each in found} == {result["contactId"]}
    assert {each["WhatId"] for each in found} == {result["opportunityId" if with_deal else "accountId"]}
    assert [each["OwnerId"] == seller["Id"] for each in found] == [True, False, True]


@pytest.mark.parametrize(
    ("name", "fields"),
    [("Note", {"Title": "n", "Body": "text"}), ("Attachment", {"Name": "a.txt", "Body": "YQ=="})],
)
async def test_contact_and_account_have_what_was_attached(org: OrgClient, name: str, fields: dict[str, Any]) -> None:
    lead = await org.create()
    attached = await org.create(name, ParentId=lead, **fields)

    [result] = await convert(org, lead_convert(lead))

    found = await org.query(f"SELECT Id, ParentId FROM {name} ORDER BY Id")
    assert [each["ParentId"] for each in found] == [result["contactId"], result["accountId"]]
    assert found[0]["Id"] == attached


async def test_files_are_linked_to_all_that_the_lead_became(org: OrgClient) -> None:
    lead = await org.create()
    version = await org.create("ContentVersion", PathOnClient="a.txt", VersionData="YQ==", FirstPublishLocationId=lead)
    document = (await org.read(version, "ContentVersion"))["ContentDocumentId"]

    [result] = await convert(org, lead_convert(lead))

    links = await org.query(
        f"SELECT LinkedEntityId FROM ContentDocumentLink WHERE ContentDocumentId = '{document}' ORDER BY LinkedEntityId"
    )
    became = {result["accountId"], result["contactId"], result["opportunityId"], lead}
    assert became < {link["LinkedEntityId"] for link in links}


async def test_nothing_new_can_be_about_a_converted_lead(org: OrgClient) -> None:
    lead = await org.create()
    await convert(org, lead_convert(lead))

    response = await org.send("POST", "/sobjects/Task", json={"WhoId": lead})

    assert error_of(response) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")


@pytest.mark.parametrize(
    ("rule", "existing", "fields"),
    [
        ("account_duplicate_rule", ("Account", {"Name": "ACME"}), {}),
        ("contact_duplicate_rule", ("Contact", {"LastName": "Okafor"}), {}),
        ("contact_duplicate_rule", ("Contact", {"LastName": "x", "Email": "a@b.example"}), {"Email": "A@b.example"}),
    ],
)
async def test_doubles_of_accounts_and_contacts_hold_up_a_conversion(
    org: OrgClient, rule: str, existing: tuple[str, dict[str, Any]], fields: dict[str, Any]
) -> None:
    name, values = existing
    await org.create(name, **values)
    lead = await org.create(**fields)
    await org.change_org(**{rule: "alert"})

    [refused] = await convert(org, lead_convert(lead))
    created = await org.send("POST", f"/sobjects/{name}", json=values)
    allowed = await org.soap(convert_lead(lead_convert(lead)), headers=ALLOW)

    assert (refused["success"], refused["statusCode"]) == ("false", "DUPLICATES_DETECTED")
    assert error_of(created) == (400, "DUPLICATES_DETECTED")
    assert created.json()[0]["duplicateResult"]["duplicateRule"] == f"Standard_{name}_Duplicate_Rule"
    assert "<success>true</success>" in allowed.text


async def test_a_rule_that_blocks_cannot_be_overridden(org: OrgClient) -> None:
    await org.create("Account", Name="Acme")
    lead = await org.create()
    await org.change_org(account_duplicate_rule="block")

    refused = await org.soap(convert_lead(lead_convert(lead)), headers=ALLOW)

    assert "<statusCode>DUPLICATES_DETECTED</statusCode>" in refused.text
    assert (await org.read(lead))["IsConverted"] is False


async def test_an_account_that_is_a_person_has_all_itself(org: OrgClient) -> None:
    await org.change_org(setup="person_accounts")
    lead = await org.create(Company=None)
    for name in ("Note", "Attachment"):
        await org.create(name, ParentId=lead, **({"Title": "n"} if name == "Note" else {"Name": "a", "Body": "YQ=="}))
    [status] = await org.query("SELECT ApiName FROM LeadStatus WHERE IsConverted = true LIMIT 1")

    [result] = await convert(org, lead_convert(lead, status["ApiName"], doNotCreateOpportunity="true"))

    for name in ("Note", "Attachment"):
        found = await org.query(f"SELECT ParentId FROM {name}")
        assert [each["ParentId"] for each in found] == [result["accountId"]]
