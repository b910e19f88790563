"""Fifty orgs with the same emails, keys and Ids: nobody ever sees another's data."""

import asyncio
import random
from typing import Any

import httpx

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of, headers_of
from tests.support.org import Org

ORGS = 50
EMAILS = ["ada@example.com", "bob@example.com"]


class Caller:
    """One org's caller; every lead of that org works for a company of its own."""

    def __init__(self, rest: GatewayClient, session: Session, number: int, chance: random.Random) -> None:
        self._rest = rest
        self._headers = headers_of(session)
        self._company = f"Company {number}"
        self._chance = chance

    async def ask(self) -> int:
        """Ask for something, and perhaps leave; the number of leads seen, all our own."""
        email = self._chance.choice(EMAILS)
        lead = {"email": email, "last_name": "Okafor", "company": self._company}
        method, path, body = self._chance.choice(
            [
                ("POST", "/v1/leads/sync", lead),
                ("POST", "/v1/leads", lead),
                ("GET", f"/v1/leads/{email}", None),
                ("GET", "/v1/leads", None),
            ]
        )
        key = {"Idempotency-Key": f"{method} {path} {email}".replace(" ", "_")} if method == "POST" else {}
        task = asyncio.create_task(self._rest.request(method, path, json=body, headers={**self._headers, **key}))
        if self._chance.random() < 0.2:
            await asyncio.sleep(self._chance.uniform(0, 0.02))
            task.cancel()
        try:
            return self._seen(await task)
        except asyncio.CancelledError:
            return 0

    def _seen(self, response: httpx.Response) -> int:
        data: dict[str, Any] = response.json().get("data") or {}
        leads = data.get("leads", [data])
        companies = [lead["company"] for lead in leads if "company" in lead]
        assert set(companies) <= {self._company}, response.text
        return len(companies)


async def test_no_answer_carries_another_orgs_data(org: Org) -> None:
    chance = random.Random(7)
    sessions = [await org.another_session() for _ in range(ORGS)]
    await org.change(latency_ms=1)
    async with client_of(org.transport, None) as rest:
        callers = [Caller(rest, session, number, chance) for number, session in enumerate(sessions)]
        order = [caller for caller in callers for _ in range(12)]
        chance.shuffle(order)
        seen = 0
        for start in range(0, len(order), 100):
            if start == 300:
                await org.expire_all()
            seen += sum(await asyncio.gather(*(caller.ask() for caller in order[start : start + 100])))

    assert seen > ORGS
