"""Queries and searches over SOAP."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from tests.infra.simulator.conftest import Clock, OrgClient
from tests.infra.simulator.soap.test_soap import PARTNER, SOBJECT, fault_of, results, text

OPTIONS = "<QueryOptions><batchSize>200</batchSize></QueryOptions>"


async def pages(org: OrgClient, operation: str, soql: str) -> list[Element]:
    """Every page of an answer."""
    [page] = await results(org, f"<{operation}><queryString>{soql}</queryString></{operation}>", headers=OPTIONS)
    found = [page]
    while page.findtext(f"{PARTNER}done") == "false":
        locator = page.findtext(f"{PARTNER}queryLocator")
        [page] = await results(org, f"<queryMore><queryLocator>{locator}</queryLocator></queryMore>", headers=OPTIONS)
        found.append(page)
    return found


def records(page: Element) -> list[Element]:
    return page.findall(f"{PARTNER}records")


async def test_deleted_records_come_in_pages_too(org: OrgClient) -> None:
    leads = [{"attributes": {"type": "Lead"}, "LastName": "L", "Company": "A"} for _ in range(200)]
    created = [await org.send("POST", "/composite/sobjects", json={"records": leads}) for _ in range(2)]
    ids = [each["id"] for answer in created for each in answer.json()]
    for lead_id in ids[:50]:
        await org.send("DELETE", f"/sobjects/Lead/{lead_id}")

    living = await pages(org, "query", "SELECT Id FROM Lead")
    everything = await pages(org, "queryAll", "SELECT Id, IsDeleted FROM Lead ORDER BY Id")

    assert [len(records(page)) for page in living] == [200, 150]
    assert [len(records(page)) for page in everything] == [200, 200]
    assert {text(page, "size") for page in everything} == {"400"}
    flags = [each.findtext(f"{SOBJECT}IsDeleted") for page in everything for each in records(page)]
    assert flags == ["true"] * 50 + ["false"] * 350


async def test_what_is_out_of_the_bin_is_not_found_any_more(org: OrgClient, clock: Clock) -> None:
    await org.send("DELETE", f"/sobjects/Lead/{await org.create()}")
    clock.move(days=16)
    await org.log_in_again()

    [page] = await pages(org, "queryAll", "SELECT Id FROM Lead")

    assert text(page, "size") == "0"


async def test_children_are_a_result_inside_their_record(org: OrgClient) -> None:
    full, empty = await org.create("Account", Name="Full"), await org.create("Account", Name="None")
    for name in "AB":
        await org.create("Contact", LastName=name, AccountId=full)
    soql = "SELECT Id, (SELECT LastName, Account.Name FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name"

    [page] = await pages(org, "query", soql)

    with_contacts, without = records(page)
    children = with_contacts.find(f"{SOBJECT}Contacts")
    nothing = without.find(f"{SOBJECT}Contacts")
    assert children is not None
    assert (text(children, "done"), text(children, "size")) == ("true", "2")
    assert [child.findtext(f"{SOBJECT}LastName") for child in records(children)] == ["A", "B"]
    assert [child.findtext(f"{SOBJECT}Account/{SOBJECT}Name") for child in records(children)] == ["Full", "Full"]
    assert nothing is not None
    assert (len(nothing), without.findtext(f"{SOBJECT}Id")) == (0, empty)


async def test_children_that_do_not_fit_on_a_page_have_pages_of_their_own(org: OrgClient) -> None:
    account = await org.create("Account", Name="Full")
    contacts = [{"attributes": {"type": "Contact"}, "LastName": "C", "AccountId": account} for _ in range(250)]
    for start in (0, 200):
        await org.send("POST", "/composite/sobjects", json={"records": contacts[start : start + 200]})

    [page] = await pages(org, "query", "SELECT Id, (SELECT Id FROM Contacts) FROM Account")
    children = records(page)[0].find(f"{SOBJECT}Contacts")
    assert children is not None
    locator = text(children, "queryLocator")
    [rest] = await results(org, f"<queryMore><queryLocator>{locator}</queryLocator></queryMore>", headers=OPTIONS)

    assert (children.findtext(f"{PARTNER}done"), children.findtext(f"{PARTNER}size")) == ("false", "250")
    first, second = ({each.findtext(f"{SOBJECT}Id") for each in records(part)} for part in (children, rest))
    assert (len(first | second), first & second, rest.findtext(f"{PARTNER}done")) == (250, set(), "true")


async def test_a_search_finds_records_of_many_objects(org: OrgClient) -> None:
    lead_id = await org.create(Company="Zebra Ltd")
    account_id = await org.create("Account", Name="Zebra")
    sosl = "FIND {zebra} RETURNING Lead(Id, Company), Account(Id, Name)"

    [result] = await results(org, f"<search><searchString>{sosl}</searchString></search>")

    assert [each.tag for each in result] == [f"{PARTNER}queryId", *[f"{PARTNER}searchRecords"] * 2]
    found = [each for record in result.findall(f"{PARTNER}searchRecords") for each in record]
    assert [each.tag for each in found] == [f"{PARTNER}record"] * 2
    assert [(each.findtext(f"{SOBJECT}type"), each.findtext(f"{SOBJECT}Id")) for each in found] == [
        ("Lead", lead_id),
        ("Account", account_id),
    ]
    assert found[0].findtext(f"{SOBJECT}Company") == "Zebra Ltd"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<search><searchString>FIND zebra</searchString></search>", "MALFORMED_SEARCH"),
        ("<search/>", "MALFORMED_SEARCH"),
        ("<search><searchString>FIND {zebra} RETURNING Nope</searchString></search>", "INVALID_TYPE"),
        ("<search><searchString>FIND {zebra} RETURNING Lead(Nope)</searchString></search>", "INVALID_FIELD"),
        ("<queryMore><queryLocator>01g-1</queryLocator></queryMore>", "INVALID_QUERY_LOCATOR"),
        ("<queryAll/>", "MALFORMED_QUERY"),
    ],
)
async def test_what_cannot_be_asked_is_a_fault(org: OrgClient, body: str, code: str) -> None:
    assert fault_of(await org.soap(body)) == (500, f"sf:{code}")
