"""When Redis is away, comes back, or forgets."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import cast

import pytest
from redis.asyncio.lock import Lock

from domain.errors import CoordinationUnavailableError
from infra.coordination.redis import Lease, RedisCoordination
from tests.support.redis_server import RedisServer, needs_redis

pytestmark = needs_redis

LEASE = 1.5


@pytest.fixture
async def coordination(redis: RedisServer) -> AsyncIterator[RedisCoordination]:
    coordination = RedisCoordination(redis.url, LEASE)
    yield coordination
    await coordination.aclose()


async def take(coordination: RedisCoordination, at_most: float = 5) -> None:
    async with coordination.turn("ada", at_most=at_most) as turn:
        assert turn.held


async def test_without_redis_nobody_gets_a_turn_until_it_is_back(
    coordination: RedisCoordination, redis: RedisServer
) -> None:
    await take(coordination)
    redis.stop()

    with pytest.raises(CoordinationUnavailableError):
        await take(coordination)
    assert not await coordination.is_ready()
    redis.start()
    assert await coordination.is_ready()
    await take(coordination)


async def test_a_redis_that_does_not_answer_is_away(coordination: RedisCoordination, redis: RedisServer) -> None:
    await take(coordination)
    redis.freeze()
    try:
        with pytest.raises(CoordinationUnavailableError):
            await take(coordination)
    finally:
        redis.thaw()

    await take(coordination)


async def test_a_turn_that_redis_forgot_is_lost(coordination: RedisCoordination, redis: RedisServer) -> None:
    async with coordination.turn("ada", at_most=5) as turn:
        redis.stop()
        redis.start()
        await asyncio.sleep(LEASE)

        assert not turn.held


async def test_a_redis_that_forgot_the_turns_grants_none_while_they_may_last(redis: RedisServer) -> None:
    before, after = (RedisCoordination(redis.url, 2.5) for _ in range(2))
    async with before.turn("ada", at_most=5):
        redis.stop()
        redis.start()

        with pytest.raises(CoordinationUnavailableError) as refused:
            await take(after, at_most=0.2)

    assert 0 < (refused.value.retry_after or 0) <= 2.5
    for each in (before, after):
        await each.aclose()


async def test_a_replica_that_died_holds_nobody_up_for_longer_than_a_lease(
    coordination: RedisCoordination, redis: RedisServer
) -> None:
    dead = RedisCoordination(redis.url, LEASE)
    held = dead.turn("ada", at_most=5)
    await held.__aenter__()
    [renewing] = [task for task in asyncio.all_tasks() if "keep" in repr(task.get_coro())]
    renewing.cancel()

    await take(coordination, at_most=4 * LEASE)

    await held.__aexit__(None, None, None)
    await dead.aclose()


class StubbornLock:
    """Renews, and swallows a cancellation meanwhile, as Redis' client can."""

    def __init__(self) -> None:
        self.renewed = asyncio.Event()
        self.renewals = 0

    async def reacquire(self) -> None:
        self.renewals += 1
        self.renewed.set()
        try:
            await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            return

    async def release(self) -> None:
        """Nothing is left to release."""


async def test_a_lease_that_was_given_back_is_not_renewed_even_if_its_renewal_can_not_be_cancelled() -> None:
    lock = StubbornLock()
    lease = Lease(cast("Lock", lock), 0.06, time.monotonic() + 0.06, time.monotonic)
    renewing = asyncio.create_task(lease.keep())
    await lock.renewed.wait()

    renewing.cancel()
    await lease.give_back()
    await renewing

    assert lock.renewals == 1


async def test_redis_holds_no_email(coordination: RedisCoordination, redis: RedisServer) -> None:
    async with coordination.turn("email ada@example.com", at_most=5):
        keys = await coordination._redis.keys("*")

    assert keys
    assert b"ada" not in b"".join(key if isinstance(key, bytes) else key.encode() for key in keys)
