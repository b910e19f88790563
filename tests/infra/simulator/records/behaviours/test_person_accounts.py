"""Accounts that are persons, and leads without a company."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import Clock, OrgClient, error_of
from tests.infra.simulator.soap.requests import convert_lead, lead_convert, merge


@pytest.fixture
async def people(org: OrgClient) -> OrgClient:
    await org.change_org(setup="person_accounts")
    return org


async def types(org: OrgClient) -> dict[str, str]:
    rows = await org.query("SELECT Id, DeveloperName, IsPersonType FROM RecordType WHERE SobjectType = 'Account'")
    return {row["DeveloperName"]: row["Id"] for row in rows}


async def converted(org: OrgClient, lead_id: str, **wish: str) -> str:
    return (await org.soap(convert_lead(lead_convert(lead_id, **wish)))).text


async def test_a_person_account_is_an_account_and_a_contact(people: OrgClient) -> None:
    account_id = await people.create("Account", LastName="Okafor", FirstName="Ada", PersonEmail="Ada@Example.com")

    account = await people.read(account_id, "Account")
    contact = await people.read(account["PersonContactId"], "Contact")
    assert (account["Name"], account["IsPersonAccount"]) == ("Ada Okafor", True)
    assert account["RecordTypeId"] == (await types(people))["PersonAccount"]
    assert (contact["Name"], contact["Email"], contact["AccountId"]) == ("Ada Okafor", "ada@example.com", account_id)
    assert contact["IsPersonAccount"] is True


async def test_what_is_written_to_one_half_of_a_person_stands_in_the_other(people: OrgClient) -> None:
    account_id = await people.create("Account", LastName="Okafor")
    contact_id = (await people.read(account_id, "Account"))["PersonContactId"]

    of_account = {"PersonTitle": "CEO", "FirstName": "Ada", "PersonDoNotCall": True}
    assert (await people.send("PATCH", f"/sobjects/Account/{account_id}", json=of_account)).status_code == 204
    of_contact = {"LastName": "Lovelace", "MobilePhone": "1"}
    assert (await people.send("PATCH", f"/sobjects/Contact/{contact_id}", json=of_contact)).status_code == 204

    account, contact = await people.read(account_id, "Account"), await people.read(contact_id, "Contact")
    assert (contact["Title"], contact["DoNotCall"], contact["Name"]) == ("CEO", True, "Ada Lovelace")
    assert (account["Name"], account["PersonMobilePhone"]) == ("Ada Lovelace", "1")


@pytest.mark.parametrize(("written", "other"), [("Account", "Contact"), ("Contact", "Account")])
async def test_what_is_written_to_one_half_of_a_person_changes_the_other_at_that_moment(
    people: OrgClient, clock: Clock, written: str, other: str
) -> None:
    account_id = await people.create("Account", LastName="Okafor")
    ids = {"Account": account_id, "Contact": (await people.read(account_id, "Account"))["PersonContactId"]}
    clock.move(minutes=1)

    await people.send("PATCH", f"/sobjects/{written}/{ids[written]}", json={"LastName": "Lovelace"})

    record = await people.read(ids[other], other)
    assert record["LastModifiedDate"] == record["SystemModstamp"] == "2026-03-17T09:31:00.000+0000"


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"Name": "Acme", "PersonEmail": "a@b.co"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "PersonEmail"),
        ({"Name": "Acme", "FirstName": "Ada"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "FirstName"),
        ({"Phone": "1"}, "REQUIRED_FIELD_MISSING", "Name"),
        ({"PersonEmail": "a@b.co"}, "REQUIRED_FIELD_MISSING", "Name"),
        ({"RecordTypeId": "PersonAccount", "FirstName": "Ada"}, "REQUIRED_FIELD_MISSING", "LastName"),
        ({"RecordTypeId": "Business_Account", "LastName": "Ada"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "LastName"),
    ],
)
async def test_the_fields_of_businesses_and_of_persons_do_not_mix(
    people: OrgClient, fields: dict[str, Any], code: str, named: str
) -> None:
    kinds = await types(people)
    given = {name: kinds.get(value, value) for name, value in fields.items()}

    response = await people.send("POST", "/sobjects/Account", json=given)

    assert error_of(response) == (400, code), response.text
    assert named in response.json()[0]["fields"] or code == "REQUIRED_FIELD_MISSING"


async def test_a_business_account_is_as_ever(people: OrgClient) -> None:
    account = await people.read(await people.create("Account", Name="Acme"), "Account")

    assert (account["Name"], account["IsPersonAccount"], account["PersonContactId"]) == ("Acme", False, None)
    assert account["LastName"] is None


async def test_a_person_goes_and_comes_back_as_a_whole(people: OrgClient) -> None:
    account_id = await people.create("Account", LastName="Okafor")
    contact_id = (await people.read(account_id, "Account"))["PersonContactId"]

    alone = await people.send("DELETE", f"/sobjects/Contact/{contact_id}")
    whole = await people.send("DELETE", f"/sobjects/Account/{account_id}")

    assert (error_of(alone)[1], whole.status_code) == ("INSUFFICIENT_ACCESS_OR_READONLY", 204)
    assert await people.query("SELECT Id FROM Contact") == []
    await people.soap(f"<undelete><ids>{account_id}</ids></undelete>")
    assert [row["Id"] for row in await people.query("SELECT Id FROM Contact")] == [contact_id]


async def test_a_lead_without_a_company_becomes_a_person(people: OrgClient) -> None:
    lead_id = await people.create(Company=None, FirstName="Ada", Email="ada@example.com", DoNotCall=True, City="Lagos")

    answer = await converted(people, lead_id, opportunityName="First order")

    lead = await people.read(lead_id)
    account = await people.read(lead["ConvertedAccountId"], "Account")
    assert "<success>true</success>" in answer
    assert (account["IsPersonAccount"], account["Name"]) == (True, "Ada Okafor")
    assert (account["PersonEmail"], account["PersonDoNotCall"]) == ("ada@example.com", True)
    assert (account["PersonMailingCity"], account["PersonContactId"]) == ("Lagos", lead["ConvertedContactId"])


async def test_a_lead_with_a_company_becomes_a_business_and_a_contact(people: OrgClient) -> None:
    lead_id = await people.create()

    await converted(people, lead_id)

    lead = await people.read(lead_id)
    account = await people.read(lead["ConvertedAccountId"], "Account")
    contact = await people.read(lead["ConvertedContactId"], "Contact")
    assert (account["IsPersonAccount"], account["Name"]) == (False, "Acme")
    assert (contact["IsPersonAccount"], contact["AccountId"]) == (False, account["Id"])


async def test_a_lead_may_go_into_a_person_that_is_there(people: OrgClient) -> None:
    account_id = await people.create("Account", LastName="Okafor")
    lead_id = await people.create(Company=None)

    await converted(people, lead_id, accountId=account_id)

    account, lead = await people.read(account_id, "Account"), await people.read(lead_id)
    assert (lead["ConvertedAccountId"], lead["ConvertedContactId"]) == (account_id, account["PersonContactId"])


async def test_a_person_that_is_merged_takes_its_contact_along_and_leaves_what_it_did(people: OrgClient) -> None:
    stays, goes = [await people.create("Account", LastName=name) for name in ("Okafor", "Okafor-Smith")]
    contact_stays, contact_goes = [
        (await people.read(account_id, "Account"))["PersonContactId"] for account_id in (stays, goes)
    ]
    task_id = await people.create("Task", WhoId=contact_goes, Subject="Call")

    answer = await people.soap(merge(stays, goes, object_name="Account"))

    assert "<success>true</success>" in answer.text
    assert [contact["Id"] for contact in await people.query("SELECT Id FROM Contact")] == [contact_stays]
    assert (await people.read(task_id, "Task"))["WhoId"] == contact_stays


async def test_a_person_and_a_business_are_not_merged(people: OrgClient) -> None:
    person, business = await people.create("Account", LastName="Okafor"), await people.create("Account", Name="Acme")

    pairs = ((person, business), (business, person))
    answers = [await people.soap(merge(*pair, object_name="Account")) for pair in pairs]

    assert all("<statusCode>INVALID_OPERATION</statusCode>" in answer.text for answer in answers)
    assert (await people.read(person, "Account"))["IsPersonAccount"] is True


async def test_without_person_accounts_a_lead_needs_a_company(org: OrgClient) -> None:
    response = await org.send("POST", "/sobjects/Lead", json={"LastName": "Okafor"})

    assert error_of(response) == (400, "REQUIRED_FIELD_MISSING")


async def test_a_converted_status_has_to_be_one_of_the_leads_record_type(org: OrgClient) -> None:
    await org.change_org(setup="global")
    [partner] = await org.query("SELECT Id FROM RecordType WHERE DeveloperName = 'Partner' AND SobjectType = 'Lead'")
    given = {"RecordTypeId": partner["Id"], "CurrencyIsoCode": "USD", "acme__Segment__c": "A"}
    lead_id = await org.create(Region__c="EMEA", **given)

    refused = await converted(org, lead_id, status="Won")
    taken = await converted(org, lead_id, status="Partner Won")

    assert "<statusCode>INVALID_STATUS</statusCode>" in refused
    assert "<success>true</success>" in taken
    lead = await org.read(lead_id)
    account = await org.read(lead["ConvertedAccountId"], "Account")
    opportunity = await org.read(lead["ConvertedOpportunityId"], "Opportunity")
    assert (account["CurrencyIsoCode"], account["Segment__c"]) == ("USD", "A")
    assert [account["RecordTypeId"] is None, opportunity["RecordTypeId"] is None] == [False, False]


async def test_a_user_who_may_not_create_opportunities_converts_without(org: OrgClient) -> None:
    await org.change_org(profile={"name": "No deals", "objects": {"Opportunity": "hidden"}})
    lead_id = await org.create()

    refused = await converted(org, lead_id)
    taken = await converted(org, lead_id, doNotCreateOpportunity="true")

    assert "<statusCode>INSUFFICIENT_ACCESS_OR_READONLY</statusCode>" in refused
    assert "<success>true</success>" in taken
