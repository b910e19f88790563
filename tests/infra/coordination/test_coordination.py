"""The same questions to the coordination of one process and to that of several."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from domain.errors import OverloadedError
from infra.coordination.interface import Coordination
from infra.coordination.memory import MemoryCoordination
from infra.coordination.redis import RedisCoordination
from tests.support.redis_server import RedisServer, needs_redis
from tests.support.virtual_time import let_time_jump

LEASE = 3.0


@pytest.fixture(params=["memory", pytest.param("redis", marks=needs_redis)])
async def replicas(request: pytest.FixtureRequest) -> AsyncIterator[list[Coordination]]:
    """Two that coordinate with each other; one process is its own partner."""
    if request.param == "memory":
        alone = MemoryCoordination(LEASE, let_time_jump().time)
        yield [alone, alone]
        return
    server: RedisServer = request.getfixturevalue("lasting_redis")
    several = [RedisCoordination(server.url, LEASE) for _ in range(2)]
    for each in several:
        # By then Redis is old enough.
        async with each.turn("first", at_most=5):
            pass
    yield [*several]
    for each in several:
        await each.aclose()


async def test_one_at_a_time_has_the_turn(replicas: list[Coordination]) -> None:
    inside, most = 0, 0

    async def work(replica: Coordination) -> None:
        nonlocal inside, most
        async with replica.turn("ada", at_most=10) as turn:
            assert turn.held
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.005)
            inside -= 1

    await asyncio.gather(*(work(replicas[number % 2]) for number in range(20)))

    assert most == 1


async def test_others_go_on_meanwhile(replicas: list[Coordination]) -> None:
    async with replicas[0].turn("ada", at_most=5), replicas[1].turn("bob", at_most=5):
        pass


async def test_who_waits_too_long_is_told(replicas: list[Coordination]) -> None:
    async with replicas[0].turn("ada", at_most=5):
        with pytest.raises(OverloadedError):
            async with replicas[1].turn("ada", at_most=0.05):
                raise AssertionError("two at a time")


async def test_a_turn_outlasts_its_lease_while_its_holder_works(replicas: list[Coordination]) -> None:
    async with replicas[0].turn("ada", at_most=5) as turn:
        with pytest.raises(OverloadedError):
            async with replicas[1].turn("ada", at_most=2 * LEASE):
                raise AssertionError("two at a time")
        assert turn.held


async def test_a_failure_gives_the_turn_back(replicas: list[Coordination]) -> None:
    for replica in replicas:
        with pytest.raises(RuntimeError):
            async with replica.turn("ada", at_most=5 + LEASE):
                raise RuntimeError


async def test_what_is_left_in_doubt_keeps_others_waiting_for_a_lease(replicas: list[Coordination]) -> None:
    async with replicas[0].turn("ada", at_most=5) as turn:
        turn.in_doubt = True

    with pytest.raises(OverloadedError):
        async with replicas[1].turn("ada", at_most=LEASE / 3):
            raise AssertionError("too early")
    async with replicas[1].turn("ada", at_most=4 * LEASE):
        pass


async def test_who_gives_up_waiting_leaves_nothing_behind(replicas: list[Coordination]) -> None:
    async def wait_for_it() -> None:
        async with replicas[1].turn("ada", at_most=5):
            raise AssertionError("nobody waits any more")

    for moment in range(60):
        async with replicas[0].turn("ada", at_most=5):
            waiting = asyncio.create_task(wait_for_it())
            for _ in range(moment):
                await asyncio.sleep(0.0005)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    async with replicas[0].turn("ada", at_most=5):
        pass


async def test_values_are_shared_and_end(replicas: list[Coordination]) -> None:
    await replicas[0].put("long", b"\x00\xff", seconds=60)
    await replicas[0].put("short", b"1", seconds=0.01)
    await asyncio.sleep(0.02)

    assert await replicas[1].get("long") == b"\x00\xff"
    assert await replicas[1].get("short") is None
    assert await replicas[1].get("never") is None


async def test_a_value_is_exchanged_only_for_the_expected_one(replicas: list[Coordination]) -> None:
    first, second = replicas

    assert await first.exchange("claim", None, b"first", seconds=60)
    assert not await second.exchange("claim", None, b"second", seconds=60)
    assert not await second.exchange("claim", b"other", b"second", seconds=60)
    assert await second.exchange("claim", b"first", b"second", seconds=60)
    assert await first.get("claim") == b"second"
    assert await first.exchange("claim", b"second", None, seconds=60)
    assert await first.get("claim") is None
    assert await first.is_ready()
