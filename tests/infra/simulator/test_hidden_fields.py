"""What the profile hides is seen nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient

SECRET = "Hemlock"
HIDDEN = {"Lead.Title": "hidden", "Lead.Email": "hidden", "Lead.Key__c": "hidden", "Lead.Partner__c": "hidden"}


@pytest.fixture
async def lead_id(org: OrgClient) -> str:
    partner = {"name": "Partner__c", "type": "reference", "to": "Account", "child_relationship": "Partners"}
    await org.change_org(
        custom_fields=[{"name": "Key__c", "unique": True, "external_id": True}, partner],
        history_fields=["Status", "Title", "Key__c"],
    )
    account_id = await org.create("Account", Name="Acme")
    email = f"{SECRET}@example.com"
    found = await org.create(Title=SECRET, Key__c=f"{SECRET}1", Partner__c=account_id, Email=email)
    await org.send("PATCH", f"/sobjects/Lead/{found}", json={"Title": f"{SECRET}2", "Key__c": f"{SECRET}2"})
    await org.create("Opportunity", Name=SECRET, StageName="Prospecting", CloseDate="2026-04-01", AccountId=account_id)
    await org.change_org(profile={"name": "Sales", "fields": HIDDEN, "objects": {"Opportunity": "hidden"}})
    return found


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT {field} FROM Lead",
        "SELECT l.{field} FROM Lead l",
        "SELECT Id FROM Lead WHERE {field} != null",
        "SELECT Id FROM Lead WHERE NOT {field} LIKE 'H%'",
        "SELECT Id FROM Lead ORDER BY {field}",
        "SELECT {field}, COUNT(Id) FROM Lead GROUP BY {field}",
        "SELECT MAX({field}) FROM Lead",
        "SELECT COUNT(Id) FROM Lead GROUP BY Status HAVING MAX({field}) != null",
        "SELECT FORMAT({field}) FROM Lead",
        "SELECT Lead.{field} FROM CampaignMember",
        "SELECT TYPEOF Who WHEN Lead THEN {field} ELSE Id END FROM Task",
        "SELECT Id, (SELECT Id FROM Partners__r) FROM Account",
        "SELECT Id FROM Account WHERE Id IN (SELECT ConvertedAccountId FROM Lead WHERE {field} != null)",
    ],
)
@pytest.mark.parametrize("field", ["Title", "Email", "Key__c", "Partner__c", "Partner__r.Name"])
async def test_no_query_reaches_a_hidden_field(org: OrgClient, lead_id: str, soql: str, field: str) -> None:
    assert (await org.ask(soql.format(field=field))).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/query?q=SELECT FIELDS(ALL) FROM Lead LIMIT 9",
        "/query?q=SELECT FIELDS(ALL) FROM LeadHistory LIMIT 9",
        "/query?q=SELECT Id, (SELECT FIELDS(ALL) FROM Histories LIMIT 9) FROM Lead",
        "/query?q=SELECT Id FROM Lead WHERE Id IN (SELECT LeadId FROM LeadHistory WHERE Field = 'Title')",
        "/query?q=SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Lead'",
        "/query?q=SELECT QualifiedApiName FROM EntityDefinition WHERE QualifiedApiName LIKE 'OpportunityH%'",
        "/sobjects/Lead/{id}",
        "/sobjects/Lead/{id}/Histories",
        "/sobjects/Lead/describe",
        "/sobjects/Lead/describe/layouts",
        "/sobjects/Account/describe",
        "/sobjects/Account/describe/layouts",
        "/recent",
    ],
)
async def test_no_answer_tells_of_what_is_hidden(org: OrgClient, lead_id: str, path: str) -> None:
    response = await org.send("GET", path.format(id=lead_id))

    told = response.text.replace(path.rpartition("FROM ")[2], "")
    for name in (SECRET, "Key__c", "Partner__c", "Partners__r", "OpportunityHistory"):
        assert name not in told


@pytest.mark.parametrize("search", ["{Hemlock*}", "{Hemlock@example.com} IN EMAIL FIELDS"])
async def test_a_search_does_not_look_into_hidden_fields(org: OrgClient, lead_id: str, search: str) -> None:
    response = await org.send("GET", f"/search?q=FIND {search} RETURNING Lead, Account")

    assert response.json()["searchRecords"] == []


@pytest.mark.parametrize("rule", ["alert", "block"])
async def test_duplicates_are_found_by_what_is_hidden_but_do_not_show_it(
    org: OrgClient, lead_id: str, rule: str
) -> None:
    await org.change_org(duplicate_rule=rule)

    details = {"Sforce-Duplicate-Rule-Header": "includeRecordDetails=true"}
    lead = {"LastName": "Okafor", "Company": "Acme"}
    refused = await org.send("POST", "/sobjects/Lead", json=lead, headers=details)

    assert refused.json()[0]["errorCode"] == "DUPLICATES_DETECTED"
    assert SECRET not in refused.text


@pytest.mark.parametrize("change", [{"Title": "x"}, {"Key__c": None}, {"Partner__r": {"Name": "Acme"}}])
async def test_a_hidden_field_cannot_be_written(org: OrgClient, lead_id: str, change: dict[str, Any]) -> None:
    response = await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json=change)

    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
