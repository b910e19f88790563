"""`dry_run`: the plan, and nothing written."""

from typing import Any

import httpx
import pytest

from tests.support.gateway import GatewayClient
from tests.support.org import Org

ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme", "phone": "1"}


async def plan(rest: httpx.AsyncClient, org: Org, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """The plan for a request, which wrote nothing."""
    before = len(await org.ledger())
    response = await rest.request(method, f"{path}?dry_run=true", json=body)
    assert len(await org.ledger()) == before
    assert response.is_success, response.text
    data: dict[str, Any] = response.json()["data"]
    assert data["dry_run"] is True
    return data


async def create(rest: httpx.AsyncClient, **more: Any) -> str:
    lead_id: str = (await rest.post("/v1/leads", json={**ADA, **more})).json()["data"]["id"]
    return lead_id


def changes(plan: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {change["field"]: (change["before"], change["after"]) for change in plan["changes"]}


async def test_the_plan_of_a_sync_is_what_the_sync_then_does(rest: GatewayClient, org: Org) -> None:
    first = await plan(rest, org, "POST", "/v1/leads/sync", ADA)
    done = (await rest.post("/v1/leads/sync", json=ADA)).json()["data"]
    assert (first["action"], first["lead_id"], first["creates"]) == ("create", None, ["lead"])
    assert changes(first) == {name: (None, value) for name, value in ADA.items()}
    assert list(changes(first)) == done["changed_fields"]

    second = await plan(rest, org, "POST", "/v1/leads/sync", {**ADA, "phone": "2", "title": None})
    assert (second["action"], second["lead_id"]) == ("update", done["lead_id"])
    assert changes(second) == {"phone": ("1", "2")}
    assert second["matched"] == [
        {
            "id": done["lead_id"],
            "name": "Okafor",
            "company": "Acme",
            "email": "ada@example.com",
            "status": "Open - Not Contacted",
            "is_converted": False,
        }
    ]

    third = await plan(rest, org, "POST", "/v1/leads/sync", ADA)
    assert (third["action"], third["changes"]) == ("unchanged", [])


async def test_a_planned_conversion_tells_the_status_and_the_new_records(rest: GatewayClient, org: Org) -> None:
    lead_id = await create(rest)
    converted = {"status": ("Open - Not Contacted", "Closed - Converted")}

    scheduled = await plan(rest, org, "POST", "/v1/leads/sync", {**ADA, "status": "scheduled"})
    by_status = await plan(rest, org, "PUT", f"/v1/leads/{lead_id}/status", {"status": "scheduled"})
    converting = await plan(rest, org, "POST", "/v1/leads/ada@example.com/convert", {"create_opportunity": True})

    assert [planned["action"] for planned in (scheduled, by_status)] == ["update", "convert"]
    for planned in (scheduled, by_status):
        assert (changes(planned), planned["creates"]) == (converted, ["account", "contact"])
    assert converting["creates"] == ["account", "contact", "opportunity"]


@pytest.mark.parametrize(
    ("email", "more", "action", "creates"),
    [
        ("ada@example.com", {"phone": "2"}, "update", ["account", "contact"]),
        ("new@example.com", {}, "create", ["lead", "account", "contact"]),
    ],
)
async def test_a_planned_conversion_of_what_is_written_as_well_says_what_is_written(
    rest: GatewayClient, org: Org, email: str, more: dict[str, str], action: str, creates: list[str]
) -> None:
    await create(rest)

    planned = await plan(rest, org, "POST", "/v1/leads/sync", {**ADA, **more, "email": email, "status": "scheduled"})

    assert (planned["action"], planned["creates"]) == (action, creates)
    assert changes(planned)["status"][1] == "Closed - Converted"


async def test_a_planned_update_tells_from_what_to_what(rest: GatewayClient, org: Org) -> None:
    await create(rest, title="CTO")

    planned = await plan(
        rest, org, "PATCH", "/v1/leads/ada@example.com", {"phone": None, "title": "CTO", "city": "Lagos"}
    )
    nothing = await plan(rest, org, "PATCH", "/v1/leads/ada@example.com", {"title": "CTO"})

    assert (planned["action"], changes(planned)) == ("update", {"phone": ("1", None), "city": (None, "Lagos")})
    assert nothing["action"] == "unchanged"


async def test_a_planned_status_or_deletion_names_the_lead(rest: GatewayClient, org: Org) -> None:
    lead_id = await create(rest)

    objected = await plan(rest, org, "PUT", "/v1/leads/ada@example.com/status", {"status": "objected"})
    deletion = await plan(rest, org, "DELETE", "/v1/leads/ada@example.com")

    assert changes(objected) == {"status": ("Open - Not Contacted", "Closed - Not Converted")}
    assert (deletion["action"], deletion["lead_id"]) == ("delete", lead_id)


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("DELETE", "/v1/leads/nobody@example.com", None, "LEAD_NOT_FOUND"),
        ("DELETE", "/v1/leads/bola@example.com", None, "LEAD_CONVERTED"),
        ("PATCH", "/v1/leads/bola@example.com", {"phone": "2"}, "LEAD_CONVERTED"),
        ("PATCH", "/v1/leads/ada@example.com", {"email": "chi@example.com"}, "LEAD_ALREADY_EXISTS"),
        ("PUT", "/v1/leads/ada@example.com/status", {"status": "Nope"}, "INVALID_STATUS"),
        ("PUT", "/v1/leads/bola@example.com/status", {"status": "objected"}, "LEAD_CONVERTED"),
        ("POST", "/v1/leads/ada@example.com/convert", {"converted_status": "Nope"}, "INVALID_STATUS"),
        ("POST", "/v1/leads/sync", {"email": "nobody@example.com"}, "VALIDATION_ERROR"),
    ],
)
async def test_what_would_be_refused_is_refused_when_planned(
    rest: GatewayClient, org: Org, method: str, path: str, body: Any, code: str
) -> None:
    for email in ("ada@example.com", "bola@example.com", "chi@example.com"):
        await create(rest, email=email)
    await rest.post("/v1/leads/bola@example.com/convert")

    planned = await rest.request(method, f"{path}?dry_run=1", json=body)
    done = await rest.request(method, path, json=body)

    assert planned.json()["code"] == done.json()["code"] == code
    assert planned.status_code == done.status_code


async def test_a_sync_by_external_id_can_not_be_planned(rest: GatewayClient, org: Org) -> None:
    response = await rest.post("/v1/leads/sync?dry_run=1", json={**ADA, "external_id": "P-1"})

    assert (response.status_code, response.json()["details"][0]["field"]) == (422, "external_id")
    assert await org.ledger() == []


async def test_a_tool_plans_as_well(rest: GatewayClient, org: Org) -> None:
    await create(rest)

    result = await rest.call_tool("salesforce_delete_lead", {"lead": "ada@example.com", "dry_run": True})

    assert result.structured_content is not None
    assert result.structured_content["data"]["action"] == "delete"
    assert [effect["op"] for effect in await org.ledger()] == ["create"]


async def converted(rest: httpx.AsyncClient) -> str:
    await create(rest, city="Kyiv", title="CTO")
    contact_id: str = (await rest.post("/v1/leads/ada@example.com/convert")).json()["data"]["contact_id"]
    return contact_id


async def test_a_sync_can_go_to_the_contact_a_lead_became(rest: GatewayClient, org: Org) -> None:
    contact_id = await converted(rest)
    sync = {**ADA, "company": "Globex", "phone": "2", "city": "Lagos", "title": None, "on_converted": "update_contact"}

    planned = await plan(rest, org, "POST", "/v1/leads/sync", sync)
    done = (await rest.post("/v1/leads/sync", json=sync)).json()["data"]
    again = (await rest.post("/v1/leads/sync", json=sync)).json()["data"]

    assert (planned["action"], changes(planned)) == (
        "update_contact",
        {"phone": ("1", "2"), "city": ("Kyiv", "Lagos")},
    )
    assert (done["action"], done["reason"], sorted(done["changed_fields"])) == (
        "updated",
        "lead_already_converted",
        ["city", "phone"],
    )
    assert done["conversion"]["contact_id"] == contact_id
    assert again["action"] == "unchanged"
    effect = (await org.ledger())[-1]
    assert (effect["op"], effect["object"], effect["id"]) == ("update", "Contact", contact_id)
    assert effect["fields"] == {"Phone": "2", "MailingCity": "Lagos"}


async def test_what_a_contact_has_no_place_for_is_told(rest: GatewayClient, org: Org) -> None:
    await org.change(custom_fields=[{"name": "Segment__c"}])
    await converted(rest)
    ignored = {
        "company": "Globex",
        "website": "globex.example",
        "industry": "Energy",
        "rating": "Hot",
        "number_of_employees": 3,
        "annual_revenue": 1.5,
        "owner_id": "005000000000001",
        "custom_fields": {"Segment__c": "A", "Size__c": ""},
        "status": "objected",
    }
    sync = {"email": ADA["email"], "phone": "2", "title": " ", **ignored, "on_converted": "update_contact"}
    expected = {*ignored, "custom_fields.Segment__c"} - {"custom_fields"}

    planned = await plan(rest, org, "POST", "/v1/leads/sync", sync)
    done = (await rest.post("/v1/leads/sync", json=sync)).json()["data"]
    again = (await rest.post("/v1/leads/sync", json={**sync, "status": "scheduled"})).json()["data"]
    skipped = (await rest.post("/v1/leads/sync", json={**sync, "on_converted": "skip"})).json()["data"]

    assert (set(planned["ignored_fields"]), set(done["ignored_fields"])) == (expected, expected)
    assert (done["action"], done["changed_fields"]) == ("updated", ["phone"])
    assert (again["action"], set(again["ignored_fields"])) == ("unchanged", expected - {"status"})
    assert "ignored_fields" not in skipped


async def test_a_sync_can_make_a_new_lead_beside_a_converted_one(rest: GatewayClient) -> None:
    await converted(rest)

    done = (await rest.post("/v1/leads/sync", json={**ADA, "on_converted": "create"})).json()["data"]
    again = (await rest.post("/v1/leads/sync", json={**ADA, "on_converted": "create"})).json()["data"]

    assert done["action"] == "created"
    assert (again["action"], again["lead_id"]) == ("unchanged", done["lead_id"])


async def test_a_contact_that_is_gone_is_named(rest: GatewayClient, org: Org) -> None:
    contact_id = await converted(rest)
    headers = {"authorization": rest.headers["authorization"]}
    async with httpx.AsyncClient(transport=org.transport, base_url="http://127.0.0.1:3334", headers=headers) as http:
        await http.delete(f"/services/data/v59.0/sobjects/Contact/{contact_id}")

    response = await rest.post("/v1/leads/sync", json={**ADA, "on_converted": "update_contact"})

    assert (response.status_code, response.json()["code"]) == (409, "CONTACT_NOT_FOUND")
    assert contact_id in response.json()["message"]
