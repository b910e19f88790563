"""SOSL and parameterized search."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.infra.simulator.conftest import Clock, OrgClient, error_of
from tests.infra.simulator.soap.requests import convert_lead, lead_convert


@pytest.fixture
async def people(org: OrgClient) -> OrgClient:
    """Three leads and a contact with words in different fields."""
    await org.create(FirstName="Joe", LastName="Smith", Company="Acme Corp", Email="joe.smith@example.com")
    await org.create(FirstName="Ada", LastName="Smithers", Company="Globex", Phone="+1 (555) 0100")
    await org.create(FirstName="Zoë", LastName="Berg", Company="Acme", Description="a friend of Joe Smith's")
    await org.create("Contact", LastName="Smith", Email="other@example.com")
    return org


async def search(org: OrgClient, sosl: str) -> httpx.Response:
    return await org.send("GET", "/search/", params={"q": sosl})


async def found(org: OrgClient, term: str, more: str = "") -> list[str]:
    """The last names of the leads that are found."""
    response = await search(org, f"FIND {{{term}}}{more} RETURNING Lead(LastName ORDER BY LastName)")
    assert response.status_code == 200, response.text
    return [record["LastName"] for record in response.json()["searchRecords"]]


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("smith", ["Berg", "Smith"]),
        ("SMITH*", ["Berg", "Smith", "Smithers"]),
        ("sm?th", ["Berg", "Smith"]),
        ("joe smith", ["Berg", "Smith"]),
        ('"joe smith"', ["Berg", "Smith"]),
        ('"smith joe"', []),
        ("acme AND NOT joe", []),
        ("acme AND NOT corp", ["Berg"]),
        ("globex OR zoë", ["Berg", "Smithers"]),
        ("acme (ada OR zoë)", ["Berg"]),
        ("joe.smith@example.com", ["Smith"]),
        (r"\+1 \(555\) 0100", ["Smithers"]),
        ("smit", []),
    ],
)
async def test_words_are_found_wherever_they_stand(people: OrgClient, term: str, names: list[str]) -> None:
    assert await found(people, term) == names


async def test_a_search_can_keep_to_a_kind_of_field(people: OrgClient) -> None:
    assert await found(people, "joe", " IN NAME FIELDS") == ["Smith"]
    assert await found(people, "example", " in email fields") == ["Smith"]
    assert await found(people, "555", " IN PHONE FIELDS") == ["Smithers"]
    assert await found(people, "smith", " IN ALL FIELDS") == ["Berg", "Smith"]


async def test_without_returning_the_ids_of_all_objects_come_back(people: OrgClient) -> None:
    records = (await search(people, "FIND {smith}")).json()["searchRecords"]

    assert [record["attributes"]["type"] for record in records] == ["Lead", "Lead", "Contact"]
    assert all([*record] == ["attributes", "Id"] for record in records)


async def test_what_is_returned_can_be_narrowed(people: OrgClient) -> None:
    sosl = (
        "FIND {smith*} RETURNING Lead(Id, Name, Owner.Name WHERE Company != 'Acme' ORDER BY Name DESC LIMIT 1), Contact"
    )

    lead, contact = (await search(people, sosl)).json()["searchRecords"]
    short = (await search(people, f"{sosl} LIMIT 1")).json()["searchRecords"]

    assert (lead["Name"], lead["Owner"]["Name"]) == ("Joe Smith", "Demo User")
    assert contact["attributes"]["type"] == "Contact"
    assert short == [lead]


async def test_deleted_and_converted_leads_are_not_found(org: OrgClient) -> None:
    gone, converted = await org.create(LastName="Gone"), await org.create(LastName="Gone")
    await org.send("DELETE", f"/sobjects/Lead/{gone}")
    await org.soap(convert_lead(lead_convert(converted)))

    assert await found(org, "gone") == []


async def test_the_index_may_lag_behind(org: OrgClient, clock: Clock) -> None:
    await org.change_org(search_delay_seconds=10)
    await org.create(LastName="New")

    assert await found(org, "new") == []
    clock.move(seconds=11)
    assert await found(org, "new") == ["New"]


async def test_old_versions_answer_a_bare_list(people: OrgClient) -> None:
    response = await people.send("GET", "/search", params={"q": "FIND {globex}"}, version="36.0")

    assert len(response.json()) == 1


async def test_one_object_without_conditions_brings_250_records(org: OrgClient) -> None:
    for number in range(251):
        await org.create(FirstName=str(number), LastName="Many")

    assert len((await search(org, "FIND {many} RETURNING Lead")).json()["searchRecords"]) == 250
    assert len((await search(org, "FIND {many} RETURNING Lead(Id LIMIT 251)")).json()["searchRecords"]) == 251


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        (
            "GET",
            {"params": [("q", "smith"), ("sobject", "Lead"), ("sobject", "Contact"), ("Lead.fields", "id,lastName")]},
        ),
        (
            "POST",
            {"json": {"q": "smith", "sobjects": [{"name": "Lead", "fields": ["Id", "LastName"]}, {"name": "Contact"}]}},
        ),
    ],
)
async def test_a_search_needs_no_grammar(people: OrgClient, method: str, request_: dict[str, Any]) -> None:
    response = await people.send(method, "/parameterizedSearch/", **request_)

    records = response.json()["searchRecords"]
    assert [record.get("LastName") for record in records] == ["Smith", "Berg", None]


async def test_parameters_narrow_a_search_too(people: OrgClient) -> None:
    async def names(**body: Any) -> list[str]:
        answer = await people.send("POST", "/parameterizedSearch", json={"q": "smith*", "fields": ["LastName"], **body})
        return [record["LastName"] for record in answer.json()["searchRecords"]]

    assert await names(sobjects=[{"name": "Lead", "where": "Company = 'Globex'"}]) == ["Smithers"]
    assert await names(sobjects=[{"name": "Lead"}], defaultLimit=1) == ["Smith"]
    assert await names(sobjects=[{"name": "Lead", "limit": 2}], overallLimit="1") == ["Smith"]
    assert await names(sobjects=[{"name": "Lead"}], **{"in": "NAME"}) == ["Smith", "Smithers"]


@pytest.mark.parametrize(
    ("sosl", "code"),
    [
        ("", "MALFORMED_SEARCH"),
        ("FIND smith", "MALFORMED_SEARCH"),
        ("FIND {}", "MALFORMED_SEARCH"),
        ("FIND {a}", "MALFORMED_SEARCH"),
        ("FIND {a*}", "MALFORMED_SEARCH"),
        ("FIND {smith", "MALFORMED_SEARCH"),
        ("FIND {joe AND}", "MALFORMED_SEARCH"),
        ("FIND {OR joe}", "MALFORMED_SEARCH"),
        ("FIND {(joe}", "MALFORMED_SEARCH"),
        ("FIND {joe)}", "MALFORMED_SEARCH"),
        ("FIND {" + "(" * 50 + "joe" + ")" * 50 + "}", "MALFORMED_SEARCH"),
        ("FIND {joe} IN SOME FIELDS", "MALFORMED_SEARCH"),
        ("FIND {joe} RETURNING", "MALFORMED_SEARCH"),
        ("FIND {joe} RETURNING Lead()", "MALFORMED_SEARCH"),
        ("FIND {joe} RETURNING Nope", "INVALID_TYPE"),
        ("FIND {joe} RETURNING Organization", "INVALID_TYPE"),
        ("FIND {joe} RETURNING Lead(Nope)", "INVALID_FIELD"),
        ("FIND {joe} RETURNING Lead(COUNT(Id))", "MALFORMED_QUERY"),
        ("FIND {joe} RETURNING Lead(Id WHERE Nope = 1)", "INVALID_FIELD"),
        ("FIND {" + "joe " * 2600 + "}", "MALFORMED_SEARCH"),
    ],
)
async def test_a_bad_search_is_told(org: OrgClient, sosl: str, code: str) -> None:
    response = await search(org, sosl)

    assert error_of(response) == (400, code)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"q": 5},
        {"q": "joe", "sobjects": "Lead"},
        {"q": "joe", "sobjects": [{"fields": ["Id"]}]},
        {"q": "joe", "sobjects": [{"name": "Nope"}]},
        {"q": "joe", "sobjects": [{"name": "Lead", "fields": "Id"}]},
        {"q": "joe", "sobjects": [{"name": "Lead", "limit": "many"}]},
        {"q": "joe", "sobjects": [{"name": "Lead", "where": "Nope"}]},
        {"q": "joe", "in": "nowhere"},
        {"q": "joe", "overallLimit": -1},
    ],
)
async def test_a_bad_parameter_is_told(org: OrgClient, body: dict[str, Any]) -> None:
    assert (await org.send("POST", "/parameterizedSearch", json=body)).status_code == 400
