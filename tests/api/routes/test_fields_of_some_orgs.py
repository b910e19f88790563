"""Fields that not every org has, or not every user sees: sent, read back, found unchanged, refused where missing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gateway import GatewayClient, client_of
from tests.support.leads import ADA, failure
from tests.support.org import Org

PACKAGE_FIELDS = [
    {"name": "acme__Segment__c"},
    {"name": "Site__c", "type": "location", "scale": 6},
    {"name": "acme__Site__c", "type": "location", "scale": 6},
]
TOPICS = {"name": "Topics__c", "type": "multipicklist", "values": ["Wind", "Heat"], "restricted": True}
EVERYWHERE = {
    "salutation": "Dr.",
    "fax": "+1 555 0199",
    "has_opted_out_of_email": True,
    "has_opted_out_of_fax": True,
    "do_not_call": True,
}
CUSTOM: dict[str, Any] = {
    "acme__Segment__c": "Banks",
    "Site__Latitude__s": 6.5244,
    "Site__Longitude__s": 3.3792,
    "acme__Site__Latitude__s": -33.865143,
    "acme__Site__Longitude__s": 151.2099,
}
EMEA = {"custom_fields": {"Region__c": "EMEA"}}
STORIES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"setup": "classic"}, EVERYWHERE, EVERYWHERE),
    (
        {"setup": "classic", "custom_fields": PACKAGE_FIELDS},
        {"custom_fields": CUSTOM},
        {f"custom_fields.{name}": value for name, value in CUSTOM.items()},
    ),
    (
        {"setup": "modern"},
        {"country_code": "US", "state_code": "CA"},
        {"country": "United States", "state": "California"},
    ),
    ({"setup": "modern"}, {"country": "us", "state": "ca"}, {"country": "United States", "state": "California"}),
    ({"setup": "modern"}, {"country": "Brazil", "state": "AL"}, {"country_code": "BR", "state": "Alagoas"}),
    ({"setup": "modern"}, {"country_code": "germany"}, {"country": "Germany", "country_code": "DE"}),
    ({"setup": "modern"}, {"country": " ", "city": "Rome"}, {"country": None, "city": "Rome"}),
    ({"setup": "classic"}, {"country": "Atlantis", "state": "ca"}, {"country": "Atlantis", "state": "ca"}),
    ({"setup": "classic"}, {"annual_revenue": 1234.56}, {"annual_revenue": 1235}),
    ({"setup": "modern"}, {"country": "Brazil", "state": "Ceará"}, {"country_code": "BR", "state_code": "CE"}),
    ({"setup": "global"}, {"record_type": "Partner", **EMEA}, {"record_type": "Partner", "status": "Partner Review"}),
    ({"setup": "global"}, EMEA, {"record_type": "Direct", "status": "New"}),
    ({"setup": "global"}, {"currency": "usd", **EMEA}, {"currency": "USD"}),
]
"""An org, what is sent to it, and what is there then."""


def stored(lead: dict[str, Any], name: str) -> Any:
    """The value of a field, custom ones by `custom_fields.<name>`."""
    custom = name.removeprefix("custom_fields.")
    return lead["custom_fields"][custom] if custom != name else lead[name]


@pytest.mark.parametrize(("setup", "sent", "there"), STORIES)
async def test_a_field_that_the_org_has_is_synced_once_read_and_listed(
    rest: GatewayClient, org: Org, setup: dict[str, Any], sent: dict[str, Any], there: dict[str, Any]
) -> None:
    await org.change(**setup)

    first = await rest.post("/v1/leads/sync", json=ADA | sent)
    assert first.json()["data"]["action"] == "created", first.text
    got = (await rest.get("/v1/leads/ada@example.com")).json()["data"]
    assert {name: stored(got, name) for name in there} == there

    again = await rest.post("/v1/leads/sync", json=ADA | sent)
    assert again.json()["data"]["action"] == "unchanged"
    listed = await rest.get("/v1/leads", params={"fields": ",".join(there)})
    [lead] = listed.json()["data"]["leads"]
    assert {name: stored(lead, name) for name in there} == there


async def test_a_record_type_is_named_as_people_know_it(rest: GatewayClient, org: Org) -> None:
    partner = {"object": "Lead", "name": "Partner", "label": "Partner Lead"}
    await org.change(record_types=[{"object": "Lead", "name": "Direct", "default": True}, partner])
    first = (await rest.post("/v1/leads", json={**ADA, "record_type": "Partner"})).json()["data"]
    [effect] = await org.ledger()

    names = ("partner", "Partner Lead", effect["fields"]["RecordTypeId"])
    leads = [{**ADA, "email": f"{n}@example.com", "record_type": name} for n, name in enumerate(names)]
    others = [(await rest.post("/v1/leads", json=lead)).json()["data"] for lead in leads]

    assert [lead["record_type"] for lead in (first, *others)] == ["Partner"] * 4
    again = [(await rest.post("/v1/leads/sync", json=lead)).json()["data"]["action"] for lead in leads]
    assert again == ["unchanged"] * 3
    for name in ("Partner", *names):
        listed = (await rest.get("/v1/leads", params={"record_type": name})).json()["data"]
        assert [lead["record_type"] for lead in listed["leads"]] == ["Partner"] * 4
    body = failure(await rest.get("/v1/leads", params={"record_type": "Partners"}), 422, "VALIDATION_ERROR")
    assert "did you mean Partner?" in body["message"]
    assert (await rest.get("/v1/leads", params={"record_type": "Direct"})).json()["data"]["count"] == 0
    changed = await rest.patch("/v1/leads/ada@example.com", json={"record_type": "Direct"})
    assert changed.json()["data"]["record_type"] == "Direct"


async def test_a_record_type_that_this_user_can_not_choose_is_refused_before_anything_is_written(
    rest: GatewayClient, org: Org
) -> None:
    await org.change(setup="global")

    for record_type in ("Internal", "Partners", "Reseller"):
        response = await rest.post("/v1/leads/sync", json={**ADA, **EMEA, "record_type": record_type})
        body = failure(response, 422, "VALIDATION_ERROR")
        planned = await rest.post("/v1/leads/sync?dry_run=true", json={**ADA, **EMEA, "record_type": record_type})
        assert failure(planned, 422, "VALIDATION_ERROR")["details"] == body["details"]
        assert body["details"][0]["field"] == "record_type"
        assert "Partner" in body["message"]
    assert await org.ledger() == []


async def test_record_types_cost_a_call_once_in_some_minutes(rest: GatewayClient, org: Org) -> None:
    await org.change(setup="global")
    lead = (await rest.post("/v1/leads", json={**ADA, **EMEA})).json()["data"]

    async with client_of(org.transport, await org.session()) as another:
        before = await org.api_calls()
        got = [(await another.get(f"/v1/leads/{lead['id']}")).json()["data"]["record_type"] for _ in range(3)]

    assert got == ["Direct"] * 3
    assert await org.api_calls() - before == 4


@pytest.mark.parametrize("away", [False, True], ids=["described", "description away"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/leads/{id}", None),
        ("GET", "/v1/leads/ada@example.com", None),
        ("PATCH", "/v1/leads/{id}", {"title": "CTO"}),
        ("PATCH", "/v1/leads/{id}", {"title": "@{saved.id}"}),
        ("PATCH", "/v1/leads/ada@example.com", {"title": "CTO"}),
        ("POST", "/v1/leads", {**ADA, "email": "bola@example.com"}),
        ("POST", "/v1/leads", {"last_name": "Okafor", "company": "Acme"}),
    ],
)
async def test_whoever_reads_or_writes_a_lead_first_is_told_its_record_type(
    rest: GatewayClient, org: Org, method: str, path: str, body: dict[str, Any] | None, away: bool
) -> None:
    await org.change(record_types=[{"object": "Lead", "name": "Direct", "default": True}])
    lead_id = (await rest.post("/v1/leads", json=ADA)).json()["data"]["id"]
    if away:
        await org.fault("lead.describe", "status")

    async with client_of(org.transport, await org.session()) as another:
        answer = await another.request(method, path.format(id=lead_id), json=body)

    told = answer.json()["data"]["record_type"]
    assert told.startswith("012") if away else told == "Direct"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/leads?record_type=Reseller", None),
        ("POST", "/v1/leads/sync", {**ADA, "record_type": "Reseller"}),
        ("POST", "/v1/leads/sync?dry_run=true", {**ADA, "record_type": "Reseller"}),
        ("PATCH", "/v1/leads/ada@example.com", {"record_type": "Reseller"}),
        ("PATCH", "/v1/leads/ada@example.com?dry_run=true", {"record_type": "Reseller"}),
        ("POST", "/v1/leads/sync", {**ADA, "custom_fields": {"New__c": "x"}}),
        ("POST", "/v1/leads/sync?dry_run=true", {**ADA, "custom_fields": {"New__c": "x"}}),
    ],
)
async def test_what_an_admin_adds_can_be_used_at_once(
    rest: GatewayClient, org: Org, method: str, path: str, body: dict[str, Any] | None
) -> None:
    direct = {"object": "Lead", "name": "Direct", "default": True}
    await org.change(record_types=[direct])
    assert (await rest.post("/v1/leads/sync", json=ADA)).status_code == 200

    added = [direct, {"object": "Lead", "name": "Reseller"}]
    await org.change(record_types=added, custom_fields=[{"name": "New__c"}])

    answer = await rest.request(method, path, json=body)
    assert answer.status_code == 200, answer.text


async def test_a_list_by_record_type_tells_when_there_are_none(rest: GatewayClient) -> None:
    body = failure(await rest.get("/v1/leads", params={"record_type": "Partner"}), 422, "VALIDATION_ERROR")

    assert body["details"][0]["field"] == "record_type"
    assert "this org has no record types" in body["message"]


REFUSED: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({}, {"currency": "EUR"}, "currency", "this org has one currency only"),
    ({}, {"country_code": "DE"}, "country_code", "state and country picklists are off in this org; use country"),
    ({}, {"record_type": "Partner"}, "record_type", "this org has no record types for leads"),
    ({"profile": {"name": "Few", "fields": {"Lead.Fax": "hidden"}}}, {"fax": "1"}, "fax", "is hidden from this user"),
    (
        {"custom_fields": [{"name": "ns__Tier__c"}]},
        {"custom_fields": {"Tier__c": "x"}},
        "custom_fields.Tier__c",
        "did you mean ns__Tier__c?",
    ),
    (
        {"custom_fields": PACKAGE_FIELDS},
        {"custom_fields": {"acme__Site__c": "6.5, 3.4"}},
        "custom_fields.acme__Site__c",
        "it is written by its parts, acme__Site__Latitude__s and acme__Site__Longitude__s.",
    ),
    ({"setup": "global"}, {"country": "DE"}, "custom_fields.Region__c", "there are EMEA, AMER, APAC."),
    ({"setup": "modern"}, {"country": "Germanny"}, "country", "did you mean Germany?"),
    ({"setup": "modern"}, {"country_code": "XX"}, "country_code", 'with fields ["country_code"] tells what there is'),
    ({"setup": "modern"}, {"country": "US", "state": "Kalifornia"}, "state", "did you mean California?"),
    ({"setup": "modern"}, {"country": "AU", "state": "CA"}, "state", "there are ACT, NSW, NT, QLD, SA, TAS, VIC, WA."),
    ({"setup": "modern"}, {"country": "Deutschland"}, "country", 'fields ["country_code"] tells what there is.'),
    ({"setup": "modern"}, {"state": "CA"}, "state", "send the country as well"),
    ({"setup": "modern"}, {"country_code": "LI", "state": "Vaduz"}, "state", "this org has no states for this country"),
    ({"setup": "modern"}, {"country": "Italy", "country_code": "US"}, "country", "is not the country of country_code"),
    (
        {"custom_fields": [{"name": "Tier__c", "type": "picklist", "values": ["Gold", "Tin"], "restricted": True}]},
        {"custom_fields": {"Tier__c": "Copper"}},
        "custom_fields.Tier__c",
        "there are Gold, Tin.",
    ),
    (
        {"custom_fields": [{"name": "Foo__c"}, {"name": "Demo_On__c"}]},
        {"custom_fields": {"Fob_It__c": "x"}},
        "custom_fields.Fob_It__c",
        "this user sees Foo__c, Demo_On__c.",
    ),
    (
        {"custom_fields": [TOPICS]},
        {"custom_fields": {"Topics__c": "Wind;Nope"}},
        "custom_fields.Topics__c",
        "'Nope' is not offered; there are Wind, Heat. Several are separated by a semicolon (;).",
    ),
]
"""An org, what is sent to it, the field that is refused, and what is said of it."""


@pytest.mark.parametrize(("setup", "sent", "field", "said"), REFUSED)
async def test_what_an_org_has_not_is_refused_with_the_field_and_the_reason(
    rest: GatewayClient, org: Org, setup: dict[str, Any], sent: dict[str, Any], field: str, said: str
) -> None:
    await org.change(**setup)

    for path in ("/v1/leads", "/v1/leads/sync"):
        response = await rest.post(path, json=ADA | sent)
        assert (response.status_code, response.json()["details"][0]["field"]) == (422, field), response.text
        assert said in response.json()["message"]
        assert said in response.json()["details"][0]["message"]
    assert await org.ledger() == []


async def test_what_an_org_got_a_moment_ago_is_not_refused(rest: GatewayClient, org: Org) -> None:
    await rest.post("/v1/leads/sync", json=ADA)
    partner = {"object": "Lead", "name": "Partner"}
    euro = {"code": "EUR", "corporate": True}
    await org.change(record_types=[partner], currencies=[euro], custom_fields=[{"name": "A__c"}])

    sent = {**ADA, "record_type": "Partner", "currency": "EUR", "custom_fields": {"A__c": "x"}}
    response = await rest.post("/v1/leads/sync", json=sent)

    assert response.json()["data"]["action"] == "updated", response.text
    assert (await rest.post("/v1/leads/sync", json=sent)).json()["data"]["action"] == "unchanged"


@pytest.mark.parametrize(("setup", "sent", "field", "said"), REFUSED[:5])
async def test_a_dry_run_refuses_a_field_that_the_org_has_not(
    rest: GatewayClient, org: Org, setup: dict[str, Any], sent: dict[str, Any], field: str, said: str
) -> None:
    await org.change(**setup)

    created = failure(await rest.post("/v1/leads/sync?dry_run=true", json=ADA | sent), 422, "VALIDATION_ERROR")
    await rest.post("/v1/leads", json=ADA)
    updated = failure(await rest.patch("/v1/leads/ada@example.com?dry_run=true", json=sent), 422, "VALIDATION_ERROR")

    assert said in created["details"][0]["message"]
    assert created["details"][0]["field"] == updated["details"][0]["field"] == field


@pytest.mark.parametrize("change", [{"country": "DE"}, {"country": None}, {"country_code": "DE"}])
async def test_a_state_of_another_country_is_told_with_what_to_do(
    rest: GatewayClient, org: Org, change: dict[str, Any]
) -> None:
    await org.change(setup="modern")
    await rest.post("/v1/leads", json={**ADA, "country": "US", "state": "CA"})

    body = failure(await rest.patch("/v1/leads/ada@example.com", json=change), 422, "SALESFORCE_REJECTED")

    assert body["details"][0]["field"] == "state"
    assert "send state as well, or clear it" in body["message"]
    moved = await rest.patch("/v1/leads/ada@example.com", json={**change, "state": None})
    assert moved.json()["data"]["state"] is None


async def test_a_contact_gets_what_it_shares_with_leads_once(rest: GatewayClient, org: Org) -> None:
    await org.change(setup="modern")
    await rest.post("/v1/leads/sync", json={**ADA, "status": "scheduled"})
    sent = {**ADA, **EVERYWHERE, "country": "us", "state_code": "TX", "on_converted": "update_contact"}

    first, again = [(await rest.post("/v1/leads/sync", json=sent)).json()["data"] for _ in range(2)]

    assert {*EVERYWHERE, "country", "state_code"} == {*first["changed_fields"]}
    assert (first["action"], again["action"]) == ("updated", "unchanged")
    refused = await rest.post("/v1/leads/sync", json={**sent, "country": "Germanny"})
    assert "did you mean Germany?" in refused.json()["message"]


@pytest.mark.parametrize("name", ["has_opted_out_of_email", "has_opted_out_of_fax", "do_not_call"])
async def test_an_opt_out_is_true_or_false(rest: GatewayClient, org: Org, name: str) -> None:
    await rest.post("/v1/leads/sync", json={**ADA, name: "true"})

    body = failure(await rest.patch("/v1/leads/ada@example.com", json={name: None}), 422, "VALIDATION_ERROR")
    left = (await rest.post("/v1/leads/sync", json={**ADA, name: None})).json()["data"]
    taken_back = (await rest.post("/v1/leads/sync", json={**ADA, name: False})).json()["data"]

    assert body["details"] == [{"field": name, "message": "can not be cleared: it is true or false"}]
    assert left["action"] == "unchanged"
    assert taken_back["changed_fields"] == [name]


async def test_custom_fields_are_read_whatever_the_case_of_their_names(rest: GatewayClient, org: Org) -> None:
    await org.change(custom_fields=PACKAGE_FIELDS)
    await rest.post("/v1/leads", json={**ADA, "custom_fields": CUSTOM})

    for path in ("/v1/leads/ada@example.com", "/v1/leads"):
        read = (await rest.get(path, params={"fields": "ACME__segment__c,site__latitude__s"})).json()["data"]
        lead = read["leads"][0] if "leads" in read else read
        assert lead["custom_fields"] == {"acme__Segment__c": "Banks", "Site__Latitude__s": 6.5244}
