"""One call: counted, delayed, troubled as the faults say, and answered.

All three protocols go through here. The work itself never waits for anything, so that it happens in one piece however
many calls are under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from infra.simulator.delivery import ConnectionLostError
from infra.simulator.errors import SalesforceError, failure
from infra.simulator.faults import (
    DelayFault,
    DeliveryFault,
    DropAfterFault,
    DropBeforeFault,
    ExpireSessionFault,
    Fault,
    HtmlFault,
    RedirectFault,
    Refusal,
)
from infra.simulator.org import Org
from infra.simulator.reply import Reply, maintenance_reply


class SessionKilledError(Exception):
    """The access token of this call is to die, and the call with it."""


def refuse_over_limit(org: Org) -> None:
    """Raise SalesforceError when the org may not be called any more, or not by so many. Source: fact sheet 3.2, 9."""
    if org.calls.of_last_day() > org.settings.daily_api_limit:
        raise failure(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    if org.settings.max_concurrency is not None and org.calls.running > org.settings.max_concurrency:
        message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
        raise failure(403, "REQUEST_LIMIT_EXCEEDED", message)


async def perform(org: Org, fault: Fault | None, work: Callable[[], Reply], *, limited: bool = True) -> Reply:
    """Do the work, with the trouble that is due; the org's limits hold for what is `limited`.

    Raises SalesforceError for a status fault, ConnectionLostError, SessionKilledError, and what the work raises.
    """
    org.calls.running += 1
    try:
        if limited:
            refuse_over_limit(org)
        await _pause(org.settings.latency_ms / 1000)
        early = await _befall(fault)
        if early is not None:
            return early
        with org.tables.database.transaction():
            reply = work()
        for delay in reply.delays:
            await _pause(delay.seconds)
        late = await _befall(reply.trouble)
        if late is not None:
            return late
        if isinstance(fault, DropAfterFault) or isinstance(reply.trouble, DropAfterFault):
            raise ConnectionLostError
        suffered = next((each for each in (fault, reply.trouble) if isinstance(each, DeliveryFault)), None)
        return replace(reply, delivery=suffered)
    finally:
        org.calls.running -= 1


def status_error(fault: Refusal) -> SalesforceError:
    return failure(fault.status, fault.error_code, fault.message, fault.headers)


async def _befall(fault: Fault | None) -> Reply | None:
    """What a fault does apart from losing an answer; a reply when it gives one itself."""
    if isinstance(fault, DelayFault):
        await _pause(fault.seconds)
    elif isinstance(fault, Refusal):
        raise status_error(fault)
    elif isinstance(fault, DropBeforeFault):
        raise ConnectionLostError
    elif isinstance(fault, HtmlFault):
        return maintenance_reply(fault.status)
    elif isinstance(fault, RedirectFault):
        return Reply(fault.status, headers={"Location": fault.location})
    elif isinstance(fault, ExpireSessionFault):
        raise SessionKilledError
    return None


async def _pause(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)
