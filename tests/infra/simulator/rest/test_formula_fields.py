"""Formula fields and auto-numbers: worked out whenever they are read, and never written by anyone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.bulk.jobs import queried
from tests.infra.simulator.conftest import Clock, OrgClient, error_of, logged_in
from tests.infra.simulator.records import writing


def formula(name: str, text: str, returns: str | None = "double", **options: Any) -> dict[str, Any]:
    return {"name": name, "type": "formula", "returns": returns, "formula": text, **options}


FIELDS: list[dict[str, Any]] = [
    formula("Heat__c", 'UPPER(TEXT(Rating)) & "!"', "string"),
    formula("Double__c", "AnnualRevenue * 2", scale=1),
    formula("Zero__c", "AnnualRevenue + 1", blanks_as_zeros=True),
    formula("Share__c", "100 / AnnualRevenue", "percent"),
    formula("Big__c", "Double__c > 1000", "boolean"),
    formula("Tomorrow__c", "TODAY() + 1", "date"),
    formula("Made__c", "CreatedDate + 0.5", "datetime"),
    formula("OwnerName__c", "Owner:User.Username & Owner:Queue.Name", "string"),
    {"name": "Number__c", "type": "auto_number", "display_format": "L-{YYYY}-{0000}"},
    formula("Grade__c", "LEFT(Name, 2)", "string", object="Account"),
]
NAMES = [field["name"] for field in FIELDS if field.get("object") is None]


@pytest.fixture
async def lead_id(org: OrgClient) -> str:
    await org.change_org(custom_fields=FIELDS)
    return await org.create(Rating="Hot", AnnualRevenue=800)


EXPECTED = {
    "Heat__c": "HOT!",
    "Double__c": 1600.0,
    "Zero__c": 801.0,
    "Share__c": 12.5,
    "Big__c": True,
    "Tomorrow__c": "2026-03-18",
    "Made__c": "2026-03-17T21:30:00.000+0000",
    "OwnerName__c": "demo@example.com",
    "Number__c": "L-2026-0001",
}


async def test_every_way_of_reading_shows_the_same(org: OrgClient, lead_id: str) -> None:
    fields = ",".join(NAMES)
    read = await org.read(lead_id)
    some = (await org.send("GET", f"/sobjects/Lead/{lead_id}", params={"fields": fields})).json()
    [queried] = await org.query(f"SELECT {fields} FROM Lead")
    [collected] = (await org.send("GET", "/composite/sobjects/Lead", params={"ids": lead_id, "fields": fields})).json()
    found = await org.send("GET", "/search", params={"q": f"FIND {{Okafor}} RETURNING Lead({fields})"})
    soap = await org.soap(
        f"<retrieve><fieldList>{fields}</fieldList><sObjectType>Lead</sObjectType><ids>{lead_id}</ids></retrieve>"
    )

    for record in (read, some, queried, collected, *found.json()["searchRecords"]):
        assert {name: record[name] for name in NAMES} == EXPECTED
    assert "<sf:Heat__c>HOT!</sf:Heat__c>" in soap.text
    assert "<sf:Big__c>true</sf:Big__c>" in soap.text


async def test_bulk_queries_show_them(org: OrgClient, lead_id: str) -> None:
    job_id = await queried(org, "SELECT Heat__c, Double__c, Big__c, Number__c FROM Lead")

    result = await org.send("GET", f"/jobs/query/{job_id}/results")

    assert result.text.splitlines()[1] == '"HOT!","1600.0","true","L-2026-0001"'


async def test_what_they_are_worth_follows_time_and_records(org: OrgClient, clock: Clock, lead_id: str) -> None:
    [queue] = await org.query("SELECT Id FROM Group WHERE DeveloperName = 'Lead_Queue'")
    await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"OwnerId": queue["Id"], "AnnualRevenue": None})
    clock.move(days=3)
    await org.log_in_again()

    record = await org.read(lead_id)

    assert (record["OwnerName__c"], record["Tomorrow__c"]) == ("Lead Queue", "2026-03-21")
    assert (record["Double__c"], record["Zero__c"], record["Share__c"], record["Big__c"]) == (None, 1.0, None, False)


async def test_what_cannot_be_worked_out_is_null(org: OrgClient, lead_id: str) -> None:
    await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"AnnualRevenue": 0})

    assert (await org.read(lead_id))["Share__c"] is None
    assert await org.names("Share__c = null") == ["Okafor"]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("Heat__c = 'hot!'", ["A"]),
        ("Heat__c LIKE 'c%'", ["B"]),
        ("Heat__c IN ('HOT!', 'COLD!')", ["A", "B"]),
        ("Double__c > 100", ["A"]),
        ("Double__c = null", ["C"]),
        ("Big__c = true", ["A"]),
        ("Big__c = false", ["B", "C"]),
        ("Tomorrow__c = TOMORROW", ["A", "B", "C"]),
        ("Made__c > 2026-03-17T21:00:00Z", ["A", "B", "C"]),
        ("Account__r.Grade__c = 'Ac'", ["A"]),
        ("Number__c = 'L-2026-0003'", ["B"]),
    ],
)
async def test_queries_filter_by_them(org: OrgClient, condition: str, names: list[str]) -> None:
    account = {"name": "Account__c", "type": "reference", "to": "Account"}
    await org.change_org(custom_fields=[*FIELDS, account])
    account_id = await org.create("Account", Name="Acme")
    await org.create(LastName="C")
    await org.create(LastName="A", Rating="Hot", AnnualRevenue=800, Account__c=account_id)
    await org.create(LastName="B", Rating="Cold", AnnualRevenue=1)

    assert await org.names(condition) == names


async def test_queries_sort_and_group_by_them(org: OrgClient) -> None:
    await org.change_org(custom_fields=FIELDS)
    for name, rating, revenue in (("A", "Hot", 1), ("B", "Cold", 3), ("C", "Hot", 2)):
        await org.create(LastName=name, Rating=rating, AnnualRevenue=revenue)

    ordered = await org.query("SELECT LastName FROM Lead ORDER BY Heat__c, Double__c DESC")
    groups = await org.query("SELECT Heat__c, SUM(Double__c) total FROM Lead GROUP BY Heat__c ORDER BY Heat__c")

    assert [lead["LastName"] for lead in ordered] == ["B", "C", "A"]
    assert [(group["Heat__c"], group["total"]) for group in groups] == [("COLD!", 6.0), ("HOT!", 6.0)]


@pytest.mark.parametrize("way", [writing.create, writing.update, writing.collection, writing.soap, writing.merge])
@pytest.mark.parametrize("name", ["Heat__c", "Number__c"])
async def test_nobody_writes_them(org: OrgClient, lead_id: str, way: writing.Way, name: str) -> None:
    [(code, _, fields)] = await way(org, lead_id, {name: "x"})

    assert (code, fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", [name])


async def test_describe_says_what_they_are(org: OrgClient, lead_id: str) -> None:
    described = (await org.send("GET", "/sobjects/Lead/describe")).json()["fields"]
    fields = {field["name"]: field for field in described}

    heat, zero, number = fields["Heat__c"], fields["Zero__c"], fields["Number__c"]
    assert (heat["type"], heat["calculated"], heat["calculatedFormula"]) == ("string", True, FIELDS[0]["formula"])
    assert (heat["createable"], heat["updateable"], heat["nillable"], heat["length"]) == (False, False, True, 1300)
    assert (zero["formulaTreatNullNumberAsZero"], heat["formulaTreatNullNumberAsZero"]) == (True, False)
    assert (number["autoNumber"], number["calculated"], number["type"]) == (True, False, "string")
    assert (number["createable"], number["nillable"], number["defaultedOnCreate"]) == (False, False, True)


async def test_rules_read_formula_fields(org: OrgClient) -> None:
    rule = {"name": "r", "formula": "Big__c && NOT(ISBLANK(Number__c))", "message": "too big"}
    await org.change_org(custom_fields=FIELDS, validation_rules=[rule])

    assert await writing.create(org, "", {"AnnualRevenue": 501}) != []
    assert await writing.create(org, "", {"AnnualRevenue": 500}) == []


async def test_a_conversion_takes_what_they_are_worth(org: OrgClient) -> None:
    score = {"name": "Heat_Score__c", "object": "Contact"}
    await org.change_org(custom_fields=[*FIELDS, score], converted_fields={"Heat__c": "Contact.Heat_Score__c"})
    lead_id = await org.create(Rating="Hot")

    await writing.convert(org, lead_id, {})

    [contact] = await org.query("SELECT Heat_Score__c FROM Contact")
    assert contact["Heat_Score__c"] == "HOT!"


LONG_CHAIN = [*(formula(f"F{n}__c", f"F{n + 1}__c") for n in range(30)), formula("F30__c", "1")]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ([formula("A__c", "Nope__c + 1")], "custom_fields.0.formula"),
        ([formula("A__c", "Company")], "custom_fields.0.formula"),
        ([{"name": "X__c"}, formula("A__c", "A__c + 1")], "custom_fields.1.formula"),
        ([formula("A__c", "B__c + 1"), formula("B__c", "A__c + 1")], "custom_fields.0.formula"),
        ([formula("A__c", "ISNEW()", returns="boolean")], "custom_fields.0.formula"),
        (LONG_CHAIN, "custom_fields.0.formula"),
        ([formula("A__c", "1", unique=True)], "custom_fields.0"),
        ([formula("A__c", "1", returns=None)], "custom_fields.0"),
        ([formula("A__c", "1", returns="picklist")], "custom_fields.0.returns"),
        ([{"name": "A__c", "type": "formula"}], "custom_fields.0"),
        ([{"name": "A__c", "type": "auto_number"}], "custom_fields.0"),
        ([{"name": "A__c", "type": "auto_number", "display_format": "L-"}], "custom_fields.0.display_format"),
        ([{"name": "A__c", "type": "auto_number", "display_format": "{00}{0}"}], "custom_fields.0.display_format"),
        ([{"name": "A__c", "display_format": "{0}"}], "custom_fields.0"),
    ],
)
async def test_a_field_that_makes_no_sense_is_refused_with_its_place(
    org: OrgClient, fields: list[dict[str, Any]], place: str
) -> None:
    response = await org.http.patch("/_sim/org", json={"custom_fields": fields})

    assert (response.status_code, response.json()["field"]) == (400, place)
    assert (await org.send("GET", "/sobjects/Lead/describe")).text.count("A__c") == 0


async def test_auto_numbers_never_repeat_and_can_be_looked_up(org: OrgClient) -> None:
    number = {"name": "Ticket__c", "type": "auto_number", "display_format": "T{00}", "external_id": True}
    await org.change_org(custom_fields=[number])
    first, second = await org.create(), await org.create()
    await org.send("DELETE", f"/sobjects/Lead/{second}")

    third = await org.create()

    assert [(await org.read(lead_id))["Ticket__c"] for lead_id in (first, third)] == ["T01", "T03"]
    assert (await org.send("GET", "/sobjects/Lead/Ticket__c/T03")).json()["Id"] == third


async def test_a_hidden_field_can_still_be_read_by_a_formula(org: OrgClient) -> None:
    hidden = {"name": "p", "fields": {"Lead.Rating": "hidden", "Lead.Big__c": "hidden"}}
    await org.change_org(custom_fields=FIELDS)
    lead_id = await org.create(Rating="Hot")
    await org.change_org(profile=hidden)

    record = await org.read(lead_id)

    assert not {"Rating", "Big__c"} & record.keys()
    assert record["Heat__c"] == "HOT!"


async def test_formulas_of_two_orgs_are_two_things(org: OrgClient, lead_id: str) -> None:
    other_org = (await org.http.post("/_sim/orgs")).json()["org"]
    other = await logged_in(org.http, org=other_org)
    cold = [{**FIELDS[0], "formula": '"other"'}]
    await org.http.patch("/_sim/org", json={"org": other_org, "custom_fields": cold})
    other_lead = await other.create(Rating="Hot")

    assert (await other.read(other_lead))["Heat__c"] == "other"
    assert (await org.read(lead_id))["Heat__c"] == "HOT!"


async def test_a_query_for_a_formula_field_that_is_not_there_is_refused(org: OrgClient, lead_id: str) -> None:
    await org.change_org(custom_fields=FIELDS[1:])

    assert error_of(await org.ask("SELECT Heat__c FROM Lead")) == (400, "INVALID_FIELD")
