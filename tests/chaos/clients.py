"""Clients that sync until they are told that it is done, and remember everything they are told."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import httpx

from tests.chaos.checker import Attempt, Told
from tests.chaos.world import DEADLINE, World

_UNKNOWN = {"OUTCOME_UNKNOWN", "INTERNAL_ERROR"}
_SIGN_IN_AGAIN = {"REAUTHENTICATION_REQUIRED", "SESSION_EXPIRED"}
PATIENCE = 120.0
"""Seconds after which a client gives a lead up, and the run has failed."""


class GaveUpError(Exception):
    """A lead could not be brought in."""


class Client:
    """One caller with one session at a time, over REST and MCP in turn."""

    def __init__(self, world: World, http: httpx.AsyncClient, chance: random.Random) -> None:
        self._world = world
        self._http = http
        self._chance = chance
        self._headers = world.control.session()
        self.history: list[Attempt] = []
        self.slowest = 0.0

    async def sync(self, email: str, marker: str) -> None:
        """Sync until it is acknowledged. Raises GaveUpError."""
        now = asyncio.get_running_loop().time
        ends = now() + PATIENCE
        while now() < ends:
            began = now()
            told, why = await self._attempt(email, marker)
            self.slowest = max(self.slowest, now() - began)
            if told is not None:
                self.history.append(Attempt(email, marker, told, why))
            if told in ("created", "updated", "unchanged"):
                return
            if why in _SIGN_IN_AGAIN:
                self._headers = await asyncio.to_thread(self._world.control.session)
            await asyncio.sleep(self._chance.uniform(0.02, 0.2))
        raise GaveUpError(f"{email} {marker}: {self.history[-5:]}")

    async def _attempt(self, email: str, marker: str) -> tuple[Told | None, str]:
        """What was told, and why; None when the request certainly did not leave."""
        url = f"http://127.0.0.1:{self._chance.choice(self._world.ports)}"
        lead = {"email": email, "last_name": "Chaos", "phone": marker}
        send = self._over_rest if self._chance.random() < 0.5 else self._over_mcp
        try:
            return _told(await send(url, lead))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return None, "not connected"
        except httpx.TransportError as error:
            return "unknown", f"connection: {type(error).__name__}"

    async def _over_rest(self, url: str, lead: dict[str, Any]) -> dict[str, Any]:
        response = await self._http.post(f"{url}/v1/leads/sync", json=lead, headers=self._headers)
        if access_token := response.headers.get("X-SF-Access-Token"):
            refresh_token = response.headers["X-SF-Refresh-Token"]
            self._headers = {
                "Authorization": f"Bearer {access_token}",
                "X-SF-Refresh-Token": f"Bearer {refresh_token}",
            }
        body: dict[str, Any] = response.json()
        return body

    async def _over_mcp(self, url: str, lead: dict[str, Any]) -> dict[str, Any]:
        call = {"name": "salesforce_sync_lead", "arguments": lead}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        protocol = {"Accept": "application/json", "MCP-Protocol-Version": "2025-06-18"}
        response = await self._http.post(f"{url}/mcp", json=message, headers={**self._headers, **protocol})
        body: dict[str, Any] = response.json()["result"]["structuredContent"]
        return body


def _told(body: dict[str, Any]) -> tuple[Told, str]:
    if body["success"]:
        told: Told = body["data"]["action"]
        return told, ""
    return ("unknown" if body["code"] in _UNKNOWN else "refused"), body["code"]


async def drive(
    world: World, work: list[tuple[str, str]], count: int, seed: int, progress: Callable[[int], None]
) -> list[Client]:
    """Let `count` clients do the work; `progress` is told how much of it is done."""
    left = iter(work)
    done = 0

    async def run(client: Client) -> None:
        nonlocal done
        for email, marker in left:
            await client.sync(email, marker)
            done += 1
            progress(done)

    limits = httpx.Limits(max_connections=4 * count, max_keepalive_connections=count)
    async with httpx.AsyncClient(timeout=DEADLINE + 5, limits=limits) as http:
        clients = [Client(world, http, random.Random(f"{seed} {number}")) for number in range(count)]
        await asyncio.gather(*(run(client) for client in clients))
    return clients
