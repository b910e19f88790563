"""Several replicas of the gateway, with a real Redis between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of, settings
from tests.support.org import Org
from tests.support.redis_server import RedisServer, needs_redis

pytestmark = needs_redis

TIMEOUT = 2.5
"""Seconds. A lease is twice as long, and until Redis is as old no turn is granted: so not too much. It is real time, in
which a busy machine may stand still for a while: so not too little."""

ADA = {"email": "ada@example.com", "last_name": "Okafor"}


@asynccontextmanager
async def replicas(
    org: Org, session: Session, redis: RedisServer, count: int = 3, timeout: float = TIMEOUT
) -> AsyncIterator[list[GatewayClient]]:
    """Clients of as many gateways. They wait until Redis is as old as the turns it may have forgotten."""
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                client_of(org.transport, session, redis_url=redis.url, sf_timeout_seconds=timeout)
            )
            for _ in range(count)
        ]
        yield clients


async def sync(replica: GatewayClient, **fields: Any) -> dict[str, Any]:
    response = await replica.post("/v1/leads/sync", json={**ADA, **fields})
    body: dict[str, Any] = response.json()
    return body


async def test_ten_simultaneous_syncs_over_three_replicas_make_one_lead(
    org: Org, session: Session, lasting_redis: RedisServer
) -> None:
    async with replicas(org, session, lasting_redis) as several:
        for number in range(20):
            email = f"lead{number}@example.com"
            results = await asyncio.gather(*(sync(several[each % 3], email=email) for each in range(10)))
            actions = sorted(result["data"]["action"] for result in results)
            assert actions == ["created", *["unchanged"] * 9]

    stats = await org.stats()
    assert (stats["open_leads"], stats["duplicate_emails"]) == (20, {})


async def test_while_redis_is_away_nothing_is_created_and_everything_else_goes_on(
    org: Org, session: Session, redis: RedisServer
) -> None:
    async with replicas(org, session, redis, 1) as [replica]:
        lead_id = (await sync(replica))["data"]["lead_id"]
        redis.stop()

        refused = await sync(replica, email="bob@example.com")
        over_mcp = await replica.call_tool("salesforce_create_lead", {**ADA, "email": "bob@example.com"})
        read = await replica.get("/v1/leads/ada@example.com")
        updated = await replica.patch(f"/v1/leads/{lead_id}", json={"phone": "2"})
        health = (await replica.get("/health/ready")).json()["data"]

        assert (refused["status_code"], refused["code"]) == (503, "COORDINATION_UNAVAILABLE")
        assert refused["retryable"]
        assert (over_mcp.structured_content or {})["code"] == "COORDINATION_UNAVAILABLE"
        assert (read.status_code, updated.status_code) == (200, 200)
        assert health == {"status": "degraded"}

        redis.start()

        assert (await replica.get("/health/ready")).json()["data"] == {"status": "ok"}
        assert (await sync(replica, email="bob@example.com"))["data"]["action"] == "created"


@pytest.mark.parametrize("url", ["localhost:6379", "http://localhost", "redis://"])
def test_a_redis_url_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="REDIS_URL"):
        settings(redis_url=url)


@pytest.mark.parametrize("rotation", [False, True])
async def test_a_hundred_requests_over_three_replicas_refresh_an_expired_session_once(
    org: Org, session: Session, lasting_redis: RedisServer, rotation: bool
) -> None:
    await org.change(rotate_refresh_tokens=rotation)
    # One process answers all of them at once, for three replicas and the org.
    async with replicas(org, session, lasting_redis, timeout=3 * TIMEOUT) as several:
        await org.expire_sessions()

        answers = await asyncio.gather(*(several[each % 3].get("/v1/leads") for each in range(100)))
        late = [await replica.get("/v1/leads") for replica in several]

    assert {answer.status_code for answer in [*answers, *late]} == {200}
    assert (await org.stats())["token_calls"] == 1
    handed_back = {answer.headers.get("X-SF-Refresh-Token") for answer in answers}
    assert len(handed_back) == 1
    assert (handed_back != {None}) is rotation


async def test_a_chain_of_rotations_is_followed_by_a_replica_that_saw_none_of_it(
    org: Org, session: Session, lasting_redis: RedisServer
) -> None:
    await org.change(rotate_refresh_tokens=True)
    async with replicas(org, session, lasting_redis) as [first, second, third]:
        for replica in (first, second, first):
            await org.expire_sessions()
            assert (await replica.get("/v1/leads")).status_code == 200
        calls = await org.api_calls()

        assert (await third.get("/v1/leads")).status_code == 200

    assert (await org.stats())["token_calls"] == 3
    assert await org.api_calls() == calls + 1


async def test_what_replicas_share_of_a_session_is_unreadable(
    org: Org, session: Session, lasting_redis: RedisServer
) -> None:
    async with replicas(org, session, lasting_redis, 1) as [replica]:
        await org.expire_sessions()
        await replica.get("/v1/leads")

    async with Redis.from_url(lasting_redis.url) as redis:
        values = [await redis.get(key) for key in await redis.keys("*:value:*")]
    assert values
    assert not any(value and (b"00D" in value or b"5Aep" in value) for value in values)


async def test_a_replica_that_dies_while_refreshing_does_not_block_the_others(
    org: Org, session: Session, lasting_redis: RedisServer
) -> None:
    never_answers = asyncio.Event()

    async def stuck(request: httpx.Request) -> httpx.Response:
        if "oauth2" in request.url.path:
            await never_answers.wait()
        return await org.transport.handle_async_request(request)

    async with replicas(org, session, lasting_redis, 1) as [living]:
        await org.expire_sessions()
        shared = {"redis_url": lasting_redis.url, "sf_timeout_seconds": TIMEOUT}
        async with client_of(httpx.MockTransport(stuck), session, **shared) as dying:
            dying_request = asyncio.create_task(dying.get("/v1/leads"))
            answers = await asyncio.gather(*(living.get("/v1/leads") for _ in range(5)))
            await dying_request

    assert {answer.status_code for answer in answers} == {200}


async def test_while_redis_is_away_no_session_is_refreshed(org: Org, session: Session, redis: RedisServer) -> None:
    async with replicas(org, session, redis, 1) as [replica]:
        await org.expire_sessions()
        redis.stop()

        answer = await replica.get("/v1/leads")

    assert (answer.status_code, answer.json()["code"]) == (503, "COORDINATION_UNAVAILABLE")
    assert (await org.stats())["token_calls"] == 0
