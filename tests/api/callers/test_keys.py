"""A gateway that logs in to Salesforce itself, and lets in who holds one of its keys."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from api.main import gateway
from infra.salesforce.sending.service_session import REFUSAL_SECONDS
from infra.settings import SettingsError
from tests.support.gateway import GatewayClient, client_with, settings
from tests.support.keys import private_key_file
from tests.support.org import Org
from tests.support.redis_server import RedisServer, needs_redis

KEY = "key-of-the-platform-team"
OTHER_KEY = "key-of-the-sales-agents"
ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
SERVICE: dict[str, Any] = {"sf_auth_mode": "service", "gateway_api_keys": [KEY, OTHER_KEY]}
GRANTS = ["client_credentials", "refresh_token", "jwt_bearer"]
OPERATIONS = {
    "client_credentials": "token.client_credentials",
    "refresh_token": "token.refresh",
    "jwt_bearer": "token.jwt_bearer",
}


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The private key of the connected app."""
    return private_key_file(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def public_key(key_file: Path) -> str:
    """What the org knows of it."""
    key = load_pem_private_key(key_file.read_bytes(), None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
async def proof(org: Org, key_file: Path, public_key: str) -> dict[str, dict[str, Any]]:
    """The settings of each grant, with which the org lets the gateway in."""
    session = await org.session()
    await org.change(jwt_certificate=public_key)
    return {
        "client_credentials": {},
        "refresh_token": {"sf_refresh_token": session.refresh_token},
        "jwt_bearer": {"sf_username": "demo@example.com", "sf_private_key_file": key_file, "sf_client_secret": ""},
    }


@asynccontextmanager
async def serving(
    org: Org, headers: dict[str, str] | None = None, way: httpx.AsyncBaseTransport | None = None, **more: Any
) -> AsyncIterator[GatewayClient]:
    """A client of a gateway in service mode; it holds a key unless `headers` say otherwise."""
    key = {"X-API-Key": KEY} if headers is None else headers
    async with client_with(way or org.transport, key, **{**SERVICE, **more}) as client:
        yield client


async def logins(org: Org) -> dict[str, int]:
    """How often each grant was used."""
    operations = (await org.stats())["by_operation"]
    return {name: count for name, count in operations.items() if name.startswith("token.")}


def code(response: httpx.Response) -> str:
    body = response.json()
    error = body.get("error")
    return str(error["code"] if isinstance(error, dict) else body["code"])


@pytest.mark.parametrize("grant", GRANTS)
async def test_fifty_callers_need_one_login_and_one_more_when_the_session_ends(
    org: Org, proof: dict[str, dict[str, Any]], grant: str
) -> None:
    async with serving(org, **proof[grant]) as client:
        answers = await asyncio.gather(*(client.get("/v1/leads") for _ in range(50)))
        assert {answer.status_code for answer in answers} == {200}
        assert await logins(org) == {OPERATIONS[grant]: 1}

        await org.expire_sessions()
        answers = await asyncio.gather(*(client.get("/v1/leads") for _ in range(50)))
        late = await client.get("/v1/leads")

    assert {answer.status_code for answer in [*answers, late]} == {200}
    assert await logins(org) == {OPERATIONS[grant]: 2}


async def test_nobody_logs_in_before_it_is_needed(org: Org) -> None:
    async with serving(org) as client, client.mcp() as mcp:
        await client.get("/health/ready")
        await mcp.list_tools()
        await client.get("/v1/leads?limit=0")
        assert await logins(org) == {}

        await mcp.call_tool("salesforce_list_leads", {})

    assert await logins(org) == {"token.client_credentials": 1}


async def test_a_rotated_refresh_token_is_used_next_time(org: Org, proof: dict[str, dict[str, Any]]) -> None:
    await org.change(rotate_refresh_tokens=True)
    async with serving(org, **proof["refresh_token"]) as client:
        for _ in range(3):
            answer = await client.get("/v1/leads")
            await org.expire_sessions()

            assert answer.status_code == 200
            assert not [name for name in answer.headers if name.lower().startswith("x-sf-")]

    assert await logins(org) == {"token.refresh": 3}


async def test_a_gateway_that_salesforce_refuses_says_so_until_it_lets_it_in(org: Org) -> None:
    passed = 0.0

    async def health(client: GatewayClient) -> str:
        return str((await client.get("/health/ready")).json()["data"]["status"])

    async with client_with(org.transport, {"X-API-Key": KEY}, lambda: passed, **SERVICE) as client:
        before = await health(client)
        await org.fault("token.client_credentials", "status", status=400, error_code="invalid_client", times=1)
        refused = await client.get("/v1/leads")
        during = await health(client)
        passed += REFUSAL_SECONDS + 1
        served = await client.get("/v1/leads")
        after = await health(client)

    assert (code(refused), served.status_code) == ("SALESFORCE_LOGIN_FAILED", 200)
    assert (before, during, after) == ("ok", "degraded", "ok")


@needs_redis
async def test_replicas_share_a_rotated_refresh_token_also_with_those_that_come_later(
    org: Org, proof: dict[str, dict[str, Any]], lasting_redis: RedisServer
) -> None:
    await org.change(rotate_refresh_tokens=True)
    shared = {**proof["refresh_token"], "redis_url": lasting_redis.url, "sf_timeout_seconds": 2.5}
    async with AsyncExitStack() as stack:
        several = [await stack.enter_async_context(serving(org, **shared)) for _ in range(3)]
        for round_number in range(1, 21):
            answers = await asyncio.gather(*(several[each % 3].get("/v1/leads") for each in range(6)))
            await org.expire_sessions()

            assert {answer.status_code for answer in answers} == {200}
            assert await logins(org) == {"token.refresh": round_number}
    async with serving(org, **shared) as later:
        assert (await later.get("/v1/leads")).status_code == 200


async def asked(client: GatewayClient, headers: dict[str, str]) -> tuple[httpx.Response, dict[str, Any]]:
    """What a caller with these headers is answered, over REST and by a tool."""
    async with GatewayClient(client.app, headers) as caller:
        answer = await caller.get("/v1/leads")
        called = await caller.call_tool("salesforce_list_leads", {})
    return answer, called.structured_content or {}


RIGHT: list[dict[str, str]] = [
    {"X-API-Key": KEY},
    {"X-API-Key": OTHER_KEY},
    {"Authorization": f"Bearer {KEY}"},
    {"X-API-Key": KEY, "Authorization": f"Bearer {KEY}"},
]
NO_KEYS: list[dict[str, str]] = [
    {},
    {"X-API-Key": ""},
    {"Authorization": f"bearer {KEY}"},
    {"Authorization": KEY},
]
WRONG_KEYS: list[dict[str, str]] = [
    {"X-API-Key": KEY[:-1]},
    {"X-API-Key": f"{KEY},{OTHER_KEY}"},
    {"Authorization": "Bearer 00DA10000000001!made.up"},
]


async def test_a_key_opens_the_gateway_in_either_header(org: Org) -> None:
    async with serving(org) as client:
        for headers in RIGHT:
            answer, called = await asked(client, headers)
            assert (answer.status_code, called["success"]) == (200, True), headers


@pytest.mark.parametrize(
    ("several", "message"),
    [
        (NO_KEYS, "Authentication required to access this resource"),
        (WRONG_KEYS, "The key that was sent is none of this gateway's keys"),
    ],
)
async def test_without_a_key_nobody_gets_in_and_is_told_how(
    org: Org, several: list[dict[str, str]], message: str
) -> None:
    async with serving(org) as client:
        for headers in several:
            answer, called = await asked(client, headers)
            told = answer.json()["error"]
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), headers
            assert (told["code"], told["message"]) == ("AUTHENTICATION_REQUIRED", message)
            assert called["error"] == told

    requirements = told["details"]["authentication_requirements"]
    assert [(each["header_name"], each["header_format"]) for each in requirements] == [
        ("X-API-Key", "{gateway_key}"),
        ("Authorization", "Bearer {gateway_key}"),
    ]
    assert (await org.stats())["token_calls"] == 0


async def test_headers_that_are_doubled_or_differ_are_refused(org: Org) -> None:
    async with serving(org, {}) as client:
        twice = await client.get("/v1/leads", headers=[("X-API-Key", KEY), ("X-API-Key", KEY)])
        bearers = await client.get("/v1/leads", headers=[("Authorization", f"Bearer {KEY}")] * 2)
        differing = await client.get("/v1/leads", headers={"X-API-Key": KEY, "Authorization": f"Bearer {OTHER_KEY}"})

    assert [(each.status_code, code(each)) for each in (twice, bearers, differing)] == [
        (400, "INVALID_REQUEST"),
        (401, "AUTHENTICATION_REQUIRED"),
        (400, "INVALID_REQUEST"),
    ]
    assert KEY not in differing.text
    assert (await org.stats())["token_calls"] == 0


async def test_headers_of_a_salesforce_session_are_refused_by_name(org: Org) -> None:
    async with serving(org) as client:
        for name in ("X-SF-Refresh-Token", "x-sf-instance-url", "X-SF-Access-Token", "X-SF-Anything"):
            answer, called = await asked(client, {"X-API-Key": KEY, name: "Bearer token"})
            assert (answer.status_code, code(answer)) == (400, "INVALID_REQUEST")
            assert answer.json()["message"].startswith(f"{name.lower()}: is not taken here")
            assert called["message"] == answer.json()["message"]

    assert (await org.stats())["api_calls"] == 0


async def test_idempotency_keys_belong_to_who_holds_the_gateway_key(org: Org) -> None:
    async with serving(org, {}) as client:

        async def sync(key: str) -> httpx.Response:
            headers = {"X-API-Key": key, "Idempotency-Key": "order-17"}
            return await client.post("/v1/leads/sync", json=ADA, headers=headers)

        first, others, again = await sync(KEY), await sync(OTHER_KEY), await sync(KEY)

    assert [each.json()["data"]["action"] for each in (first, others, again)] == ["created", "unchanged", "created"]
    assert [each.headers.get("Idempotency-Replayed") for each in (first, others, again)] == [None, None, "true"]


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("client_credentials", {"sf_client_secret": "another"}, "SF_CLIENT_SECRET is wrong"),
    ("client_credentials", {"sf_client_id": "another"}, "SF_CLIENT_ID is not known"),
    ("refresh_token", {"sf_refresh_token": "5Aep-another"}, "SF_REFRESH_TOKEN is no longer valid"),
    ("jwt_bearer", {"sf_username": "another@example.com"}, "SF_USERNAME has to be approved"),
    ("jwt_bearer", {"sf_client_id": "another"}, "SF_CLIENT_ID is not known"),
]


@pytest.mark.parametrize(("grant", "wrong", "reason"), WRONG)
async def test_a_login_that_is_refused_names_the_setting_and_is_not_hammered(
    org: Org, proof: dict[str, dict[str, Any]], grant: str, wrong: dict[str, Any], reason: str
) -> None:
    clock = [0.0]
    async with client_with(
        org.transport, {"X-API-Key": KEY}, lambda: clock[0], **{**SERVICE, **proof[grant], **wrong}
    ) as client:
        answers = await asyncio.gather(*(client.get("/v1/leads") for _ in range(20)))
        clock[0] += 59
        late = await client.get("/v1/leads")
        assert (await org.stats())["token_calls"] == 1
        clock[0] += 2
        await client.get("/v1/leads")

    for answer in [*answers, late]:
        assert (answer.status_code, code(answer)) == (502, "SALESFORCE_LOGIN_FAILED")
        assert reason in answer.json()["message"]
        assert answer.json()["retryable"] is False
        assert not any(str(value) in answer.text for value in wrong.values())
    assert (await org.stats())["token_calls"] == 2


async def test_a_private_key_that_is_not_the_apps_is_told(
    org: Org, proof: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    stranger = {"sf_private_key_file": private_key_file(tmp_path)}
    async with serving(org, **{**proof["jwt_bearer"], **stranger}) as client:
        answer = await client.get("/v1/leads")

    assert "SF_PRIVATE_KEY_FILE to belong to its certificate" in answer.json()["message"]
    assert "invalid assertion" in answer.json()["message"]


@pytest.mark.parametrize(
    ("status", "body", "expected", "says"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "no client credentials user enabled"},
            (502, "SALESFORCE_LOGIN_FAILED"),
            "no user to run as",
        ),
        (
            400,
            {"error": "unsupported_grant_type"},
            (502, "SALESFORCE_LOGIN_FAILED"),
            "does not allow the client credentials flow",
        ),
        (
            400,
            {"error": "invalid_grant", "error_description": "login rate exceeded"},
            (429, "RATE_LIMITED"),
            "no more logins",
        ),
        (503, {}, (503, "SALESFORCE_UNAVAILABLE"), "could not log the gateway in"),
        (200, {"access_token": 7}, (502, "SALESFORCE_BAD_RESPONSE"), "holds no access token"),
        (
            200,
            {"access_token": "a", "instance_url": "https://other.my.salesforce.com"},
            (502, "SALESFORCE_LOGIN_FAILED"),
            "SF_INSTANCE_URL names another host",
        ),
    ],
)
async def test_other_answers_to_a_login_are_told_truthfully(
    org: Org, status: int, body: dict[str, Any], expected: tuple[int, str], says: str
) -> None:
    way = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    async with serving(org, way=way) as client:
        answer = await client.get("/v1/leads")

    assert ((answer.status_code, code(answer)), says in answer.json()["message"]) == (expected, True)


async def test_an_answer_to_a_login_that_nobody_can_read_is_told_as_such(org: Org) -> None:
    way = httpx.MockTransport(lambda _: httpx.Response(200, content=b"[" * 100_000))
    async with serving(org, way=way) as client:
        answer = await client.get("/v1/leads")

    assert (answer.status_code, code(answer)) == (502, "SALESFORCE_BAD_RESPONSE")


async def test_a_lost_answer_to_a_login_is_not_waited_for_by_everybody(org: Org) -> None:
    await org.fault("token.client_credentials", "drop_after", times=1)
    clock = [0.0]
    async with client_with(org.transport, {"X-API-Key": KEY}, lambda: clock[0], **SERVICE) as client:
        answers = await asyncio.gather(*(client.get("/v1/leads") for _ in range(5)))
        clock[0] += 6
        later = await client.get("/v1/leads")

    assert {(answer.status_code, code(answer)) for answer in answers} == {(504, "SALESFORCE_TIMEOUT")}
    assert later.status_code == 200
    assert (await org.stats())["token_calls"] == 2


async def test_a_session_that_is_refused_at_once_is_not_renewed_again_and_again(org: Org) -> None:
    await org.fault("query", "expire_session")
    clock = [0.0]
    async with client_with(org.transport, {"X-API-Key": KEY}, lambda: clock[0], **SERVICE) as client:
        answers = [await client.get("/v1/leads") for _ in range(5)]
        assert (await org.stats())["token_calls"] == 1
        clock[0] += 6
        answers.append(await client.get("/v1/leads"))

    assert (await org.stats())["token_calls"] == 2
    for answer in answers:
        assert (answer.status_code, code(answer)) == (502, "SALESFORCE_LOGIN_FAILED")
        assert "although it logged in just now" in answer.json()["message"]


async def test_read_only_holds_and_needs_no_login(org: Org) -> None:
    async with serving(org, read_only=True) as client:
        answer = await client.post("/v1/leads/sync", json=ADA)
        read = await client.get("/v1/leads")

    assert (answer.status_code, code(answer), read.status_code) == (403, "READ_ONLY", 200)
    assert await org.ledger() == []


@pytest.mark.parametrize("keys", [[KEY], []])
async def test_the_description_of_the_api_asks_for_what_is_needed(org: Org, keys: list[str]) -> None:
    async with serving(org, {}, gateway_api_keys=keys, mcp_host="127.0.0.1") as client:
        first, document = [(await client.get("/openapi.json")).json() for _ in range(2)]

    assert first == document
    asked = document["paths"]["/v1/leads"]["get"].get("security")
    assert asked == ([{"GatewayKey": []}, {"GatewayKeyAsBearer": []}] if keys else None)
    assert list(document["components"].get("securitySchemes", {})) == (
        ["GatewayKey", "GatewayKeyAsBearer"] if keys else []
    )
    assert "Salesforce session" not in document["info"]["description"]


async def test_without_keys_only_programs_of_this_machine_are_served(org: Org) -> None:
    served: list[dict[str, str]] = [
        {},
        {"Host": "localhost:3333"},
        {"Host": "[::1]:3333", "Origin": "http://[::1]:3333"},
    ]
    refused: list[dict[str, str]] = [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "["},
        {"Host": "localhost@evil.example"},
        {"Host": ""},
        {"Origin": "http://["},
        {"Origin": "http://localhost.evil.example"},
        {"X-API-Key": KEY},
        {"Authorization": "Bearer 00DA10000000001!somebodys.session"},
    ]
    async with serving(org, {}, gateway_api_keys=[], mcp_host="127.0.0.1") as client:
        assert [(await client.get("/v1/leads", headers=each)).status_code for each in refused] == [400] * 10
        assert (await org.stats())["token_calls"] == 0
        assert [(await client.get("/v1/leads", headers=each)).status_code for each in served] == [200] * 3
        assert not (await client.call_tool("salesforce_list_leads", {})).is_error


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "gateway.internal"])
def test_without_keys_it_starts_on_loopback_only(host: str) -> None:
    with pytest.raises(SettingsError, match=r"^GATEWAY_API_KEYS: [^\n]+MCP_HOST=127\.0\.0\.1$"):
        gateway(settings(sf_auth_mode="service", mcp_host=host))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"sf_client_id": "", "sf_instance_url": ""}, r"SF_INSTANCE_URL: missing[^\n]*\nSF_CLIENT_ID: missing"),
        ({"sf_client_secret": ""}, "SF_CLIENT_SECRET: missing"),
        ({"sf_username": "demo@example.com"}, "SF_PRIVATE_KEY_FILE: missing"),
        ({"sf_private_key_file": "key.pem"}, "SF_USERNAME: missing"),
        ({"sf_token_url": "https://login.salesforce.com/services/oauth2/token"}, "SF_TOKEN_URL: client credentials"),
        ({"gateway_api_keys": ["short"]}, "16 or more characters"),
        ({"gateway_api_keys": ["long enough but with blanks"]}, "16 or more characters"),
        ({"sf_auth_mode": "passthrough", "gateway_api_keys": [KEY]}, "GATEWAY_API_KEYS: nobody would be asked"),
    ],
)
def test_settings_that_do_not_fit_are_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        settings(**{"sf_auth_mode": "service", **given})


def pem_of_an_unknown_curve() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    known, unknown = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030102")
    content = base64.encodebytes(der.replace(known, unknown)).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{content}-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "content", [None, "", "nonsense", pem_of_an_unknown_curve()], ids=["none", "empty", "text", "curve"]
)
def test_a_private_key_that_can_not_be_used_is_told_at_the_start(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(SettingsError, match=r"^SF_PRIVATE_KEY_FILE: "):
        gateway(settings(**SERVICE, sf_username="demo@example.com", sf_private_key_file=path))


async def test_keys_and_tokens_do_not_show(org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    token = "5Aep-a-token"
    async with serving(org, sf_refresh_token=token) as client:
        answer = await client.get("/v1/leads")

    logged = "".join(capsys.readouterr())
    assert "login_failed" in logged
    for text in (logged, answer.text, repr(settings(**SERVICE, sf_refresh_token=token))):
        assert not [secret for secret in (KEY, token, "demo-secret") if secret in text]
