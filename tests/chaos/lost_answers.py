"""Every writing operation, again and again, while the answers of its writes are lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.support.gateway import client_of
from tests.support.org import Org

Operation = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]


def _lead(email: str, **fields: Any) -> dict[str, Any]:
    return {"email": email, "last_name": "Okafor", **fields}


async def _create(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post("/v1/leads", json=_lead(email))


async def _sync_new(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post("/v1/leads/sync", json=_lead(email, phone="1"))


async def _sync_changed(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post("/v1/leads/sync", json=_lead(email, phone="2"))


async def _update(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.patch(f"/v1/leads/{email}", json={"phone": "2"})


async def _objected(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.put(f"/v1/leads/{email}/status", json={"status": "objected"})


async def _scheduled(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.put(f"/v1/leads/{email}/status", json={"status": "scheduled"})


async def _convert(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.post(f"/v1/leads/{email}/convert")


async def _delete(rest: httpx.AsyncClient, email: str) -> httpx.Response:
    return await rest.delete(f"/v1/leads/{email}")


OPERATIONS: dict[str, tuple[Operation, str, bool]] = {
    "create": (_create, "lead.create", False),
    "sync of a new lead": (_sync_new, "lead.create", False),
    "sync of a changed lead": (_sync_changed, "lead.update", True),
    "update": (_update, "lead.update", True),
    "status objected": (_objected, "lead.update", True),
    "status scheduled": (_scheduled, "soap.convertLead", True),
    "convert": (_convert, "soap.convertLead", True),
    "delete": (_delete, "lead.delete", True),
}
"""The request, which answer of Salesforce is lost, and whether the lead is there before."""


async def lose_answers(name: str, times: int) -> tuple[Counter[int], dict[str, Any]]:
    """Which HTTP statuses were answered, and the org's stats, after that many lost answers."""
    operation, lost, is_there = OPERATIONS[name]
    org = Org()
    statuses: Counter[int] = Counter()
    await org.change(daily_api_limit=1_000_000)
    async with client_of(org.transport, await org.session()) as rest:
        emails = [f"lead{number}@example.com" for number in range(times)]
        if is_there:
            for email in emails:
                (await rest.post("/v1/leads", json=_lead(email))).raise_for_status()
        await org.fault(lost, "drop_after")
        for email in emails:
            statuses[(await operation(rest, email)).status_code] += 1
        stats = await org.stats()
    await org.close()
    return statuses, stats
