"""`/mcp` over HTTP: revisions, media types, hosts and origins, malformed input."""

import json
from typing import Any

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope

from api.mcp import LeadTools
from api.mcp.server import INSTRUCTIONS
from tests.api.mcp.support import (
    BOTH,
    CLIENT,
    NEWEST,
    OLDER,
    SESSION,
    Envelope,
    answered,
    headers_for,
    http_client,
    lead_app,
    message,
    serving,
)


@pytest.fixture
def app() -> FastAPI:
    return lead_app()


async def post(
    app: FastAPI, sent: dict[str, Any], version: str = NEWEST, accept: str = BOTH, **options: Any
) -> httpx2.Response:
    async with serving(app, **options) as asgi, http_client(asgi, SESSION) as http:
        response: httpx2.Response = await http.post("/mcp", json=sent, headers=headers_for(sent, version, accept))
    return response


async def post_raw(app: FastAPI, body: bytes, version: str = NEWEST, **headers: str) -> httpx2.Response:
    given = {"accept": BOTH, "content-type": "application/json", "mcp-protocol-version": version, **headers}
    async with serving(app) as asgi, http_client(asgi, SESSION) as http:
        response: httpx2.Response = await http.post("/mcp", content=body, headers=given)
    return response


def result(response: httpx2.Response) -> dict[str, Any]:
    text = response.text
    if response.headers["content-type"].startswith("text/event-stream"):
        [text] = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    answer: dict[str, Any] = json.loads(text)
    assert "error" not in answer, answer
    return dict(answer["result"])


@pytest.mark.parametrize("version", [*OLDER, NEWEST])
@pytest.mark.parametrize("accept", [BOTH, "application/json", "*/*"])
async def test_every_revision_lists_and_calls_without_a_handshake(app: FastAPI, version: str, accept: str) -> None:
    listed = result(await post(app, message("tools/list", version=version), version, accept))
    assert len(listed["tools"]) == 6


@pytest.mark.parametrize("version", [*OLDER, NEWEST])
@pytest.mark.parametrize("accept", [BOTH, "application/json", "*/*"])
async def test_every_revision_calls_a_tool(app: FastAPI, version: str, accept: str) -> None:
    call = message("tools/call", {"name": "salesforce_list_leads", "arguments": {}}, version)

    answer = result(await post(app, call, version, accept))

    assert not answer.get("isError")
    assert json.loads(answer["content"][0]["text"])["success"] is True


@pytest.mark.parametrize("version", OLDER)
async def test_an_older_revision_is_negotiated(app: FastAPI, version: str) -> None:
    params = {"protocolVersion": version, "capabilities": {}, "clientInfo": CLIENT}

    answer = result(await post(app, message("initialize", params, version), version, "application/json"))

    assert answer["protocolVersion"] == version
    assert answer["serverInfo"] == {"name": "Lead gateway", "version": "1.2.3"}
    assert answer["instructions"] == INSTRUCTIONS


async def test_the_newest_revision_is_discovered(app: FastAPI) -> None:
    answer = result(await post(app, message("server/discover")))

    assert answer["supportedVersions"] == [NEWEST]
    assert answer["capabilities"].keys() == {"tools", "prompts", "resources", "completions"}
    assert answer["instructions"] == INSTRUCTIONS
    assert answer["_meta"]["io.modelcontextprotocol/serverInfo"] == {"name": "Lead gateway", "version": "1.2.3"}


@pytest.mark.parametrize("version", [*OLDER, NEWEST])
async def test_who_takes_only_json_gets_json(app: FastAPI, version: str) -> None:
    response = await post(app, message("tools/list", version=version), version, "application/json")

    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("version", OLDER)
async def test_who_takes_event_streams_gets_one(app: FastAPI, version: str) -> None:
    response = await post(app, message("tools/list", version=version), version, BOTH)

    assert response.headers["content-type"].startswith("text/event-stream")


async def test_who_takes_only_something_else_is_told(app: FastAPI) -> None:
    response = await post(app, message("tools/list"), accept="text/html")

    assert response.status_code == 406


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_there_is_nothing_to_listen_to_or_to_end(app: FastAPI, method: str) -> None:
    async with serving(app) as asgi, http_client(asgi, SESSION) as http:
        response = await http.request(method, "/mcp", headers={"accept": "text/event-stream"})

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"nonsense",
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":NaN}}',
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":-Infinity}}',
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1e999}}',
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"\\ud83d"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"\\udc00":1}}',
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":' + b"9" * 5000 + b"}}",
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":' + b"[" * 100 + b"]" * 100 + b"}}",
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"[]",
        b"[" + b'{"jsonrpc":"2.0","id":1,"method":"ping"},' * 2 + b"{}]",
        b'"text"',
        b"null",
        b'{"jsonrpc":"1.0","id":1,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":{},"method":"ping"}',
        b'{"jsonrpc":"2.0","id":1,"method":7}',
    ],
)
@pytest.mark.parametrize("version", [OLDER[-1], NEWEST])
async def test_a_body_that_is_no_message_is_refused_without_repeating_it(
    app: FastAPI, version: str, body: bytes
) -> None:
    response = await post_raw(app, body, version)

    assert response.status_code == 400
    error = response.json()
    assert error["id"] is None
    assert error["error"]["code"] in (-32700, -32600)
    assert len(error["error"]["message"]) < 100


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
async def test_only_json_is_read(app: FastAPI, content_type: str) -> None:
    response = await post_raw(app, json.dumps(message("ping")).encode(), **{"content-type": content_type})

    assert response.status_code == 415


async def test_a_message_has_a_largest_size(app: FastAPI) -> None:
    async with serving(app, max_message_bytes=1000) as asgi, http_client(asgi, SESSION) as http:
        headers = headers_for(message("ping"), OLDER[-1], BOTH)
        response = await http.post("/mcp", content=b" " * 1001, headers=headers)

    assert response.status_code == 413
    assert "1000 bytes" in response.json()["error"]["message"]


@pytest.mark.parametrize("host", ["localhost", "localhost:3333", "127.0.0.1:80", "[::1]:3333", "[::1]"])
async def test_loopback_may_always_call(app: FastAPI, host: str) -> None:
    sent = json.dumps(message("ping", version=OLDER[-1])).encode()

    response = await post_raw(app, sent, OLDER[-1], host=host, origin=f"http://{host}")

    assert response.status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:3333", "127.0.0.2", ""])
async def test_another_host_name_is_refused_with_the_setting(app: FastAPI, host: str) -> None:
    response = await post_raw(app, json.dumps(message("ping")).encode(), host=host)

    assert response.status_code == 421
    assert "MCP_ALLOWED_HOSTS" in response.json()["error"]["message"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
async def test_another_origin_is_refused_with_the_setting(app: FastAPI, origin: str) -> None:
    response = await post_raw(app, json.dumps(message("ping")).encode(), origin=origin)

    assert response.status_code == 403
    assert "MCP_ALLOWED_ORIGINS" in response.json()["error"]["message"]


@pytest.mark.parametrize("host", ["leads.example", "leads.example:8443"])
async def test_a_listed_host_and_origin_may_call(app: FastAPI, host: str) -> None:
    allowed = {"allowed_hosts": ["leads.example"], "allowed_origins": ["https://app.example"]}
    sent = message("ping", version=OLDER[-1])
    headers = headers_for(sent, OLDER[-1], BOTH) | {"host": host, "origin": "https://app.example"}
    async with serving(app, **allowed) as asgi, http_client(asgi, SESSION) as http:
        response = await http.post("/mcp", json=sent, headers=headers)

    assert response.status_code == 200


async def test_an_argument_that_no_float_can_hold_is_refused_or_kept_out(app: FastAPI) -> None:
    arguments = {"email": "a@example.com", "last_name": "x", "annual_revenue": 10**400}

    answer = result(await post(app, message("tools/call", {"name": "salesforce_create_lead", "arguments": arguments})))

    assert answer["structuredContent"]["code"] == "VALIDATION_ERROR"
    assert answer["structuredContent"]["details"][0]["field"] == "annual_revenue"


async def test_the_app_can_be_started_again(app: FastAPI) -> None:
    tools = LeadTools(app)
    app.add_route("/mcp", tools, include_in_schema=False)
    sent = message("tools/list")

    for _ in range(2):
        async with tools.running(), http_client(app, SESSION) as http:
            response = await http.post("/mcp", json=sent, headers=headers_for(sent, NEWEST, BOTH))
        assert response.status_code == 200

    with pytest.raises(RuntimeError, match="running"):
        async with http_client(app, SESSION) as http:
            await http.post("/mcp", json=sent, headers=headers_for(sent, NEWEST, BOTH))


@pytest.mark.parametrize("version", [OLDER[-1], NEWEST])
async def test_a_caller_who_leaves_ends_the_call(app: FastAPI, version: str) -> None:
    started, ended = anyio.Event(), anyio.Event()

    @app.get("/v1/slow", operation_id="salesforce_slow")
    async def slow() -> Envelope[str]:
        """Answer when nobody listens any more."""
        started.set()
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()
        return answered("too late", "")

    sent = message("tools/call", {"name": "salesforce_slow", "arguments": {}}, version)
    async with serving(app) as asgi:
        with anyio.fail_after(5):
            await asgi(_scope(headers_for(sent, version, BOTH)), _who_leaves(sent, started), _nobody)
            await ended.wait()


def _scope(headers: dict[str, str]) -> Scope:
    raw = [(b"host", b"localhost"), *((name.encode(), value.encode()) for name, value in headers.items())]
    return {"type": "http", "method": "POST", "path": "/mcp", "query_string": b"", "headers": raw}


def _who_leaves(sent: dict[str, Any], when: anyio.Event) -> Receive:
    messages = [{"type": "http.request", "body": json.dumps(sent).encode(), "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await when.wait()
        return {"type": "http.disconnect"}

    return receive


async def _nobody(_: Message) -> None:
    return None
