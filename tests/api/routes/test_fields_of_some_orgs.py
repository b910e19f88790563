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
    listed = (await rest.get("/v1/leads", params={"record_type": "Partner"})).json()["data"]
    assert [lead["record_type"] for lead in listed["leads"]] == ["Partner"] * 4
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


async def test_a_list_by_record_type_tells_when_there_are_none(rest: GatewayClient) -> None:
    body = failure(await rest.get("/v1/leads", params={"record_type": "Partner"}), 422, "VALIDATION_ERROR")

    assert body["details"][0]["field"] == "record_type"
    assert "this org has no record types" in body["message"]
