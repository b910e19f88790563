"""SOQL: fields that depend on the kind of record a relationship leads to."""

from __future__ import annotations

import pytest

from tests.infra.simulator.conftest import REST, OrgClient, error_of, message_of


@pytest.fixture
async def owned(org: OrgClient) -> OrgClient:
    """One lead of a person, one of a queue."""
    [queue] = await org.query("SELECT Id FROM Group")
    await org.create(LastName="Mine")
    await org.create(LastName="Theirs", OwnerId=queue["Id"])
    return org


async def test_each_kind_of_record_shows_its_own_fields(owned: OrgClient) -> None:
    mine, theirs = await owned.query(
        "SELECT LastName, typeof l.Owner WHEN User THEN Id, Username, CreatedBy.Name WHEN Group THEN Type END "
        "FROM Lead l ORDER BY LastName"
    )

    user_id, group_id = mine["Owner"]["Id"], theirs["Owner"]["attributes"]["url"].rsplit("/", 1)[1]
    user = {"type": "User", "url": f"{REST}/sobjects/User/{user_id}"}
    assert mine["Owner"] == {
        "attributes": user,
        "Id": user_id,
        "Username": "demo@example.com",
        "CreatedBy": {"attributes": user, "Name": "Demo User"},
    }
    group = {"type": "Group", "url": f"{REST}/sobjects/Group/{group_id}"}
    assert theirs["Owner"] == {"attributes": group, "Type": "Queue"}


async def test_all_other_kinds_show_what_they_have_in_common(owned: OrgClient) -> None:
    soql = "SELECT TYPEOF Owner WHEN Group THEN DeveloperName ELSE Name, Type END FROM Lead ORDER BY LastName"

    mine, theirs = [lead["Owner"] for lead in await owned.query(soql)]
    without_else = [lead["Owner"] for lead in await owned.query(soql.replace("ELSE Name, Type", ""))]

    assert (mine["attributes"]["type"], mine["Name"], mine["Type"]) == ("User", "Demo User", "User")
    assert (theirs["attributes"]["type"], theirs["DeveloperName"]) == ("Group", "Lead_Queue")
    assert without_else == [None, theirs]


async def test_kinds_can_be_told_apart_in_children_and_parents(owned: OrgClient) -> None:
    lead_id = next(iter(await owned.query("SELECT Id FROM Lead WHERE LastName = 'Mine'")))["Id"]
    await owned.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Status": "Working - Contacted"})

    [change] = await owned.query("SELECT TYPEOF Lead.Owner WHEN User THEN Alias END, Lead.LastName FROM LeadHistory")

    assert (change["Lead"]["LastName"], set(change["Lead"]["Owner"])) == ("Mine", {"attributes", "Alias"})


async def test_what_an_activity_is_about_is_told_by_its_kind(org: OrgClient) -> None:
    account_id = await org.create("Account", Name="Acme", Industry="Energy")
    contact_id = await org.create("Contact", LastName="Zed", AccountId=account_id)
    lead_id = await org.create(LastName="Okafor", Company="Globex")
    await org.create("Task", Subject="1", WhatId=account_id, WhoId=contact_id)
    await org.create("Task", Subject="2", WhoId=lead_id)

    first, second = await org.query(
        "SELECT TYPEOF What WHEN Account THEN Industry, Owner.Name WHEN Opportunity THEN Amount END, "
        "TYPEOF Who WHEN Lead THEN Company ELSE Name, Type END FROM Task ORDER BY Subject"
    )
    [account] = await org.query("SELECT (SELECT TYPEOF Who WHEN Contact THEN LastName END FROM Tasks) FROM Account")

    assert (first["What"]["Industry"], first["What"]["Owner"]["Name"], second["What"]) == ("Energy", "Demo User", None)
    assert (first["Who"]["Name"], first["Who"]["Type"], second["Who"]["Company"]) == ("Zed", "Contact", "Globex")
    assert [task["Who"]["LastName"] for task in account["Tasks"]["records"]] == ["Zed"]
    for kind, subject in (("Lead", "2"), ("Contact", "1")):
        [task] = await org.query(f"SELECT Subject, Who.Name FROM Task WHERE Who.Type = '{kind}'")
        assert task["Subject"] == subject


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT TYPEOF CreatedBy WHEN User THEN Id END FROM Lead", "INVALID_FIELD", "TYPEOF needs a polymorphic"),
        ("SELECT TYPEOF Nope WHEN User THEN Id END FROM Lead", "INVALID_FIELD", "Didn't understand relationship"),
        ("SELECT TYPEOF Owner WHEN Nope THEN Id END FROM Lead", "INVALID_TYPE", "sObject type 'Nope'"),
        ("SELECT TYPEOF Owner WHEN Account THEN Id END FROM Lead", "INVALID_TYPE", "The relationship 'Owner' does not"),
        ("SELECT TYPEOF Owner WHEN User THEN Nope END FROM Lead", "INVALID_FIELD", "No such column 'Nope' on entity"),
        ("SELECT TYPEOF Owner WHEN User THEN Id ELSE Username2 END FROM Lead", "INVALID_FIELD", "No such column"),
        (
            "SELECT TYPEOF Owner WHEN User THEN Id WHEN Group THEN Id ELSE SystemModstamp END FROM Lead",
            "INVALID_FIELD",
            "No such column 'SystemModstamp' on entity 'Name'",
        ),
        ("SELECT TYPEOF Owner WHEN User THEN Id, Id END FROM Lead", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT TYPEOF Owner WHEN User THEN Id WHEN User THEN Id END FROM Lead", "MALFORMED_QUERY", "The type User"),
        ("SELECT Owner.Id, TYPEOF Owner WHEN User THEN Id END FROM Lead", "INVALID_FIELD", "duplicate field selected"),
        ("SELECT TYPEOF Owner END FROM Lead", "MALFORMED_QUERY", "unexpected token: 'END'"),
        ("SELECT TYPEOF Owner ELSE Id END FROM Lead", "MALFORMED_QUERY", "unexpected token: 'ELSE'"),
        ("SELECT TYPEOF Owner WHEN User THEN Id FROM Lead", "MALFORMED_QUERY", "unexpected token: 'FROM'"),
        ("SELECT COUNT(Id), TYPEOF Owner WHEN User THEN Id END FROM Lead", "MALFORMED_QUERY", "sub-queries and TYPEOF"),
    ],
)
async def test_a_bad_typeof_is_told(org: OrgClient, soql: str, code: str, message: str) -> None:
    response = await org.ask(soql)

    assert error_of(response) == (400, code)
    assert message_of(response).startswith(message)
