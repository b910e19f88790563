"""Whatever is slow or broken, each answer comes in time."""

import asyncio
import time
from typing import Any

import pytest

from domain.values.session import Session
from tests.support.gateway import client_of
from tests.support.org import Org
from tests.support.redis_server import RedisServer, needs_redis

DEADLINE = 8.0
LATEST = DEADLINE + 0.5
ADA = {"email": "ada@example.com", "last_name": "Okafor"}
REQUESTS = [
    ("GET", "/v1/leads/ada@example.com", None),
    ("POST", "/v1/leads", ADA),
    ("POST", "/v1/leads/sync", {**ADA, "status": "scheduled"}),
    ("POST", "/v1/leads/ada@example.com/convert", None),
    ("DELETE", "/v1/leads/00Q000000000001AAA", None),
]
IN_TIME: dict[str, Any] = {"sf_timeout_seconds": 5, "sf_deadline_seconds": DEADLINE}


@pytest.mark.usefixtures("virtual_time")
@pytest.mark.parametrize(
    "trouble",
    [
        {"operation": "*", "kind": "delay", "seconds": 20},
        {"operation": "*", "kind": "delay", "seconds": 4.5},
        {"operation": "*", "kind": "drop_before"},
        {"operation": "*", "kind": "status", "headers": {"Retry-After": "1"}},
        {"operation": "token.refresh", "kind": "delay", "seconds": 20},
    ],
    ids=lambda trouble: " ".join(map(str, trouble.values())),
)
async def test_each_answer_comes_before_its_deadline(org: Org, session: Session, trouble: dict[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    async with client_of(org.transport, session, **IN_TIME) as rest:
        await org.fault(**trouble)
        if trouble["operation"] == "token.refresh":
            await org.expire_sessions()

        async def ask(method: str, path: str, body: Any) -> float:
            began = loop.time()
            await rest.request(method, path, json=body)
            return loop.time() - began

        times = await asyncio.gather(*(ask(*request) for request in REQUESTS * 2))

    assert max(times) < LATEST


# Real time, since Redis is another process: what takes too long here would take for ever.
@needs_redis
async def test_a_redis_that_does_not_answer_holds_nobody_up(org: Org, session: Session, redis: RedisServer) -> None:
    async with client_of(org.transport, session, redis_url=redis.url, sf_timeout_seconds=1) as rest:
        await rest.post("/v1/leads/sync", json=ADA)
        redis.freeze()
        try:
            began = time.monotonic()
            keyed = rest.post("/v1/leads", json=ADA, headers={"Idempotency-Key": "1"})
            answers = await asyncio.gather(rest.post("/v1/leads/sync", json=ADA), keyed)
            seconds = time.monotonic() - began
        finally:
            redis.thaw()

    assert {answer.json()["code"] for answer in answers} == {"COORDINATION_UNAVAILABLE"}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert seconds < 10


@pytest.mark.usefixtures("virtual_time")
async def test_an_overloaded_org_is_told_early_and_does_not_slow_another(org: Org, session: Session) -> None:
    loop = asyncio.get_running_loop()
    other = await org.another_session()
    await org.fault("*", "delay", seconds=0.4)
    async with client_of(org.transport, session, sf_max_concurrency=2) as rest:
        busy = [asyncio.create_task(rest.get("/v1/leads")) for _ in range(30)]
        await asyncio.sleep(0)
        began = loop.time()
        quick = await rest.get("/v1/leads", headers={"Authorization": f"Bearer {other.access_token}"})
        seconds = loop.time() - began
        answers = await asyncio.gather(*busy)

    assert (quick.status_code, seconds < 0.5) == (200, True)
    told = [answer.status_code for answer in answers]
    assert (told.count(200), told.count(503)) == (10, 20)
    [refused, *_] = [answer for answer in answers if answer.status_code == 503]
    assert (refused.json()["code"], refused.headers["Retry-After"]) == ("OVERLOADED", "1")
