"""Records reached from other records by the names of relationships."""

from __future__ import annotations

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of


async def test_a_reference_leads_to_its_record_and_on_from_there(org: OrgClient) -> None:
    account_id = await org.create("Account", Name="Acme")
    contact_id = await org.create("Contact", LastName="Okafor", AccountId=account_id)

    account = (await org.send("GET", f"/sobjects/Contact/{contact_id}/Account")).json()
    name = (await org.send("GET", f"/sobjects/Contact/{contact_id}/account/owner", params={"fields": "Name"})).json()
    role = (await org.send("GET", f"/sobjects/Contact/{contact_id}/Account/Owner/UserRole")).json()

    assert (account["attributes"]["type"], account["Id"], account["Name"]) == ("Account", account_id, "Acme")
    assert name["Name"] == "Demo User"
    assert role["Name"] == "CEO"


async def test_an_owner_may_be_a_queue(org: OrgClient) -> None:
    [queue] = await org.query("SELECT Id FROM Group WHERE Type = 'Queue'")
    lead_id = await org.create(OwnerId=queue["Id"])

    owner = (await org.send("GET", f"/sobjects/Lead/{lead_id}/Owner")).json()

    assert (owner["attributes"]["type"], owner["Name"]) == ("Group", "Lead Queue")


async def test_children_come_as_a_list_even_if_there_are_none(org: OrgClient) -> None:
    account_id = await org.create("Account", Name="Acme")
    contact_id = await org.create("Contact", LastName="Okafor", AccountId=account_id)

    contacts = (await org.send("GET", f"/sobjects/Account/{account_id}/Contacts", params={"fields": "LastName"})).json()
    none = (await org.send("GET", f"/sobjects/Account/{account_id}/Opportunities")).json()

    assert (contacts["totalSize"], contacts["done"]) == (1, True)
    assert [(each["Id"], each["LastName"]) for each in contacts["records"]] == [(contact_id, "Okafor")]
    assert none == {"totalSize": 0, "done": True, "records": []}


async def test_a_parent_can_be_changed_and_deleted_through_its_child(org: OrgClient) -> None:
    account_id = await org.create("Account", Name="Acme")
    contact_id = await org.create("Contact", LastName="Okafor", AccountId=account_id)
    path = f"/sobjects/Contact/{contact_id}/Account"

    changed = await org.send("PATCH", path, json={"Phone": "1"})
    account = await org.read(account_id, "Account")
    deleted = await org.send("DELETE", path)

    assert (changed.status_code, account["Phone"], deleted.status_code) == (204, "1", 204)
    assert error_of(await org.send("GET", f"/sobjects/Account/{account_id}")) == (404, "ENTITY_IS_DELETED")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "Account", 404, "NOT_FOUND"),
        ("GET", "Account/Owner", 404, "NOT_FOUND"),
        ("GET", "Nope", 404, "NOT_FOUND"),
        ("GET", "Owner/Nope", 404, "NOT_FOUND"),
        ("GET", "Owner?fields=Nope", 400, "INVALID_FIELD"),
        ("GET", "Opportunities/Owner", 400, "INVALID_FIELD"),
        ("PATCH", "Opportunities", 405, "METHOD_NOT_ALLOWED"),
        ("PATCH", "Owner", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "Owner", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_what_leads_nowhere_is_refused(org: OrgClient, method: str, path: str, status: int, code: str) -> None:
    contact_id = await org.create("Contact", LastName="Okafor")

    response = await org.send(method, f"/sobjects/Contact/{contact_id}/{path}", json={"Phone": "1"})

    assert error_of(response) == (status, code)
