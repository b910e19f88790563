"""SOQL: children, semi-joins, lists of values, scopes."""

from __future__ import annotations

import pytest

from tests.infra.simulator.conftest import Clock, OrgClient, error_of


@pytest.fixture
async def accounts(org: OrgClient) -> OrgClient:
    """An account with two contacts, and one with none."""
    acme = await org.create("Account", Name="Acme")
    await org.create("Account", Name="Globex")
    for name in ("Zed", "Ann"):
        await org.create("Contact", LastName=name, AccountId=acme)
    return org


async def test_children_come_with_their_parents(accounts: OrgClient) -> None:
    acme, globex = await accounts.query(
        "SELECT Name, (SELECT Id, LastName, Account.Name FROM Contacts c WHERE c.LastName != 'x' ORDER BY LastName), "
        "(SELECT Id FROM Opportunities) FROM Account ORDER BY Name"
    )

    contacts = acme["Contacts"]
    assert (contacts["totalSize"], contacts["done"]) == (2, True)
    assert [contact["LastName"] for contact in contacts["records"]] == ["Ann", "Zed"]
    assert contacts["records"][0]["Account"]["Name"] == "Acme"
    assert contacts["records"][0]["attributes"]["type"] == "Contact"
    assert (acme["Opportunities"], globex["Contacts"]) == (None, None)


async def test_children_are_limited_for_each_parent(accounts: OrgClient) -> None:
    [acme] = await accounts.query("SELECT (SELECT LastName FROM contacts LIMIT 1) FROM Account WHERE Name = 'Acme'")

    assert len(acme["Contacts"]["records"]) == 1


async def test_semi_joins_find_what_others_point_at(accounts: OrgClient) -> None:
    async def names(condition: str) -> list[str]:
        return [a["Name"] for a in await accounts.query(f"SELECT Name FROM Account WHERE {condition} ORDER BY Name")]

    assert await names("Id IN (SELECT AccountId FROM Contact WHERE LastName = 'zed')") == ["Acme"]
    assert await names("Id NOT IN (SELECT AccountId FROM Contact)") == ["Globex"]
    assert await names("Name != 'x' AND Id IN (SELECT AccountId FROM Contact) AND Name LIKE 'a%'") == ["Acme"]


async def test_lists_of_values_are_searched_by_value(org: OrgClient) -> None:
    await org.change_org(custom_fields=[{"name": "Tags__c", "type": "multipicklist", "values": ["A", "B", "C"]}])
    for name, tags in (("1", "A;B"), ("2", "b;C"), ("3", None)):
        await org.create(LastName=name, Tags__c=tags)

    assert await org.names("Tags__c INCLUDES ('A;B', 'C')") == ["1", "2"]
    assert await org.names("Tags__c INCLUDES ('A;C')") == []
    assert await org.names("Tags__c EXCLUDES ('A')") == ["2", "3"]


async def test_a_scope_narrows_the_query(org: OrgClient) -> None:
    [queue] = await org.query("SELECT Id FROM Group")
    await org.create(LastName="Mine")
    await org.create(LastName="Theirs", OwnerId=queue["Id"])

    async def found(scope: str) -> list[str]:
        return [lead["LastName"] for lead in await org.query(f"SELECT LastName FROM Lead USING SCOPE {scope}")]

    assert await found("mine") == ["Mine"]
    assert await found("Queue") == ["Theirs"]
    assert await found("everything WITH SECURITY_ENFORCED") == ["Mine", "Theirs"]


async def test_the_history_of_a_lead_is_kept(org: OrgClient) -> None:
    lead_id = await org.create()
    await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Status": "Working - Contacted", "Company": "Globex"})

    [lead] = await org.query("SELECT Id, (SELECT Field, OldValue, NewValue, CreatedBy.Name FROM Histories) FROM Lead")
    [change] = lead["Histories"]["records"]

    assert (change["Field"], change["OldValue"]) == ("Status", "Open - Not Contacted")
    assert (change["NewValue"], change["CreatedBy"]["Name"]) == ("Working - Contacted", "Demo User")
    assert len(await org.query(f"SELECT Id FROM LeadHistory WHERE LeadId = '{lead_id}'")) == 1


async def test_every_object_can_be_asked_about(org: OrgClient) -> None:
    objects = ["Lead", "Account", "Contact", "Opportunity", "User", "Group", "RecordType", "LeadStatus"]
    counts = {
        name: (await org.ask(f"SELECT COUNT() FROM {name}")).json()["totalSize"]
        for name in [*objects, "Organization", "LeadHistory"]
    }

    assert {name: count for name, count in counts.items() if count} == {
        "User": 2,
        "Group": 1,
        "LeadStatus": 4,
        "Organization": 1,
    }


async def test_the_first_page_outlives_two_days_of_reading_but_not_more(org: OrgClient, clock: Clock) -> None:
    for number in range(201):
        await org.create(LastName=str(number))
    first = await org.send(
        "GET", "/query?q=SELECT+Id+FROM+Lead", headers={"Sforce-Query-Options": "client=x, batchSize=200"}
    )
    path = first.json()["nextRecordsUrl"].removeprefix("/services/data/v59.0")
    clock.move(days=1.9)
    await org.log_in_again()
    second = await org.send("GET", path)
    clock.move(days=0.2)
    await org.log_in_again()

    assert len(second.json()["records"]) == 1
    assert error_of(await org.send("GET", path)) == (400, "INVALID_QUERY_LOCATOR")


async def test_a_query_can_be_explained(org: OrgClient) -> None:
    await org.create(Email="a@example.com")

    async def operation(condition: str) -> str:
        query = f"SELECT Id FROM Lead WHERE {condition} ORDER BY Name"
        answer = (await org.send("GET", "/query", params={"explain": query})).json()
        [plan] = answer["plans"]
        assert (answer["sourceQuery"], plan["cardinality"], plan["sobjectType"]) == (query, 1, "Lead")
        return str(plan["leadingOperationType"])

    assert await operation("Email = 'a@example.com'") == "Index"
    assert await operation("Company LIKE 'Ac%'") == "TableScan"
    assert error_of(await org.send("GET", "/query", params={"explain": "SELECT"})) == (400, "MALFORMED_QUERY")


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT (SELECT Id FROM Nope) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Nope' in FROM"),
        ("SELECT (SELECT Id FROM Contact) FROM Account", "INVALID_TYPE", "Didn't understand relationship"),
        ("SELECT (SELECT (SELECT Id FROM Contacts) FROM Contacts) FROM Account", "INVALID_TYPE", "Didn't understand"),
        ("SELECT (SELECT COUNT(Id) FROM Contacts) FROM Account", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT (SELECT COUNT() FROM Contacts) FROM Account", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT (SELECT LastName FROM Contacts GROUP BY LastName) FROM Account", "MALFORMED_QUERY", "only root"),
        ("SELECT Id FROM Account WHERE Name IN (SELECT LastName FROM Contact)", "MALFORMED_QUERY", "The selected"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT Id, AccountId FROM Contact)", "MALFORMED_QUERY", "semi join"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 1)", "MALFORMED_QUERY", "semi join"),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT Id FROM Contact))",
            "MALFORMED_QUERY",
            "Nesting of semi join",
        ),
        ("SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Nope)", "INVALID_TYPE", "sObject type 'Nope'"),
        ("SELECT Id FROM Lead WHERE City INCLUDES ('x')", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        ("SELECT Id FROM Lead USING SCOPE nope", "INVALID_QUERY_SCOPE", "Scope 'nope'"),
        ("SELECT Id FROM Organization USING SCOPE mine", "INVALID_QUERY_SCOPE", "Scope 'mine'"),
        ("SELECT Id FROM Lead WITH NOTHING", "MALFORMED_QUERY", "unexpected token: 'NOTHING'"),
    ],
)
async def test_bad_relations_are_told(org: OrgClient, soql: str, code: str, message: str) -> None:
    response = await org.ask(soql)

    assert error_of(response) == (400, code)
    assert response.json()[0]["message"].split("\n")[-1].startswith(message)


async def test_an_owner_is_whichever_it_is(org: OrgClient) -> None:
    [queue] = await org.query("SELECT Id FROM Group")
    await org.create(LastName="Mine")
    await org.create(LastName="Waiting", OwnerId=queue["Id"])

    mine, waiting = await org.query("SELECT Owner.Name, Owner.Type, Owner.Username FROM Lead ORDER BY Owner.Type DESC")

    assert (mine["Owner"]["Type"], mine["Owner"]["Username"]) == ("User", "demo@example.com")
    assert (waiting["Owner"]["Name"], waiting["Owner"]["Username"]) == ("Lead Queue", None)
    assert await org.names("Owner.Type = 'queue' AND Owner.Name LIKE 'lead%'") == ["Waiting"]
    assert await org.names("Owner.Name = 'DEMO user'") == ["Mine"]


async def test_a_query_that_reaches_too_many_parents_is_refused(org: OrgClient) -> None:
    ways = ["", "ReportsTo.", "ReportsTo.ReportsTo.", "Account.", "Account.Parent.", "ReportsTo.Account."]
    ways += [f"{way}{name}." for way in ways for name in ("CreatedBy", "LastModifiedBy", "Owner")]
    ways += [f"{way}CreatedBy.{name}." for way in ways for name in ("CreatedBy", "LastModifiedBy")]
    paths = ", ".join(f"{way}Name" for way in ways)

    assert (await org.ask(f"SELECT {'ReportsTo.' * 5}Name FROM Contact")).status_code == 200
    assert error_of(await org.ask(f"SELECT {'ReportsTo.' * 6}Name FROM Contact")) == (400, "MALFORMED_QUERY")
    assert error_of(await org.ask(f"SELECT {paths} FROM Contact")) == (400, "QUERY_TOO_COMPLICATED")
