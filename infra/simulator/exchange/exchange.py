"""One call: counted, delayed, failing as the faults say, and answered.

All protocols go through here. The work itself never waits for anything, so that it happens in one piece however
many calls are under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from infra.simulator.exchange.call_count import CallCount
from infra.simulator.exchange.delivery import ConnectionLostError
from infra.simulator.exchange.faults import (
    DelayFault,
    DeliveryFault,
    DropAfterFault,
    DropBeforeFault,
    ExpireSessionFault,
    Fault,
    Faults,
    HtmlFault,
    LockRowFault,
    RedirectFault,
    Refusal,
)
from infra.simulator.exchange.reply import Reply, maintenance_reply
from infra.simulator.org.org import Org
from infra.simulator.org.users import running_as
from infra.simulator.schema.errors import Problem, SalesforceError, failure


class SessionKilledError(Exception):
    """The access token of this call is to die, and the call with it."""


class Exchange:
    """The calls to one org: how many there were, what shall go wrong with them, and how each is answered.

    The stats and the faults begin anew with the org.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._running = 0
        self.calls = CallCount(org.clock)
        self.faults = Faults()

    def usage(self) -> str:
        """The value of `Sforce-Limit-Info`. Source: fact sheet 8."""
        return f"api-usage={self.calls.of_last_day()}/{self._org.settings.daily_api_limit}"

    def refuse_over_limit(self) -> None:
        """Raise SalesforceError when the org may not be called any more, or not by so many.

        Source: fact sheet 3.2, 9.
        """
        settings = self._org.settings
        if self.calls.of_last_day() > settings.daily_api_limit:
            raise failure(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        if settings.max_concurrency is not None and self._running > settings.max_concurrency:
            message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
            raise failure(403, "REQUEST_LIMIT_EXCEEDED", message)

    async def perform_token_call(self, operation: str, work: Callable[[], Reply]) -> Reply:
        """Do what a call to an OAuth endpoint asks for; it is no API call, so the org's limits do not hold for it."""
        self.calls.add_token_call(operation)
        return await self.perform(self.faults.for_call(operation), work, limited=False)

    def begin_part(self, operation: str, *, many: bool = False) -> frozenset[int]:
        """Count what is done inside, or because of, another call; answers the places of rows that are locked.

        Raises SalesforceError for a fault that refuses it.
        """
        self.calls.add_part(operation)
        fault = self.faults.for_part(operation)
        if isinstance(fault, LockRowFault) and many:
            return fault.rows
        if isinstance(fault, Refusal):
            raise status_error(fault)
        return frozenset()

    async def perform(
        self, fault: Fault | None, work: Callable[[], Reply], *, user_id: str | None = None, limited: bool = True
    ) -> Reply:
        """Do the work for a user, with the fault that is due; the org's limits hold for what is `limited`.

        Raises SalesforceError for a status fault, ConnectionLostError, SessionKilledError, and what the work raises.
        """
        self._running += 1
        try:
            if limited:
                self.refuse_over_limit()
            await _pause(self._org.settings.latency_ms / 1000)
            early = await _applied(fault)
            if early is not None:
                return early
            with self._org.tables.database.transaction(), running_as(user_id):
                reply = work()
            for delay in reply.delays:
                await _pause(delay.seconds)
            late = await _applied(reply.fault)
            if late is not None:
                return late
            if isinstance(fault, DropAfterFault) or isinstance(reply.fault, DropAfterFault):
                raise ConnectionLostError
            on_the_way = next((each for each in (fault, reply.fault) if isinstance(each, DeliveryFault)), None)
            return replace(reply, delivery=on_the_way) if on_the_way else reply
        finally:
            self._running -= 1


def status_error(fault: Refusal) -> SalesforceError:
    problem = Problem(fault.error_code, fault.message, fault.fields)
    return SalesforceError(fault.status, problem, headers=fault.headers)


async def _applied(fault: Fault | None) -> Reply | None:
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
