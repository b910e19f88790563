"""The same sync again is `unchanged` and writes nothing, whatever the types and forms of its values."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.gateway import GatewayClient
from tests.support.org import Org

COLORS = ["Red", "Green", "Blue", "Größe"]
CUSTOM = [
    {"name": "Text__c", "length": 80},
    {"name": "Long__c", "type": "textarea", "length": 1000},
    {"name": "Pick__c", "type": "picklist", "values": COLORS},
    {"name": "Only__c", "type": "picklist", "values": COLORS, "restricted": True},
    {"name": "Many__c", "type": "multipicklist", "values": COLORS},
    {"name": "Flag__c", "type": "boolean"},
    {"name": "Whole__c", "type": "double", "precision": 9, "scale": 0},
    {"name": "Number__c", "type": "double", "precision": 12, "scale": 3},
    {"name": "Money__c", "type": "currency", "precision": 18, "scale": 2},
    {"name": "Share__c", "type": "percent", "precision": 8, "scale": 1},
    {"name": "Day__c", "type": "date"},
    {"name": "Moment__c", "type": "datetime"},
    {"name": "Clock__c", "type": "time"},
    {"name": "Phone__c", "type": "phone"},
    {"name": "Site__c", "type": "url"},
    {"name": "Mail__c", "type": "email"},
    {"name": "Place__c", "type": "location", "scale": 5},
    {"name": "Manager__c", "type": "reference", "to": "User"},
]
BLANK = st.sampled_from([None, "", "  "])


def any_case(values: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from([spelled for value in values for spelled in (value, value.lower(), value.upper())])


def numbers(limit: int, places: int) -> st.SearchStrategy[Any]:
    decimals = st.decimals(-limit, limit, allow_nan=False, places=places)
    return decimals.map(float) | decimals.map(str) | st.integers(-limit, limit)


ZONES = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
MOMENTS = st.datetimes(datetime(1800, 1, 1), datetime(2900, 1, 1), timezones=ZONES | st.just(timezone.utc))
TIMESPECS = st.sampled_from(["seconds", "milliseconds", "microseconds", "minutes"])


def moments() -> st.SearchStrategy[str]:
    zoned = st.tuples(MOMENTS, TIMESPECS).map(lambda each: each[0].isoformat(timespec=each[1]))
    plain = MOMENTS.map(lambda moment: moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z")
    return zoned | plain | zoned.map(lambda text: text.replace("T", " "))


LINES = st.text(st.sampled_from("abä \t\r\n<&'\\;"), max_size=40)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30)
FLAGS = st.sampled_from([True, False, "true", "FALSE", "yes", "No", "on", "0", "1", 1, 0])

MANY = st.lists(any_case([*COLORS, "Violet"]), max_size=6)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "Text__c": WORDS | st.integers() | st.floats(-1e6, 1e6).map(lambda each: round(each, 9)) | st.booleans(),
    "Long__c": LINES,
    "Pick__c": any_case([*COLORS, "Bronze", "brOnze"]),
    "Only__c": any_case(["Red", "Green", "Blue"]),
    "Many__c": MANY | MANY.map(" ; ".join),
    "Flag__c": FLAGS,
    "Whole__c": numbers(10**8, 2),
    "Number__c": numbers(10**8, 6),
    "Money__c": numbers(10**12, 5),
    "Share__c": numbers(10**5, 3),
    "Day__c": st.dates(date(1800, 1, 1), date(2900, 1, 1)).map(date.isoformat) | moments(),
    "Moment__c": moments(),
    "Clock__c": st.tuples(st.times(), TIMESPECS).map(lambda each: each[0].isoformat(timespec=each[1])),
    "Phone__c": st.from_regex(r"[+(]?[0-9 ()/-]{1,30}", fullmatch=True),
    "Site__c": st.sampled_from(["Example.com/A", "https://example.com/?a=B&c=ü", "HTTP://x.y"]),
    "Mail__c": st.sampled_from(["Ada@Example.COM", "a..a@test.jp", "x@acme.com.invalid"]),
    "Place__Latitude__s": numbers(89, 8),
    "Place__Longitude__s": numbers(179, 8),
}
STANDARD: dict[str, st.SearchStrategy[Any]] = {
    "salutation": any_case(["Mr.", "Prof."]),
    "title": WORDS,
    "fax": st.from_regex(r"[+(]?[0-9 ()/-]{1,30}", fullmatch=True),
    "city": WORDS,
    "state": WORDS,
    "postal_code": st.from_regex(r"[0-9A-Z -]{1,20}", fullmatch=True),
    "country": WORDS,
    "has_opted_out_of_email": FLAGS,
    "do_not_call": FLAGS,
    "email": st.sampled_from(["Ada@Example.COM", "info@xn--mnchen-3ya.de", "a..@test.jp", "ada@acme.com.invalid"]),
    "company": WORDS,
    "street": LINES,
    "description": LINES,
    "source": any_case(["Web", "Phone Inquiry", "Elsewhere"]),
    "industry": any_case(["Banking", "Not For Profit"]),
    "rating": any_case(["Hot", "Lukewarm"]),
    "number_of_employees": st.integers(0, 10**7) | st.integers(0, 99).map(str),
    "annual_revenue": st.decimals(0, 10**9, places=4).map(float),
    "website": st.sampled_from(["Example.com", "https://ä.example"]),
    "phone": st.from_regex(r"[+(]?[0-9 ()/-]{1,30}", fullmatch=True),
}
MIXES = st.builds(
    lambda fields, custom: {**fields, "custom_fields": custom},
    st.fixed_dictionaries(
        {"email": STANDARD["email"]}, optional={k: v | BLANK for k, v in STANDARD.items() if k != "email"}
    ),
    st.fixed_dictionaries({}, optional={name: values | BLANK for name, values in FIELDS.items()}),
)


@pytest.fixture
async def typed(rest: GatewayClient, org: Org) -> GatewayClient:
    await org.change(custom_fields=CUSTOM)
    return rest


@given(first=MIXES, second=MIXES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_same_values_again_write_nothing(
    typed: GatewayClient, org: Org, first: dict[str, Any], second: dict[str, Any]
) -> None:
    [user, *_] = await org.query("SELECT Id FROM User ORDER BY Username LIMIT 1")
    for lead in (first, second):
        custom = {**lead["custom_fields"], "Manager__c": user["Id"][:15]}
        wish = {"last_name": "Okafor", **lead, "custom_fields": custom, "allow_duplicate": True}
        done = await typed.post("/v1/leads/sync", json=wish)
        assert done.is_success, done.text
        written = len(await org.ledger())

        again = (await typed.post("/v1/leads/sync", json=wish)).json()["data"]

        assert (again["action"], again["changed_fields"]) == ("unchanged", []), (wish, again)
        assert len(await org.ledger()) == written


UNFIT: list[dict[str, Any]] = [
    {"custom_fields": {"Text__c": "x" * 81}},
    {"custom_fields": {"Only__c": "Pink"}},
    {"custom_fields": {"Whole__c": 1e9}},
    {"custom_fields": {"Whole__c": "1e400"}},
    {"custom_fields": {"Money__c": "9" * 400}},
    {"custom_fields": {"Share__c": "9999999.96"}},
    {"custom_fields": {"Mail__c": "Ada <ada@example.com>"}},
    {"custom_fields": {"Site__c": "x" * 256}},
    {"custom_fields": {"Formula__c": "x"}},
    {"custom_fields": {"Counted__c": "L-1"}},
]


@pytest.mark.parametrize("unfit", UNFIT)
async def test_what_salesforce_refuses_is_refused_by_field_in_a_dry_run_as_well(
    rest: GatewayClient, org: Org, unfit: dict[str, Any]
) -> None:
    filled = [
        {"name": "Formula__c", "type": "formula", "formula": "LastName", "returns": "string"},
        {"name": "Counted__c", "type": "auto_number", "display_format": "L-{0000}"},
    ]
    await org.change(custom_fields=[*CUSTOM, *filled])
    lead = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
    there = (await rest.post("/v1/leads", json={**lead, "email": "there@example.com"})).json()["data"]["id"]
    written = len(await org.ledger())
    requests = [("POST", "/v1/leads/sync", {**lead, **unfit}), ("PATCH", f"/v1/leads/{there}", unfit)]

    for method, path, body in requests:
        for wish in (f"{path}?dry_run=true", path):
            answer = await rest.request(method, wish, json=body)
            assert answer.status_code == 422, answer.text
            [field, *_] = unfit["custom_fields"]
            assert answer.json()["details"][0]["field"] == f"custom_fields.{field}"
    assert len(await org.ledger()) == written


@pytest.mark.parametrize("blank", [None, "", "   "])
async def test_blank_erases_nothing_in_a_sync_and_clears_in_an_update(typed: GatewayClient, blank: str | None) -> None:
    rest = typed
    custom: dict[str, Any] = {
        "Text__c": "a", "Long__c": "a", "Pick__c": "Red", "Only__c": "Red", "Many__c": "Red", "Whole__c": 1,
        "Number__c": 1.5, "Money__c": 1.5, "Share__c": 1.5, "Day__c": "2026-11-27", "Moment__c": "2026-11-27T07:10:17Z",
        "Clock__c": "07:10", "Phone__c": "1", "Site__c": "a.b", "Mail__c": "a@b.de", "Place__Latitude__s": 1,
        "Place__Longitude__s": 2,
    }  # fmt: skip
    standard = {
        "first_name": "Ada", "title": "CTO", "phone": "1", "street": "A 1", "city": "Lagos", "number_of_employees": 5,
        "annual_revenue": 7.5, "source": "Web", "description": "x", "website": "a.b",
    }  # fmt: skip
    lead = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
    lead_id = (await rest.post("/v1/leads/sync", json={**lead, **standard, "custom_fields": custom})).json()["data"][
        "lead_id"
    ]
    before = (await rest.get(f"/v1/leads/{lead_id}")).json()["data"]
    blanks = {**dict.fromkeys(standard, blank), "custom_fields": dict.fromkeys(custom, blank)}

    nothing = {**dict.fromkeys(custom, blank), "Many__c": " ; "}
    emptied = await rest.post("/v1/leads/sync", json={**lead, "custom_fields": nothing})
    assert emptied.json()["data"]["action"] == "unchanged"
    synced = (await rest.post("/v1/leads/sync", json={**lead, **blanks, "owner_id": blank, "status": blank})).json()

    assert synced["data"]["action"] == "unchanged"
    assert (await rest.get(f"/v1/leads/{lead_id}")).json()["data"] == before
    cleared = (await rest.patch(f"/v1/leads/{lead_id}", json=blanks)).json()["data"]
    assert [cleared[name] for name in standard] == [None] * len(standard)
    assert {cleared["custom_fields"][name] for name in custom} == {None}


@pytest.mark.parametrize("method", ["create", "update", "sync"])
async def test_all_values_that_are_wrong_are_told_at_once(typed: GatewayClient, org: Org, method: str) -> None:
    lead = {"email": "ada@example.com", "last_name": "Okafor"}
    await typed.post("/v1/leads", json={**lead, "email": "bea@example.com"})
    wrong = {"Flag__c": "maybe", "Whole__c": "many", "Day__c": "27.11.2026", "Moment__c": "now", "Text__c": "right"}
    way = {
        "create": ("POST", "/v1/leads", lead),
        "update": ("PATCH", "/v1/leads/bea@example.com", {}),
        "sync": ("POST", "/v1/leads/sync", lead),
    }
    verb, path, values = way[method]
    written = len(await org.ledger())

    refused = (await typed.request(verb, path, json={**values, "custom_fields": wrong})).json()

    assert refused["code"] == "VALIDATION_ERROR"
    assert [detail["field"] for detail in refused["details"]] == [f"custom_fields.{name}" for name in [*wrong][:4]]
    assert all(detail["field"] in refused["message"] for detail in refused["details"])
    assert len(await org.ledger()) == written
