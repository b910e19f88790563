"""One run: work, trouble, and what came of it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.checker import Attempt, effects_in, problems
from tests.chaos.clients import drive
from tests.chaos.world import TIMEOUT, World, running_world

LONG_DELAY = 1.2 * TIMEOUT
"""Longer than the gateway waits, and shorter than a lease that was just renewed."""

FAULTS: tuple[dict[str, Any], ...] = (
    {"operation": "lead.create", "kind": "drop_after"},
    {"operation": "lead.update", "kind": "drop_after"},
    {"operation": "*", "kind": "drop_before"},
    {"operation": "*", "kind": "status", "status": 503},
    {"operation": "lead.update", "kind": "status", "status": 400, "error_code": "UNABLE_TO_LOCK_ROW"},
    {"operation": "*", "kind": "html"},
    {"operation": "*", "kind": "delay", "seconds": 0.2},
    {"operation": "composite", "kind": "delay", "seconds": LONG_DELAY},
    {"operation": "*", "kind": "expire_session"},
)


@dataclass(frozen=True)
class Plan:
    """How much work and trouble. `faults` is the share of calls that meet one."""

    syncs: int = 10_000
    emails: int = 1_000
    clients: int = 32
    faults: float = 0.1
    outage_seconds: float = 5.0
    rotation: bool = True
    seed: int = 1


@dataclass(frozen=True)
class Report:
    """What happened."""

    attempts: list[Attempt]
    problems: list[str]
    stats: dict[str, Any]
    slowest_answer: float

    @property
    def outcomes(self) -> Counter[str]:
        """How often clients were told what."""
        return Counter(f"{attempt.told} {attempt.why}".strip() for attempt in self.attempts)


async def run(plan: Plan, directory: Path) -> Report:
    """Run it. Raises GaveUpError when a lead can not be brought in at all."""
    async with running_world(directory) as world:
        _order_faults(world, plan)
        trouble = _Trouble(world, plan)
        clients = await drive(world, _work(plan), plan.clients, plan.seed, trouble.progress)
        await trouble.over()
        world.control.ask("DELETE", "faults")
        # What still is under way, late and without a caller, is to be seen too.
        await asyncio.sleep(LONG_DELAY + 1)
        attempts = [attempt for client in clients for attempt in client.history]
        stats = world.control.stats()
        found = problems(attempts, effects_in(world.control.ledger()))
        if stats["duplicate_emails"]:
            found.append(f"duplicate: {stats['duplicate_emails']}")
        if stats["open_leads"] != plan.emails:
            found.append(f"loss: {plan.emails} emails, {stats['open_leads']} open leads")
        return Report(attempts, found, stats, max(client.slowest for client in clients))


def _work(plan: Plan) -> list[tuple[str, str]]:
    """Emails, each as often as any other, and a value of its own for every sync."""
    emails = [f"lead{number % plan.emails}@example.com" for number in range(plan.syncs)]
    random.Random(plan.seed).shuffle(emails)
    return [(email, f"+{number}") for number, email in enumerate(emails)]


def _order_faults(world: World, plan: Plan) -> None:
    each = plan.faults / len(FAULTS)
    rules = [{**fault, "probability": each, "seed": plan.seed + number} for number, fault in enumerate(FAULTS)]
    world.control.ask("POST", "faults", {"rules": rules})
    world.control.change_org(rotate_refresh_tokens=plan.rotation, daily_api_limit=10_000_000)


class _Trouble:
    """Kills and outages, at the same share of the work in every run."""

    def __init__(self, world: World, plan: Plan) -> None:
        due: list[tuple[int, Coroutine[Any, Any, None]]] = [
            (plan.syncs * 3 // 10, world.kill_replica(0)),
            (plan.syncs * 5 // 10, world.redis_outage(plan.outage_seconds)),
            (plan.syncs * 7 // 10, world.kill_replica(1)),
        ]
        self._due = due
        self._running: list[asyncio.Task[None]] = []

    def progress(self, done: int) -> None:
        while self._due and done >= self._due[0][0]:
            self._running.append(asyncio.create_task(self._due.pop(0)[1]))

    async def over(self) -> None:
        await asyncio.gather(*self._running)
        assert not self._due
