"""A version of Salesforce's API that the org does not have, or no longer, is a fault of the set-up and told as one."""

from typing import Any

import httpx
import pytest

from domain.values.session import Session
from tests.support.gateway import client_of
from tests.support.org import Org

LEAD = "00Q000000000001AAA"
OTHER = "00Q000000000002AAA"
EMAIL = "ada@example.com"
ADA = {"email": EMAIL, "last_name": "Okafor", "company": "Acme"}
OPERATIONS: list[tuple[str, str, Any]] = [
    ("GET", "/v1/leads", None),
    ("GET", f"/v1/leads/{EMAIL}", None),
    ("GET", f"/v1/leads/{LEAD}", None),
    ("POST", "/v1/leads", ADA),
    ("POST", "/v1/leads", {**ADA, "custom_fields": {"Nope__c": "@{x.y}"}}),
    ("PATCH", f"/v1/leads/{EMAIL}", {"phone": "1"}),
    ("PATCH", f"/v1/leads/{LEAD}", {"phone": "1"}),
    ("PATCH", f"/v1/leads/{LEAD}", {"phone": "@{x.y}"}),
    ("DELETE", f"/v1/leads/{EMAIL}", None),
    ("DELETE", f"/v1/leads/{LEAD}", None),
    ("PUT", f"/v1/leads/{LEAD}/status", {"status": "objected"}),
    ("PUT", f"/v1/leads/{EMAIL}/status", {"status": "scheduled"}),
    ("POST", "/v1/leads/sync", ADA),
    ("POST", "/v1/leads/sync", {**ADA, "status": "scheduled"}),
    ("POST", "/v1/leads/sync", {**ADA, "external_id": "17"}),
    ("POST", "/v1/leads/sync?dry_run=true", ADA),
    ("POST", f"/v1/leads/{LEAD}/convert", None),
    ("POST", f"/v1/leads/{LEAD}/restore", None),
    ("GET", "/v1/leads/duplicates", None),
    ("POST", f"/v1/leads/{LEAD}/merge", {"others": [OTHER]}),
    ("PUT", f"/v1/leads/{LEAD}/campaigns/701000000000001AAA", {}),
    ("PUT", f"/v1/leads/{EMAIL}/campaigns/Spring", {}),
    ("GET", f"/v1/leads/{LEAD}/campaigns", None),
    ("GET", "/v1/lead-fields", None),
    ("GET", "/v1/org", None),
]
EXTERNAL_ID = {"lead_external_id_field": "Platform_Id__c"}


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
@pytest.mark.parametrize("asked", ["v68.0", "v59.0"], ids=["unknown", "retired"])
async def test_every_operation_says_that_the_version_is_wrong_and_writes_nothing(
    org: Org, session: Session, method: str, path: str, body: Any, asked: str
) -> None:
    await org.change(api_versions=["60.0", "61.0", "67.0"], unique_external_id="Platform_Id__c")
    async with client_of(org.transport, session, sf_api_version=asked, **EXTERNAL_ID) as rest:
        answer = await rest.request(method, path, json=body)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (502, "SALESFORCE_VERSION_UNSUPPORTED"), told
    assert told["retryable"] is False
    assert f"does not have version {asked} of the API, but v60.0, v61.0, v67.0." in told["message"]
    assert "Nothing was written" in told["message"]
    assert "SF_API_VERSION" in told["message"]
    assert await org.ledger() == []


@pytest.mark.parametrize(
    ("operation", "method", "path", "body"),
    [
        ("soap.convertLead", "POST", "convert", None),
        ("soap.merge", "POST", "merge", {"others": [EMAIL]}),
        ("soap.undelete", "POST", "restore", None),
    ],
)
async def test_what_needs_soap_says_so_when_only_that_has_gone(
    org: Org, session: Session, operation: str, method: str, path: str, body: Any
) -> None:
    await org.fault(operation, "status", status=500, error_code="UNSUPPORTED_API_VERSION", message="Invalid version")
    async with client_of(org.transport, session) as rest:
        ids = [
            (await rest.post("/v1/leads", json={**ADA, "email": email})).json()["data"]["id"]
            for email in (EMAIL, "bola@example.com")
        ]
        before = await org.ledger()
        answer = await rest.request(method, f"/v1/leads/{ids[0]}/{path}", json=body and {"others": ids[1:]})

    told = answer.json()
    assert (answer.status_code, told["code"]) == (502, "SALESFORCE_VERSION_UNSUPPORTED"), told
    assert "Nothing was written" in told["message"]
    assert await org.ledger() == before


async def test_a_lead_that_is_not_there_is_told_as_such_without_another_call(org: Org, session: Session) -> None:
    async with client_of(org.transport, session) as rest:
        answer = await rest.get(f"/v1/leads/{LEAD}")
        called = await rest.call_tool("salesforce_delete_lead", {"lead": LEAD, "confirm": True})

    assert (answer.status_code, answer.json()["code"]) == (404, "LEAD_NOT_FOUND")
    assert (called.structured_content or {})["code"] == "LEAD_NOT_FOUND"
    assert await org.api_calls() == 2


async def test_a_tool_is_told_the_same_of_a_version(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, sf_api_version="v99.0") as rest:
        called = await rest.call_tool("salesforce_sync_lead", ADA)

    told = called.structured_content or {}
    assert told["code"] == "SALESFORCE_VERSION_UNSUPPORTED"
    assert "but v31.0 to v67.0." in told["message"]


@pytest.mark.parametrize("listing", [httpx.Response(404), httpx.Response(200, text="<html>"), None])
@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
async def test_where_the_versions_are_not_told_a_retired_one_still_is(
    session: Session, method: str, path: str, body: Any, listing: httpx.Response | None
) -> None:
    def salesforce(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/services/data/":
            if listing is None:
                raise httpx.ConnectError("away")
            return listing
        return httpx.Response(410, html="<h1>Gone</h1>")

    async with client_of(httpx.MockTransport(salesforce), session, **EXTERNAL_ID) as rest:
        answer = await rest.request(method, path, json=body)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (502, "SALESFORCE_VERSION_UNSUPPORTED"), told
    assert "does not have version v59.0 of the API. Nothing was written" in told["message"]


async def test_a_version_of_which_nothing_is_known_is_told_where_no_record_could_be_missing(session: Session) -> None:
    def salesforce(request: httpx.Request) -> httpx.Response:
        body = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
        return httpx.Response(404, json=body)

    async with client_of(httpx.MockTransport(salesforce), session) as rest:
        by_email, by_id = await rest.get(f"/v1/leads/{EMAIL}"), await rest.get(f"/v1/leads/{LEAD}")

    assert by_email.json()["code"] == "SALESFORCE_VERSION_UNSUPPORTED"
    assert by_id.json()["code"] == "LEAD_NOT_FOUND"
