"""`salesforce-mcp stdio`, as a desktop client starts it."""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, PromptReference, TextResourceContents

from tests.e2e.processes import environment, process

ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
ERAS = ["auto", "legacy"]


@dataclass(frozen=True)
class ServedOrg:
    """A simulator in a process of its own."""

    url: str

    @property
    def settings(self) -> dict[str, str]:
        """What somebody writes into the configuration of a desktop client."""
        return {
            "SF_INSTANCE_URL": self.url,
            "SF_TRUSTED_ORIGINS": self.url,
            "SF_CLIENT_ID": "demo-client",
            "SF_CLIENT_SECRET": "demo-secret",
        }

    def control(self, method: str, path: str, **body: Any) -> Any:
        response = httpx.request(method, f"{self.url}/_sim/{path}", json=body or None).raise_for_status()
        return response.json() if response.content else None

    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self.control("GET", "stats")
        return stats


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOrg]:
    with process("simulator", "--port", "0", cwd=tmp_path_factory.mktemp("simulator")) as running:
        yield ServedOrg(running.wait_for(r"http://127\.0\.0\.1:\d+").group())


@pytest.fixture
def org(simulator: ServedOrg) -> ServedOrg:
    """An empty org."""
    simulator.control("POST", "reset")
    return simulator


@asynccontextmanager
async def client_of(org: ServedOrg, log: Path, mode: str, **options: Any) -> AsyncIterator[Client]:
    """The real client, with the server it starts; what that writes to standard error goes into the log."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "api", "stdio"], env=environment(org.settings), cwd=log.parent
    )
    with log.open("w") as errors:
        async with Client(stdio_client(server, errlog=errors), mode=mode, **options) as client:
            yield client


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The data of a tool's success."""
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    data: dict[str, Any] = result.structured_content["data"]
    return data


@pytest.mark.parametrize("mode", ERAS)
async def test_every_tool_works_in_every_era_with_one_login(org: ServedOrg, tmp_path: Path, mode: str) -> None:
    log = tmp_path / "log"
    async with client_of(org, log, mode) as client:
        used = set()

        async def use(tool: str, **arguments: Any) -> dict[str, Any]:
            used.add(tool)
            return await call(client, tool, **arguments)

        lead = (await use("salesforce_create_lead", **ADA))["id"]
        assert (await use("salesforce_sync_lead", **ADA))["action"] == "unchanged"
        await use("salesforce_get_lead", lead="ada@example.com")
        await use("salesforce_update_lead", lead=lead, phone="1")
        await use("salesforce_update_lead_status", lead=lead, status="objected")
        assert (await use("salesforce_list_leads"))["count"] == 1
        await use("salesforce_delete_lead", lead=lead)
        await use("salesforce_restore_lead", lead=lead)
        await use("salesforce_find_duplicate_leads")
        bola = (await use("salesforce_create_lead", **{**ADA, "email": "bola@example.com"}))["id"]
        await use("salesforce_merge_leads", lead=lead, others=[bola])
        await use("salesforce_convert_lead", lead=lead)
        await use("salesforce_describe_lead")
        assert (await use("salesforce_get_org"))["caller"]["username"] == "demo@example.com"

        assert used == {tool.name for tool in (await client.list_tools()).tools}

    assert org.stats()["by_operation"]["token.client_credentials"] == 1
    assert "ada@example.com" not in log.read_text()
    assert {json.loads(line)["level"] for line in log.read_text().splitlines()} == {"info"}


@pytest.mark.parametrize("mode", ERAS)
async def test_resources_prompts_and_completions_work(org: ServedOrg, tmp_path: Path, mode: str) -> None:
    async with client_of(org, tmp_path / "log", mode) as client:
        await call(client, "salesforce_create_lead", **ADA)

        [lead] = (await client.read_resource("salesforce://leads/ada@example.com")).contents
        prompt = await client.get_prompt("qualify_lead", {"lead": "ada@example.com"})
        completed = await client.complete(PromptReference(name="qualify_lead"), {"name": "lead", "value": "ad"})

    assert isinstance(lead, TextResourceContents)
    assert json.loads(lead.text)["last_name"] == "Okafor"
    assert "ada@example.com" in str(prompt.messages)
    assert completed.completion.values == ["ada@example.com"]
