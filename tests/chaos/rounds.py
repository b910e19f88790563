"""Many simultaneous syncs of one new email, through several replicas, with nothing else going wrong."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import httpx

from tests.chaos.world import running_world


async def simultaneous_syncs(directory: Path, rounds: int, at_once: int = 10) -> tuple[Counter[str], int]:
    """What the syncs were told, and how many leads there are: as many as rounds."""
    told: Counter[str] = Counter()
    async with running_world(directory) as world:
        headers = world.control.session()
        async with httpx.AsyncClient(timeout=30, headers=headers) as http:
            for number in range(rounds):
                lead = {"email": f"round{number}@example.com", "last_name": "Okafor"}
                urls = [f"http://127.0.0.1:{world.ports[each % 3]}/v1/leads/sync" for each in range(at_once)]
                answers = await asyncio.gather(*(http.post(url, json=lead) for url in urls))
                told.update(answer.json().get("data", {}).get("action", answer.text) for answer in answers)
        stats = world.control.stats()
        assert stats["duplicate_emails"] == {}
        leads: int = stats["open_leads"]
        return told, leads
