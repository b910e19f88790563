"""What the repository offers for connecting clients, against a real demo."""

import json
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.e2e.processes import PATIENCE
from tests.e2e.running_demo import Demo
from tests.test_structure import ROOT


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
    demo.control("POST", "expire-sessions")
    after = await leads()

    assert len(before) == 2
    assert after == before
