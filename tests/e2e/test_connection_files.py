"""What the repository offers for connecting clients, against a real demo."""

import json
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests import ROOT
from tests.postman.steps import STATELESS, WALK, WITH_HANDSHAKE
from tests.support.newman import newman
from tests.support.node import needs_clients
from tests.support.processes import PATIENCE
from tests.support.running_demo import Demo
from tests.support.simulator_control import insert


def elsewhere(text: str, demo: Demo) -> str:
    """The text for this demo, which takes free ports instead of the default one."""
    assert "127.0.0.1:3333" in text
    return text.replace("http://127.0.0.1:3333", demo.url)


async def test_the_mcp_json_of_this_repository_fits_every_demo_also_after_its_sessions_expired(demo: Demo) -> None:
    file = json.loads(elsewhere((ROOT / ".mcp.json").read_text(), demo))
    [server] = file["mcpServers"].values()
    assert server["type"] == "http"

    async def leads() -> list[dict[str, Any]]:
        async with (
            httpx2.AsyncClient(headers=server["headers"], timeout=PATIENCE) as http,
            Client(streamable_http_client(server["url"], http_client=http)) as client,
        ):
            names = [tool.name for tool in (await client.list_tools()).tools]
            assert "salesforce_list_leads" in names
            result = await client.call_tool("salesforce_list_leads", {"limit": 2})
            assert not result.is_error, result.structured_content
            found: list[dict[str, Any]] = (result.structured_content or {})["data"]["leads"]
            return found

    before = await leads()
    demo.control.ask("POST", "expire-sessions")
    after = await leads()

    assert len(before) == 2
    assert after == before


@needs_clients
def test_the_postman_collection_runs_from_top_to_bottom_again_and_again(demo: Demo, tmp_path: Path) -> None:
    for _ in range(2):
        run = newman(tmp_path, base_url=demo.url)

        statuses = [each["response"]["code"] for each in run["executions"]]
        assert run["failures"] == []
        assert len(statuses) == len(WALK) + len(STATELESS) + len(WITH_HANDSHAKE)
        assert set(statuses) == {200, 201, 202}


@needs_clients
def test_the_postman_collection_takes_a_session_of_ones_own(demo: Demo, tmp_path: Path) -> None:
    org = demo.control.ask("POST", "orgs")
    session = demo.control.ask("POST", "sessions", org)
    own = {"access_token": session["access_token"], "refresh_token": "", "instance_url": demo.org_url}

    headers = {"Authorization": f"Bearer {own['access_token']}"}
    campaign = insert(demo.org_url, headers, "Campaign", Name="Fair", IsActive=True)

    run = newman(tmp_path, base_url=demo.url, campaign=campaign, **own)

    assert run["failures"] == []
    assert demo.control.stats(**org)["converted_leads"] == 1
