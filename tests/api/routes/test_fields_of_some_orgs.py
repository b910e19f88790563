"""Fields that not every org has, or not every user sees: sent, read back, found unchanged, refused where missing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gateway import GatewayClient
from tests.support.leads import ADA
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
    ({"setup": "global"}, {"currency": "usd", "custom_fields": {"Region__c": "EMEA"}}, {"currency": "USD"}),
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
