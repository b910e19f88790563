"""SOQL: how far it is."""

from __future__ import annotations

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of, message_of

HERE = "GEOLOCATION(37.775, -122.418)"


@pytest.fixture
async def places(org: OrgClient) -> OrgClient:
    """Leads near San Francisco, in New York, and nowhere."""
    for name, latitude, longitude in (("Near", 37.8, -122.4), ("Far", 40.7, -74.0), ("Nowhere", None, None)):
        await org.create(LastName=name, Latitude=latitude, Longitude=longitude)
    return org


async def test_distances_are_shown_in_miles_and_kilometres(places: OrgClient) -> None:
    leads = await places.query(
        f"SELECT DISTANCE(Address, {HERE}, 'mi'), DISTANCE(l.Address, {HERE}, 'KM') far FROM Lead l ORDER BY Id"
    )

    assert [(lead["expr0"], lead["far"]) for lead in leads] == [
        (pytest.approx(1.988, rel=0.01), pytest.approx(3.199, rel=0.01)),
        (pytest.approx(2566, rel=0.01), pytest.approx(4130, rel=0.01)),
        (None, None),
    ]


async def test_records_are_chosen_and_ordered_by_distance(places: OrgClient) -> None:
    distance = f"DISTANCE(Address, {HERE}, 'mi')"

    assert await places.names(f"{distance} < 20") == ["Near"]
    assert await places.names(f"{distance} > 20") == ["Far"]
    assert await places.names(f"NOT {distance} > 20") == ["Near", "Nowhere"]
    ordered = await places.query(f"SELECT LastName FROM Lead ORDER BY {distance} DESC NULLS LAST")
    assert [lead["LastName"] for lead in ordered] == ["Far", "Near", "Nowhere"]


async def test_places_can_be_those_of_fields(places: OrgClient) -> None:
    billing, shipping = {"BillingLatitude": 0, "BillingLongitude": 0}, {"ShippingLatitude": 0, "ShippingLongitude": 1}
    await places.create("Account", Name="Acme", **billing, **shipping)

    [account] = await places.query(
        "SELECT DISTANCE(BillingAddress, ShippingAddress, 'km') a, "
        "DISTANCE(BillingAddress, GEOLOCATION(ShippingLatitude, ShippingLongitude), 'km') b FROM Account"
    )

    assert account["a"] == account["b"] == pytest.approx(111.2, rel=0.01)


async def test_places_can_be_custom_fields_and_those_of_parents(org: OrgClient) -> None:
    place = {"name": "Place__c", "type": "location"}
    partner = {"name": "Partner__c", "type": "reference", "to": "Account"}
    await org.change_org(custom_fields=[place, {**place, "object": "Account"}, partner])
    account_id = await org.create("Account", Name="Acme", Place__Latitude__s=0, Place__Longitude__s=1)
    await org.create(LastName="A", Place__Latitude__s=0, Place__Longitude__s=0, Partner__c=account_id)
    await org.create(LastName="B", Partner__c=account_id)

    leads = await org.query(
        "SELECT DISTANCE(Place__c, Partner__r.Place__c, 'km') far, Partner__r.Place__c FROM Lead "
        "WHERE Partner__r.Name = 'acme' ORDER BY LastName"
    )

    assert [lead["far"] for lead in leads] == [pytest.approx(111.2, rel=0.01), None]
    assert [lead["Partner__r"]["Place__c"] for lead in leads] == [{"latitude": 0, "longitude": 1}] * 2
    assert await org.names("DISTANCE(Partner__r.Place__c, GEOLOCATION(Place__Latitude__s, 1), 'mi') < 1") == ["A"]


@pytest.mark.parametrize(
    ("condition", "code", "message"),
    [
        (f"DISTANCE(Address, {HERE}, 'mi') = 5", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        (f"DISTANCE(Address, {HERE}, 'mi') <= 5", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        (f"DISTANCE(Address, {HERE}, 'mi') < null", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        (f"DISTANCE(Address, {HERE}, 'mi') < 'x'", "INVALID_FIELD", "value of filter criterion"),
        (f"DISTANCE(Address, {HERE}, 'ft') < 5", "MALFORMED_QUERY", "The unit of DISTANCE"),
        (f"DISTANCE(Address, {HERE}, mi) < 5", "MALFORMED_QUERY", "The unit of DISTANCE"),
        (f"DISTANCE(Address, {HERE}) < 5", "MALFORMED_QUERY", "unexpected token: 'DISTANCE'"),
        (f"DISTANCE({HERE}, Address, 'mi') < 5", "MALFORMED_QUERY", "The first argument of DISTANCE"),
        (f"DISTANCE(City, {HERE}, 'mi') < 5", "INVALID_FIELD", "field 'City' is no address"),
        ("DISTANCE(Address, 5, 'mi') < 5", "MALFORMED_QUERY", "unexpected token: '5'"),
        ("DISTANCE(Address, GEOLOCATION(1), 'mi') < 5", "MALFORMED_QUERY", "unexpected token: 'GEOLOCATION'"),
        ("DISTANCE(Address, GEOLOCATION(1, '2'), 'mi') < 5", "MALFORMED_QUERY", "unexpected token: ''2''"),
        ("DISTANCE(Address, GEOLOCATION(91, 2), 'mi') < 5", "NUMBER_OUTSIDE_VALID_RANGE", "A coordinate must be"),
        ("DISTANCE(Address, GEOLOCATION(1, 1e400), 'mi') < 5", "NUMBER_OUTSIDE_VALID_RANGE", "A coordinate must be"),
        ("DISTANCE(Address, GEOLOCATION(City, 2), 'mi') < 5", "INVALID_FIELD", "field 'City' is no number"),
        (f"{HERE} < 5", "MALFORMED_QUERY", "unexpected token: 'GEOLOCATION'"),
    ],
)
async def test_a_bad_distance_is_told(org: OrgClient, condition: str, code: str, message: str) -> None:
    response = await org.ask(f"SELECT Id FROM Lead WHERE {condition}")

    assert error_of(response) == (400, code)
    assert message_of(response).startswith(message)
