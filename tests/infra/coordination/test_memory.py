"""Turns: one holder per key at a time."""

import asyncio

import pytest

from domain.errors import OverloadedError
from infra.coordination.memory import Queue

pytestmark = pytest.mark.usefixtures("virtual_time")


async def test_holders_of_one_key_take_turns_in_the_order_they_came() -> None:
    turns, inside, order = Queue(), 0, []

    async def work(number: int) -> None:
        nonlocal inside
        async with turns.turn("ada", at_most=5):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            order.append(number)
            inside -= 1

    await asyncio.gather(*(work(number) for number in range(20)))

    assert order == list(range(20))


async def test_other_keys_do_not_wait() -> None:
    turns = Queue()

    async with turns.turn("ada", at_most=5), turns.turn("bola", at_most=5):
        pass


async def test_who_waits_too_long_is_told() -> None:
    turns = Queue()

    async with turns.turn("ada", at_most=1):
        with pytest.raises(OverloadedError):
            async with turns.turn("ada", at_most=0.01):
                raise AssertionError


async def test_a_turn_ends_with_an_error_too() -> None:
    turns = Queue()

    with pytest.raises(ZeroDivisionError):
        async with turns.turn("ada", at_most=1):
            raise ZeroDivisionError
    async with turns.turn("ada", at_most=5):
        pass
