"""The columns of a query, told without running it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of


async def columns_of(org: OrgClient, soql: str, resource: str = "query") -> list[dict[str, Any]]:
    response = await org.send("GET", f"/{resource}", params={"q": soql, "columns": "true"})
    assert response.status_code == 200, response.text
    columns: list[dict[str, Any]] = response.json()["columnMetadata"]
    return columns


def tree(columns: list[dict[str, Any]]) -> list[Any]:
    """Names, with those of joined columns below them; aggregates say what they are computed of."""
    return [
        (column["columnName"], tree(column["joinColumns"]))
        if column["joinColumns"]
        else f"{column['columnName']}={column['displayName']}"
        if column["aggregate"]
        else column["columnName"]
        for column in columns
    ]


async def test_a_column_says_all_that_is_known_of_its_field(org: OrgClient) -> None:
    response = await org.send("GET", "/query", params={"q": "SELECT id, COMPANY FROM lead", "columns": "true"})

    flags = {"aggregate": False, "booleanType": False, "custom": False, "numberType": False, "joinColumns": []}
    known = {"columnName": "Id", "displayName": "Id", "apexType": "Id", "foreignKeyName": None}
    written = {"columnName": "Company", "displayName": "Company", "apexType": "String", "foreignKeyName": None}
    assert response.json() == {
        "columnMetadata": [
            {**flags, **known, "textType": False, "insertable": False, "updatable": False},
            {**flags, **written, "textType": True, "insertable": True, "updatable": True},
        ],
        "entityName": "Lead",
        "groupBy": False,
        "idSelected": True,
        "keyPrefix": "00Q",
    }


@pytest.mark.parametrize(
    ("soql", "expected"),
    [
        ("SELECT Name, Owner.Name, Owner.Email FROM Account", ["Name", ("Owner", ["Name", "Email"])]),
        ("SELECT Account.Owner.Name, Account.Name FROM Contact", [("Account", [("Owner", ["Name"]), "Name"])]),
        ("SELECT c.account.name FROM Contact c", [("Account", ["Name"])]),
        ("SELECT Name, (SELECT LastName FROM Contacts) FROM Account", ["Name", ("Contacts", ["LastName"])]),
        ("SELECT (SELECT Id, Owner.Name FROM contacts) FROM Account", [("Contacts", ["Id", ("Owner", ["Name"])])]),
        ("SELECT Status, AVG(AnnualRevenue) FROM Lead GROUP BY Status", ["Status", "expr0=avg(AnnualRevenue)"]),
        ("SELECT COUNT(Id) n, MAX(CreatedDate) FROM Lead", ["n=count(Id)", "expr0=max(CreatedDate)"]),
        ("SELECT Status s, COUNT_DISTINCT(City) FROM Lead GROUP BY Status", ["s", "expr0=count_distinct(City)"]),
        (
            "SELECT Owner.Name, CALENDAR_YEAR(CreatedDate) y FROM Lead GROUP BY Owner.Name, CALENDAR_YEAR(CreatedDate)",
            ["Name", "y=calendar_year(CreatedDate)"],
        ),
        ("SELECT toLabel(Status), FORMAT(AnnualRevenue) r FROM Lead", ["Status", "r"]),
        ("SELECT COUNT() FROM Lead", ["expr0=count()"]),
        (
            "SELECT Status, FORMAT(MAX(CreatedDate)), GROUPING(Status) g FROM Lead GROUP BY ROLLUP(Status)",
            ["Status", "expr0=format(max(CreatedDate))", "g=grouping(Status)"],
        ),
        (
            "SELECT Id, DISTANCE(Address, GEOLOCATION(1.5, 2), 'km') FROM Lead",
            ["Id", "expr0=distance(Address, geolocation(1.5, 2), 'km')"],
        ),
        (
            "SELECT TYPEOF Owner WHEN User THEN Id, Manager.Name WHEN Group THEN Id, Type ELSE Name END FROM Lead",
            [("Owner", ["Id", ("Manager", ["Name"]), "Type", "Name"])],
        ),
    ],
)
async def test_parents_children_and_aggregates_are_columns_too(org: OrgClient, soql: str, expected: list[Any]) -> None:
    assert tree(await columns_of(org, soql)) == expected
    assert tree(await columns_of(org, soql, "queryAll")) == expected


def shape(value: Any) -> Any:
    """The names in a record, with those of its parents, and of its first children, below them."""
    if isinstance(value, dict) and "records" in value:
        value = value["records"][0]
    names = [name for name in value if name != "attributes"]
    nested = {name: value[name] for name in names if isinstance(value[name], dict) and name != "Address"}
    return {name: shape(nested[name]) if name in nested else None for name in names}


def named(columns: list[dict[str, Any]]) -> dict[str, Any]:
    return {column["columnName"]: named(column["joinColumns"]) if column["joinColumns"] else None for column in columns}


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT FIELDS(ALL) FROM Lead LIMIT 1",
        "SELECT Id, toLabel(Status), FORMAT(CreatedDate) made, CreatedBy.Name, CreatedBy.Profile.Name FROM Lead",
        "SELECT Id, FORMAT(CreatedBy.CreatedDate), Owner.Name, Address FROM Lead",
        "SELECT Name, (SELECT Id, Owner.Name, Account.Name FROM Contacts) FROM Account",
        "SELECT COUNT(Id), MAX(CreatedDate) m, SUM(AnnualRevenue), MIN(Name) FROM Lead",
        "SELECT Owner.Name, Company c, toLabel(Status), COUNT(Id) FROM Lead GROUP BY Owner.Name, Company, Status",
        "SELECT TYPEOF Owner WHEN User THEN Id, Profile.Name END, Company FROM Lead",
        "SELECT Account.Name, Account.Owner.Profile.Name, LastName, Account.Id FROM Contact",
    ],
)
async def test_the_columns_are_those_that_the_records_have(org: OrgClient, soql: str) -> None:
    await org.create(City="Rome")
    account_id = await org.create("Account", Name="Acme")
    await org.create("Contact", LastName="Okafor", AccountId=account_id)

    [record] = await org.query(soql)

    assert named(await columns_of(org, soql)) == shape(record)


async def test_queries_for_definitions_have_columns_too(org: OrgClient) -> None:
    soql = "SELECT EntityDefinition.Label, DataType FROM FieldDefinition WHERE EntityDefinitionId = 'Lead'"

    assert tree(await columns_of(org, soql, "tooling/query")) == [("EntityDefinition", ["Label"]), "DataType"]


async def test_columns_of_groups_of_fields_are_the_fields(org: OrgClient) -> None:
    await org.change_org(custom_fields=[{"name": "Segment__c"}])

    [custom] = await columns_of(org, "SELECT FIELDS(CUSTOM) FROM Lead LIMIT 1")
    everything = await columns_of(org, "SELECT FIELDS(ALL) FROM Lead LIMIT 1")

    described = (await org.send("GET", "/sobjects/Lead/describe")).json()["fields"]
    assert (custom["columnName"], custom["custom"]) == ("Segment__c", True)
    assert [column["columnName"] for column in everything] == [field["name"] for field in described]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("IsConverted", ("Boolean", True, False, False)),
        ("AnnualRevenue", ("Double", False, True, False)),
        ("NumberOfEmployees", ("Integer", False, True, False)),
        ("Email", ("String", False, False, True)),
        ("Status", ("String", False, False, True)),
        ("OwnerId", ("Id", False, False, False)),
        ("ConvertedDate", ("Date", False, False, False)),
        ("CreatedDate", ("Datetime", False, False, False)),
        ("Address", ("Address", False, False, False)),
    ],
)
async def test_a_column_says_of_which_kind_its_values_are(org: OrgClient, field: str, kind: tuple[Any, ...]) -> None:
    [column] = await columns_of(org, f"SELECT {field} FROM Lead")

    assert tuple(column[key] for key in ("apexType", "booleanType", "numberType", "textType")) == kind


async def test_a_relationship_names_the_field_behind_it(org: OrgClient) -> None:
    [column] = await columns_of(org, "SELECT Account.Name FROM Contact")

    assert (column["foreignKeyName"], column["apexType"], column["aggregate"]) == ("AccountId", None, False)


@pytest.mark.parametrize("soql", ["SELECT Nope FROM Lead", "SELECT Id FROM", "SELECT Id FROM Lead GROUP BY City"])
async def test_a_query_that_cannot_be_run_has_no_columns(org: OrgClient, soql: str) -> None:
    asked = await org.send("GET", "/query", params={"q": soql, "columns": "true"})
    run = await org.send("GET", "/query", params={"q": soql})

    assert error_of(asked) == error_of(run)
    assert asked.json() == run.json()


async def test_only_who_asks_for_columns_is_told_them(org: OrgClient) -> None:
    answer = await org.send("GET", "/query", params={"q": "SELECT Id FROM Lead", "columns": "false"})

    assert [*answer.json()] == ["totalSize", "done", "records"]
