"""Leads whose addresses are unusual are leads like all others: written, found, changed, converted and merged."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.support.gateway import GatewayClient
from tests.support.leads import failure, insert
from tests.support.org import Org

UNUSUAL = [
    "a..a@test.jp",
    "a..@test.jp",
    "Info@xn--mnchen-3ya.de",
    "ada@acme.com.invalid",
    "o'brien@example.com",
    "a/b//c/@example.com",
    "a/../status@example.com",
    "100%_of%2f@example.com",
    "a?b=c&d#e@example.com",
    "{lead}|`^~!$*+-@example.com",
    "a" * 64 + "@example.com.de",
]
BEYOND_ASCII = ["jürgen@münchen.de", "Straße@example.com", "İpek@example.com", "ΣΑΣ@example.com", "e\u0301@example.com"]


async def sync(rest: GatewayClient, email: str, **more: Any) -> dict[str, Any]:
    answer = await rest.post("/v1/leads/sync", json={"email": email, "last_name": "Okafor", "company": "Acme", **more})
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


@pytest.mark.parametrize("email", [*UNUSUAL, *BEYOND_ASCII])
async def test_a_lead_is_found_by_what_it_was_synced_with(rest: GatewayClient, org: Org, email: str) -> None:
    await org.change(email_internationalization=True)
    created = await sync(rest, email)
    before = await org.api_calls()

    again = await sync(rest, email)

    assert (created["action"], again["action"]) == ("created", "unchanged")
    assert await org.api_calls() - before == 1
    path = f"/v1/leads/{quote(email, safe='')}"
    listed = (await rest.get("/v1/leads", params={"email": email})).json()["data"]["leads"]
    searched = (await rest.get("/v1/leads", params={"search": email.lower()})).json()["data"]["leads"]
    over_mcp = (await rest.call_tool("salesforce_get_lead", {"lead": email})).structured_content or {}
    found = [(await rest.get(path)).json()["data"], over_mcp["data"], *listed, *searched]
    assert [(lead["id"], lead["email"]) for lead in found] == [(created["lead_id"], email.lower())] * 4


@pytest.mark.parametrize("email", UNUSUAL)
async def test_a_lead_is_changed_merged_and_converted_by_it(rest: GatewayClient, org: Org, email: str) -> None:
    first, second = await insert(rest, org, Email=email), await insert(rest, org, Email=email)
    path = f"/v1/leads/{quote(email, safe='')}"

    groups = (await rest.get("/v1/leads/duplicates")).json()["data"]["groups"]
    ambiguous = await rest.patch(path, json={"phone": "1"})
    merged = await rest.post(f"/v1/leads/{first}/merge", json={"others": [second]})
    again = await rest.post(f"{path}/merge", json={"others": [second]})
    changed = await rest.patch(path, json={"phone": "2"})
    closed = await rest.put(f"{path}/status", json={"status": "objected"})
    converted = await rest.post(f"{path}/convert")

    assert [group["email"] for group in groups] == [email.lower()]
    failure(ambiguous, 409, "AMBIGUOUS_LEAD")
    assert [answer.status_code for answer in (merged, again, changed, closed, converted)] == [200] * 5, converted.text
    assert converted.json()["data"]["lead_id"] == first


async def test_an_address_may_hold_what_looks_like_another_route(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org, Email="sync/x@example.com")

    assert (await rest.get("/v1/leads/sync/x@example.com")).json()["data"]["id"] == lead_id
    assert (await rest.get("/v1/leads/sync%2Fx@example.com")).json()["data"]["id"] == lead_id
    failure(await rest.get("/v1/leads/a@example.com/b"), 404, "NOT_FOUND")


@pytest.mark.parametrize("email", BEYOND_ASCII)
async def test_letters_beyond_ascii_are_for_salesforce_to_judge(rest: GatewayClient, org: Org, email: str) -> None:
    refused = await rest.post("/v1/leads/sync", json={"email": email, "last_name": "Okafor"})
    await org.change(email_internationalization=True)

    taken = await sync(rest, email)

    body = failure(refused, 422, "SALESFORCE_REJECTED")
    assert [(each["field"], each["code"]) for each in body["details"]] == [("email", "INVALID_EMAIL_ADDRESS")]
    assert "Email Address Internationalization" in body["message"]
    assert taken["action"] == "created"


async def test_a_different_person_is_not_found_by_letters_that_look_alike(rest: GatewayClient, org: Org) -> None:
    await org.change(email_internationalization=True)

    actions = [(await sync(rest, email))["action"] for email in ("straße@example.com", "strasse@example.com")]

    assert actions == ["created", "created"]
    assert (await org.stats())["leads"] == 2


async def test_an_address_of_80_characters_is_the_longest(rest: GatewayClient) -> None:
    longest = f"{'a' * 66}@example-12.de"

    assert len(longest) == 80
    assert (await sync(rest, longest))["action"] == "created"
    assert (await sync(rest, longest))["action"] == "unchanged"
    body = failure(await rest.post("/v1/leads/sync", json={"email": f"a{longest}"}), 422, "VALIDATION_ERROR")
    assert body["message"] == "email: must have at most 80 characters"
