"""SOQL: children, semi-joins, lists of values, scopes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import REST, Clock, OrgClient, error_of, message_of


def nested(levels: int) -> str:
    """Sub-queries in sub-queries, as many levels as said with the query around them."""
    query = "Id"
    for _ in range(levels - 1):
        query = f"(SELECT Name, {query} FROM ChildAccounts)" if query != "Id" else "(SELECT Name FROM ChildAccounts)"
    return query


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


async def test_parents_can_have_names_of_their_own(accounts: OrgClient) -> None:
    contacts = await accounts.query(
        "SELECT c.LastName, a.Name, o.Alias FROM Contact c, c.Account a, a.Owner o WHERE a.Name = 'Acme' ORDER BY "
        "o.Name, c.LastName"
    )
    counted = await accounts.ask("SELECT COUNT() FROM Contact c, Contact.Account a WHERE a.Owner.Name LIKE 'demo%'")
    unknown = await accounts.ask("SELECT Id FROM Contact c, c.Nope n WHERE n.Name = 'x'")

    assert [contact["LastName"] for contact in contacts] == ["Ann", "Zed"]
    assert set(contacts[0]["Account"]) == {"attributes", "Name", "Owner"}
    assert counted.json()["totalSize"] == 2
    assert error_of(unknown) == (400, "INVALID_FIELD")


async def test_children_are_limited_for_each_parent(accounts: OrgClient) -> None:
    [acme] = await accounts.query("SELECT (SELECT LastName FROM contacts LIMIT 1) FROM Account WHERE Name = 'Acme'")

    assert len(acme["Contacts"]["records"]) == 1


async def test_children_have_children_of_their_own(accounts: OrgClient) -> None:
    [acme] = await accounts.query("SELECT Id FROM Account WHERE Name = 'Acme'")
    parent_id = acme["Id"]
    for level in range(2, 6):
        parent_id = await accounts.create("Account", Name=f"Level {level}", ParentId=parent_id)
    await accounts.create("Contact", LastName="Deep", AccountId=parent_id)

    [record] = await accounts.query(f"SELECT Name, {nested(5)} FROM Account WHERE Name = 'Acme'")
    [parent] = await accounts.query(
        "SELECT (SELECT Name, (SELECT LastName, Account.Name FROM Contacts), (SELECT Id FROM Opportunities) "
        "FROM ChildAccounts WHERE Name LIKE 'Level%') FROM Account WHERE Name = 'Level 4'"
    )

    names = [record["Name"]]
    while record.get("ChildAccounts"):
        [record] = record["ChildAccounts"]["records"]
        names.append(record["Name"])
    assert names == ["Acme", "Level 2", "Level 3", "Level 4", "Level 5"]
    [child] = parent["ChildAccounts"]["records"]
    assert [contact["Account"]["Name"] for contact in child["Contacts"]["records"]] == ["Level 5"]
    assert child["Opportunities"] is None


async def test_deleted_children_show_only_when_all_are_asked_for(accounts: OrgClient) -> None:
    [ann] = await accounts.query("SELECT Id FROM Contact WHERE LastName = 'Ann'")
    await accounts.send("DELETE", f"/sobjects/Contact/{ann['Id']}")
    soql = "SELECT (SELECT LastName, IsDeleted FROM Contacts ORDER BY LastName) FROM Account WHERE Name = 'Acme'"

    [some] = await accounts.query(soql)
    [everything] = (await accounts.send("GET", "/queryAll", params={"q": soql})).json()["records"]

    assert [contact["LastName"] for contact in some["Contacts"]["records"]] == ["Zed"]
    assert [contact["IsDeleted"] for contact in everything["Contacts"]["records"]] == [True, False]


async def test_many_children_come_in_pages_of_their_own(org: OrgClient) -> None:
    accounts = [await org.create("Account", Name=f"A{number}") for number in range(3)]
    contacts = [(accounts[0], 150), (accounts[1], 450), (accounts[2], 1)]
    for account_id, count in contacts:
        contact = {"attributes": {"type": "Contact"}, "AccountId": account_id}
        records = [{**contact, "LastName": f"{number:03}"} for number in range(count)]
        for start in range(0, count, 200):
            await org.send("POST", "/composite/sobjects", json={"records": records[start : start + 200]})

    async def pages(first: dict[str, Any]) -> list[list[dict[str, Any]]]:
        found = [first["records"]]
        while not first["done"]:
            first = (await org.send("GET", first["nextRecordsUrl"].removeprefix(REST))).json()
            found.append(first["records"])
        return found

    answer = await org.send(
        "GET",
        "/query",
        params={"q": "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name"},
        headers={"Sforce-Query-Options": "batchSize=200"},
    )
    found = await pages(answer.json())

    assert answer.json()["totalSize"] == 3
    assert [len(page) for page in found] == [2, 1], "a page is full when its records and their children are"
    for account, (_, count) in zip([account for page in found for account in page], contacts, strict=True):
        children = await pages(account["Contacts"])
        assert account["Contacts"]["totalSize"] == count
        assert [child["LastName"] for page in children for child in page] == [f"{n:03}" for n in range(count)]
        assert max(len(page) for page in children) <= 200


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
    for bad in ("SELECT", "SELECT Industry FROM Lead GROUP BY Rating"):
        assert error_of(await org.send("GET", "/query", params={"explain": bad})) == (400, "MALFORMED_QUERY")
    assert error_of(await org.send("GET", "/query", params={"explain": "SELECT X FROM Lead"})) == (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT (SELECT Id FROM Nope) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Nope' in FROM"),
        ("SELECT (SELECT Id FROM Contact) FROM Account", "INVALID_TYPE", "Didn't understand relationship"),
        ("SELECT (SELECT (SELECT Id FROM Contacts) FROM Contacts) FROM Account", "INVALID_TYPE", "Didn't understand"),
        (f"SELECT {nested(6)} FROM Account", "MALFORMED_QUERY", "Sub-queries can be nested at most 5 levels"),
        ("SELECT (SELECT COUNT(Id) FROM Contacts) FROM Account", "MALFORMED_QUERY", "only root"),
        ("SELECT (SELECT COUNT() FROM Contacts) FROM Account", "MALFORMED_QUERY", "only root"),
        ("SELECT (SELECT FORMAT(MAX(Id)) FROM Contacts) FROM Account", "MALFORMED_QUERY", "only root"),
        ("SELECT (SELECT Id FROM Contacts ALL ROWS) FROM Account", "MALFORMED_QUERY", "unexpected token: 'ROWS'"),
        ("SELECT Id FROM Account ALL ROWS", "MALFORMED_QUERY", "unexpected token: 'ROWS'"),
        ("SELECT (SELECT Id FROM Contacts OFFSET 2001) FROM Account", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL"),
        ("SELECT COUNT(Id) FROM Lead GROUP BY City OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL"),
        ("SELECT (SELECT LastName FROM Contacts GROUP BY LastName) FROM Account", "MALFORMED_QUERY", "only root"),
        ("SELECT Id FROM Account WHERE Name IN (SELECT LastName FROM Contact)", "MALFORMED_QUERY", "The selected"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT Id, AccountId FROM Contact)", "MALFORMED_QUERY", "semi join"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 1)", "MALFORMED_QUERY", "semi join"),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT Id FROM Contact))",
            "MALFORMED_QUERY",
            "Nesting of semi join",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)",
            "MALFORMED_QUERY",
            "Semi join sub-selects are not allowed with the 'OR' operator",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'x' AND (Fax = 'x' OR Id IN (SELECT AccountId FROM Contact))",
            "MALFORMED_QUERY",
            "Semi join sub-selects are only allowed at the top level",
        ),
        (
            "SELECT Id FROM Account WHERE NOT Id IN (SELECT AccountId FROM Contact)",
            "MALFORMED_QUERY",
            "Semi join sub-selects are only allowed at the top level",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND Id NOT IN (SELECT AccountId FROM "
            "Opportunity) AND OwnerId IN (SELECT OwnerId FROM Lead)",
            "MALFORMED_QUERY",
            "At most 2 semi join",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Account)",
            "MALFORMED_QUERY",
            "The inner and outer selects should not be on the same object type",
        ),
        ("SELECT Id FROM Contact WHERE Account.Id IN (SELECT AccountId FROM Opportunity)", "MALFORMED_QUERY", "A semi"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT Account.Id FROM Contact)", "MALFORMED_QUERY", "A semi join"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT OwnerId FROM Contact)", "MALFORMED_QUERY", "The selected field"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT COUNT(Id) FROM Contact)", "MALFORMED_QUERY", "The selected field"),
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
    assert message_of(response).startswith(message)


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
