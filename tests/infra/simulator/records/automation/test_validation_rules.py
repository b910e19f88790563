"""What an admin forbids."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of

RULE = {
    "name": "Hot_leads_have_a_phone",
    "condition": "Rating = 'Hot' AND Phone = null",
    "message": "A hot lead needs a phone number.",
    "field": "Phone",
}


async def test_a_record_that_meets_the_condition_is_not_saved(org: OrgClient) -> None:
    await org.change_org(validation_rules=[RULE])
    lead_id = await org.create()

    created = await org.send("POST", "/sobjects/Lead", json={"LastName": "A", "Company": "B", "Rating": "Hot"})
    changed = await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Rating": "Hot"})
    fine = await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Rating": "Hot", "Phone": "1"})

    problem = {"message": RULE["message"], "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": ["Phone"]}
    assert (created.status_code, created.json()) == (400, [problem])
    assert (changed.status_code, changed.json()) == (400, [problem])
    assert fine.status_code == 204
    assert [effect["op"] for effect in await org.ledger()] == ["create", "update"]


async def test_a_rule_can_speak_of_custom_fields_that_come_with_it(org: OrgClient) -> None:
    rule = {"name": "r", "condition": "Score__c > 10 OR Owner.Name = 'Nobody'", "message": "too much"}
    await org.change_org(custom_fields=[{"name": "Score__c", "type": "int"}], validation_rules=[rule])

    response = await org.send("POST", "/sobjects/Lead", json={"LastName": "A", "Company": "B", "Score__c": 11})

    assert error_of(response) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert response.json()[0]["fields"] == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"condition": "Nope = 1"}, "condition"),
        ({"condition": "Rating ="}, "condition"),
        ({"field": "Nope"}, "field"),
        ({"object": "Nope"}, "object"),
        ({"object": "User"}, "object"),
        ({"condition": None, "formula": "Nope = 1"}, "formula"),
        ({"condition": None, "formula": "Rating = 'Hot'"}, "formula"),
        ({"condition": None, "formula": "Company"}, "formula"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused_and_nothing_changes(
    org: OrgClient, change: dict[str, Any], place: str
) -> None:
    settings = {"custom_fields": [{"name": "Score__c"}], "validation_rules": [{**RULE, **change}]}

    response = await org.http.patch("/_sim/org", json=settings)

    assert (response.status_code, response.json()["field"]) == (400, f"validation_rules.0.{place}")
    assert (await org.send("GET", "/sobjects/Lead/describe")).text.count("Score__c") == 0
    await org.create(Rating="Hot")
