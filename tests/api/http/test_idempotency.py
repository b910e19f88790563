"""Idempotency keys: the first answer comes again, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of, headers_of
from tests.support.org import Org

ADA = {"email": "ada@example.com", "last_name": "Okafor"}
KEY = {"Idempotency-Key": "order-17"}


async def create(rest: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await rest.post("/v1/leads", json={**ADA, **fields}, headers=KEY)


def code(response: httpx.Response) -> str:
    text: str = response.json()["code"]
    return text


async def test_the_first_answer_comes_again(rest: GatewayClient, org: Org) -> None:
    first = await create(rest)
    calls = await org.api_calls()

    again = await create(rest)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["data"] == first.json()["data"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert again.json()["correlation_id"] == again.headers["X-Correlation-ID"]
    assert await org.api_calls() == calls


async def test_a_sync_and_a_conversion_come_again_too(rest: GatewayClient, org: Org) -> None:
    lead = {**ADA, "status": "objected"}
    first, again = [await rest.post("/v1/leads/sync", json=lead, headers=KEY) for _ in range(2)]
    convert = "/v1/leads/ada@example.com/convert"
    converted, still = [await rest.post(convert, headers={"Idempotency-Key": "2"}) for _ in range(2)]

    assert again.json()["data"] == first.json()["data"]
    assert first.json()["data"]["action"] == "created"
    assert still.json()["data"] == converted.json()["data"]
    assert converted.json()["data"]["already_converted"] is False
    assert still.headers["Idempotency-Replayed"] == "true"


async def test_every_route_that_writes_takes_a_key(rest: GatewayClient) -> None:
    paths = (await rest.get("/openapi.json")).json()["paths"]

    for path, operations in paths.items():
        for method, operation in operations.items():
            headers = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
            assert headers == (set() if method == "get" else {"Idempotency-Key"}), path


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"phone": "2"}),
        ("PUT", "/status", {"status": "scheduled"}),
        ("DELETE", "", None),
        ("POST", "/convert", {}),
        ("POST", "/merge", None),
    ],
)
async def test_every_change_of_a_lead_comes_again(
    rest: GatewayClient, org: Org, method: str, path: str, body: Any
) -> None:
    [lead, other] = [
        (await rest.post("/v1/leads", json={**ADA, "email": f"{name}@example.com"})).json()["data"]["id"]
        for name in "ab"
    ]
    asked = {"others": [other]} if path == "/merge" else body

    first = await rest.request(method, f"/v1/leads/{lead}{path}", json=asked, headers=KEY)
    calls = await org.api_calls()
    again = await rest.request(method, f"/v1/leads/{lead}{path}", json=asked, headers=KEY)

    assert (first.status_code, again.json()["data"]) == (200, first.json()["data"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await org.api_calls() == calls


async def test_a_restored_lead_comes_again(rest: GatewayClient) -> None:
    lead = (await create(rest)).json()["data"]["id"]
    await rest.delete(f"/v1/leads/{lead}")

    first, again = [await rest.post(f"/v1/leads/{lead}/restore", headers={"Idempotency-Key": "2"}) for _ in range(2)]

    assert (first.json()["data"]["restored"], again.json()["data"]) == (True, first.json()["data"])
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_a_dry_run_does_not_use_a_key_up(rest: GatewayClient) -> None:
    await create(rest, email="bea@example.com")
    path, key = "/v1/leads/bea@example.com/status", {"Idempotency-Key": "2"}

    planned = await rest.put(f"{path}?dry_run=true", json={"status": "objected"}, headers=key)
    done = await rest.put(path, json={"status": "objected"}, headers=key)

    assert (planned.json()["data"]["dry_run"], done.json()["data"]["action"]) == (True, "updated")


async def test_tools_take_the_key_as_an_argument(rest: GatewayClient, org: Org) -> None:
    first = await rest.call_tool("salesforce_create_lead", {**ADA, "idempotency_key": "order-17"})
    over_rest = await create(rest)
    reused = await rest.call_tool("salesforce_create_lead", {**ADA, "phone": "1", "idempotency_key": "order-17"})

    assert (first.structured_content or {})["data"] == over_rest.json()["data"]
    assert over_rest.headers["Idempotency-Replayed"] == "true"
    assert (reused.structured_content or {})["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_key_belongs_to_one_request(rest: GatewayClient, org: Org) -> None:
    await create(rest)

    other_body = await create(rest, phone="1")
    other_operation = await rest.post("/v1/leads/sync", json=ADA, headers=KEY)

    assert [other_body.status_code, code(other_body)] == [422, "IDEMPOTENCY_KEY_REUSED"]
    assert code(other_operation) == "IDEMPOTENCY_KEY_REUSED"


async def test_while_the_first_is_under_way_the_second_is_told_so(rest: GatewayClient, org: Org) -> None:
    await org.change(latency_ms=100)

    answers = await asyncio.gather(*(create(rest) for _ in range(5)))

    told = sorted(answer.status_code for answer in answers)
    assert told == [201, 409, 409, 409, 409]
    [refused, *_] = [answer for answer in answers if answer.status_code == 409]
    assert (code(refused), refused.headers["Retry-After"]) == ("IDEMPOTENCY_IN_PROGRESS", "1")
    assert (await create(rest)).headers["Idempotency-Replayed"] == "true"


async def test_a_failure_that_wrote_nothing_is_not_kept(rest: GatewayClient, org: Org) -> None:
    await org.fault("lead.create", "status", status=400, error_code="STRING_TOO_LONG", times=1)

    refused, created = await create(rest), await create(rest)

    assert (refused.status_code, created.status_code) == (422, 201)


async def test_a_sync_that_was_half_done_is_finished(rest: GatewayClient, org: Org) -> None:
    await org.fault("soap.convertLead", "status", status=400, error_code="STRING_TOO_LONG", times=1)
    lead = {**ADA, "status": "scheduled"}

    half, whole = [await rest.post("/v1/leads/sync", json=lead, headers=KEY) for _ in range(2)]

    assert "is created, but not converted" in half.json()["message"]
    assert whole.json()["data"]["conversion"]["account_id"]


async def test_keys_of_others_are_no_concern(rest: GatewayClient, org: Org, session: Session) -> None:
    await create(rest)
    other_session = await org.session()

    other = await rest.post("/v1/leads", json=ADA, headers={**headers_of(other_session), **KEY})

    assert code(other) == "LEAD_ALREADY_EXISTS"


@pytest.mark.parametrize("rotation", [False, True])
async def test_a_key_survives_the_refresh_of_the_session(
    rest: GatewayClient, org: Org, session: Session, rotation: bool
) -> None:
    await org.change(rotate_refresh_tokens=rotation)
    first = await create(rest)
    await org.expire_sessions()
    refreshed = await rest.get("/v1/leads")
    tokens = [refreshed.headers.get(name, "") for name in ("X-SF-Access-Token", "X-SF-Refresh-Token")]
    later = Session(session.instance_url, *tokens) if rotation else replace(session, access_token="another")

    again = await rest.post("/v1/leads", json=ADA, headers={**headers_of(later), **KEY})

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["data"] == first.json()["data"]


@pytest.fixture(params=["", "two words", "ä", "x" * 256])
def wrong_key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_a_key_of_another_form_is_refused(rest: GatewayClient, org: Org, wrong_key: str) -> None:
    over_rest = await rest.post("/v1/leads", json=ADA, headers=[(b"Idempotency-Key", wrong_key.encode("latin-1"))])

    assert over_rest.status_code == 422
    assert await org.api_calls() == 0
    # A model that fills in every argument leaves the key blank.
    over_mcp = await rest.call_tool("salesforce_create_lead", {**ADA, "idempotency_key": wrong_key})
    assert (over_mcp.structured_content or {}).get("code") == ("VALIDATION_ERROR" if wrong_key else None)


async def test_two_keys_are_one_too_many(rest: GatewayClient, org: Org) -> None:
    response = await rest.post("/v1/leads", json=ADA, headers=[("Idempotency-Key", "1"), ("Idempotency-Key", "2")])

    assert (response.status_code, code(response)) == (400, "INVALID_REQUEST")


@pytest.fixture
async def stranger(org: Org) -> AsyncIterator[GatewayClient]:
    async with client_of(org.transport, None) as client:
        yield client


async def test_a_key_needs_a_session(stranger: GatewayClient) -> None:
    assert (await create(stranger)).status_code == 401
