"""A merge makes one lead out of several, and never a record that was none of them."""

import asyncio
import random
from typing import Any

import httpx
import pytest

from tests.support.gateway import GatewayClient
from tests.support.leads import ADA, failure, insert
from tests.support.org import Org

ADDRESS = ("Street", "City", "State", "PostalCode", "Country", "StateCode", "CountryCode", "Latitude", "Longitude")
PLACE = ("Site__Latitude__s", "Site__Longitude__s")
CUSTOM_FIELDS: list[dict[str, Any]] = [
    {"name": "Segment__c"},
    {"name": "acme__Note__c", "type": "textarea", "length": 5000},
    {"name": "Platform_Id__c", "unique": True, "external_id": True, "length": 40},
    {"name": "Partner_Key__c", "external_id": True, "length": 40},
    {"name": "Number__c", "type": "auto_number", "display_format": "L-{0000}"},
    {"name": "Shout__c", "type": "formula", "formula": "UPPER(LastName)", "returns": "string"},
    {"name": "Site__c", "type": "location", "scale": 6},
    {"name": "Consent__c", "type": "boolean"},
    {"name": "Secret__c", "type": "encryptedstring", "length": 40},
    {"name": "Seen__c", "type": "datetime"},
    {"name": "Born__c", "type": "date"},
    {"name": "Wakes__c", "type": "time"},
    {"name": "Budget__c", "type": "currency", "precision": 18, "scale": 2},
    {"name": "Score__c", "type": "double", "precision": 18, "scale": 6},
    {"name": "Interests__c", "type": "multipicklist", "values": ["Cloud", "Data", "Security"]},
]
MINE = {"Street": "Main St. 1", "City": "Lagos", "PostalCode": "100001", "Country": "Nigeria", "CountryCode": "NG"}


@pytest.fixture(autouse=True)
async def strict(org: Org) -> None:
    """An org with fields of all kinds, some of which nobody may write, and none may have twice."""
    await org.change(
        custom_fields=CUSTOM_FIELDS,
        state_country_picklists=True,
        currencies=[{"code": "EUR", "corporate": True}, {"code": "USD", "rate": 1.1}],
    )


async def merged(rest: GatewayClient, org: Org, target: str, *others: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer of the merge, which did what its dry run said, and the record that is left."""
    merge = {"others": others}
    planned = (await rest.post(f"/v1/leads/{target}/merge?dry_run=1", json=merge)).json()["data"]
    response = await rest.post(f"/v1/leads/{target}/merge", json=merge)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()["data"]
    assert answer["changed_fields"] == [change["field"] for change in planned["changes"]]
    assert answer.get("filled_from") == planned.get("filled_from")
    return answer, await record(org, target)


async def record(org: Org, lead_id: str) -> dict[str, Any]:
    [found] = await org.query(f"SELECT FIELDS(ALL) FROM Lead WHERE Id = '{lead_id}' LIMIT 1")
    return found


async def test_an_address_comes_whole_or_not_at_all(rest: GatewayClient, org: Org) -> None:
    place = {"Latitude": 6.5, "Longitude": 3.4, "GeocodeAccuracy": "Street"}
    without, partly = await insert(rest, org), await insert(rest, org, Street="Elm St.")
    first, second = [await insert(rest, org, **MINE, **place) for _ in range(2)]

    kept, of_partly = await merged(rest, org, partly, first)
    filled, of_without = await merged(rest, org, without, second, partly)

    assert [of_partly[name] for name in ADDRESS] == ["Elm St.", *[None] * 8]
    assert kept["changed_fields"] == []
    assert {name: of_without[name] for name in (*MINE, *place)} == {**MINE, **place}
    assert filled["filled_from"].keys() == {second}


NOT_FILLED: list[dict[str, Any]] = [
    {"Platform_Id__c": "P-1"},
    {"Consent__c": True},
    {"Secret__c": "1234"},
    {"HasOptedOutOfEmail": True},
    {"Status": "Working - Contacted"},
    {"OwnerId": "seller"},
    {"LastName": "Smith", "FirstName": "Bola", "Salutation": "Mr."},
    {"CurrencyIsoCode": "USD", "Budget__c": 12.5, "AnnualRevenue": 10},
]


@pytest.mark.parametrize("fields", NOT_FILLED, ids=lambda fields: next(iter(fields)))
async def test_what_belongs_to_the_other_lead_only_is_not_taken_over(
    rest: GatewayClient, org: Org, fields: dict[str, Any]
) -> None:
    [seller] = await org.query("SELECT Id FROM User WHERE Username = 'seller1@example.com'")
    target = await insert(rest, org)
    owner = {"OwnerId": seller["Id"]} if "OwnerId" in fields else {}
    other = await insert(rest, org, **{**fields, **owner})
    before = await record(org, target)

    answer, left = await merged(rest, org, target, other)

    assert (answer["changed_fields"], "filled_from" in answer) == ([], False)
    assert {name: left[name] for name in fields} == {name: before[name] for name in fields}


FILLED: list[dict[str, Any]] = [
    {"FirstName": "Ada", "Salutation": "Dr."},
    {"Segment__c": "  spaces inside  kept, <&> too".strip()},
    {"acme__Note__c": "one\r\ntwo\nthree\ttab ]]> \U0001f600"},
    {"Partner_Key__c": "K-1"},
    {"Site__Latitude__s": 6.5, "Site__Longitude__s": 3.25},
    {"Seen__c": "2026-01-02T03:04:05.000+0000"},
    {"Born__c": "1990-02-03"},
    {"Wakes__c": "07:30:00.000Z"},
    {"AnnualRevenue": 1e16},
    {"Budget__c": 1234567.25},
    {"Score__c": 0.000001},
    {"Interests__c": "Cloud;Security"},
    {"NumberOfEmployees": 7, "Website": "https://acme.example/?a=1&b=2", "Rating": "Hot", "Fax": "+1 555"},
]


@pytest.mark.parametrize("fields", FILLED, ids=lambda fields: next(iter(fields)))
async def test_what_is_taken_over_is_what_the_other_lead_had(
    rest: GatewayClient, org: Org, fields: dict[str, Any]
) -> None:
    target, other = await insert(rest, org), await insert(rest, org, **fields)
    had = await record(org, other)

    answer, left = await merged(rest, org, target, other)

    assert {name: left[name] for name in fields} == {name: had[name] for name in fields}
    assert answer["filled_from"] == {other: answer["changed_fields"]}
    assert len(answer["changed_fields"]) == len(fields)


async def test_a_value_that_can_not_be_chosen_beside_those_of_the_lead_is_not_taken_over(
    rest: GatewayClient, org: Org
) -> None:
    cars = [{"value": "Golf", "valid_for": ["VW"]}, {"value": "Panda", "valid_for": ["Fiat"]}]
    picklists = [
        {"name": "Brand__c", "type": "picklist", "values": ["VW", "Fiat"], "restricted": True},
        {"name": "Car__c", "type": "picklist", "values": cars, "controlling_field": "Brand__c", "restricted": True},
        {"name": "Color__c", "type": "picklist", "values": ["Red", "Blue"], "restricted": True},
    ]
    await org.change(custom_fields=picklists)
    without, of_vw = await insert(rest, org), await insert(rest, org, Brand__c="VW")
    golf, panda, other_panda, blue = [
        await insert(rest, org, **fields)
        for fields in (
            {"Brand__c": "VW", "Car__c": "Golf"},
            *[{"Brand__c": "Fiat", "Car__c": "Panda"}] * 2,
            {"Color__c": "Blue"},
        )
    ]
    await org.change(custom_fields=[*picklists[:2], {**picklists[2], "values": ["Red"]}])

    _, filled = await merged(rest, org, without, panda, blue)
    _, kept = await merged(rest, org, of_vw, other_panda, golf)

    assert [filled[name] for name in ("Brand__c", "Car__c", "Color__c")] == ["Fiat", "Panda", None]
    assert [kept[name] for name in ("Brand__c", "Car__c")] == ["VW", "Golf"]


async def test_a_lead_of_another_record_type_can_be_merged(rest: GatewayClient, org: Org) -> None:
    await org.change(setup="global")
    types = {each["DeveloperName"]: each["Id"] for each in await org.query("SELECT Id, DeveloperName FROM RecordType")}
    partner = {"RecordTypeId": types["Partner"], "Region__c": "EMEA"}
    direct = {"RecordTypeId": types["Direct"], "Region__c": "EMEA"}
    target = await insert(rest, org, **partner)
    other = await insert(rest, org, **direct, City="Lagos", External_Key__c="K", Score__c=12.5, acme__Consent__c=True)

    answer, left = await merged(rest, org, target, other)

    assert sorted(answer["changed_fields"]) == ["city", "custom_fields.Score__c"]
    assert (left["RecordTypeId"], left["Score__c"], left["acme__Consent__c"]) == (types["Partner"], 12.5, False)


async def test_a_merge_takes_one_call_for_each_lead_and_one_more(rest: GatewayClient, org: Org) -> None:
    target, second, third = [await insert(rest, org, City="Lagos") for _ in range(3)]
    before = await org.api_calls()

    await rest.post(f"/v1/leads/{target}/merge", json={"others": [second, third]})

    assert await org.api_calls() - before == 4


async def test_a_value_that_a_rule_of_the_org_refuses_is_named_and_how_to_do_without(
    rest: GatewayClient, org: Org
) -> None:
    rule = {"name": "No", "formula": 'City = "Lagos"', "message": "Not there", "field": "City"}
    target, other = await insert(rest, org), await insert(rest, org, City="Lagos")
    await org.change(validation_rules=[rule])

    body = failure(await rest.post(f"/v1/leads/{target}/merge", json={"others": [other]}), 422, "SALESFORCE_REJECTED")
    merged = await rest.post(f"/v1/leads/{target}/merge", json={"others": [other], "fill_empty": False})

    assert body["details"][0]["field"] == "city"
    assert "Not there" in body["message"]
    assert "fill_empty: false" in body["message"]
    assert merged.json()["data"]["changed_fields"] == []


async def test_a_lost_answer_of_a_merge_is_found_in_the_recycle_bin(rest: GatewayClient, org: Org) -> None:
    target, second, third = [await insert(rest, org, City=city) for city in (None, "Lagos", None)]
    await org.fault("soap.merge", "drop_after", times=1)

    merged = (await rest.post(f"/v1/leads/{target}/merge", json={"others": [second, third]})).json()["data"]

    assert (merged["merged_ids"], merged["filled_from"]) == ([second, third], {second: ["city"]})


async def test_a_merge_goes_by_how_leads_look_now(rest: GatewayClient, org: Org) -> None:
    target = (await rest.post("/v1/leads/sync", json=ADA)).json()["data"]["lead_id"]
    no_more = {"name": "Partner_Key__c", "external_id": True, "unique": True, "length": 40}
    fields = [field for field in CUSTOM_FIELDS if field["name"] != "Partner_Key__c"]
    await org.change(custom_fields=[*fields, no_more, {"name": "New__c"}])
    other = await insert(rest, org, New__c="new", Partner_Key__c="K")

    answer, _ = await merged(rest, org, target, other)

    assert answer["filled_from"] == {other: ["custom_fields.New__c"]}


async def test_of_merges_at_the_same_moment_one_is_done_and_the_others_say_so(rest: GatewayClient, org: Org) -> None:
    target, second, third, fourth = [await insert(rest, org) for _ in range(4)]

    async def merge(lead: str, *others: str) -> httpx.Response:
        return await rest.post(f"/v1/leads/{lead}/merge", json={"others": others})

    same = await asyncio.gather(*[merge(target, second, third) for _ in range(3)])
    other = await merge(fourth, second)

    assert [response.status_code for response in same] == [200, 200, 200]
    assert sorted(response.json()["data"]["already_merged"] for response in same) == [False, True, True]
    assert f"{second}. It was merged into {target} before" in failure(other, 404, "LEAD_NOT_FOUND")["message"]
    assert [effect["op"] for effect in await org.ledger()].count("merge") == 1


async def test_who_was_slower_with_a_lead_is_told_which_one_is_gone(rest: GatewayClient, org: Org) -> None:
    first, second, shared = [await insert(rest, org) for _ in range(3)]

    responses = await asyncio.gather(
        *[rest.post(f"/v1/leads/{lead}/merge", json={"others": [shared]}) for lead in (first, second)]
    )

    [slower] = [response for response in responses if response.status_code != 200]
    [detail] = failure(slower, 404, "LEAD_NOT_FOUND")["details"]
    assert detail["field"] == "others"
    assert f"There is no lead {shared}. It was merged into " in slower.json()["message"]


ANYTHING: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("FirstName", "Title", "Phone", "Segment__c", "acme__Note__c", "Partner_Key__c"), ("a", "b")),
    **dict.fromkeys(("Street", "City", "PostalCode"), ("x", "y")),
    "Country": ("Nigeria", "United States"),
    "Latitude": (1.5, 2.5),
    "Longitude": (3.5, 4.5),
    "Site__Latitude__s": (5.5, 6.5),
    "Site__Longitude__s": (7.5, 8.5),
    "Salutation": ("Mr.", "Ms."),
    "LastName": ("Okafor", "Smith"),
    "CurrencyIsoCode": ("EUR", "USD"),
    "AnnualRevenue": (1e15, 12),
    "Budget__c": (0.25, 1e9),
    "Seen__c": ("2026-01-02T03:04:05.000+0000", "2027-01-02T03:04:05.000+0000"),
    "Consent__c": (True, False),
    "HasOptedOutOfEmail": (True, False),
    "Secret__c": ("1", "2"),
}


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_two_or_three_leads_have_one_lead_is_left_that_was_there(
    rest: GatewayClient, org: Org, seed: int
) -> None:
    chance = random.Random(seed)
    leads = []
    for number in range(chance.randint(2, 3)):
        some = {name: chance.choice(choices) for name, choices in ANYTHING.items() if chance.random() < 0.4}
        if some.get("Country") == "United States":
            some["State"] = chance.choice(("California", "Texas"))
        leads.append(await insert(rest, org, Platform_Id__c=f"P-{number}" if chance.random() < 0.5 else None, **some))
    target, *others = before = [await record(org, lead_id) for lead_id in leads]

    answer, left = await merged(rest, org, *leads)

    for together in (ADDRESS, PLACE):
        had_nothing = all(target[name] is None for name in together)
        having = [each for each in others if any(each[name] is not None for name in together)]
        source = having[0] if had_nothing and having else target
        assert {name: left[name] for name in together} == {name: source[name] for name in together}
    own = {name for name, value in target.items() if value is not None} - WRITTEN_BY_SALESFORCE
    assert {name: left[name] for name in own} == {name: target[name] for name in own}
    for name in ANYTHING:
        assert left[name] in [each[name] for each in before]
        if name in ("Budget__c", "AnnualRevenue") and target[name] is None and left[name] is not None:
            assert left["CurrencyIsoCode"] in [each["CurrencyIsoCode"] for each in others if each[name] == left[name]]
        if name in ("Title", "Phone", "Segment__c", "acme__Note__c", "Partner_Key__c", "Seen__c"):
            assert left[name] == next((each[name] for each in before if each[name] is not None), None)
    assert (left["FirstName"], left["LastName"]) in [(each["FirstName"], each["LastName"]) for each in before]
    assert left["Platform_Id__c"] == target["Platform_Id__c"]
    sources = answer.get("filled_from", {}).values()
    assert sorted(answer["changed_fields"]) == sorted(name for names in sources for name in names)


WRITTEN_BY_SALESFORCE = {"LastModifiedDate", "SystemModstamp", "Address", "Name", "Shout__c", "attributes"}
