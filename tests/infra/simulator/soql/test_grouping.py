"""SOQL: groups, totals and functions."""

from __future__ import annotations

from typing import Any

import pytest

from infra.simulator.instance.context import Context
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.errors import SalesforceError
from tests.infra.simulator.conftest import Clock, OrgClient, error_of, message_of


@pytest.fixture
async def leads(org: OrgClient, clock: Clock) -> OrgClient:
    """Five leads of three industries; the last two are a month younger."""
    for number, (industry, size) in enumerate(
        [("Energy", 10), ("Media", 20), ("ENERGY", 30), ("Media", None), (None, 5)]
    ):
        if number == 3:
            clock.move(days=31)
            await org.log_in_again()
        await org.create(LastName=f"L{number}", Industry=industry, NumberOfEmployees=size)
    return org


async def groups(org: OrgClient, soql: str) -> list[tuple[Any, ...]]:
    """The values of each group, after checking that it says what it is."""
    records = await org.query(soql)
    assert all(record.pop("attributes") == {"type": "AggregateResult"} for record in records)
    return [tuple(record.values()) for record in records]


async def test_totals_of_everything_make_one_record(leads: OrgClient) -> None:
    [record] = await leads.query(
        "SELECT COUNT(Id), COUNT(NumberOfEmployees) sizes, SUM(NumberOfEmployees), AVG(NumberOfEmployees) mean, "
        "MIN(LastName), MAX(CreatedDate), COUNT_DISTINCT(Industry) FROM Lead"
    )

    assert record == {
        "attributes": {"type": "AggregateResult"},
        "expr0": 5,
        "sizes": 4,
        "expr1": 65,
        "mean": 16.25,
        "expr2": "L0",
        "expr3": "2026-04-17T09:30:00.000+0000",
        "expr4": 2,
    }


async def test_groups_do_not_mind_case_and_come_in_the_order_of_the_picklist(leads: OrgClient) -> None:
    found = await groups(leads, "SELECT Industry, COUNT(Id) FROM Lead GROUP BY Industry ORDER BY Industry NULLS LAST")

    assert [(str(industry).lower(), count) for industry, count in found] == [("energy", 2), ("media", 2), ("none", 1)]


async def test_having_chooses_among_groups(leads: OrgClient) -> None:
    found = await groups(
        leads,
        "SELECT Industry i, SUM(NumberOfEmployees) s FROM Lead WHERE Industry != null GROUP BY Industry "
        "HAVING SUM(NumberOfEmployees) > 20 AND (NOT Industry LIKE 'x%') ORDER BY COUNT(Id) DESC LIMIT 5",
    )

    assert [total for _, total in found] == [40]


async def test_groups_can_be_of_parents_and_parts_of_dates(leads: OrgClient) -> None:
    assert await groups(leads, "SELECT Owner.Name, COUNT(Id) FROM Lead GROUP BY Owner.Name") == [("Demo User", 5)]
    assert await groups(
        leads,
        "SELECT CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate) m, COUNT(Id) n FROM Lead "
        "GROUP BY CALENDAR_YEAR(CreatedDate), CALENDAR_MONTH(CreatedDate) ORDER BY CALENDAR_MONTH(CreatedDate) DESC",
    ) == [(2026, 4, 2), (2026, 3, 3)]
    assert await groups(leads, "SELECT IsConverted, MIN(DAY_ONLY(CreatedDate)) FROM Lead GROUP BY IsConverted") == [
        (False, "2026-03-17")
    ]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("CALENDAR_MONTH(CreatedDate) = 4", ["L3", "L4"]),
        ("CALENDAR_QUARTER(CreatedDate) = 1", ["L0", "L1", "L2"]),
        ("FISCAL_YEAR(CreatedDate) IN (2025, 2024)", []),
        ("DAY_ONLY(CreatedDate) = 2026-04-17", ["L3", "L4"]),
        ("DAY_ONLY(convertTimezone(CreatedDate)) < TODAY", ["L0", "L1", "L2"]),
        ("DAY_IN_WEEK(CreatedDate) = 3", ["L0", "L1", "L2"]),
        ("DAY_IN_MONTH(CreatedDate) = 17 AND HOUR_IN_DAY(CreatedDate) >= 10", []),
        ("DAY_IN_YEAR(CreatedDate) > 76", ["L3", "L4"]),
        ("WEEK_IN_MONTH(CreatedDate) = 3 AND WEEK_IN_YEAR(CreatedDate) = 11", ["L0", "L1", "L2"]),
        ("toLabel(Industry) = 'media'", ["L1", "L3"]),
    ],
)
async def test_conditions_can_use_functions(leads: OrgClient, condition: str, names: list[str]) -> None:
    assert await leads.names(condition) == names


async def test_values_can_be_shown_for_people(org: OrgClient) -> None:
    await org.create(AnnualRevenue=1234567, NumberOfEmployees=1200, Status="Working - Contacted")

    [lead] = await org.query(
        "SELECT toLabel(Status), FORMAT(AnnualRevenue) r, FORMAT(NumberOfEmployees), FORMAT(CreatedDate) c, "
        "FORMAT(ConvertedDate) FROM Lead"
    )

    del lead["attributes"]
    assert lead == {
        "Status": "Working - Contacted",
        "r": "$1,234,567",
        "NumberOfEmployees": "1,200",
        "c": "3/17/2026, 9:30 AM",
        "ConvertedDate": None,
    }


async def test_picklists_are_shown_and_found_by_their_labels(org: OrgClient) -> None:
    tier = {"name": "Tier__c", "type": "picklist", "values": [{"value": "a", "label": "Best's"}, "b"]}
    tags = {"name": "Tags__c", "type": "multipicklist", "values": [{"value": "x", "label": "Ex"}, "y"]}
    await org.change_org(custom_fields=[tier, tags])
    await org.create(LastName="A", Tier__c="a", Tags__c="x;y")
    await org.create(LastName="B", Tier__c="b")
    await org.create(LastName="C")

    leads = await org.query("SELECT Tier__c, toLabel(Tier__c) t, toLabel(Tags__c) FROM Lead ORDER BY LastName")
    grouped = await groups(org, "SELECT toLabel(Tier__c), COUNT(Id) FROM Lead GROUP BY Tier__c ORDER BY Tier__c")

    assert [(lead["Tier__c"], lead["t"], lead["Tags__c"]) for lead in leads] == [
        ("a", "Best's", "Ex;y"),
        ("b", "b", None),
        (None, None, None),
    ]
    assert grouped == [(None, 1), ("Best's", 1), ("b", 1)]
    assert await org.names(r"toLabel(Tier__c) = 'best\'s'") == ["A"]
    assert await org.names("toLabel(Tier__c) LIKE 'b%' AND Tier__c != 'a'") == ["B"]
    assert await org.names("toLabel(Tier__c) IN ('a', null)") == ["C"]


async def test_totals_can_be_shown_for_people(org: OrgClient) -> None:
    await org.create(AnnualRevenue=1234567, NumberOfEmployees=1200)

    [total] = await org.query(
        "SELECT FORMAT(MAX(AnnualRevenue)) r, FORMAT(SUM(NumberOfEmployees)), FORMAT(MIN(CreatedDate)) c, "
        "FORMAT(MIN(LastName)) n, FORMAT(MAX(ConvertedDate)) d, FORMAT(COUNT(Id)) FROM Lead"
    )
    [group] = await org.query(
        "SELECT FORMAT(NumberOfEmployees) e, toLabel(Status) s, FORMAT(convertCurrency(MAX(AnnualRevenue))) r "
        "FROM Lead GROUP BY NumberOfEmployees, Status"
    )

    assert [*total.values()][1:] == ["$1,234,567", "1,200", "3/17/2026, 9:30 AM", "Okafor", None, "1"]
    assert [*group.values()][1:] == ["1,200", "Open - Not Contacted", "$1,234,567"]


async def test_each_subtotal_follows_what_it_sums_up(leads: OrgClient) -> None:
    await leads.create(LastName="L5", Industry="Media", LeadSource="Web", NumberOfEmployees=1)
    flags, totals = "GROUPING(Industry) i, GROUPING(LeadSource) s", "COUNT(Id) n, SUM(NumberOfEmployees) e"
    columns = f"Industry, LeadSource, {flags}, {totals}"

    rollup = await groups(leads, f"SELECT {columns} FROM Lead GROUP BY ROLLUP(Industry, LeadSource)")
    cube = await groups(leads, f"SELECT {columns} FROM Lead GROUP BY CUBE(Industry, LeadSource)")
    nothing = await groups(leads, f"SELECT {columns} FROM Lead WHERE Name = 'x' GROUP BY ROLLUP(Industry, LeadSource)")

    assert [(str(industry).lower(), *rest) for industry, *rest in rollup] == [
        ("none", None, 0, 0, 1, 5),
        ("none", None, 0, 1, 1, 5),
        ("energy", None, 0, 0, 2, 40),
        ("energy", None, 0, 1, 2, 40),
        ("media", None, 0, 0, 2, 20),
        ("media", "Web", 0, 0, 1, 1),
        ("media", None, 0, 1, 3, 21),
        ("none", None, 1, 1, 6, 66),
    ]
    assert cube[:7] == rollup[:7]
    assert cube[7:] == [(None, None, 1, 0, 5, 65), (None, "Web", 1, 0, 1, 1), rollup[7]]
    assert nothing == []


async def test_subtotals_can_be_chosen_and_ordered(leads: OrgClient) -> None:
    found = await groups(
        leads,
        "SELECT CALENDAR_MONTH(CreatedDate) m, IsConverted, COUNT(Id) n FROM Lead WHERE LastName LIKE 'L%' "
        "GROUP BY CUBE(CALENDAR_MONTH(CreatedDate), IsConverted) HAVING GROUPING(IsConverted) = 1 AND COUNT(Id) > 2 "
        "ORDER BY GROUPING(CALENDAR_MONTH(CreatedDate)) DESC, COUNT(Id) LIMIT 5",
    )

    assert found == [(None, None, 5), (3, None, 3)]


def test_too_many_groups_are_refused(context: Context) -> None:
    lead, options = context.org.objects["lead"], WriteOptions(context.org.user.id)
    for number in range(2001):
        context.records.create(lead, {"LastName": str(number), "Company": "Acme"}, options)
    query = "SELECT LastName, COUNT(Id) FROM Lead GROUP BY LastName"

    with pytest.raises(SalesforceError, match="EXCEEDED_ID_LIMIT"):
        context.queries.run(query, "")

    assert len(context.queries.run(f"{query} LIMIT 2000", "").records) == 2000


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT LastName, COUNT(Id) FROM Lead", "MALFORMED_QUERY", "Field must be grouped or aggregated: LastName"),
        ("SELECT LastName FROM Lead GROUP BY Industry", "MALFORMED_QUERY", "Field must be grouped"),
        ("SELECT Industry FROM Lead GROUP BY Industry HAVING LastName = 'x'", "MALFORMED_QUERY", "Field must be"),
        ("SELECT Industry FROM Lead GROUP BY Industry ORDER BY LastName", "MALFORMED_QUERY", "Field must be grouped"),
        ("SELECT COUNT(Id) FROM Lead LIMIT 1", "MALFORMED_QUERY", "Non-grouped query"),
        ("SELECT SUM(LastName) FROM Lead", "INVALID_FIELD", "field LastName does not support aggregate operator SUM"),
        ("SELECT MAX(IsConverted) FROM Lead", "INVALID_FIELD", "field IsConverted does not support"),
        ("SELECT COUNT(Description) FROM Lead", "INVALID_FIELD", "field Description does not support"),
        ("SELECT COUNT(Id) FROM Lead GROUP BY CreatedDate", "INVALID_FIELD", "field 'CreatedDate' can not be grouped"),
        ("SELECT COUNT(Id) a, COUNT(Name) A FROM Lead", "MALFORMED_QUERY", "duplicate alias: A"),
        ("SELECT COUNT(COUNT(Id)) FROM Lead", "MALFORMED_QUERY", "unexpected token: 'COUNT'"),
        ("SELECT Id FROM Lead WHERE COUNT(Id) > 1", "MALFORMED_QUERY", "unexpected token: 'COUNT'"),
        ("SELECT Id FROM Lead ORDER BY COUNT(Id)", "MALFORMED_QUERY", "unexpected token: 'COUNT'"),
        ("SELECT COUNT(), Id FROM Lead", "MALFORMED_QUERY", "unexpected token: 'COUNT'"),
        ("SELECT FORMAT(COUNT()) FROM Lead", "MALFORMED_QUERY", "unexpected token: 'FORMAT'"),
        ("SELECT FORMAT(FORMAT(COUNT(Id))) FROM Lead", "MALFORMED_QUERY", "unexpected token: 'FORMAT'"),
        ("SELECT FORMAT('x') FROM Lead", "MALFORMED_QUERY", "unexpected token: 'FORMAT'"),
        ("SELECT COUNT(Id) FROM Lead GROUP BY FORMAT(Rating)", "MALFORMED_QUERY", "unexpected token: 'FORMAT'"),
        ("SELECT COUNT(Id) FROM Lead GROUP BY ROLLUP(Rating), City", "MALFORMED_QUERY", "unexpected token: 'ROLLUP'"),
        ("SELECT COUNT(Id) FROM Lead GROUP BY City, CUBE(Rating)", "MALFORMED_QUERY", "unexpected token: 'CUBE'"),
        ("SELECT COUNT(Id) FROM Lead GROUP BY CUBE()", "MALFORMED_QUERY", "unexpected token: 'CUBE'"),
        ("SELECT COUNT(Id) FROM Lead GROUP BY CUBE('x')", "MALFORMED_QUERY", "unexpected token: 'CUBE'"),
        ("SELECT COUNT(Id) FROM Lead GROUP BY ROLLUP(ROLLUP(City))", "MALFORMED_QUERY", "unexpected token: 'ROLLUP'"),
        (
            "SELECT COUNT(Id) FROM Lead GROUP BY ROLLUP(City, State, Country, Rating)",
            "MALFORMED_QUERY",
            "GROUP BY ROLLUP takes at most 3 fields",
        ),
        ("SELECT GROUPING(Rating) FROM Lead GROUP BY CUBE(City)", "MALFORMED_QUERY", "Field must be grouped"),
        ("SELECT GROUPING(City) FROM Lead", "MALFORMED_QUERY", "Field must be grouped"),
        ("SELECT GROUPING() FROM Lead GROUP BY CUBE(City)", "MALFORMED_QUERY", "unexpected token: 'GROUPING'"),
        ("SELECT Id FROM Lead WHERE GROUPING(City) = 1", "MALFORMED_QUERY", "unexpected token: 'GROUPING'"),
        ("SELECT Id FROM Lead WHERE FORMAT(AnnualRevenue) = '5'", "MALFORMED_QUERY", "unexpected token: 'FORMAT'"),
        ("SELECT Id FROM Lead WHERE CONVERTCURRENCY(AnnualRevenue) > 5", "MALFORMED_QUERY", "unexpected token: 'CONV"),
        ("SELECT convertCurrency(LastName) FROM Lead", "INVALID_FIELD", "field 'LastName' does not support"),
        ("SELECT CALENDAR_YEAR(CreatedDate) FROM Lead", "MALFORMED_QUERY", "unexpected token: 'CALENDAR_YEAR'"),
        ("SELECT Id FROM Lead WHERE CALENDAR_YEAR(LastName) = 1", "INVALID_FIELD", "field 'LastName' does not support"),
        ("SELECT Id FROM Lead WHERE CALENDAR_YEAR() = 1", "MALFORMED_QUERY", "unexpected token: 'CALENDAR_YEAR'"),
        ("SELECT Id FROM Lead WHERE NOSUCH(LastName) = 1", "MALFORMED_QUERY", "unexpected token: 'NOSUCH'"),
        ("SELECT (SELECT Id FROM Contacts), COUNT(Id) FROM Account", "MALFORMED_QUERY", "sub-queries and TYPEOF"),
    ],
)
async def test_what_cannot_be_grouped_is_told(org: OrgClient, soql: str, code: str, message: str) -> None:
    response = await org.ask(soql)

    assert error_of(response) == (400, code)
    assert message_of(response).startswith(message)
