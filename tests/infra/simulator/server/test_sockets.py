"""The simulator on a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing

import anyio
import httpx
import pytest

from infra.simulator.server.app import create_simulator
from infra.simulator.server.sockets import simulator_server
from tests.infra.simulator.conftest import OrgClient, logged_in


@pytest.fixture
async def org() -> AsyncIterator[OrgClient]:
    server = simulator_server(create_simulator(), port=0, handle_signals=False)
    serving = asyncio.create_task(server.serve())
    with anyio.fail_after(10):
        await server.ready.wait()
    async with httpx.AsyncClient(base_url=server.url) as http:
        yield await logged_in(http)
    server.should_exit = True
    await serving


async def test_a_lead_is_written_and_found_over_a_socket(org: OrgClient) -> None:
    await org.create(LastName="Okafor")

    assert await org.names("LastName LIKE 'ok%'") == ["Okafor"]


async def test_the_instance_url_is_where_the_request_came_in(org: OrgClient) -> None:
    direct = (await org.http.post("/_sim/sessions")).json()
    named = (await org.http.post("/_sim/sessions", headers={"Host": "acme.my.salesforce.com"})).json()

    assert direct["instance_url"] == str(org.http.base_url).rstrip("/")
    assert named["instance_url"] == "http://acme.my.salesforce.com"


@pytest.mark.parametrize(("kind", "leads"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection_really_breaks(org: OrgClient, kind: str, leads: int) -> None:
    await org.faults({"operation": "lead.create", "kind": kind, "times": 1})

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await org.send("POST", "/sobjects/Lead", json={"LastName": "Okafor", "Company": "Acme"})

    assert (await org.stats())["leads"] == leads


async def test_work_goes_on_when_its_sender_hangs_up(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "delay", "seconds": 0.1, "times": 1})

    with pytest.raises(httpx.ReadTimeout):
        await org.send("POST", "/sobjects/Lead", json={"LastName": "Okafor", "Company": "Acme"}, timeout=0.02)

    async def until_it_is_done() -> None:
        while (await org.stats())["leads"] == 0:
            continue

    with anyio.fail_after(5):
        await until_it_is_done()


async def test_a_truncated_body_really_ends_early(org: OrgClient) -> None:
    await org.faults({"operation": "limits", "kind": "truncated_body", "kept": 5, "times": 1})

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await org.send("GET", "/limits")


async def test_a_connection_may_be_idle_for_a_minute_as_while_a_client_waits_for_a_bulk_job() -> None:
    simulator = create_simulator()
    with closing(simulator):
        assert simulator_server(simulator).config.timeout_keep_alive >= 60
