"""Converting leads over SOAP."""

from __future__ import annotations

from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from tests.infra.simulator.conftest import SOAP_HEAD, OrgClient
from tests.infra.simulator.soap.requests import convert_lead, lead_convert
from tests.infra.simulator.soap.test_soap import PARTNER, fault_of


async def convert(org: OrgClient, *wishes: str) -> list[dict[str, str | None]]:
    """The results, each by the names of its elements; those of an error among them."""
    response = await org.soap(convert_lead(*wishes))
    assert response.status_code == 200, response.text
    results = fromstring(response.text).iter(f"{PARTNER}result")
    return [
        {child.tag.removeprefix(PARTNER): child.text for child in result.iter() if len(child) == 0}
        for result in results
    ]


async def test_a_lead_becomes_an_account_a_contact_and_an_opportunity(org: OrgClient) -> None:
    lead_id = await org.create(
        FirstName="Ada", Email="ada@example.com", Phone="+1", City="Lagos", Website="acme.example", LeadSource="Web"
    )

    [result] = await convert(org, lead_convert(lead_id, opportunityName="Big deal"))

    account = await org.read(result["accountId"] or "", "Account")
    contact = await org.read(result["contactId"] or "", "Contact")
    opportunity = await org.read(result["opportunityId"] or "", "Opportunity")
    lead = await org.read(lead_id)
    assert (result["success"], result["leadId"]) == ("true", lead_id)
    assert (account["Name"], account["BillingCity"], account["AccountSource"]) == ("Acme", "Lagos", "Web")
    assert (contact["Name"], contact["Email"], contact["AccountId"]) == ("Ada Okafor", "ada@example.com", account["Id"])
    assert (opportunity["Name"], opportunity["CloseDate"]) == ("Big deal", "2026-03-31")
    assert opportunity["AccountId"] == account["Id"]
    assert (lead["IsConverted"], lead["Status"], lead["ConvertedDate"]) == (True, "Closed - Converted", "2026-03-17")
    assert (lead["ConvertedAccountId"], lead["ConvertedContactId"]) == (account["Id"], contact["Id"])
    assert [(effect["op"], effect["object"]) for effect in await org.ledger(after=1)] == [
        ("create", "Account"),
        ("create", "Contact"),
        ("create", "Opportunity"),
        ("create", "OpportunityContactRole"),
        ("convert", "Lead"),
    ]


async def test_without_an_opportunity_none_is_made(org: OrgClient) -> None:
    [result] = await convert(org, lead_convert(await org.create(), doNotCreateOpportunity="true"))

    assert (result["success"], result["opportunityId"]) == ("true", None)
    assert await org.query("SELECT Id FROM Opportunity") == []


async def test_an_existing_account_and_contact_are_only_filled_up(org: OrgClient) -> None:
    account_id = await org.create("Account", Name="Globex")
    contact_id = await org.create("Contact", LastName="Smith", AccountId=account_id)
    lead_id = await org.create(FirstName="Ada", Phone="+1")

    [result] = await convert(org, lead_convert(lead_id, accountId=account_id, contactId=contact_id))

    account, contact = await org.read(account_id, "Account"), await org.read(contact_id, "Contact")
    assert (result["accountId"], result["contactId"]) == (account_id, contact_id)
    assert (account["Name"], account["Phone"]) == ("Globex", "+1")
    assert contact["Name"] == "Ada Smith"


@pytest.mark.parametrize("of", ["another account", "no account"])
async def test_a_contact_has_to_belong_to_the_account(org: OrgClient, of: str) -> None:
    account_id, other = await org.create("Account", Name="Globex"), await org.create("Account", Name="Acme")
    belongs = {"AccountId": other} if of == "another account" else {}
    contact_id = await org.create("Contact", LastName="Smith", **belongs)

    [result] = await convert(org, lead_convert(await org.create(), accountId=account_id, contactId=contact_id))

    assert (result["success"], result["statusCode"]) == ("false", "FIELD_INTEGRITY_EXCEPTION")
    assert (await org.read(contact_id, "Contact"))["AccountId"] == belongs.get("AccountId")


@pytest.mark.parametrize(
    ("elements", "status_code"),
    [
        ({"status": "Nope"}, "INVALID_STATUS"),
        ({"status": "Working - Contacted"}, "INVALID_STATUS"),
        ({"contactId": "003A10000000001"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"opportunityName": "x", "doNotCreateOpportunity": "true"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"overwriteLeadSource": "true"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"accountId": "001A1000000zzzz"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"accountId": "nonsense"}, "MALFORMED_ID"),
        ({"ownerId": "005A1000000zzzz"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"opportunityName": "x" * 81}, "STRING_TOO_LONG"),
    ],
)
async def test_what_cannot_be_converted_stays_as_it_is(
    org: OrgClient, elements: dict[str, Any], status_code: str
) -> None:
    lead_id = await org.create()

    [result] = await convert(org, lead_convert(lead_id, **elements))

    assert (result["success"], result["statusCode"]) == ("false", status_code)
    assert (await org.read(lead_id))["IsConverted"] is False
    assert await org.query("SELECT Id FROM Account") == []


async def test_each_lead_of_a_call_succeeds_or_fails_by_itself(org: OrgClient) -> None:
    first, second = await org.create(), await org.create()
    await convert(org, lead_convert(first))

    results = await convert(org, lead_convert(first), lead_convert(second), lead_convert("00QA1000000zzzz"))

    codes = [result.get("statusCode") for result in results]
    assert codes == ["CANNOT_UPDATE_CONVERTED_LEAD", None, "INVALID_CROSS_REFERENCE_KEY"]
    assert (await org.stats())["by_operation"]["soap.convertLead"] == 2


async def test_a_converted_lead_can_be_read_but_no_longer_changed(org: OrgClient) -> None:
    lead_id = await org.create()
    await convert(org, lead_convert(lead_id))

    response = await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Phone": "1"})

    assert response.json() == [
        {"message": "cannot reference converted lead", "errorCode": "CANNOT_UPDATE_CONVERTED_LEAD", "fields": []}
    ]


async def test_a_lead_of_a_queue_needs_an_owner_to_be_converted(org: OrgClient) -> None:
    [queue] = await org.query("SELECT Id FROM Group")
    [user] = await org.query("SELECT Id FROM User WHERE Alias = 'seller'")
    lead_id = await org.create(OwnerId=queue["Id"])

    [refused] = await convert(org, lead_convert(lead_id))
    [converted] = await convert(org, lead_convert(lead_id, ownerId=user["Id"]))

    assert refused["statusCode"] == "FIELD_INTEGRITY_EXCEPTION"
    assert (await org.read(converted["accountId"] or "", "Account"))["OwnerId"] == user["Id"]


async def test_more_than_a_hundred_leads_are_too_many(org: OrgClient) -> None:
    response = await org.soap(convert_lead(*[lead_convert("x")] * 101))

    assert fault_of(response) == (500, "sf:EXCEEDED_LEAD_CONVERT_LIMIT")


async def test_a_session_that_is_over_is_a_fault(org: OrgClient) -> None:
    await org.http.post("/_sim/expire-sessions")

    response = await org.soap("<convertLead/>")

    assert fault_of(response) == (500, "sf:INVALID_SESSION_ID")
    assert "<sf:exceptionCode>INVALID_SESSION_ID</sf:exceptionCode>" in response.text


async def test_access_tokens_that_look_like_jwts_are_refused_here_and_taken_by_rest(org: OrgClient) -> None:
    await org.change_org(jwt_access_tokens=True)
    token = (await org.http.post("/_sim/sessions")).json()["access_token"]

    soap = await org.soap("<convertLead/>", token=token)
    rest = await org.send("GET", "/limits", headers={"Authorization": f"Bearer {token}"})

    assert fault_of(soap) == (500, "sf:INVALID_SESSION_ID")
    assert rest.status_code == 200


@pytest.mark.parametrize(
    "message",
    [
        "",
        "no xml",
        "<a>",
        "<Envelope/>",
        f"{SOAP_HEAD}<soapenv:Body/></soapenv:Envelope>",
        f'<!DOCTYPE x [<!ENTITY a "b">]>{SOAP_HEAD}<soapenv:Body>&a;</soapenv:Body></soapenv:Envelope>',
        f'<!DOCTYPE x SYSTEM "file:///etc/passwd">{SOAP_HEAD}<soapenv:Body><x/></soapenv:Body></soapenv:Envelope>',
        "<a>" * 100_000,
        SOAP_HEAD + "<a>" * 60 + "</a>" * 60 + "</soapenv:Envelope>",
    ],
)
async def test_anything_but_a_plain_envelope_is_a_fault(org: OrgClient, message: str) -> None:
    response = await org.http.post("/services/Soap/u/59.0", content=message, headers={"Content-Type": "text/xml"})

    assert fault_of(response) == (500, "soapenv:Client")


async def test_an_operation_that_does_not_exist_is_a_fault(org: OrgClient) -> None:
    assert fault_of(await org.soap("<convertEverything/>")) == (500, "soapenv:Client")


async def test_a_retired_version_is_a_fault(org: OrgClient) -> None:
    response = await org.http.post("/services/Soap/u/20.0", content="<x/>")

    assert fault_of(response) == (500, "sf:UNSUPPORTED_API_VERSION")


@pytest.mark.parametrize(("source", "target"), [("Segment__c", "Class__c"), ("segment__c", "CLASS__c")])
async def test_custom_fields_go_where_they_are_mapped(org: OrgClient, source: str, target: str) -> None:
    fields = [{"name": "Segment__c"}, {"name": "Tier__c"}, {"name": "Class__c", "object": "Contact"}]
    await org.change_org(custom_fields=fields, converted_fields={source: f"Contact.{target}"})
    lead_id = await org.create(Segment__c="Gold", Tier__c="1")

    [result] = await convert(org, lead_convert(lead_id))

    assert (await org.read(result["contactId"] or "", "Contact"))["Class__c"] == "Gold"
