"""server.json, by which the MCP registry and clients find the gateway."""

import json
import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import Draft7Validator
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from api import __version__
from api.main import gateway
from domain.values.session import Session
from infra.settings import Settings
from tests import ROOT
from tests.support.gateway import running, settings
from tests.support.linter import findings
from tests.support.org import Org

SERVER: dict[str, Any] = json.loads((ROOT / "server.json").read_text())
BY_SESSION, BY_KEY = SERVER["remotes"]
KEY = "a-key-of-the-gateway"


def headers_of(remote: dict[str, Any]) -> dict[str, Any]:
    """Its headers by name."""
    return {header["name"]: header for header in remote["headers"]}


def test_it_fits_the_schema_that_it_names() -> None:
    schema = json.loads((files("skillsaw.schemas.mcp_registry.v2025_12_11") / "server.schema.json").read_text())

    assert SERVER["$schema"] == schema["$id"]
    assert [error.message for error in Draft7Validator(schema).iter_errors(SERVER)] == []


def test_the_linter_of_registry_entries_has_nothing_to_say(tmp_path: Path) -> None:
    shutil.copy(ROOT / "server.json", tmp_path)

    assert findings(tmp_path, "mcp-registry-server-json-valid", "mcp-registry-version-semver") == ""


def test_the_linter_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(json.dumps({**SERVER, "name": "no-namespace"}))

    assert "name" in findings(tmp_path, "mcp-registry-server-json-valid")


def test_it_names_this_version_and_only_settings_that_there_are() -> None:
    named = set(re.findall(r"\b[A-Z]+_[A-Z_]+\b", json.dumps(SERVER)))

    assert SERVER["version"] == __version__
    assert named
    assert named <= {name.upper() for name in Settings.model_fields}


def test_what_is_secret_is_marked() -> None:
    headers = headers_of(BY_SESSION) | headers_of(BY_KEY)

    secret = {name for name, header in headers.items() if header.get("isSecret")}
    assert secret == {"Authorization", "X-SF-Refresh-Token", "X-API-Key"}
    assert headers["Authorization"]["variables"]["access_token"]["isSecret"] is True


@pytest.mark.parametrize("with_optional_headers", [False, True])
async def test_who_fills_in_a_session_is_connected(org: Org, session: Session, with_optional_headers: bool) -> None:
    described = headers_of(BY_SESSION)
    headers = {"Authorization": described["Authorization"]["value"].format(access_token=session.access_token)}
    if with_optional_headers:
        placeholder = described["X-SF-Refresh-Token"]["placeholder"]
        headers["X-SF-Refresh-Token"] = placeholder.replace("<refresh token>", session.refresh_token)
        headers["X-SF-Instance-Url"] = session.instance_url

    await lists_leads(org, BY_SESSION, headers)


async def test_who_fills_in_a_key_is_connected(org: Org) -> None:
    [name] = headers_of(BY_KEY)

    await lists_leads(org, BY_KEY, {name: KEY}, sf_auth_mode="service", gateway_api_keys=[KEY])


async def lists_leads(org: Org, remote: dict[str, Any], headers: dict[str, str], **options: Any) -> None:
    url = remote["url"].format(host=remote["variables"]["host"]["placeholder"])
    app = gateway(settings(mcp_allowed_hosts=["leads.example.com"], **options), salesforce=org.transport)
    async with (
        running(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), headers=headers) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        result = await client.call_tool("salesforce_list_leads", {})
    assert not result.is_error, result.structured_content
