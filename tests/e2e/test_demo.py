"""The demo's walk-through: real processes, real clients, real sockets."""

import asyncio
import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.support.http_client import get
from tests.support.processes import PATIENCE, finished, process
from tests.support.running_demo import Demo


class Rest:
    """The operations over plain HTTP."""

    def __init__(self, demo: Demo) -> None:
        self._http = httpx.AsyncClient(base_url=demo.url, headers=demo.headers, timeout=PATIENCE)

    async def __aenter__(self) -> "Rest":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def call(self, tool: str, lead: str = "", **arguments: Any) -> dict[str, Any]:
        method, path = {
            "salesforce_list_leads": ("GET", "/v1/leads"),
            "salesforce_get_lead": ("GET", f"/v1/leads/{lead}"),
            "salesforce_create_lead": ("POST", "/v1/leads"),
            "salesforce_update_lead": ("PATCH", f"/v1/leads/{lead}"),
            "salesforce_delete_lead": ("DELETE", f"/v1/leads/{lead}"),
            "salesforce_update_lead_status": ("PUT", f"/v1/leads/{lead}/status"),
            "salesforce_sync_lead": ("POST", "/v1/leads/sync"),
            "salesforce_convert_lead": ("POST", f"/v1/leads/{lead}/convert"),
            "salesforce_merge_leads": ("POST", f"/v1/leads/{lead}/merge"),
            "salesforce_describe_lead": ("GET", "/v1/lead-fields"),
        }[tool]
        content: dict[str, Any] = {"params": arguments} if method == "GET" else {"json": arguments or None}
        response = await self._http.request(method, path, **content)
        envelope: dict[str, Any] = response.json()
        assert envelope["success"], envelope
        data: dict[str, Any] = envelope["data"]
        return data


class Mcp:
    """The operations over the real MCP client."""

    def __init__(self, demo: Demo, mode: str) -> None:
        self._http = httpx2.AsyncClient(headers=demo.headers, timeout=PATIENCE)
        self._client = Client(streamable_http_client(demo.mcp_url, http_client=self._http), mode=mode)

    async def __aenter__(self) -> "Mcp":
        await self._http.__aenter__()
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self._client.__aexit__(None, None, None)
        await self._http.aclose()

    async def call(self, tool: str, lead: str = "", **arguments: Any) -> dict[str, Any]:
        which = {"lead": lead} if lead else {}
        result = await self._client.call_tool(tool, {**which, **arguments})
        envelope = result.structured_content or {}
        assert not result.is_error, envelope
        data: dict[str, Any] = envelope["data"]
        return data


@pytest.mark.parametrize("way", ["rest", "auto", "legacy"])
async def test_a_lead_is_led_through_its_whole_life(demo: Demo, way: str) -> None:
    email = f"ada.{way}@example.com"
    lead = {"email": email, "last_name": "Okafor", "company": "Acme", "phone": "1"}
    before = len(demo.control.ledger())
    async with Rest(demo) if way == "rest" else Mcp(demo, way) as gateway:
        # created, then nothing, then only the phone
        created = await gateway.call("salesforce_sync_lead", **lead)
        again = await gateway.call("salesforce_sync_lead", **lead)
        changed = await gateway.call("salesforce_sync_lead", **{**lead, "phone": "2"})
        assert [each["action"] for each in (created, again, changed)] == ["created", "unchanged", "updated"]
        effects = demo.control.ledger()[before:]
        assert [effect["op"] for effect in effects] == ["create", "update"]
        assert effects[1]["fields"] == {"Phone": "2"}

        # found by email, by Id and in a list, and changed
        lead_id = created["lead_id"]
        assert (await gateway.call("salesforce_get_lead", email))["id"] == lead_id
        assert (await gateway.call("salesforce_get_lead", lead_id))["phone"] == "2"
        listed = await gateway.call("salesforce_list_leads", email=email)
        assert [each["id"] for each in listed["leads"]] == [lead_id]
        assert (await gateway.call("salesforce_update_lead", lead_id, title="CTO"))["title"] == "CTO"

        # objected closes it and converts nothing; scheduled converts it, once
        objected = await gateway.call("salesforce_sync_lead", email=email, status="objected")
        assert (objected["status"], objected["conversion"]) == ("Closed - Not Converted", None)
        scheduled = await gateway.call("salesforce_sync_lead", email=email, status="scheduled")
        assert scheduled["conversion"]["account_id"]
        assert scheduled["conversion"]["contact_id"]
        skipped = await gateway.call("salesforce_sync_lead", email=email, status="scheduled")
        assert skipped["action"] == "skipped"
        assert skipped["conversion"] == {**scheduled["conversion"], "already_converted": True}

        # another one is created, given a status, converted; a third one deleted
        second = await gateway.call("salesforce_create_lead", email=f"b.{email}", last_name="Adeyemi")
        working = await gateway.call("salesforce_update_lead_status", second["id"], status="Working - Contacted")
        assert working["status"] == "Working - Contacted"
        assert (await gateway.call("salesforce_convert_lead", second["id"]))["already_converted"] is False
        third = await gateway.call("salesforce_create_lead", email=f"c.{email}", last_name="Bello")
        assert (await gateway.call("salesforce_delete_lead", third["id"]))["deleted"] is True


async def test_fifty_simultaneous_syncs_leave_one_lead_and_one_refresh_serves_a_hundred_requests(demo: Demo) -> None:
    async with (
        httpx.AsyncClient(base_url=demo.org_url, timeout=PATIENCE) as control,
        httpx.AsyncClient(base_url=demo.url, timeout=PATIENCE) as http,
    ):
        # An org of its own, since its sessions are about to expire.
        org = (await control.post("/_sim/orgs")).json()
        session = (await control.post("/_sim/sessions", json=org)).json()
        http.headers["Authorization"] = f"Bearer {session['access_token']}"
        http.headers["X-SF-Refresh-Token"] = f"Bearer {session['refresh_token']}"
        lead = {"email": "one@example.com", "last_name": "Okafor"}

        syncs = await asyncio.gather(*(http.post("/v1/leads/sync", json=lead) for _ in range(50)))
        await control.post("/_sim/expire-sessions", json=org)
        answers = await asyncio.gather(*(http.get("/v1/leads/one@example.com") for _ in range(100)))

        assert sorted(each.json()["data"]["action"] for each in syncs) == ["created"] + ["unchanged"] * 49
        assert {answer.status_code for answer in answers} == {200}
        stats = (await control.get("/_sim/stats", params=org)).json()
        assert (stats["open_leads"], stats["by_operation"]["token.refresh"]) == (1, 1)


def test_the_curls_that_are_shown_work(demo: Demo) -> None:
    assert len(demo.curls) == 2
    for curl in demo.curls:
        run = finished(shlex.split(curl))
        assert json.loads(run.stdout)["success"] is True, run.stderr


def test_swagger_ui_is_signed_in_and_needs_no_other_host(demo: Demo) -> None:
    page = get(f"{demo.url}/")

    assert page.url.path == "/docs"
    assert demo.headers["Authorization"].removeprefix("Bearer ") in page.text
    for link in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert get(f"{demo.url}/{link}").content


def test_a_port_in_use_is_one_clear_line(demo: Demo, tmp_path: Path) -> None:
    port = httpx.URL(demo.url).port

    for command in (["demo", "--port", str(port)], ["simulator", "--port", str(port)]):
        with process(*command, cwd=tmp_path) as running:
            line = running.wait_for(r".*in use.*").group()
            assert running.end() == 2
            assert str(port) in line
            assert running.printed.count("\n") == 1
