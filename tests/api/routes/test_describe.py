"""How leads look in an org: fields, their values, record types."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gateway import GatewayClient
from tests.support.leads import failure
from tests.support.org import Org


async def described(rest: GatewayClient, **query: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The description, and its fields by name."""
    response = await rest.get("/v1/lead-fields", params=query)
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data, {field["name"]: field for field in data["fields"]}


async def test_a_plain_org_offers_nothing_that_it_has_not(rest: GatewayClient, org: Org) -> None:
    before = await org.api_calls()

    data, fields = await described(rest)

    assert await org.api_calls() - before == 1
    assert "record_types" not in data
    assert not {"record_type", "currency", "country_code", "state_code"} & fields.keys()
    assert {"salutation", "fax", "has_opted_out_of_email", "has_opted_out_of_fax", "do_not_call"} <= fields.keys()
    assert fields["annual_revenue"]["decimals"] == 0
    assert "unique" not in fields["email"]
    # The gateway fills the company in, and a conversion sets is_converted.
    assert (fields["company"]["required"], fields["is_converted"]["writable"]) == (False, False)


async def test_what_is_special_about_an_org_is_described(rest: GatewayClient, org: Org) -> None:
    await org.change(setup="global")
    before = await org.api_calls()

    data, fields = await described(rest)

    assert await org.api_calls() - before == 2
    assert fields["Region__c"]["required"]
    assert (fields["Score__c"]["decimals"], fields["Budget__c"]["decimals"]) == (1, 2)
    assert (fields["External_Key__c"]["unique"], fields["External_Key__c"]["external_id"]) == (True, True)
    assert [value["value"] for value in fields["currency"]["values"]] == ["EUR", "USD", "JPY"]
    assert fields["state_code"]["controlling_field"] == "country_code"
    california = {"value": "CA", "label": "California", "default": False, "valid_for": ["US"]}
    assert california in fields["state_code"]["values"]
    # Internal is not available to this user.
    assert [value["value"] for value in fields["record_type"]["values"]] == ["Direct", "Partner"]
    assert (data["scheduled_status"], data["objected_status"]) == ("Won", None)
    direct, partner = data["record_types"]
    assert direct == {
        "name": "Direct",
        "label": "Direct",
        "default": True,
        "statuses": ["New", "Working", "Won", "Lost"],
        # The org's first converted status is none of these.
        "scheduled_status": "Won",
        "values": {},
    }
    assert partner["statuses"] == ["Working", "Partner Review", "Partner Won", "Lost"]
    assert partner["scheduled_status"] == "Partner Won"
    assert partner["values"] == {"source": ["Partner Referral", "Other"], "Tier__c": ["Gold", "Silver"]}


async def test_values_of_a_dependent_picklist_tell_what_they_depend_on(rest: GatewayClient, org: Org) -> None:
    region = {"name": "Region__c", "type": "picklist", "values": ["EMEA", {"value": "Old", "active": False}, "APAC"]}
    offered = [{"value": "Rack", "valid_for": ["EMEA"]}, {"value": "Box", "valid_for": ["EMEA", "APAC"]}]
    product = {"name": "Product__c", "type": "picklist", "controlling_field": "Region__c", "values": offered}
    await org.change(custom_fields=[region, product])

    _, fields = await described(rest)

    product = fields["Product__c"]
    assert product["controlling_field"] == "Region__c"
    assert {value["value"]: value["valid_for"] for value in product["values"]} == {
        "Rack": ["EMEA"],
        "Box": ["EMEA", "APAC"],
    }


async def test_single_fields_can_be_asked_for(rest: GatewayClient, org: Org) -> None:
    await org.change(custom_fields=[{"name": "Tier__c"}])

    data, fields = await described(rest, fields="source,Tier__c,custom_fields.tier__C")

    assert list(fields) == ["source", "Tier__c"]
    assert data["statuses"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sauce", "did you mean source?"),
        ("Tear__c", "does not exist, or is hidden from this user; did you mean Tier__c?"),
        ("currency", "this org has one currency only"),
        ("record_type", "this org has no record types for leads"),
        ("country_code", "state and country picklists are off in this org; use country and state"),
        ("fax", "is hidden from this user, or not in this org"),
    ],
)
async def test_a_field_that_is_not_there_is_refused_with_the_reason(
    rest: GatewayClient, org: Org, name: str, said: str
) -> None:
    hidden = {"name": "Integration", "fields": {"Lead.Fax": "hidden"}}
    await org.change(custom_fields=[{"name": "Tier__c"}], profile=hidden)
    await rest.post("/v1/leads", json={"email": "ada@example.com", "last_name": "Okafor"})

    described = failure(await rest.get("/v1/lead-fields", params={"fields": name}), 422, "VALIDATION_ERROR")
    assert said in described["details"][0]["message"]
    for path in ("/v1/leads", "/v1/leads/ada@example.com"):
        body = failure(await rest.get(path, params={"fields": f"email,{name}"}), 422, "VALIDATION_ERROR")
        assert (body["details"][0]["field"], said in body["details"][0]["message"]) == ("fields", True)
