"""Where accounts may be persons, a lead without a company becomes one."""

from collections.abc import AsyncIterator

import pytest

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.leads import failure, insert, insert_record
from tests.support.org import Org

PERSON = {"email": "ada@example.com", "last_name": "Okafor"}


@pytest.fixture
async def persons(org: Org, session: Session) -> AsyncIterator[GatewayClient]:
    """A client of a gateway that gives leads no company of its own, on an org where accounts may be persons."""
    await org.change(setup="person_accounts")
    async with client_of(org.transport, session, lead_default_company="") as client:
        yield client


async def test_a_lead_without_a_company_becomes_a_person_account(persons: GatewayClient, org: Org) -> None:
    created = (await persons.post("/v1/leads/sync", json=PERSON)).json()["data"]
    before = await org.api_calls()
    converted = (await persons.post("/v1/leads/ada@example.com/convert")).json()["data"]

    assert "company" not in created["changed_fields"]
    assert converted["account_kind"] == "person"
    assert converted["account_id"]
    assert await org.api_calls() - before == 2
    again = (await persons.post("/v1/leads/ada@example.com/convert")).json()["data"]
    assert again == {**converted, "already_converted": True}


async def test_a_lead_with_a_company_becomes_a_business_account(persons: GatewayClient) -> None:
    lead = {**PERSON, "company": "Acme", "status": "scheduled"}

    synced = (await persons.post("/v1/leads/sync", json=lead)).json()["data"]

    assert synced["conversion"]["account_kind"] == "business"


async def test_a_person_is_synced_and_converted_in_three_calls(persons: GatewayClient, org: Org) -> None:
    before = await org.api_calls()

    synced = (await persons.post("/v1/leads/sync", json={**PERSON, "status": "scheduled"})).json()["data"]

    assert synced["conversion"]["account_kind"] == "person"
    assert await org.api_calls() - before == 3


@pytest.mark.parametrize(
    ("account", "lead", "kind", "creates"),
    [
        ({"LastName": "Okafor"}, {}, "person", []),
        ({"Name": "Acme"}, {"company": "Acme"}, "business", ["contact"]),
    ],
)
async def test_a_dry_run_knows_which_kind_of_account_is_named(
    persons: GatewayClient, org: Org, account: dict[str, str], lead: dict[str, str], kind: str, creates: list[str]
) -> None:
    account_id = await insert_record(persons, org, "Account", **account)
    wish = {**PERSON, **lead, "status": "scheduled", "conversion": {"account_id": account_id}}
    contacts = len(await org.query("SELECT Id FROM Contact"))

    planned = (await persons.post("/v1/leads/sync", json=wish, params={"dry_run": True})).json()["data"]
    before = await org.api_calls()
    synced = (await persons.post("/v1/leads/sync", json=wish)).json()["data"]["conversion"]
    calls = await org.api_calls() - before
    again = (await persons.post("/v1/leads/sync", json=wish)).json()["data"]["conversion"]

    assert planned["creates"] == ["lead", *creates]
    assert len(await org.query("SELECT Id FROM Contact")) - contacts == len(creates)
    assert (synced["account_kind"], again["account_kind"], calls) == (kind, kind, 3)


async def test_the_company_of_a_lead_can_be_cleared(persons: GatewayClient, org: Org) -> None:
    lead_id = await insert(persons, org)

    changed = await persons.patch(f"/v1/leads/{lead_id}", json={"company": None})

    assert changed.json()["data"]["company"] is None
    converted = (await persons.post(f"/v1/leads/{lead_id}/convert")).json()["data"]
    assert converted["account_kind"] == "person"


async def test_an_org_that_requires_a_company_says_so(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, lead_default_company="") as rest:
        lead_id = await insert(rest, org, Email="bea@example.com")

        created = failure(await rest.post("/v1/leads/sync", json=PERSON), 422, "SALESFORCE_REJECTED")
        cleared = failure(await rest.patch(f"/v1/leads/{lead_id}", json={"company": None}), 422, "SALESFORCE_REJECTED")

    for refused in (created, cleared):
        assert [detail["field"] for detail in refused["details"]] == ["company"]
        assert "LEAD_DEFAULT_COMPANY" in refused["message"]
