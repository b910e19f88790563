"""Who gets a lead."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.bulk.jobs import ingested
from tests.infra.simulator.conftest import OrgClient, error_of
from tests.infra.simulator.records import writing

SELLER, QUEUE = "seller1@example.com", "Lead_Queue"
BY_RATING = {
    "name": "By rating",
    "entries": [
        {"criteria": [{"field": "Rating", "operator": "equals", "value": "Hot, Warm"}], "owner": SELLER},
        {"formula": 'BEGINS(Company, "Acme") || ISCHANGED(Company)', "owner": QUEUE},
        {"formula": 'Company = "Keep"', "owner": None},
    ],
}
EVERYTHING_TO_THE_QUEUE = {"name": "All", "active": False, "entries": [{"owner": QUEUE}]}


async def owner_of(org: OrgClient, lead_id: str) -> tuple[str, bool]:
    """The owner by name, and whether the lead is unread."""
    [lead] = await org.query(f"SELECT Owner.Name, IsUnreadByOwner FROM Lead WHERE Id = '{lead_id}'")
    return lead["Owner"]["Name"], lead["IsUnreadByOwner"]


@pytest.mark.parametrize(
    ("values", "owner", "is_unread"),
    [
        ({"Rating": "hot", "Company": "Acme"}, "Sam Seller", True),
        ({"Rating": "Cold", "Company": "Acme"}, "Lead Queue", True),
        ({"Company": "Keep"}, "Demo User", False),
        ({"Company": "Globex"}, "Demo User", False),
    ],
)
async def test_the_first_entry_that_a_lead_meets_decides(
    org: OrgClient, values: dict[str, Any], owner: str, is_unread: bool
) -> None:
    await org.change_org(assignment_rules=[BY_RATING])

    assert await owner_of(org, await org.create(**values)) == (owner, is_unread)


async def test_an_update_takes_a_lead_from_its_owner_unless_that_is_turned_off(org: OrgClient) -> None:
    lead_id = await org.create(Company="Globex")
    await org.change_org(assignment_rules=[BY_RATING])

    await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Company": "A"}, headers={"Sforce-Auto-Assign": "FALSE"})
    kept = await owner_of(org, lead_id)
    await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Company": "B"})
    history = await org.query(f"SELECT NewValue FROM LeadHistory WHERE LeadId = '{lead_id}' AND Field = 'OwnerId'")

    assert kept == ("Demo User", False)
    assert await owner_of(org, lead_id) == ("Lead Queue", True)
    assert [entry["NewValue"][:3] for entry in history] == ["00G"]


async def test_who_owns_a_lead_already_has_nothing_unread(org: OrgClient) -> None:
    mine = {"name": "Mine", "entries": [{"owner": "demo@example.com"}]}
    await org.change_org(assignment_rules=[mine])
    lead_id = await org.create()

    await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"City": "Lagos"})

    assert await owner_of(org, lead_id) == ("Demo User", False)
    assert await org.query("SELECT Id FROM LeadHistory WHERE Field = 'OwnerId'") == []


async def test_rules_can_be_looked_up_and_chosen_by_their_ids_even_when_they_are_inactive(org: OrgClient) -> None:
    await org.change_org(assignment_rules=[BY_RATING, EVERYTHING_TO_THE_QUEUE])
    rules = await org.query("SELECT Id, Name, SobjectType, Active FROM AssignmentRule ORDER BY Name")
    [rule_id] = [rule["Id"] for rule in rules if not rule["Active"]]
    lead = {"LastName": "A", "Company": "Globex"}

    by_rest = await org.send("POST", "/sobjects/Lead", json=lead, headers={"Sforce-Auto-Assign": rule_id})
    header = f"<AssignmentRuleHeader><assignmentRuleId>{rule_id[:15]}</assignmentRuleId></AssignmentRuleHeader>"
    record = "<type>Lead</type><LastName>Soap</LastName><Company>Globex</Company>"
    await org.soap(f"<create><sObjects>{record}</sObjects></create>", headers=header)
    await ingested(org, "LastName,Company\nBulk,Globex\n", assignmentRuleId=rule_id)

    assert [(rule["Name"], rule["SobjectType"]) for rule in rules] == [("All", "Lead"), ("By rating", "Lead")]
    assert rule_id.startswith("01Q")
    assert by_rest.status_code == 201
    owners = await org.query("SELECT LastName, Owner.Name FROM Lead ORDER BY LastName")
    assert [(each["LastName"], each["Owner"]["Name"]) for each in owners] == [
        ("A", "Lead Queue"),
        ("Bulk", "Lead Queue"),
        ("Soap", "Lead Queue"),
    ]


async def test_a_rule_that_is_not_there_cannot_be_chosen(org: OrgClient) -> None:
    headers = {"Sforce-Auto-Assign": "01Q000000000001"}

    response = await org.send("POST", "/sobjects/Lead", json={"LastName": "A", "Company": "B"}, headers=headers)

    assert error_of(response) == (400, "INVALID_CROSS_REFERENCE_KEY")
    assert await org.query("SELECT Id FROM Lead") == []


async def test_the_short_form_is_a_rule_like_others(org: OrgClient) -> None:
    [queue] = await org.query("SELECT Id FROM Group WHERE DeveloperName = 'Lead_Queue'")
    await org.change_org(assignment_owner_id=queue["Id"])

    [rule] = await org.query("SELECT Name, Active FROM AssignmentRule")

    assert (rule["Name"], rule["Active"]) == ("Standard", True)
    assert await owner_of(org, await org.create()) == ("Lead Queue", True)


CRITERIA: list[tuple[str, str, str, bool]] = [
    # field, operator, value, whether the lead below meets it
    ("Company", "equals", "acme, inc", True),
    ("Company", "equals", "Globex", False),
    ("Company", "notEqual", "Globex", True),
    ("Company", "notEqual", "Globex,ACME", False),
    ("Company", "contains", "cm", True),
    ("Company", "contains", "%", False),
    ("Company", "notContain", "x", True),
    ("Company", "startsWith", "a", True),
    ("Company", "startsWith", "'; --", False),
    ("Phone", "equals", "", True),
    ("Phone", "notEqual", "", False),
    ("AnnualRevenue", "greaterThan", "99", True),
    ("AnnualRevenue", "lessOrEqual", "99", False),
    ("AnnualRevenue", "lessThan", "100.5", True),
    ("AnnualRevenue", "greaterOrEqual", "100", True),
    ("IsUnreadByOwner", "equals", "false", True),
    ("CreatedDate", "greaterOrEqual", "2026-01-01T00:00:00Z", True),
    ("CreatedDate", "equals", "TODAY", True),
    ("Topics__c", "includes", "a,x", True),
    ("Topics__c", "excludes", "a", False),
]


@pytest.mark.parametrize(("field", "operator", "value", "is_met"), CRITERIA)
async def test_criteria_compare_as_the_org_compares(
    org: OrgClient, field: str, operator: str, value: str, is_met: bool
) -> None:
    criterion = {"field": field, "operator": operator, "value": value}
    await org.change_org(
        custom_fields=[{"name": "Topics__c", "type": "multipicklist", "values": ["a", "b"]}],
        assignment_rules=[{"name": "r", "entries": [{"criteria": [criterion], "owner": QUEUE}]}],
    )

    lead_id = await org.create(Company="Acme", AnnualRevenue=100, Topics__c="a;b")

    assert (await owner_of(org, lead_id))[0] == ("Lead Queue" if is_met else "Demo User")


async def test_a_conversion_assigns_nothing(org: OrgClient) -> None:
    lead_id = await org.create(Company="Globex")
    await org.change_org(assignment_rules=[BY_RATING, EVERYTHING_TO_THE_QUEUE])

    assert await writing.convert(org, lead_id, {}) == []
    assert await owner_of(org, lead_id) == ("Demo User", False)
