"""What a conversion needs can be said wherever one is asked for."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.support.gateway import GatewayClient
from tests.support.leads import ADA, delete_record, failure, insert, insert_record
from tests.support.org import Org

Ask = Callable[[GatewayClient, str, dict[str, Any], bool], Awaitable[httpx.Response]]
"""Asks for the conversion of ada@example.com, or of the lead with an Id, with options; true: as a dry run."""

ADAS = {"email": ADA["email"]}


async def by_convert(rest: GatewayClient, lead: str, options: dict[str, Any], dry: bool = False) -> httpx.Response:
    return await rest.post(f"/v1/leads/{lead}/convert", json=options, params={"dry_run": dry})


async def by_status(rest: GatewayClient, lead: str, options: dict[str, Any], dry: bool = False) -> httpx.Response:
    body = {"status": "scheduled", "conversion": options}
    return await rest.put(f"/v1/leads/{lead}/status", json=body, params={"dry_run": dry})


async def by_sync(rest: GatewayClient, lead: str, options: dict[str, Any], dry: bool = False) -> httpx.Response:
    body = {**ADAS, "status": "scheduled", "conversion": options}
    return await rest.post("/v1/leads/sync", json=body, params={"dry_run": dry})


every_way = pytest.mark.parametrize(
    ("ask", "path"), [(by_convert, ""), (by_status, "conversion."), (by_sync, "conversion.")]
)


def converted(response: httpx.Response) -> dict[str, Any]:
    """What the lead became."""
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data.get("conversion") or data


@every_way
async def test_every_option_is_taken_wherever_a_conversion_is_asked_for(
    rest: GatewayClient, org: Org, ask: Ask, path: str
) -> None:
    await org.change(lead_statuses=[*STATUSES, {"name": "Sold", "is_converted": True}])
    account = await insert_record(rest, org, "Account", Name="Other")
    contact = await insert_record(rest, org, "Contact", LastName="Okafor", AccountId=account)
    user = (await rest.get("/v1/org")).json()["data"]["caller"]["user_id"]
    lead_id = await insert(rest, org)
    options = {
        "converted_status": "Sold",
        "account_id": account,
        "contact_id": contact,
        "owner_id": user,
        "create_opportunity": True,
        "opportunity_name": "Big deal",
        "allow_duplicate": True,
        "match_existing": False,
    }

    told = converted(await ask(rest, lead_id, options, False))

    assert (told["account_id"], told["contact_id"], told["status"]) == (account, contact, "Sold")
    [opportunity] = await org.query(f"SELECT Name FROM Opportunity WHERE Id = '{told['opportunity_id']}'")
    assert opportunity["Name"] == "Big deal"


QUEUES = [{"name": "Inbound", "developer_name": "Inbound"}]
STATUSES = [{"name": "Open", "is_default": True}, {"name": "Done", "is_converted": True}]


@every_way
async def test_a_lead_of_a_queue_needs_an_owner_who_is_asked_for_by_the_name_that_the_route_takes(
    rest: GatewayClient, org: Org, ask: Ask, path: str
) -> None:
    await org.change(queues=QUEUES)
    queue = await queue_id(org)
    lead_id = await insert(rest, org, OwnerId=queue)
    user = (await rest.get("/v1/org")).json()["data"]["caller"]["user_id"]

    for dry in (True, False):
        refused = failure(await ask(rest, lead_id, {}, dry), 422, "VALIDATION_ERROR")
        assert [detail["field"] for detail in refused["details"]] == [f"{path}owner_id"]
        assert refused["message"].startswith(f"{path}owner_id: ")

    assert converted(await ask(rest, lead_id, {"owner_id": user}, False))["contact_id"]


async def queue_id(org: Org) -> str:
    [queue] = await org.query("SELECT Id FROM Group WHERE DeveloperName = 'Inbound'")
    record_id: str = queue["Id"]
    return record_id


async def test_the_owner_of_a_synced_lead_counts_for_its_conversion(rest: GatewayClient, org: Org) -> None:
    await org.change(queues=QUEUES)
    await insert(rest, org, OwnerId=await queue_id(org))
    user = (await rest.get("/v1/org")).json()["data"]["caller"]["user_id"]

    synced = await rest.post("/v1/leads/sync", json={**ADAS, "owner_id": user, "status": "scheduled"})

    assert converted(synced)["contact_id"]


async def test_nothing_is_written_when_the_same_sync_gives_the_lead_to_a_queue(rest: GatewayClient, org: Org) -> None:
    await org.change(queues=QUEUES)
    queue = await queue_id(org)

    lead = {**ADA, "owner_id": queue, "status": "scheduled"}
    refused = failure(await rest.post("/v1/leads/sync", json=lead), 422, "VALIDATION_ERROR")

    assert "conversion.owner_id" in refused["message"]
    assert await org.ledger() == []


@pytest.mark.parametrize("status", ["objected", "Working - Contacted"])
async def test_how_to_convert_is_refused_where_nothing_is_converted(rest: GatewayClient, org: Org, status: str) -> None:
    lead_id = await insert(rest, org)
    how = {"status": status, "conversion": {"match_existing": True}}

    for response in (
        await rest.put(f"/v1/leads/{lead_id}/status", json=how),
        await rest.post("/v1/leads/sync", json={**ADAS, **how}),
        await rest.post("/v1/leads/sync", json={**ADAS, "conversion": {"match_existing": True}}),
    ):
        refused = failure(response, 422, "VALIDATION_ERROR")
        assert [detail["field"] for detail in refused["details"]] == ["conversion"]
        assert "scheduled" in refused["message"]

    assert (await rest.put(f"/v1/leads/{lead_id}/status", json={"status": status, "conversion": {}})).is_success


@pytest.mark.parametrize(
    ("conversion", "field"),
    [
        ({"account_id": "00Q000000000001"}, "conversion.account_id"),
        ({"acount_id": "001000000000001"}, "conversion.acount_id"),
        ({"create_opportunity": "perhaps"}, "conversion.create_opportunity"),
        ("yes", "conversion"),
    ],
)
async def test_what_is_wrong_inside_is_named_with_its_path(rest: GatewayClient, conversion: Any, field: str) -> None:
    lead = {**ADA, "status": "scheduled", "conversion": conversion}

    over_rest = failure(await rest.post("/v1/leads/sync", json=lead), 422, "VALIDATION_ERROR")
    over_mcp = (await rest.call_tool("salesforce_sync_lead", lead)).structured_content

    assert over_mcp is not None
    for refused in (over_rest, over_mcp):
        assert [detail["field"] for detail in refused["details"]] == [field]


async def test_what_belongs_into_the_conversion_is_shown_its_place(rest: GatewayClient) -> None:
    lead = {**ADA, "status": "scheduled", "account_id": "001000000000001"}

    over_rest = failure(await rest.post("/v1/leads/sync", json=lead), 422, "VALIDATION_ERROR")
    over_mcp = (await rest.call_tool("salesforce_sync_lead", lead)).structured_content

    assert "conversion.account_id" in over_rest["message"]
    assert over_mcp is not None
    assert "conversion" in over_mcp["message"]


@every_way
async def test_the_contact_with_the_email_and_its_account_are_used(
    rest: GatewayClient, org: Org, ask: Ask, path: str
) -> None:
    account = await insert_record(rest, org, "Account", Name="Quite another name")
    contact = await insert_record(rest, org, "Contact", LastName="O", Email="ADA@example.com", AccountId=account)
    await insert_record(rest, org, "Account", Name="Acme")
    lead_id = await insert(rest, org)
    before = await org.api_calls()

    planned = (await ask(rest, lead_id, {"match_existing": True}, True)).json()["data"]
    calls_of_dry_run = await org.api_calls() - before
    told = converted(await ask(rest, lead_id, {"match_existing": True}, False))
    calls = await org.api_calls() - before - calls_of_dry_run
    again = converted(await ask(rest, lead_id, {"match_existing": True}, False))

    changes = {change["field"]: change["after"] for change in planned["changes"]}
    assert (changes["converted_account_id"], changes["converted_contact_id"]) == (account, contact)
    assert planned["creates"] == []
    assert (told["account_id"], told["contact_id"], told["account_kind"]) == (account, contact, "business")
    assert (calls_of_dry_run, calls) == (2, 3)
    assert (again["already_converted"], again["contact_id"], again["note"]) == (True, contact, None)


@pytest.mark.parametrize(
    ("account", "lead", "same"),
    [
        ({"Name": "ACME"}, {"Company": "Acme"}, True),
        ({"Name": "Acme Ltd"}, {"Company": "Acme"}, False),
        ({"Name": "Acme Holding", "Website": "https://www.acme.com"}, {"Website": "acme.com/contact"}, True),
        ({"Name": "Acme Holding", "Website": "acme.com"}, {"Website": "HTTP://WWW.ACME.COM/"}, True),
        ({"Name": "Acme Holding", "Website": "http://acme.com"}, {"Website": "acme.com"}, True),
        ({"Name": "Acme Holding", "Website": "acme.com.au"}, {"Website": "acme.com"}, False),
        ({"Name": "Acme Holding", "Website": "shop.acme.com"}, {"Website": "acme.com"}, False),
        ({"Name": "Acme Holding", "Website": "notacme.com"}, {"Website": "acme.com"}, False),
        # Pages of two companies on a host that is neither's.
        ({"Name": "Globex", "Website": "facebook.com/globex"}, {"Website": "facebook.com/acme"}, False),
        # An email says nothing about a company.
        ({"Name": "Example", "Website": "example.com"}, {}, False),
        ({"Name": "Acme Holding", "Website": "http://["}, {"Website": "http://["}, False),
        # What the gateway calls those who have no company.
        ({"Name": "Individual"}, {"Company": "Individual"}, False),
    ],
)
async def test_an_account_is_the_same_by_its_name_or_by_the_domain_of_its_website(
    rest: GatewayClient,
    org: Org,
    account: dict[str, str],
    lead: dict[str, str],
    same: bool,
) -> None:
    account_id = await insert_record(rest, org, "Account", **account)
    lead_id = await insert(rest, org, **lead)

    told = converted(await by_convert(rest, lead_id, {"match_existing": True}))

    assert (told["account_id"] == account_id) is same
    assert told["contact_id"]


@every_way
async def test_several_contacts_are_named_and_none_is_guessed(
    rest: GatewayClient, org: Org, ask: Ask, path: str
) -> None:
    accounts = [await insert_record(rest, org, "Account", Name=name) for name in ("One", "Two")]
    contact = {"LastName": "O", "Email": ADA["email"]}
    contacts = [await insert_record(rest, org, "Contact", **contact, AccountId=account) for account in accounts]
    lead_id = await insert(rest, org)
    effects = len(await org.ledger())

    for dry in (True, False):
        refused = failure(await ask(rest, lead_id, {"match_existing": True}, dry), 409, "AMBIGUOUS_MATCH")
        assert [detail["contact_id"] for detail in refused["details"]] == contacts
        assert all(record_id in refused["message"] for record_id in (*contacts, *accounts))
        assert f"Send {path}account_id and {path}contact_id" in refused["message"]

    assert len(await org.ledger()) == effects
    chosen = {"match_existing": True, "account_id": accounts[1]}
    assert converted(await ask(rest, lead_id, chosen, False))["contact_id"] == contacts[1]


async def test_several_accounts_are_named_and_none_is_guessed(rest: GatewayClient, org: Org) -> None:
    by_name = await insert_record(rest, org, "Account", Name="Acme")
    by_site = await insert_record(rest, org, "Account", Name="Acme Holding", Website="www.acme.com")
    lead = {**ADA, "website": "https://acme.com", "status": "scheduled", "conversion": {"match_existing": True}}

    refused = failure(await rest.post("/v1/leads/sync", json=lead), 409, "AMBIGUOUS_MATCH")

    assert [detail["account_id"] for detail in refused["details"]] == [by_name, by_site]
    assert "conversion.account_id" in refused["message"]
    # What is known to be impossible is not begun.
    assert (await rest.get("/v1/leads/ada@example.com")).status_code == 404


async def test_a_new_lead_is_matched_before_it_is_made(rest: GatewayClient, org: Org) -> None:
    account = await insert_record(rest, org, "Account", Name="Acme")
    lead = {**ADA, "status": "scheduled", "conversion": {"match_existing": True}}
    before = await org.api_calls()

    told = converted(await rest.post("/v1/leads/sync", json=lead))

    assert told["account_id"] == account
    assert await org.api_calls() - before == 4


async def test_a_contact_without_an_account_is_told(rest: GatewayClient, org: Org) -> None:
    contact = await insert_record(rest, org, "Contact", LastName="O", Email=ADA["email"])
    lead_id = await insert(rest, org)

    refused = failure(await by_status(rest, lead_id, {"match_existing": True}), 422, "VALIDATION_ERROR")

    assert [detail["field"] for detail in refused["details"]] == ["conversion.match_existing"]
    assert contact in refused["message"]


async def test_a_person_becomes_the_person_account_that_is_there(rest: GatewayClient, org: Org) -> None:
    await org.change(setup="person_accounts")
    business = await insert_record(rest, org, "Account", Name="Acme")
    await insert_record(rest, org, "Contact", LastName="Okafor", Email=ADA["email"], AccountId=business)
    person = await insert_record(rest, org, "Account", LastName="Okafor", PersonEmail=ADA["email"])
    lead_id = await insert(rest, org, Company=None)

    told = converted(await by_convert(rest, lead_id, {"match_existing": True}))

    assert (told["account_id"], told["account_kind"]) == (person, "person")
    [account] = await org.query(f"SELECT PersonContactId FROM Account WHERE Id = '{person}'")
    assert told["contact_id"] == account["PersonContactId"]


async def test_a_dry_run_tells_that_a_person_account_would_be_made(rest: GatewayClient, org: Org) -> None:
    await org.change(setup="person_accounts")
    lead_id = await insert(rest, org, Company=None)

    planned = (await by_convert(rest, lead_id, {"match_existing": True}, dry=True)).json()["data"]

    assert planned["creates"] == ["person_account"]


@every_way
async def test_a_dry_run_refuses_the_records_that_the_call_is_refused_for(
    rest: GatewayClient, org: Org, ask: Ask, path: str
) -> None:
    one, other = [await insert_record(rest, org, "Account", Name=name) for name in ("One", "Other")]
    contact = await insert_record(rest, org, "Contact", LastName="Okafor", AccountId=one)
    of_nobody = await insert_record(rest, org, "Contact", LastName="Okafor")
    lead_id = await insert(rest, org)
    gone = {"account_id": "001000000000099AAA", "contact_id": "003000000000099AAA", "owner_id": "005000000000099AAA"}
    wrong: dict[str, dict[str, Any]] = {
        "account_id": {"account_id": gone["account_id"]},
        "contact_id": {"account_id": one, "contact_id": gone["contact_id"]},
        "owner_id": {"owner_id": gone["owner_id"]},
    }

    deleted = await insert_record(rest, org, "Account", Name="Deleted")
    await delete_record(rest, org, "Account", deleted)
    # By its last three characters an Id shows that it is mistyped.
    mistyped = {f"{field} ": {field: f"{gone[field][:-3]}ABC"} for field in ("account_id", "owner_id")}
    wrong |= {" account_id": {"account_id": deleted}, **mistyped}

    unfit = {each: {"account_id": other, "contact_id": each} for each in (contact, of_nobody)}
    wrong |= {f"{each} contact_id": options for each, options in unfit.items()}

    for name, options in wrong.items():
        before = await org.api_calls()
        refused = failure(await ask(rest, lead_id, options, True), 422, "CONVERSION_REJECTED")
        assert [detail["field"] for detail in refused["details"]] == [f"{path}{name.split()[-1]}"]
        assert await org.api_calls() - before == 2
        really = failure(await ask(rest, lead_id, options, False), 422, "CONVERSION_REJECTED")
        # Of two, Salesforce need not say which one it means.
        assert {detail.get("field") for detail in really["details"]} & {f"{path}{each}" for each in options}

    status = {"converted_status": "Working - Contacted"}
    refused = failure(await ask(rest, lead_id, status, True), 422, "INVALID_STATUS")
    assert [detail["field"] for detail in refused["details"]] == [f"{path}converted_status"]


async def test_a_sync_of_a_converted_lead_tells_what_of_its_conversion_it_asks_for_in_vain(
    rest: GatewayClient, org: Org
) -> None:
    lead_id = await insert(rest, org)
    first = converted(await by_convert(rest, lead_id, {}))
    other = {"account_id": "001000000000099AAA", "owner_id": "005000000000099AAA"}

    planned = (await by_sync(rest, lead_id, other, True)).json()["data"]
    told = converted(await by_sync(rest, lead_id, other))
    plain = await rest.post("/v1/leads/sync", json={**ADAS, "status": "scheduled", "owner_id": other["owner_id"]})

    assert told["account_id"] == first["account_id"]
    assert f"into account {first['account_id']} instead of {other['account_id']}" in told["note"]
    assert "conversion.owner_id" in told["note"]
    assert (planned["action"], planned["note"]) == ("skip", told["note"])
    assert converted(plain)["note"] is None


@every_way
async def test_a_dry_run_tells_what_the_call_would_be_asked_for_in_vain(
    rest: GatewayClient, org: Org, ask: Ask, path: str
) -> None:
    lead_id = await insert(rest, org)
    await by_convert(rest, lead_id, {})
    other = {"account_id": "001000000000099AAA", "owner_id": "005000000000099AAA"}

    planned = [converted(await ask(rest, lead_id, options, True)) for options in (other, {})]
    done = [converted(await ask(rest, lead_id, options, False)) for options in (other, {})]

    assert {plan["action"] for plan in planned} == {"skip" if ask is by_sync else "unchanged"}
    assert [plan.get("note") for plan in planned] == [conversion["note"] for conversion in done]
    assert f"{path}owner_id" in done[0]["note"]
    assert done[1]["note"] is None


async def test_a_blank_conversion_says_nothing_of_how(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org)

    by_status = await rest.put(f"/v1/leads/{lead_id}/status", json={"status": "objected", "conversion": " "})
    by_sync = await rest.post("/v1/leads/sync", json={**ADAS, "status": "objected", "conversion": " "})

    assert [each.json()["data"]["action"] for each in (by_status, by_sync)] == ["updated", "unchanged"]


@every_way
async def test_a_duplicate_rule_is_overruled_by_the_name_that_the_route_takes(
    rest: GatewayClient, org: Org, ask: Ask, path: str
) -> None:
    account = await insert_record(rest, org, "Account", Name="Other")
    await insert_record(rest, org, "Contact", LastName="Okafor", Email=ADA["email"], AccountId=account)
    await org.change(contact_duplicate_rule="alert")
    lead_id = await insert(rest, org)

    refused = failure(await ask(rest, lead_id, {}, False), 409, "DUPLICATE_DETECTED")

    assert f"Send {path}allow_duplicate: true" in refused["message"]
    assert converted(await ask(rest, lead_id, {"allow_duplicate": True}, False))["contact_id"]


@every_way
@pytest.mark.parametrize(
    ("options", "field", "needed"),
    [
        ({"contact_id": "003000000000001AAA"}, "contact_id", "account_id"),
        ({"opportunity_name": "Deal", "create_opportunity": False}, "opportunity_name", "create_opportunity: true"),
        ({"overwrite_lead_source": True}, "overwrite_lead_source", "contact_id"),
    ],
)
async def test_options_that_do_not_fit_together_are_named(
    rest: GatewayClient, org: Org, ask: Ask, path: str, options: dict[str, Any], field: str, needed: str
) -> None:
    lead_id = await insert(rest, org)

    refused = failure(await ask(rest, lead_id, options, False), 422, "VALIDATION_ERROR")

    [detail] = refused["details"]
    assert detail["field"] == f"{path}{field}"
    assert detail["message"].startswith(f"needs {path}{needed}")
