"""docs/clients.md: every snippet connects."""

import functools
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests import ROOT
from tests.support.linter import findings
from tests.support.newman import newman
from tests.support.node import NODE, PACKAGES, needs_clients
from tests.support.processes import PATIENCE, environment, finished, process
from tests.support.running_demo import Demo
from tests.support.snippets import Server, Snippet, headings, server_of, snippets

DOCUMENT = (ROOT / "docs" / "clients.md").read_text()
SNIPPETS = snippets(DOCUMENT)
SETUPS = {"Session", "Key", "Stdio"}
CLIENTS = {
    "Claude Code", "Claude Desktop", "VS Code", "Cursor", "Codex", "Gemini CLI", "Postman", "MCP Inspector",
}  # fmt: skip
URL = "http://127.0.0.1:3333/mcp"
ORG = "https://acme.my.salesforce.com"

SESSION = {"access": "refreshed-at-the-first-call", "refresh": "demo-refresh-token"}
KEY = "a-key-of-the-gateway"
APP = {"id": "demo-client", "secret": "demo-secret"}

VALUES = {
    "SALESFORCE_ACCESS_TOKEN": SESSION["access"],
    "SALESFORCE_REFRESH_TOKEN": SESSION["refresh"],
    "SALESFORCE_REFRESH_HEADER": f"Bearer {SESSION['refresh']}",
    "GATEWAY_API_KEY": KEY,
    "SF_CLIENT_ID": APP["id"],
    "SF_CLIENT_SECRET": APP["secret"],
    # asked for by VS Code
    "access-token": SESSION["access"],
    "refresh-token": SESSION["refresh"],
    "gateway-key": KEY,
    "client-id": APP["id"],
    "client-secret": APP["secret"],
    # filled in by hand
    "access token": SESSION["access"],
    "refresh token": SESSION["refresh"],
    "gateway key": KEY,
    "client id": APP["id"],
    "client secret": APP["secret"],
}

MEANT = {
    "Session": Server(
        URL,
        {"Authorization": f"Bearer {SESSION['access']}", "X-SF-Refresh-Token": f"Bearer {SESSION['refresh']}"},
    ),
    "Key": Server(URL, {"X-API-Key": KEY}),
    "Stdio": Server(
        command=("salesforce-mcp", "stdio"),
        env={"SF_INSTANCE_URL": ORG, "SF_CLIENT_ID": APP["id"], "SF_CLIENT_SECRET": APP["secret"]},
    ),
}

FILES = {
    "Claude Desktop": ".mcp.json",
    "VS Code": ".vscode/mcp.json",
    "Cursor": ".cursor/mcp.json",
    "Codex": ".codex/config.toml",
}
"""Where the linter looks for these clients' files; Claude Desktop's form is Claude Code's."""

RULES = ("mcp-valid-json", "codex-mcp-headers")


@pytest.fixture(scope="module")
def key_url(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway with keys, on the demo's org."""
    settings = {
        "SF_AUTH_MODE": "service",
        "GATEWAY_API_KEYS": KEY,
        "SF_CLIENT_ID": APP["id"],
        "SF_CLIENT_SECRET": APP["secret"],
        "SF_INSTANCE_URL": demo.org_url,
        "SF_TRUSTED_ORIGINS": demo.org_url,
        "MCP_HOST": "127.0.0.1",
        "MCP_PORT": "0",
    }
    with process("serve", cwd=tmp_path_factory.mktemp("serve"), settings=settings) as running:
        address = running.wait_for(r"active at (127\.0\.0\.1:\d+)")[1]
        yield f"http://{address}/mcp"


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the commands of the snippets: npx with the installed packages, and our own."""
    folder = tmp_path_factory.mktemp("bin")
    for name, line in {
        "npx": f"""[ "$1" = -y ] && shift; package=${{1##*/}}; shift
            exec "{NODE}" "{PACKAGES}/.bin/${{package%@*}}" "$@\"""",
        "salesforce-mcp": f'exec "{sys.executable}" -m api "$@"',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    return folder


def named(snippet: Snippet) -> str:
    return f"{snippet.client} {snippet.setup}"


def test_every_client_has_every_setup() -> None:
    assert {each for each in headings(DOCUMENT) if each[0] in CLIENTS} == {(c, s) for c in CLIENTS for s in SETUPS}
    assert len(SNIPPETS) == len(SETUPS) * (len(CLIENTS) - 1), "Postman needs no snippets"


def test_the_tools_answer_plain_http(demo: Demo) -> None:
    plain = DOCUMENT.partition("## Plain HTTP")[2].partition("```sh")[2].partition("```")[0].replace(URL, demo.mcp_url)
    tokens = {"SALESFORCE_ACCESS_TOKEN": SESSION["access"], "SALESFORCE_REFRESH_TOKEN": SESSION["refresh"]}

    answer = json.loads(finished(["sh", "-c", plain], env=os.environ | tokens).stdout)

    assert answer["result"]["structuredContent"]["data"]["count"] == 5


@pytest.mark.parametrize("snippet", SNIPPETS, ids=named)
def test_a_snippet_says_what_is_meant_and_no_secret(snippet: Snippet) -> None:
    assert server_of(snippet, VALUES) == MEANT[snippet.setup]
    assert not any(value in snippet.text for value in {*SESSION.values(), KEY, *APP.values()})


@pytest.mark.parametrize("setup", sorted(SETUPS))
def test_a_linter_of_these_files_has_nothing_to_say(setup: str, tmp_path: Path) -> None:
    write_files(tmp_path, setup)

    assert findings(tmp_path, *RULES) == ""


def test_it_has_nothing_to_say_of_the_file_in_this_repository(tmp_path: Path) -> None:
    shutil.copy(ROOT / ".mcp.json", tmp_path)

    assert findings(tmp_path, *RULES) == ""


def test_the_linter_finds_what_is_wrong_in_each_of_them(tmp_path: Path) -> None:
    write_files(tmp_path, "Key", ('"url"', '"uri"'), ('"command"', '"program"'), ("env_http_headers", "headers"))

    found = findings(tmp_path, *RULES)

    assert [file for file in FILES.values() if file not in found] == []


def write_files(folder: Path, setup: str, *wrongs: tuple[str, str]) -> None:
    """The clients' files, each where its client reads it."""
    for snippet in SNIPPETS:
        if snippet.setup == setup and snippet.client in FILES:
            text = functools.reduce(lambda text, wrong: text.replace(*wrong), wrongs, snippet.text)
            file = folder / FILES[snippet.client]
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)


async def test_a_session_connects(demo: Demo) -> None:
    await lists_leads(over_http(demo.mcp_url, MEANT["Session"].headers))


async def test_a_key_connects(key_url: str) -> None:
    await lists_leads(over_http(key_url, MEANT["Key"].headers))


async def test_stdio_connects(demo: Demo, commands: Path, tmp_path: Path) -> None:
    await lists_leads(over_stdio(MEANT["Stdio"], demo, commands, tmp_path))


@needs_clients
@pytest.mark.parametrize("setup", ["Session", "Key"])
async def test_the_bridge_of_claude_desktop_connects(
    demo: Demo, key_url: str, commands: Path, tmp_path: Path, setup: str
) -> None:
    [text] = [each.text for each in SNIPPETS if (each.client, each.setup) == ("Claude Desktop", setup)]
    [server] = json.loads(text)["mcpServers"].values()
    url = {"Session": demo.mcp_url, "Key": key_url}[setup]
    arguments = [url if word == URL else word for word in server["args"]]
    env = {"AUTHORIZATION": MEANT["Session"].headers["Authorization"]}
    env |= {"REFRESH_TOKEN": MEANT["Session"].headers["X-SF-Refresh-Token"], "API_KEY": KEY}

    bridge = Server(command=(server["command"], *arguments), env={name: env[name] for name in server["env"]})
    await lists_leads(over_stdio(bridge, demo, commands, tmp_path))


@needs_clients
@pytest.mark.parametrize("setup", sorted(SETUPS))
def test_the_inspector_connects(demo: Demo, key_url: str, commands: Path, tmp_path: Path, setup: str) -> None:
    [text] = [each.text for each in SNIPPETS if (each.client, each.setup) == ("MCP Inspector", setup)]
    url = {"Session": demo.mcp_url, "Key": key_url, "Stdio": ""}[setup]
    trusted = f"{demo.org_url} -e SF_TRUSTED_ORIGINS={demo.org_url}"
    command = (
        text.replace(URL, url).replace(ORG, trusted) + f" --format json --quiet --connect-timeout {PATIENCE * 1000}"
    )
    env = {name: value for name, value in VALUES.items() if name.isupper()}

    done = finished(
        ["sh", "-c", command],
        cwd=tmp_path,
        env={**surroundings(commands, tmp_path), **env, "MCP_INSPECTOR_SECRET_STORE": "memory"},
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["result"]["structuredContent"]
    assert len(answer["data"]["leads"]) == 5


@needs_clients
def test_the_postman_collection_takes_a_key(key_url: str, tmp_path: Path) -> None:
    run = newman(tmp_path, base_url=key_url.removesuffix("/mcp"), access_token=KEY, refresh_token="")

    assert run["failures"] == []
    assert run["executions"]


def test_the_versions_that_are_named_are_those_that_are_tried() -> None:
    packages = json.loads((ROOT / "tests" / "connect" / "package.json").read_text())["dependencies"]

    for name, version in packages.items():
        called = {"@modelcontextprotocol/inspector": "the Inspector"}.get(name, name)
        assert f"{called} {version}" in " ".join(DOCUMENT.split())


@asynccontextmanager
async def over_http(url: str, headers: Mapping[str, str]) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers=dict(headers), timeout=PATIENCE) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        yield client


@asynccontextmanager
async def over_stdio(server: Server, demo: Demo, commands: Path, folder: Path) -> AsyncIterator[Client]:
    """A client that starts the command in this folder, on the demo's org in the place of Salesforce."""
    env = {name: demo.org_url if value == ORG else value for name, value in server.env.items()}
    trusted = {"SF_TRUSTED_ORIGINS": demo.org_url}
    parameters = StdioServerParameters(
        command=str(commands / server.command[0]),
        args=list(server.command[1:]),
        env={**surroundings(commands, folder), **trusted, **env},
        cwd=folder,
    )
    with (folder / "log").open("w") as log:
        async with Client(stdio_client(parameters, errlog=log)) as client:
            yield client


def surroundings(commands: Path, folder: Path) -> dict[str, str]:
    """The environment of a command: its home is the folder, and the snippets' commands are found first."""
    return environment({"PATH": f"{commands}:{os.environ['PATH']}", "HOME": str(folder)})


async def lists_leads(connected: Any) -> None:
    """The connection lists the tools, and two leads of the demo's org."""
    async with connected as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert "salesforce_list_leads" in tools
        result = await client.call_tool("salesforce_list_leads", {"limit": 2})
        assert not result.is_error, result.structured_content
        assert len(result.structured_content["data"]["leads"]) == 2
