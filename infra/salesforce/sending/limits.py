"""How much one org may be asked at once and again, so that a busy or failing org stays alone with its trouble."""

import asyncio
import re
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from domain.errors import OverloadedError
from domain.values.session import Session

MAX_ORGS = 10_000
"""How many orgs are remembered; idle ones are forgotten, the longest unused first."""

_WAITING_PER_PLACE = 4
_BURST = 10.0
_SHARE = 0.08
"""With the burst, at most 10 % more calls than were asked for, over 1,000 calls and more."""

_ORG_ID = re.compile(r"(00D[0-9A-Za-z]{12})!")


class RetryBudget:
    """Every call earns a part of a retry; when nothing works, retries run dry instead of making it worse."""

    def __init__(self) -> None:
        self._left = _BURST

    def earn(self) -> None:
        """A call begins."""
        self._left = min(_BURST, self._left + _SHARE)

    def spend(self) -> bool:
        """Whether a call may be repeated; if so, that is counted."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


class OrgLimits:
    """The places and the retries of one org.

    Callers that a gateway tells apart by their keys share the places fairly: a free one goes to whoever waits and has
    the fewest, and each of them may wait for as many.
    """

    def __init__(self, places: int) -> None:
        self.retries = RetryBudget()
        self._free = places
        self._most_waiting = places * _WAITING_PER_PLACE
        self._inside: Counter[str] = Counter()
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []

    @property
    def idle(self) -> bool:
        return not (self._waiting or self._inside)

    @asynccontextmanager
    async def place(self, at_most: float, caller: str = "") -> AsyncIterator[None]:
        """Be one of the calls in flight. Raises OverloadedError: at once when too many wait, else after `at_most` s."""
        await self._enter(caller, max(0.0, at_most))
        try:
            yield
        finally:
            self._leave(caller)

    async def _enter(self, caller: str, at_most: float) -> None:
        if self._free:
            self._take(caller)
            return
        if sum(each == caller for each, _ in self._waiting) >= self._most_waiting:
            raise _overloaded()
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((caller, turn))
        try:
            with anyio.fail_after(at_most):
                await turn
        except TimeoutError as error:
            self._give_up(caller, turn)
            raise _overloaded() from error
        except asyncio.CancelledError:
            self._give_up(caller, turn)
            raise

    def _give_up(self, caller: str, turn: "asyncio.Future[None]") -> None:
        if turn.done() and not turn.cancelled():
            # The place came in the same moment; the next one gets it.
            self._leave(caller)
        else:
            self._waiting.remove((caller, turn))

    def _take(self, caller: str) -> None:
        self._free -= 1
        self._inside[caller] += 1

    def _leave(self, caller: str) -> None:
        self._free += 1
        self._inside[caller] -= 1
        if not self._inside[caller]:
            del self._inside[caller]
        # Those that were cancelled take themselves out as soon as they run again.
        still_waiting = [each for each in self._waiting if not each[1].done()]
        if still_waiting:
            following = min(still_waiting, key=lambda each: self._inside[each[0]])
            self._waiting.remove(following)
            self._take(following[0])
            following[1].set_result(None)


class Limits:
    """The limits of all orgs."""

    def __init__(self, places: int) -> None:
        """`places` is how many calls may be in flight to one org."""
        self._places_per_org = places
        self._orgs: OrderedDict[str, OrgLimits] = OrderedDict()

    def of(self, session: Session) -> OrgLimits:
        """The limits of the session's org."""
        key = _org(session)
        if key not in self._orgs:
            self._orgs[key] = OrgLimits(self._places_per_org)
            self._forget_idle()
        self._orgs.move_to_end(key)
        return self._orgs[key]

    def _forget_idle(self) -> None:
        if len(self._orgs) > MAX_ORGS:
            oldest = next((key for key, org in self._orgs.items() if org.idle), None)
            if oldest is not None:
                del self._orgs[oldest]


def _org(session: Session) -> str:
    """Which org it is. Several can share a host, and most access tokens begin with the org's Id (fact sheet 1.3)."""
    org_id = _ORG_ID.match(session.access_token)
    return f"{session.instance_url} {org_id[1] if org_id else ''}"


def _overloaded() -> OverloadedError:
    return OverloadedError("Too many requests for this org at the moment. Nothing was written; try again.", 1)
