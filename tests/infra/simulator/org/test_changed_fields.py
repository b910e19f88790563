"""An org whose fields change while it has records."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.infra.simulator.conftest import OrgClient


async def change(org: OrgClient, *fields: dict[str, Any]) -> httpx.Response:
    return await org.http.patch("/_sim/org", json={"custom_fields": fields})


@pytest.mark.parametrize(
    ("before", "value", "after", "seen"),
    [
        ({"type": "string"}, "k", {"type": "double"}, None),
        ({"type": "string"}, " 12.345 ", {"type": "double"}, 12.35),
        ({"type": "string"}, "k", {"type": "boolean"}, False),
        ({"type": "string"}, None, {"type": "boolean"}, False),
        ({"type": "string"}, "k", {"type": "date"}, None),
        ({"type": "string"}, "0012345678", {"type": "string", "length": 5}, "00123"),
        ({"type": "string"}, "k", {"type": "location"}, None),
        ({"type": "string"}, "001A10000000001AAA", {"type": "reference", "to": "Account"}, None),
        ({"type": "picklist", "values": ["a", "b"]}, "b", {"type": "string"}, "b"),
        ({"type": "double", "scale": 2}, 1.25, {"type": "double", "scale": 1}, 1.3),
        ({"type": "double"}, 12345, {"type": "double", "precision": 4}, None),
        ({"type": "double"}, 1.25, {"type": "int"}, None),
        ({"type": "datetime"}, "2026-03-17T10:00:00Z", {"type": "date"}, "2026-03-17"),
        ({"type": "boolean"}, True, {"type": "string"}, "1"),
    ],
)
async def test_a_field_of_another_type_keeps_what_fits_it(
    org: OrgClient, before: dict[str, Any], value: Any, after: dict[str, Any], seen: Any
) -> None:
    await change(org, {"name": "X__c", **before})
    lead_id = await org.create(X__c=value)

    changed = await change(org, {"name": "X__c", **after})

    assert changed.status_code == 200
    assert (await org.read(lead_id))["X__c"] == seen
    assert (await org.ask("SELECT FORMAT(X__c) FROM Lead")).status_code < 500


async def test_a_name_may_be_written_in_another_case(org: OrgClient) -> None:
    await change(org, {"name": "KEY__c", "unique": True, "external_id": True})
    lead_id = await org.create(KEY__c="k1")

    changed = await change(org, {"name": "Key__c", "unique": True, "external_id": True})

    assert changed.status_code == 200
    assert (await org.read(lead_id))["Key__c"] == "k1"
    assert [lead["Key__c"] for lead in await org.query("SELECT Key__c FROM Lead WHERE Key__c = 'K1'")] == ["k1"]


async def test_a_field_that_was_gone_begins_empty_and_a_checkbox_unchecked(org: OrgClient) -> None:
    await change(org, {"name": "X__c"}, {"name": "Agreed__c", "type": "boolean"})
    lead_id = await org.create(X__c="x", Agreed__c=True)

    await change(org)
    await change(org, {"name": "X__c"}, {"name": "Agreed__c", "type": "boolean"})

    lead = await org.read(lead_id)
    assert (lead["X__c"], lead["Agreed__c"]) == (None, False)


async def test_records_get_the_corporate_currency_when_an_org_begins_to_have_several(org: OrgClient) -> None:
    lead_id = await org.create()

    await org.change_org(currencies=[{"code": "EUR", "corporate": True}, {"code": "USD", "rate": 1.1}])

    assert (await org.read(lead_id))["CurrencyIsoCode"] == "EUR"


async def test_a_field_cannot_become_unique_while_records_share_a_value(org: OrgClient) -> None:
    await change(org, {"name": "Key__c"})
    first, second = await org.create(Key__c="k1"), await org.create(Key__c="K1")

    refused = await change(org, {"name": "Key__c", "unique": True})
    await org.send("DELETE", f"/sobjects/Lead/{second}")
    allowed = await change(org, {"name": "Key__c", "unique": True})

    assert (refused.status_code, allowed.status_code) == (400, 200)
    assert "share a value" in refused.json()["error"]
    assert (await org.read(first))["Key__c"] == "k1"


@pytest.mark.parametrize("after", [{"type": "double"}, {"length": 1}])
async def test_a_unique_field_cannot_become_one_in_which_records_share_a_value(
    org: OrgClient, after: dict[str, Any]
) -> None:
    await change(org, {"name": "Key__c", "unique": True})
    first, second = await org.create(Key__c="1"), await org.create(Key__c="1.0")

    refused = await change(org, {"name": "Key__c", "unique": True, **after})

    assert (refused.status_code, "share a value" in refused.json()["error"]) == (400, True)
    assert [(await org.read(lead_id))["Key__c"] for lead_id in (first, second)] == ["1", "1.0"]


@pytest.mark.parametrize("setup", ["classic", "modern", "person_accounts", "global"])
async def test_every_set_up_takes_formulas(org: OrgClient, setup: str) -> None:
    there = (await org.http.patch("/_sim/org", json={"setup": setup})).json()["custom_fields"]
    formula = {"name": "Owned__c", "type": "formula", "returns": "boolean", "formula": 'Owner:User.LastName <> ""'}
    rule = {"name": "Named", "formula": 'LastName = "Nobody"', "message": "no"}

    changed = await org.http.patch("/_sim/org", json={"custom_fields": [*there, formula], "validation_rules": [rule]})

    assert changed.status_code == 200
    required = {field["name"]: field["values"][0]["value"] for field in there if field["required"]}
    assert (await org.read(await org.create(**required)))["Owned__c"] is True


async def test_an_object_keeps_its_ids_as_long_as_it_has_records(org: OrgClient) -> None:
    first, second = {"name": "Visit__c"}, {"name": "Stay__c"}
    await org.change_org(custom_objects=[first, second])
    stay_id = await org.create("Stay__c", Name="x")

    refused = await org.http.patch("/_sim/org", json={"custom_objects": [second]})
    await org.change_org(custom_objects=[first])
    await org.change_org(custom_objects=[first, second])

    assert (refused.status_code, refused.json()["field"]) == (400, "custom_objects")
    assert (await org.send("GET", f"/sobjects/Stay__c/{stay_id}")).status_code == 404
    assert await org.query("SELECT Id FROM Stay__c") == []
