"""Records named by an external id."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.infra.simulator.conftest import REST, OrgClient, error_of

LEAD = {"LastName": "Okafor", "Company": "Acme"}


@pytest.fixture
async def keyed(org: OrgClient) -> OrgClient:
    """An org whose leads have a unique key, and one that is not unique."""
    fields = [{"name": "Key__c", "unique": True, "external_id": True}, {"name": "Tag__c", "external_id": True}]
    await org.change_org(custom_fields=[*fields, {"name": "Number__c", "type": "double", "external_id": True}])
    return org


async def upsert(org: OrgClient, path: str, **fields: Any) -> Any:
    return await org.send("PATCH", f"/sobjects/Lead/{path}", json=fields)


async def test_an_upsert_creates_and_then_changes(keyed: OrgClient) -> None:
    created = await upsert(keyed, "Key__c/k1", **LEAD)
    updated = await upsert(keyed, "key__C/K1", Company="Globex")

    lead_id = created.json()["id"]
    assert created.json() == {"id": lead_id, "success": True, "errors": [], "created": True}
    assert (created.status_code, created.headers["Location"]) == (201, f"{REST}/sobjects/Lead/{lead_id}")
    assert (updated.status_code, updated.json()) == (200, {**created.json(), "created": False})
    lead = await keyed.read(lead_id)
    assert (lead["Key__c"], lead["Company"]) == ("k1", "Globex")


async def test_old_versions_answer_nothing_to_an_upsert_that_changes(keyed: OrgClient) -> None:
    await keyed.create(Key__c="k1")

    response = await keyed.send("PATCH", "/sobjects/Lead/Key__c/k1", json={"Company": "Globex"}, version="45.0")

    assert (response.status_code, response.content) == (204, b"")


async def test_several_matches_are_answered_with_all_their_urls(keyed: OrgClient) -> None:
    ids = [await keyed.create(Tag__c="t") for _ in range(2)]

    response = await upsert(keyed, "Tag__c/t", Company="Globex")

    assert (response.status_code, response.json()) == (300, [f"{REST}/sobjects/Lead/{id_}" for id_ in ids])
    assert (await keyed.send("GET", "/sobjects/Lead/Tag__c/t")).status_code == 300


async def test_a_deleted_record_is_no_match(keyed: OrgClient) -> None:
    first = await keyed.create(Tag__c="t")
    await keyed.send("DELETE", f"/sobjects/Lead/{first}")

    response = await upsert(keyed, "Tag__c/t", **LEAD)

    assert response.status_code == 201
    assert response.json()["id"] != first


async def test_any_value_can_stand_in_the_path(keyed: OrgClient) -> None:
    value = "a/b?c#d %ö.inc"
    lead_id = (await upsert(keyed, f"Key__c/{quote(value, safe='')}", **LEAD)).json()["id"]

    response = await keyed.send("GET", f"/sobjects/Lead/Key__c/{quote(value, safe='')}?fields=Key__c")

    assert (response.json()["Id"], response.json()["Key__c"]) == (lead_id, value)


async def test_a_number_can_be_a_key(keyed: OrgClient) -> None:
    lead_id = await keyed.create(Number__c=12)

    response = await upsert(keyed, "Number__c/12.0", Company="Globex")

    assert response.json()["id"] == lead_id


async def test_records_can_be_deleted_by_key_and_created_below_id(keyed: OrgClient) -> None:
    response = await keyed.send("POST", "/sobjects/Lead/Id", json={**LEAD, "Key__c": "k1"})

    deleted = await keyed.send("DELETE", "/sobjects/Lead/Key__c/k1")

    assert (response.status_code, deleted.status_code) == (201, 204)
    assert error_of(await keyed.send("DELETE", "/sobjects/Lead/Key__c/k1")) == (404, "NOT_FOUND")


async def test_the_id_is_a_key_too(keyed: OrgClient) -> None:
    lead_id = await keyed.create()

    updated = await upsert(keyed, f"Id/{lead_id[:15]}", Company="Globex")

    assert (updated.status_code, updated.json()["id"]) == (200, lead_id)
    assert error_of(await upsert(keyed, "Id/00QA1000000zzzz", **LEAD)) == (404, "INVALID_CROSS_REFERENCE_KEY")


@pytest.mark.parametrize(
    ("path", "fields", "status", "code"),
    [
        ("Nope__c/1", LEAD, 404, "NOT_FOUND"),
        ("Company/Acme", LEAD, 404, "NOT_FOUND"),
        ("Key__c/k1?updateOnly=true", LEAD, 404, "NOT_FOUND"),
        ("Key__c/k1", {**LEAD, "key__c": "k1"}, 400, "INVALID_FIELD"),
        ("Key__c/k1", {"LastName": "Okafor"}, 400, "REQUIRED_FIELD_MISSING"),
        ("Key__c/%20", LEAD, 400, "MISSING_ARGUMENT"),
        ("Number__c/x", LEAD, 400, "JSON_PARSER_ERROR"),
        ("Id/nonsense", LEAD, 400, "MALFORMED_ID"),
    ],
)
async def test_what_names_no_record_is_refused(
    keyed: OrgClient, path: str, fields: dict[str, Any], status: int, code: str
) -> None:
    assert error_of(await upsert(keyed, path, **fields)) == (status, code)
    assert (await keyed.stats())["leads"] == 0
