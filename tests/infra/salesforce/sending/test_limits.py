"""One org's calls at once."""

import asyncio

import anyio
import pytest

from domain.errors import OverloadedError
from domain.values.session import Session
from infra.salesforce.sending import limits
from infra.salesforce.sending.limits import Limits, OrgLimits

pytestmark = pytest.mark.usefixtures("virtual_time")

ORG = "https://acme.my.salesforce.com"


async def test_no_more_calls_than_places_are_in_flight() -> None:
    org, inside, most = OrgLimits(3), 0, 0

    async def call() -> None:
        nonlocal inside, most
        async with org.place(at_most=5):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(call() for _ in range(15)))

    assert (most, org.idle) == (3, True)


async def test_when_too_many_wait_the_next_one_is_refused_at_once() -> None:
    org = OrgLimits(1)
    async with org.place(at_most=5):
        waiting = [asyncio.create_task(_pass_through(org)) for _ in range(4)]
        await asyncio.sleep(0)

        with pytest.raises(OverloadedError) as refused:
            with anyio.fail_after(0.5):
                await _pass_through(org)

        assert refused.value.retry_after == 1
    await asyncio.gather(*waiting)


async def test_who_waits_too_long_is_refused() -> None:
    org = OrgLimits(1)
    async with org.place(at_most=5):
        with pytest.raises(OverloadedError):
            async with org.place(at_most=0.01):
                raise AssertionError
    await _pass_through(org)


async def test_a_caller_with_much_to_do_does_not_keep_others_waiting() -> None:
    org, order = OrgLimits(2), list[str]()

    async def call(caller: str) -> None:
        async with org.place(5, caller):
            order.append(caller)
            await asyncio.sleep(1)

    await asyncio.gather(*(call(caller) for caller in ["busy"] * 8 + ["rare"] * 2))

    assert order == ["busy", "busy", "rare", "busy", "rare", *["busy"] * 5]
    assert org.idle


async def test_who_asks_for_too_much_is_refused_and_nobody_else() -> None:
    org = OrgLimits(1)
    async with org.place(5, "busy"):
        waiting = [asyncio.create_task(_pass_through(org, "busy")) for _ in range(4)]
        await asyncio.sleep(0)

        with pytest.raises(OverloadedError):
            await _pass_through(org, "busy")
        waiting.append(asyncio.create_task(_pass_through(org, "rare")))
        await asyncio.sleep(0)

    await asyncio.gather(*waiting)


async def test_places_of_those_who_leave_while_they_wait_are_not_lost() -> None:
    org = OrgLimits(1)
    for _ in range(3):
        async with org.place(5):
            waiting = [asyncio.create_task(_pass_through(org)) for _ in range(3)]
            await asyncio.sleep(0)
            waiting[0].cancel()
        # The place is handed on in the very moment in which its new holder goes.
        waiting[1].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    await _pass_through(org)
    assert org.idle


async def _pass_through(org: OrgLimits, caller: str = "") -> None:
    async with org.place(5, caller):
        pass


def test_orgs_on_one_host_are_told_apart() -> None:
    all_orgs = Limits(1)
    tokens = ["00D000000000001!abc", "00D000000000001!def", "00D000000000002!abc", "opaque", "opaque too"]

    first, again, second, opaque, also_opaque = (all_orgs.of(Session(ORG, token)) for token in tokens)

    assert first is again
    assert first is not second
    assert opaque is also_opaque


def test_idle_orgs_are_forgotten() -> None:
    all_orgs = Limits(1)
    first = all_orgs.of(Session("https://first.my.salesforce.com", "t"))

    for number in range(limits.MAX_ORGS):
        all_orgs.of(Session(f"https://o{number}.my.salesforce.com", "t"))

    assert all_orgs.of(Session("https://first.my.salesforce.com", "t")) is not first
