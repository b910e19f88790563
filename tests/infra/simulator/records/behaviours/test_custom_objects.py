"""Custom objects, as a set-up defines them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of
from tests.infra.simulator.soap.requests import merge

VISIT: dict[str, Any] = {
    "name": "Visit__c",
    "plural": "Visits",
    "fields": [
        {"name": "Lead__c", "type": "reference", "to": "Lead"},
        {"name": "Minutes__c", "type": "double", "scale": 0},
        {"name": "Key__c", "unique": True, "external_id": True},
        {"name": "Hours__c", "type": "formula", "formula": "Minutes__c / 60", "returns": "double"},
    ],
}
TICKET: dict[str, Any] = {"name": "Ticket__c", "name_field": "auto_number", "display_format": "T-{000}"}


@pytest.fixture
async def visits(org: OrgClient) -> OrgClient:
    await org.change_org(custom_objects=[VISIT, TICKET])
    return org


async def test_it_is_described_like_any_other(visits: OrgClient) -> None:
    described = (await visits.send("GET", "/sobjects/Visit__c/describe")).json()
    lead = (await visits.send("GET", "/sobjects/Lead/describe")).json()

    assert (described["keyPrefix"], described["custom"], described["labelPlural"]) == ("a00", True, "Visits")
    assert "Visits__r" in [child["relationshipName"] for child in lead["childRelationships"]]
    task = (await visits.send("GET", "/sobjects/Task/describe")).json()
    what = next(field for field in task["fields"] if field["name"] == "WhatId")
    assert what["referenceTo"] == ["Account", "Campaign", "Opportunity", "Visit__c", "Ticket__c"]


async def test_its_records_hang_below_leads_and_have_activities(visits: OrgClient) -> None:
    lead = await visits.create()
    visit = await visits.create("Visit__c", Name="First", Lead__c=lead, Minutes__c=90)
    contact = await visits.create("Contact", LastName="Smith")
    await visits.create("Task", WhatId=visit, WhoId=contact, Status="Completed", ActivityDate="2026-03-01")

    [found] = await visits.query("SELECT (SELECT Name, Hours__c, Lead__r.Company FROM Visits__r) FROM Lead")
    [task] = await visits.query("SELECT What.Name, What.Type FROM Task")

    record = found["Visits__r"]["records"][0]
    assert (record["Name"], record["Hours__c"], record["Lead__r"]["Company"]) == ("First", 1.5, "Acme")
    assert (task["What"]["Name"], task["What"]["Type"]) == ("First", "Visit__c")
    assert (await visits.read(visit, "Visit__c"))["LastActivityDate"] == "2026-03-01"


async def test_a_record_without_a_name_is_called_by_its_id_or_its_number(visits: OrgClient) -> None:
    visit = await visits.read(await visits.create("Visit__c"), "Visit__c")
    tickets = [await visits.read(await visits.create("Ticket__c"), "Ticket__c") for _ in range(2)]

    assert visit["Name"] == visit["Id"][:15]
    assert [ticket["Name"] for ticket in tickets] == ["T-001", "T-002"]
    named = await visits.send("POST", "/sobjects/Ticket__c", json={"Name": "mine"})
    assert error_of(named) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


async def test_its_external_id_names_its_records(visits: OrgClient) -> None:
    created = await visits.send("PATCH", "/sobjects/Visit__c/Key__c/k1", json={"Minutes__c": 5})
    updated = await visits.send("PATCH", "/sobjects/Visit__c/Key__c/k1", json={"Minutes__c": 6})

    assert (created.json()["created"], updated.json()["created"]) == (True, False)
    assert [each["Minutes__c"] for each in await visits.query("SELECT Minutes__c FROM Visit__c")] == [6]


async def test_visits_go_to_the_lead_that_theirs_is_merged_into(visits: OrgClient) -> None:
    lead, master = await visits.create(), await visits.create()
    visit = await visits.create("Visit__c", Lead__c=lead)

    await visits.soap(merge(master, lead))

    assert (await visits.read(visit, "Visit__c"))["Lead__c"] == master


@pytest.mark.parametrize(
    "custom_objects",
    [
        [{"name": "Visit"}],
        [VISIT, VISIT],
        [{**VISIT, "fields": [{"name": "Lead__c", "type": "reference", "to": "Nope"}]}],
        [{**VISIT, "fields": [{"name": "A__c", "object": "Account"}]}],
        [{**VISIT, "fields": [{"name": "A__c"}, {"name": "a__c"}]}],
        [{**VISIT, "fields": [{"name": "A__c", "type": "formula", "formula": "Nope__c", "returns": "double"}]}],
        [{**TICKET, "display_format": "T"}],
    ],
)
async def test_a_custom_object_that_makes_no_sense_is_refused(org: OrgClient, custom_objects: Any) -> None:
    response = await org.http.patch("/_sim/org", json={"custom_objects": custom_objects})

    assert response.status_code in (400, 422), response.text
    assert error_of(await org.send("GET", "/sobjects/Visit__c")) == (404, "NOT_FOUND")


async def test_a_deleted_lead_is_in_no_lookup_until_it_is_put_back(visits: OrgClient) -> None:
    lead = await visits.create()
    visit = await visits.create("Visit__c", Lead__c=lead)

    await visits.send("DELETE", f"/sobjects/Lead/{lead}")
    alone = await visits.read(visit, "Visit__c")
    await visits.soap(f"<undelete><ids>{lead}</ids></undelete>")

    assert alone["Lead__c"] is None
    assert (await visits.read(visit, "Visit__c"))["Lead__c"] == lead


async def test_a_lead_that_a_record_needs_cannot_be_deleted(org: OrgClient) -> None:
    needed = {"name": "Lead__c", "type": "reference", "to": "Lead", "required": True}
    await org.change_org(custom_objects=[{"name": "Visit__c", "fields": [needed]}])
    lead = await org.create()
    await org.create("Visit__c", Lead__c=lead)

    assert error_of(await org.send("DELETE", f"/sobjects/Lead/{lead}")) == (400, "DELETE_FAILED")
    assert (await org.read(lead))["IsDeleted"] is False
