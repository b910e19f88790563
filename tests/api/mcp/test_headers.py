"""In the revision 2026-07-28 the headers repeat what the body says, and nothing else."""

from typing import Any

import pytest

from tests.api.mcp.support import BOTH, NEWEST, OLDER, headers_for, message
from tests.support.gateway import GatewayClient

VERSION = "io.modelcontextprotocol/protocolVersion"
HEADER_MISMATCH, UNSUPPORTED_VERSION, METHOD_NOT_FOUND = -32020, -32022, -32601
CALL = message("tools/call", {"name": "salesforce_get_org", "arguments": {}})
READ = message("resources/read", {"uri": "salesforce://lead-statuses"})
PROMPT = message("prompts/get", {"name": "review_new_leads", "arguments": {}})


def headers(sent: dict[str, Any], **other: str | None) -> dict[str, str]:
    """What belongs to the request, with some headers another way, or left out."""
    name = sent["params"].get("uri") or sent["params"].get("name")
    given = headers_for(sent, NEWEST, BOTH) | ({"mcp-name": name} if name else {})
    changed: dict[str, str | None] = {**given, **{header.replace("_", "-"): value for header, value in other.items()}}
    return {header: value for header, value in changed.items() if value is not None}


@pytest.mark.parametrize("sent", [CALL, READ, PROMPT], ids=["call", "read", "prompt"])
async def test_headers_that_say_the_same_are_let_through(rest: GatewayClient, sent: dict[str, Any]) -> None:
    response = await rest.post("/mcp", json=sent, headers=headers(sent))

    assert response.status_code == 200
    assert "result" in response.json()


@pytest.mark.parametrize("sent", [CALL, READ, PROMPT], ids=["call", "read", "prompt"])
@pytest.mark.parametrize(
    "other",
    [
        {"mcp_method": "tools/list"},
        {"mcp_method": "Tools/Call"},
        {"mcp_method": None},
        {"mcp_name": "salesforce_list_leads"},
        {"mcp_name": None},
        {"mcp_protocol_version": "2099-01-01"},
        {"mcp_protocol_version": None},
        *({"mcp_protocol_version": version} for version in OLDER),
    ],
    ids=str,
)
async def test_headers_that_say_something_else_are_refused(
    rest: GatewayClient, sent: dict[str, Any], other: dict[str, str | None]
) -> None:
    response = await rest.post("/mcp", json=sent, headers=headers(sent, **other))

    assert response.status_code == 400
    assert (response.json()["id"], response.json()["error"]["code"]) == (1, HEADER_MISMATCH)


async def test_a_header_that_comes_twice_is_refused(rest: GatewayClient) -> None:
    twice = [*headers(CALL).items(), ("mcp-name", "salesforce_list_leads")]

    response = await rest.post("/mcp", json=CALL, headers=twice)

    assert (response.status_code, response.json()["error"]["code"]) == (400, HEADER_MISMATCH)


async def test_an_unknown_revision_is_told_the_known_ones(rest: GatewayClient) -> None:
    sent = message("tools/list")
    sent["params"]["_meta"][VERSION] = "2099-01-01"

    response = await rest.post("/mcp", json=sent, headers=headers(sent, mcp_protocol_version="2099-01-01"))

    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == UNSUPPORTED_VERSION
    assert error["data"] == {"supported": [NEWEST], "requested": "2099-01-01"}


async def test_an_unknown_method_is_not_found(rest: GatewayClient) -> None:
    sent = message("leads/list")

    response = await rest.post("/mcp", json=sent, headers=headers(sent))

    assert (response.status_code, response.json()["error"]["code"]) == (404, METHOD_NOT_FOUND)
