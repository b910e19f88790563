"""SOQL: what is found, how it is paged, and what is wrong with a query."""

from __future__ import annotations

import pytest

from tests.infra.simulator.conftest import Clock, OrgClient, error_of


async def test_text_compares_without_regard_to_case_in_every_script(org: OrgClient) -> None:
    await org.create(LastName="Ärzte", Company="ÖBB", Email="a@example.com")
    await org.create(LastName="Žižek", Company="ΑΘΗΝΑ")

    assert await org.names("Company = 'öbb'") == ["Ärzte"]
    assert await org.names("Company LIKE 'αθ%'") == ["Žižek"]
    assert await org.names("Email IN ('A@EXAMPLE.COM', 'x')") == ["Ärzte"]


async def test_conditions_combine(org: OrgClient) -> None:
    for name, city, size in (("A", "Rome", 1), ("B", "Oslo", 2), ("C", None, 3), ("D", "Rome", None)):
        await org.create(LastName=name, City=city, NumberOfEmployees=size)

    assert await org.names("City = 'rome' AND NumberOfEmployees = null") == ["D"]
    assert await org.names("City != 'Rome'") == ["B", "C"], "an empty field is different, too"
    assert await org.names("(City = 'Oslo' OR City = null) AND NOT LastName = 'B'") == ["C"]
    assert await org.names("NOT (City LIKE 'R%' OR NumberOfEmployees > 2)") == ["B"]
    assert await org.names("City NOT IN ('Oslo')") == ["A", "C", "D"]
    assert await org.names("City IN ('Oslo', null)") == ["B", "C"]
    assert await org.names("NumberOfEmployees >= 2 AND NumberOfEmployees < 3.5") == ["B", "C"]
    assert await org.names("IsConverted = false AND LastName <> 'A' AND LastName > 'b'") == ["C", "D"]


async def test_wildcards_can_be_escaped(org: OrgClient) -> None:
    for name in ("100%", "100 percent", "a_b", "axb", "back\\slash", "it's"):
        await org.create(LastName=name)

    assert await org.names(r"LastName LIKE '100\%'") == ["100%"]
    assert await org.names(r"LastName LIKE 'a\_b'") == ["a_b"]
    assert await org.names("LastName LIKE 'a_b'") == ["axb", "a_b"]
    assert await org.names(r"LastName = 'back\\slash'") == ["back\\slash"]
    assert await org.names(r"LastName LIKE '%\\s%'") == ["back\\slash"]
    assert await org.names(r"LastName = 'it\'s'") == ["it's"]


async def test_dates_compare_with_moments_and_periods(org: OrgClient, clock: Clock) -> None:
    await org.create(LastName="Old")
    clock.move(days=3)
    await org.log_in_again()
    await org.create(LastName="New")

    assert await org.names("CreatedDate = TODAY") == ["New"]
    assert await org.names("CreatedDate < TODAY") == ["Old"]
    assert await org.names("CreatedDate = LAST_N_DAYS:3") == ["New", "Old"]
    assert await org.names("CreatedDate = N_DAYS_AGO:3") == ["Old"]
    assert await org.names("CreatedDate >= 2026-03-18T00:00:00+02:00") == ["New"]
    assert await org.names("CreatedDate = 2026-03-17T10:30:00+01:00") == ["Old"]
    assert await org.names("CreatedDate > THIS_MONTH") == []


async def test_times_of_day_compare_with_times_of_day(org: OrgClient) -> None:
    await org.change_org(custom_fields=[{"name": "Opens__c", "type": "time"}])
    for name, opens in (("1", "00:00:00Z"), ("2", "14:30:00.500Z"), ("3", None)):
        await org.create(LastName=name, Opens__c=opens)

    assert await org.names("Opens__c > 10:00:00Z") == ["2"]
    assert await org.names("Opens__c = 01:00:00.000+01:00") == ["1"]
    assert await org.names("Opens__c IN (14:30:00.5Z, null)") == ["2", "3"]
    refused = await org.ask("SELECT Id FROM Lead WHERE Opens__c = 25:00:00Z")
    assert "'Opens__c' must be of type time and should not be enclosed in quotes" in refused.text


async def test_parents_nest_and_are_null_where_there_is_none(org: OrgClient) -> None:
    lead_id = await org.create()

    [lead] = await org.query(
        "SELECT Id, l.Name, Owner.Name, Owner.Type, CreatedBy.Email, ConvertedAccount.Name FROM Lead l"
    )

    user = {"type": "User", "url": lead["CreatedBy"]["attributes"]["url"]}
    assert lead["Owner"] == {"attributes": {**user, "type": "Name"}, "Name": "Demo User", "Type": "User"}
    assert lead["CreatedBy"] == {"attributes": user, "Email": "demo@example.com"}
    assert (lead["Id"], lead["ConvertedAccount"]) == (lead_id, None)


async def test_order_puts_nulls_first_unless_told_otherwise(org: OrgClient) -> None:
    for name, city in (("A", "b"), ("B", None), ("C", "A")):
        await org.create(LastName=name, City=city)

    async def ordered(how: str) -> str:
        return "".join(lead["LastName"] for lead in await org.query(f"SELECT LastName FROM Lead ORDER BY {how}"))

    assert await ordered("City") == "BCA"
    assert await ordered("City DESC NULLS LAST") == "ACB"
    assert await ordered("Owner.Name, LastName DESC") == "CBA"
    assert await ordered("LastName LIMIT 1 OFFSET 1") == "B"


async def test_counting_answers_a_number_and_no_records(org: OrgClient) -> None:
    await org.create()
    await org.create(LastName="Other")

    response = await org.send("GET", "/query/", params={"q": "select count() from Lead where LastName = 'other'"})

    assert response.json() == {"totalSize": 1, "done": True, "records": []}


async def test_field_groups_bring_all_their_fields(org: OrgClient) -> None:
    await org.change_org(custom_fields=[{"name": "Score__c"}])
    lead = await org.read(await org.create(Score__c="high"))

    [everything] = await org.query("SELECT FIELDS(ALL) FROM Lead LIMIT 200")
    [custom] = await org.query("SELECT FIELDS(CUSTOM) FROM Lead LIMIT 1")
    unlimited = await org.send("GET", "/query", params={"q": "SELECT FIELDS(ALL) FROM Lead"})

    assert everything == lead
    assert custom["Score__c"] == "high"
    assert len(custom) == 2
    assert error_of(unlimited) == (400, "MALFORMED_QUERY")


async def test_a_long_answer_comes_in_pages(org: OrgClient) -> None:
    for number in range(450):
        await org.create(LastName=f"{number:03}")
    headers = {"Sforce-Query-Options": "batchSize=200"}

    page = (await org.send("GET", "/query?q=SELECT+LastName+FROM+Lead+ORDER+BY+LastName", headers=headers)).json()
    names = [lead["LastName"] for lead in page["records"]]
    sizes = [len(page["records"])]
    while not page["done"]:
        page = (await org.send("GET", page["nextRecordsUrl"].removeprefix("/services/data/v59.0"))).json()
        names += [lead["LastName"] for lead in page["records"]]
        sizes.append(len(page["records"]))

    assert sizes == [200, 200, 50]
    assert names == [f"{number:03}" for number in range(450)]
    assert (page["totalSize"], "nextRecordsUrl" in page) == (450, False)
    assert error_of(await org.send("GET", "/query/01gA10000000009AAA-2000")) == (400, "INVALID_QUERY_LOCATOR")


async def test_deleted_records_show_only_when_all_are_asked_for(org: OrgClient) -> None:
    lead_id = await org.create()
    await org.send("DELETE", f"/sobjects/Lead/{lead_id}")

    everything = await org.send("GET", "/queryAll", params={"q": "SELECT Id, IsDeleted FROM Lead"})

    assert await org.query("SELECT Id FROM Lead") == []
    assert [record["IsDeleted"] for record in everything.json()["records"]] == [True]


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        (
            "select count() from XYZZY",
            "INVALID_TYPE",
            "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\nsObject type 'XYZZY'",
        ),
        (
            "SELECT Foo FROM Lead",
            "INVALID_FIELD",
            "\nSELECT Foo FROM Lead\n       ^\nERROR at Row:1:Column:8\nNo such column 'Foo' on entity 'Lead'.",
        ),
        (
            "SELECT Id\nFROM Lead WHERE",
            "MALFORMED_QUERY",
            "\nFROM Lead WHERE\n               ^\nERROR at Row:2:Column:16\n",
        ),
        ("SELECT Id FROM Lead WHERE Name = 5", "INVALID_FIELD", "\nSELECT Id FROM Lead WHERE Name = 5\n"),
        ("SELECT Id FROM Lead WHERE IsConverted = 'x'", "INVALID_FIELD", "\n"),
        ("SELECT Id FROM Lead WHERE CreatedDate = '2020-01-01'", "INVALID_FIELD", "\n"),
        ("SELECT Id FROM Lead WHERE CreatedDate = 2020-13-01T00:00:00Z", "INVALID_FIELD", "\n"),
        ("SELECT Id FROM Lead WHERE CreatedDate = SOMEDAY", "INVALID_FIELD", "\n"),
        ("SELECT Id FROM Lead WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "\n"),
        ("SELECT Id FROM Lead WHERE NumberOfEmployees LIKE 'x'", "INVALID_QUERY_FILTER_OPERATOR", "\n"),
        ("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD", "\n"),
        ("SELECT Id FROM Lead ORDER BY Description", "INVALID_FIELD", "\n"),
        ("SELECT Id FROM Lead WHERE Nope.Name = 'x'", "INVALID_FIELD", "\n"),
        ("SELECT Id, Id FROM Lead", "INVALID_FIELD", "\n"),
        ("SELECT Id, FIELDS(STANDARD) FROM Lead", "INVALID_FIELD", "\n"),
        ("SELECT FIELDS(STANDARD), FIELDS(ALL) FROM Lead LIMIT 1", "INVALID_FIELD", "\n"),
        ("SELECT Id FROM Lead WHERE LastName = 'a' AND LastName = 'b' OR LastName = 'c'", "MALFORMED_QUERY", "\n"),
        ("SELECT Id FROM Lead WHERE LastName = 'a\\x'", "MALFORMED_QUERY", "\n"),
        ("SELECT Id FROM Lead WHERE LastName = 'a\\'", "MALFORMED_QUERY", "\n"),
        ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "\n"),
        ("SELECT Id FROM Lead LIMIT -1", "MALFORMED_QUERY", "\n"),
        ("SELECT Id FROM Lead; DROP TABLE Lead", "MALFORMED_QUERY", "\n"),
        ("", "MALFORMED_QUERY", ""),
        ("SELECT Id FROM Lead WHERE " + "(" * 300 + "Id = null" + ")" * 300 + " AND", "MALFORMED_QUERY", "\n"),
        ("SELECT Id FROM Lead WHERE " + "NOT " * 300 + "Id = null", "QUERY_TOO_COMPLICATED", ""),
        ("SELECT Id FROM Lead WHERE LastName = '" + "x" * 100_000 + "'", "MALFORMED_QUERY", ""),
    ],
)
async def test_a_bad_query_is_told_what_is_wrong_and_where(org: OrgClient, soql: str, code: str, message: str) -> None:
    response = await org.ask(soql)

    assert error_of(response) == (400, code)
    assert response.json()[0]["message"].startswith(message)


async def test_thousands_of_conditions_are_no_problem(org: OrgClient) -> None:
    await org.create(LastName="7")
    conditions = " OR ".join(f"LastName = '{number}'" for number in range(3000))

    assert await org.names(conditions) == ["7"]
    assert await org.names(f"LastName IN ({', '.join(repr(str(number)) for number in range(8000))})") == ["7"]


@pytest.mark.parametrize(
    "soql",
    [
        f"SELECT {', '.join(f'COUNT(Id) a{number}' for number in range(2500))} FROM Lead",
        f"SELECT Id FROM Lead ORDER BY {', '.join(['Name'] * 3000)}",
        f"SELECT Id FROM Lead WHERE NumberOfEmployees IN ({','.join('1' * 49_000)}) ORDER BY {','.join(['Id'] * 400)}",
        f"SELECT {'FORMAT(' * 9000}Id{')' * 9000} FROM Lead",
        f"SELECT {'(SELECT Id, ' * 5000}Id{' FROM Contacts)' * 5000} FROM Account",
    ],
)
async def test_a_query_of_any_size_is_answered(org: OrgClient, soql: str) -> None:
    assert (await org.ask(soql)).status_code in (200, 400)


async def test_a_pattern_of_many_wildcards_is_no_work(org: OrgClient) -> None:
    await org.create(LastName="a" * 80, Company="ab" * 120)

    assert await org.names(f"LastName LIKE '{'%a' * 900}%b'") == []
    assert await org.names(f"Company LIKE '{'%a_' * 120}'") == ["a" * 80]
    assert await org.names("LastName LIKE 'a%a' AND Company LIKE '%b_b%' AND Company LIKE 'abab%%'") == ["a" * 80]
    assert await org.names("LastName LIKE 'aa%' AND Company LIKE 'b%'") == []
