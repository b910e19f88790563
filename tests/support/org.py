"""A simulated org in this process, and what tests ask of it."""

from __future__ import annotations

import random
from typing import Any

import httpx

from domain.values.session import Session
from infra.simulator.server.app import create_simulator
from infra.simulator.server.transport import SimulatorTransport

ORIGIN = "http://127.0.0.1:3334"


class Org:
    """An org of a simulator, driven through its control interface."""

    def __init__(self, sample_leads: int = 0) -> None:
        self._simulator = create_simulator(leads=sample_leads, random=random.Random(1))
        self.transport = SimulatorTransport(self._simulator)
        self._others: list[str] = []
        self._control = httpx.AsyncClient(transport=self.transport, base_url=ORIGIN)

    async def close(self) -> None:
        await self._control.aclose()
        self._simulator.close()

    async def session(self) -> Session:
        answer = await self._ask("POST", "/_sim/sessions", {})
        return Session(answer["instance_url"], answer["access_token"], answer["refresh_token"])

    async def another_session(self) -> Session:
        """A caller's session in a new, empty org of the same simulator."""
        org = (await self._ask("POST", "/_sim/orgs"))["org"]
        self._others.append(org)
        answer = await self._ask("POST", "/_sim/sessions", {"org": org})
        return Session(answer["instance_url"], answer["access_token"], answer["refresh_token"])

    async def expire_all(self) -> None:
        """Every access token of the other orgs dies."""
        for org in self._others:
            await self._ask("POST", "/_sim/expire-sessions", {"org": org})

    async def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = await self._ask("GET", "/_sim/stats")
        return stats

    async def api_calls(self) -> int:
        calls: int = (await self.stats())["api_calls"]
        return calls

    async def ledger(self, after: int = 0) -> list[dict[str, Any]]:
        """What was committed, in order, behind the effect with that number."""
        effects: list[dict[str, Any]] = await self._ask("GET", f"/_sim/ledger?after={after}")
        return effects

    async def query(self, soql: str) -> list[dict[str, Any]]:
        """What Salesforce itself answers to a query; it counts as a call."""
        headers = {"Authorization": f"Bearer {(await self.session()).access_token}"}
        path = "/services/data/v59.0/query"
        answer = (await self._control.get(path, params={"q": soql}, headers=headers)).raise_for_status().json()
        records: list[dict[str, Any]] = answer["records"]
        return records

    async def fault(self, operation: str, kind: str, **more: Any) -> None:
        await self._ask("POST", "/_sim/faults", {"rules": [{"operation": operation, "kind": kind, **more}]})

    async def expire_sessions(self) -> None:
        await self._ask("POST", "/_sim/expire-sessions", {})

    async def change(self, **settings: Any) -> None:
        await self._ask("PATCH", "/_sim/org", settings)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        response = (await self._control.request(method, path, json=body)).raise_for_status()
        return response.json() if response.content else None
