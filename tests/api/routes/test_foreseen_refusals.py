"""A dry run refuses what Salesforce would refuse, as far as its description of leads tells."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.routes.test_fields_of_some_orgs import EMEA, REFUSED, TOPICS
from tests.support.gateway import GatewayClient
from tests.support.leads import ADA, failure
from tests.support.org import Org

DIRECT = {"object": "Lead", "name": "Direct", "default": True}
TIER = {"name": "Tier__c", "type": "picklist", "values": ["Gold", "Silver", "Tin"], "restricted": True}
FIELDS = {
    "custom_fields": [
        {"name": "Short__c", "length": 5},
        {"name": "Long__c", "type": "textarea", "length": 256},
        {"name": "Score__c", "type": "double", "precision": 4, "scale": 1},
        {"name": "Number__c", "type": "auto_number", "display_format": "L-{0000}"},
        {"name": "Doubled__c", "type": "formula", "returns": "double", "formula": "Score__c * 2"},
        {"name": "Seen__c"},
        {"name": "Must__c", "required": True},
    ],
    "profile": {"name": "Few", "fields": {"Lead.Seen__c": "read_only"}},
}
PARTNER = {"object": "Lead", "name": "Partner", "picklists": {"Tier__c": ["Gold"]}}
KINDS = {"custom_fields": [TIER], "record_types": [DIRECT, PARTNER]}
MUST = {"Must__c": "x"}
FORESEEN: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    *((setup, sent, field) for setup, sent, field, _ in REFUSED),
    ({"setup": "global"}, {"currency": "CHF", **EMEA}, "currency"),
    ({"setup": "global"}, {"currency": "DEM", **EMEA}, "currency"),
    ({"setup": "global"}, {"custom_fields": {"Region__c": "LATAM"}}, "custom_fields.Region__c"),
    (FIELDS, {"custom_fields": {**MUST, "Short__c": "abcdef"}}, "custom_fields.Short__c"),
    (FIELDS, {"custom_fields": {**MUST, "Long__c": "x" * 254 + "\nx"}}, "custom_fields.Long__c"),
    (FIELDS, {"custom_fields": {**MUST, "Score__c": 1000}}, "custom_fields.Score__c"),
    (FIELDS, {"custom_fields": {**MUST, "score__C": -999.96}}, "custom_fields.Score__c"),
    (FIELDS, {"custom_fields": {**MUST, "Number__c": "L-0001"}}, "custom_fields.Number__c"),
    (FIELDS, {"custom_fields": {**MUST, "Doubled__c": 2}}, "custom_fields.Doubled__c"),
    (FIELDS, {"custom_fields": {**MUST, "Seen__c": "x"}}, "custom_fields.Seen__c"),
    (FIELDS, {}, "custom_fields.Must__c"),
    (KINDS, {"record_type": "Partner", "custom_fields": {"Tier__c": "Silver"}}, "custom_fields.Tier__c"),
    ({"setup": "modern"}, {"country_code": "AU", "state_code": "CA"}, "state_code"),
]
"""An org, what it does not take, and the field that is refused."""


@pytest.mark.parametrize(("setup", "sent", "field"), FORESEEN)
async def test_a_dry_run_refuses_what_the_call_refuses(
    rest: GatewayClient, org: Org, setup: dict[str, Any], sent: dict[str, Any], field: str
) -> None:
    await org.change(**setup)

    planned = (await rest.post("/v1/leads/sync?dry_run=true", json=ADA | sent)).json()
    refused = (await rest.post("/v1/leads/sync", json=ADA | sent)).json()

    assert planned["status_code"] == refused["status_code"] == 422, planned
    first, real = planned["details"][0], refused["details"][0]
    assert (first["field"].casefold(), real["field"].casefold()) == (field.casefold(), field.casefold())
    if planned["code"] == "SALESFORCE_REJECTED":
        assert first["code"] == real["code"]
        said, _, hint = real["message"].rpartition("; ")
        # Only a dry run knows what the record type offers.
        assert not said or hint in first["message"] or "record type does not offer it" in said
    assert await org.ledger() == []


CHANGES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    ({"setup": "modern"}, {"country": "US", "state": "TX"}, {"country_code": "FR"}, "state"),
    ({"setup": "modern"}, {"country": "US", "state": "TX"}, {"country": None}, "state"),
    ({"setup": "modern"}, {"country": "US", "state": "TX"}, {"state": "QLD"}, "state"),
    ({"setup": "modern"}, {}, {"state_code": "TX"}, "state_code"),
    ({"setup": "global"}, EMEA, {"custom_fields": {"Region__c": None}}, "custom_fields.Region__c"),
    ({"setup": "global"}, EMEA, {"currency": "CHF"}, "currency"),
    (FIELDS, {"custom_fields": MUST}, {"custom_fields": {"Doubled__c": 2}}, "custom_fields.Doubled__c"),
    (KINDS, {"record_type": "Partner"}, {"custom_fields": {"Tier__c": "Tin"}}, "custom_fields.Tier__c"),
]
"""An org, a lead in it, a change that it does not take, and the field that is refused."""


@pytest.mark.parametrize(("setup", "lead", "change", "field"), CHANGES)
async def test_a_dry_run_refuses_the_change_that_the_call_refuses(
    rest: GatewayClient, org: Org, setup: dict[str, Any], lead: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    await org.change(**setup)
    await rest.post("/v1/leads", json=ADA | lead)
    written = len(await org.ledger())

    for dry_run in ("true", "false"):
        answer = await rest.patch(f"/v1/leads/ada@example.com?dry_run={dry_run}", json=change)
        assert failure(answer, 422, "SALESFORCE_REJECTED")["details"][0]["field"] == field
    assert len(await org.ledger()) == written


TAKEN: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"setup": "modern"}, {"country": "US", "state": "ca"}),
    ({"setup": "modern"}, {"country_code": "DE"}),
    ({"setup": "global"}, {**EMEA, "currency": "usd", "record_type": "Partner"}),
    (FIELDS, {"custom_fields": {**MUST, "Short__c": "abcde", "Score__c": 999.94}}),
    (KINDS, {"custom_fields": {"Tier__c": "silver"}}),
    (KINDS, {"record_type": "Partner", "custom_fields": {"Tier__c": "gold"}}),
    ({}, {"industry": "Something new", "source": "Elsewhere"}),
]


@pytest.mark.parametrize(("setup", "sent"), TAKEN)
async def test_a_dry_run_refuses_nothing_that_the_call_takes(
    rest: GatewayClient, org: Org, setup: dict[str, Any], sent: dict[str, Any]
) -> None:
    await org.change(**setup)

    for action, done in (("create", "created"), ("unchanged", "unchanged")):
        planned = await rest.post("/v1/leads/sync?dry_run=true", json=ADA | sent)
        assert planned.json()["data"]["action"] == action, planned.text
        assert (await rest.post("/v1/leads/sync", json=ADA | sent)).json()["data"]["action"] == done


async def test_a_dry_run_refuses_nothing_that_the_org_got_a_moment_ago(rest: GatewayClient, org: Org) -> None:
    await org.change(custom_fields=[{**TIER, "values": ["Gold"]}])
    await rest.post("/v1/leads/sync", json=ADA)
    await org.change(custom_fields=[TIER, {"name": "New__c"}])

    sent = {**ADA, "custom_fields": {"Tier__c": "Tin", "New__c": "x"}}
    planned = await rest.post("/v1/leads/sync?dry_run=true", json=sent)

    assert planned.json()["data"]["action"] == "update", planned.text


async def test_values_of_a_multi_select_picklist_come_as_a_list_too(rest: GatewayClient, org: Org) -> None:
    await org.change(custom_fields=[TOPICS])
    first, again = [
        (await rest.post("/v1/leads/sync", json={**ADA, "custom_fields": {"Topics__c": topics}})).json()["data"]
        for topics in (["heat", "Wind"], "Wind;Heat")
    ]
    sent = {**ADA, "custom_fields": {"Topics__c": ["Wind", "Heat"]}}
    by_agent = (await rest.call_tool("salesforce_sync_lead", sent)).structured_content or {}
    blank = (await rest.post("/v1/leads/sync", json={**ADA, "custom_fields": {"Topics__c": [" "]}})).json()["data"]

    assert [each["action"] for each in (first, again, by_agent["data"], blank)] == ["created", *["unchanged"] * 3]
    assert (await rest.get("/v1/leads/ada@example.com")).json()["data"]["custom_fields"]["Topics__c"] == "Wind;Heat"


async def test_a_contact_in_a_country_that_is_not_there_is_refused(rest: GatewayClient, org: Org) -> None:
    await org.change(setup="modern")
    await rest.post("/v1/leads/sync", json={**ADA, "status": "scheduled"})
    sent = {**ADA, "country": "Germanny", "on_converted": "update_contact"}

    body = failure(await rest.post("/v1/leads/sync?dry_run=true", json=sent), 422, "SALESFORCE_REJECTED")

    assert body["details"][0]["field"] == "country"
    assert "did you mean Germany?" in body["message"]
