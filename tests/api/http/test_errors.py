"""When something is wrong, every caller is told what, and what to do next; over MCP in the same words."""

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from mcp.types import TextContent

from api.http.errors import add_error_handlers
from api.mcp.result_text import as_text
from domain.errors import AuthenticationRequiredError, LeadError, TryLaterError
from domain.values.session import Session
from tests.support.every_error import every_error
from tests.support.gateway import GatewayClient, client_of, headers_of
from tests.support.org import ORIGIN, Org

ADA = {"email": "ada@example.com", "last_name": "Okafor"}
AUTHENTICATION_REQUIRED = {
    "success": False,
    "error": {
        "code": "AUTHENTICATION_REQUIRED",
        "message": "Authentication required to access this resource",
        "details": {
            "authentication_requirements": [
                {
                    "provider": "salesforce",
                    "auth_type": "bearer",
                    "header_name": "Authorization",
                    "header_format": "Bearer {access_token}",
                    "required_scopes": ["api", "refresh_token", "offline_access"],
                    "token_source": "access_token",
                }
            ]
        },
    },
    "status_code": 401,
}


class Callers:
    """The same question over REST and over MCP."""

    def __init__(self, rest: GatewayClient) -> None:
        self._rest = rest

    async def ask(
        self, method: str, path: str, tool: str, arguments: dict[str, Any], body: Any = None
    ) -> dict[str, Any]:
        """The failure; the test fails unless both callers are told the same."""
        response = await self._rest.request(method, path, json=body)
        over_rest: dict[str, Any] = response.json()
        result = await self._rest.call_tool(tool, arguments)
        assert result.is_error
        over_mcp = dict(result.structured_content or {})
        [text] = result.content
        assert isinstance(text, TextContent)
        assert json.loads(text.text) == as_text(over_mcp)
        for answer in (over_rest, over_mcp):
            assert answer.pop("correlation_id")
        assert over_rest == over_mcp
        assert over_rest["success"] is False
        assert over_rest["status_code"] == response.status_code
        return over_rest

    async def look(self) -> dict[str, Any]:
        return await self.ask("GET", "/v1/leads/ada@example.com", "salesforce_get_lead", {"lead": "ada@example.com"})

    async def sync(self, **fields: Any) -> dict[str, Any]:
        lead = {**ADA, **fields}
        return await self.ask("POST", "/v1/leads/sync", "salesforce_sync_lead", lead, lead)


@pytest.fixture
async def callers(org: Org, session: Session) -> AsyncIterator[Callers]:
    async with client_of(org.transport, session) as rest:
        yield Callers(rest)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", "Bearer  two")],
        [("Authorization", "Bearer a b")],
        [("Authorization", "Basic abc")],
        [("Authorization", "bearer abc")],
        [("Authorization", "Bearer a"), ("Authorization", "Bearer b")],
    ],
)
async def test_without_a_session_in_the_right_form_the_way_to_one_is_told(
    org: Org, headers: list[tuple[str, str]]
) -> None:
    async with client_of(org.transport, None) as rest:
        response = await rest.get("/v1/leads", headers=headers)

    body = response.json()
    assert body.pop("correlation_id") == response.headers["X-Correlation-ID"]
    assert (response.status_code, body) == (401, AUTHENTICATION_REQUIRED)
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_tool_without_a_session_is_told_the_same(org: Org) -> None:
    async with client_of(org.transport, None) as rest:
        result = await rest.call_tool("salesforce_list_leads", {})

    body = dict(result.structured_content or {})
    assert body.pop("correlation_id")
    assert (result.is_error, body) == (True, AUTHENTICATION_REQUIRED)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-SF-Refresh-Token": "abc"}, "INVALID_REQUEST"),
        ({"X-SF-Instance-Url": "https://evil.example"}, "INVALID_INSTANCE_URL"),
        ({"X-SF-Instance-Url": f"{ORIGIN}/"}, "INVALID_INSTANCE_URL"),
        ({"X-SF-Instance-Url": ""}, "INVALID_INSTANCE_URL"),
    ],
)
async def test_a_wrong_header_is_refused_before_anything_is_sent(
    rest: httpx.AsyncClient, org: Org, headers: dict[str, str], code: str
) -> None:
    response = await rest.get("/v1/leads", headers=headers)

    assert (response.status_code, response.json()["code"]) == (400, code)
    assert await org.api_calls() == 0


async def test_an_instance_url_is_needed_from_somewhere(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, sf_instance_url="") as rest:
        missing = await rest.get("/v1/leads")
        given = await rest.get("/v1/leads", headers={"X-SF-Instance-Url": ORIGIN})

    assert missing.json()["code"] == "INVALID_INSTANCE_URL"
    assert "X-SF-Instance-Url" in missing.json()["message"]
    assert given.status_code == 200


async def test_an_unknown_lead(callers: Callers) -> None:
    told = await callers.look()

    assert (told["status_code"], told["code"]) == (404, "LEAD_NOT_FOUND")


async def test_an_unknown_status(callers: Callers) -> None:
    told = await callers.sync(status="Nope")

    assert (told["status_code"], told["code"]) == (422, "INVALID_STATUS")


async def test_a_refusal_of_salesforce(callers: Callers, org: Org) -> None:
    await org.fault(
        "lead.create",
        "status",
        status=400,
        error_code="FIELD_CUSTOM_VALIDATION_EXCEPTION",
        message="Leads need a phone",
    )

    told = await callers.sync()

    assert (told["status_code"], told["code"]) == (422, "SALESFORCE_REJECTED")
    assert "Leads need a phone" in told["message"]


async def test_a_user_who_may_not_create_leads_is_not_told_of_a_missing_one(rest: GatewayClient, org: Org) -> None:
    await org.fault("lead.create", "status", status=404, error_code="NOT_FOUND", message="does not exist")

    response = await rest.post("/v1/leads", json=ADA)

    assert response.json()["code"] == "SALESFORCE_REJECTED"
    assert "@{" not in response.text


async def test_an_allowance_that_is_used_up(callers: Callers, org: Org) -> None:
    await org.fault(
        "*", "status", status=403, error_code="REQUEST_LIMIT_EXCEEDED", message="TotalRequests Limit exceeded."
    )

    told = await callers.look()

    assert (told["status_code"], told["code"], told["retryable"]) == (429, "SALESFORCE_LIMIT_EXCEEDED", True)
    assert "in some hours" in told["message"]
    assert (await org.stats())["by_operation"]["query"] == 2


async def test_salesforce_down(session: Session) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused", request=request)

    async with client_of(httpx.MockTransport(refuse), session) as rest:
        told = await Callers(rest).sync()

    assert (told["status_code"], told["code"], told["retryable"]) == (503, "SALESFORCE_UNAVAILABLE", True)


@pytest.mark.usefixtures("virtual_time")
async def test_salesforce_slow(org: Org, session: Session) -> None:
    await org.fault("query", "delay", seconds=60)

    async with client_of(org.transport, session, sf_timeout_seconds=10, sf_deadline_seconds=15) as rest:
        told = await Callers(rest).look()

    assert (told["status_code"], told["code"], told["retryable"]) == (504, "SALESFORCE_TIMEOUT", True)


@pytest.mark.parametrize(
    ("method", "path", "operation", "status", "code"),
    [
        ("GET", "/v1/leads", "query", 429, "RATE_LIMITED"),
        ("GET", "/v1/leads", "query", 503, "SALESFORCE_UNAVAILABLE"),
        ("POST", "/v1/leads/00Q000000000001/restore", "soap.undelete", 503, "SALESFORCE_UNAVAILABLE"),
    ],
)
async def test_how_long_salesforce_asks_to_wait_is_passed_on(
    rest: GatewayClient, org: Org, method: str, path: str, operation: str, status: int, code: str
) -> None:
    salesforce_says = "SERVER_UNAVAILABLE" if status == 503 else "TOO_MANY_REQUESTS"
    headers = {"Retry-After": "120"}
    await org.fault(operation, "status", status=status, error_code=salesforce_says, headers=headers)

    answer = await rest.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Retry-After"] == "120"
    assert await org.api_calls() == 1


async def test_salesforce_answering_html(callers: Callers, org: Org) -> None:
    await org.fault("*", "html")

    told = await callers.look()

    assert (told["status_code"], told["code"]) == (502, "SALESFORCE_BAD_RESPONSE")


async def test_a_creation_of_which_nothing_is_known(callers: Callers, org: Org) -> None:
    await org.fault("lead.create", "html")

    told = await callers.sync()

    assert (told["status_code"], told["code"]) == (504, "OUTCOME_UNKNOWN")
    assert "look at the lead" in told["message"]


async def test_an_expired_session_that_can_not_be_refreshed(org: Org, session: Session) -> None:
    await org.expire_sessions()
    async with client_of(org.transport, replace(session, refresh_token=None)) as rest:
        without_refresh_token = await Callers(rest).look()
    async with client_of(org.transport, replace(session, refresh_token="revoked")) as rest:
        with_a_dead_one = await Callers(rest).look()

    assert without_refresh_token["code"] == "SESSION_EXPIRED"
    assert with_a_dead_one["code"] == "REAUTHENTICATION_REQUIRED"
    assert with_a_dead_one["status_code"] == 401


async def test_a_jwt_can_not_convert_and_is_told_why(org: Org, session: Session) -> None:
    def salesforce(request: httpx.Request) -> httpx.Response:
        if "Soap" in request.url.path:
            fault = """<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>
                <soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>no</faultstring></soapenv:Fault>
                </soapenv:Body></soapenv:Envelope>"""
            return httpx.Response(500, text=fault)
        lead = {"Id": "00Q000000000001AAA", "IsConverted": False}
        status = {"ApiName": "Done", "MasterLabel": "Done", "IsConverted": True, "IsDefault": False}
        known = {
            "lead": lead,
            "statuses": {"done": True, "records": [status]},
            "describe": {"fields": [], "recordTypeInfos": []},
        }
        steps = [{"referenceId": name, "httpStatusCode": 200, "body": body} for name, body in known.items()]
        return httpx.Response(200, json={"compositeResponse": steps})

    jwt = replace(session, access_token="header.payload.signature")
    async with client_of(httpx.MockTransport(salesforce), jwt) as rest:
        response = await rest.post("/v1/leads/00Q000000000001/convert")

    assert (response.status_code, response.json()["code"]) == (422, "CONVERSION_REJECTED")
    assert "JWT" in response.json()["message"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "INVALID_REQUEST"),
        (b"", 422, "VALIDATION_ERROR"),
        (b'{"email": NaN}', 422, "VALIDATION_ERROR"),
        (b'{"email": "ada@example.com", "last_name": "x", "annual_revenue": NaN}', 422, "VALIDATION_ERROR"),
        (b'{"email": "ada@example.com", "last_name": "\\ud800"}', 422, "VALIDATION_ERROR"),
        (b'{"\\ud800": 1}', 422, "VALIDATION_ERROR"),
        (b'{"email": "ada@example.com", "last_name": "\\u0000"}', 422, "VALIDATION_ERROR"),
        (b"[" * 100_000, 400, "INVALID_REQUEST"),
        (b"\xff\xfe", 400, "INVALID_REQUEST"),
        (b" " * 1_100_000, 413, "PAYLOAD_TOO_LARGE"),
    ],
)
async def test_a_broken_body_is_the_callers_fault(
    rest: httpx.AsyncClient, content: bytes, status: int, code: str
) -> None:
    response = await rest.post("/v1/leads", content=content, headers={"Content-Type": "application/json"})

    assert (response.status_code, response.json()["code"]) == (status, code), response.text


async def test_a_body_of_another_type_is_refused(rest: httpx.AsyncClient) -> None:
    response = await rest.post("/v1/leads", content=b"a=b", headers={"Content-Type": "text/plain"})

    assert (response.status_code, response.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_streamed_body_is_limited_too(rest: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    response = await rest.post("/v1/leads", content=endless(), headers={"Content-Type": "application/json"})

    assert response.status_code == 413


async def test_an_unknown_path_and_a_wrong_method(rest: httpx.AsyncClient) -> None:
    assert (await rest.get("/v2")).json()["code"] == "NOT_FOUND"
    wrong_method = await rest.put("/v1/leads", json={})
    assert (wrong_method.status_code, wrong_method.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert wrong_method.headers["Allow"] == "GET, POST"


async def test_a_monitor_may_ask_with_head(rest: httpx.AsyncClient) -> None:
    assert (await rest.head("/health/live")).status_code == 200


async def test_a_failure_is_logged_with_its_code_and_cause(session: Session) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused", request=request)

    with structlog.testing.capture_logs() as lines:
        async with client_of(httpx.MockTransport(refuse), session) as rest:
            await rest.get("/v1/leads")

    *attempts, line = lines
    assert (line["log_level"], line["code"]) == ("warning", "SALESFORCE_UNAVAILABLE")
    assert "ConnectError" in line["causes"]
    assert {each["event"] for each in attempts} == {"salesforce_did_not_answer"}


async def test_a_fault_of_our_own_is_told_without_its_reason(session: Session) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise RuntimeError(f"holds {request.headers['authorization']}")

    with structlog.testing.capture_logs() as lines:
        async with client_of(httpx.MockTransport(broken), session) as rest:
            told = await Callers(rest).look()

    assert (told["status_code"], told["code"]) == (500, "INTERNAL_ERROR")
    assert session.access_token not in str(told) + str(lines)
    assert "RuntimeError" in str(lines)


async def test_no_token_is_in_any_log_line(org: Org, session: Session, caplog: pytest.LogCaptureFixture) -> None:
    await org.change(rotate_refresh_tokens=True)
    caplog.set_level(logging.INFO)
    with structlog.testing.capture_logs() as lines:
        async with client_of(org.transport, session) as rest:
            await rest.post("/v1/leads", json=ADA)
            await org.expire_sessions()
            rotated = await rest.get("/v1/leads/ada@example.com")
            await rest.call_tool("salesforce_get_lead", {"lead": "ada@example.com"})
            await rest.get("/v1/leads", headers={"X-SF-Instance-Url": "https://evil.example"})
            metrics = (await rest.get("/metrics")).text

    written = "\n".join([*map(str, lines), caplog.text, metrics])
    secrets = [*headers_of(session).values(), rotated.headers["X-SF-Access-Token"]]
    for secret in secrets:
        assert secret.removeprefix("Bearer ") not in written
    assert "ada@example.com" not in "\n".join(map(str, lines)) + metrics
    assert "/v1/leads/{lead}" in written


@pytest.mark.parametrize(
    "error", [each for each in every_error() if not type(each).__subclasses__()], ids=lambda error: type(error).__name__
)
async def test_every_error_is_told_with_what_was_done_before_it(error: LeadError) -> None:
    app = FastAPI()
    app.state.requirements = ()
    add_error_handlers(app)

    @app.get("/")
    async def fail() -> None:
        raise error.after("Lead 1 is created, but not converted.", {"lead_id": "1"})

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as http:
        response = await http.get("/")

    told = response.json()
    if isinstance(error, AuthenticationRequiredError):
        # Never in the middle: it is about the request's own headers.
        assert (told["error"]["code"], response.status_code) == ("AUTHENTICATION_REQUIRED", 401)
        return
    assert told["message"].startswith("Lead 1 is created, but not converted. ")
    assert {"lead_id": "1"} in told["details"]
    assert (told["retryable"], told["status_code"]) == (error.retryable, response.status_code)
    waits = isinstance(error, TryLaterError)
    assert response.headers.get("Retry-After") == ("7" if waits else None)
    assert ({"retry_after": 7} in told["details"]) is waits
