"""Coordination of several replicas through Redis."""

import asyncio
import hashlib
import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import anyio
import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.lock import Lock
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import LockError, RedisError

from domain.errors import CoordinationUnavailableError
from infra.coordination.memory import Queue, too_long

T = TypeVar("T")

_log = structlog.get_logger()

_PREFIX = "salesforce-mcp"
_POLL_SECONDS = 0.02
_LONGEST_ANSWER_SECONDS = 2.0
"""Redis answers in a thousandth of this, even to a busy process; who waits longer waits in vain."""
_GIVE_BACK_SECONDS = 0.2
_RUN = re.compile(rb"run_id:(\w+)")
_UPTIME = re.compile(rb"uptime_in_seconds:(\d+)")

_EXCHANGE = """
local there = redis.call('get', KEYS[1])
if (there or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('del', KEYS[1]) else redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3]) end
return 1
"""


class Lease:
    """A turn that lasts while it is renewed."""

    def __init__(self, lock: Lock, seconds: float, until: float, now: Callable[[], float]) -> None:
        self._lock = lock
        self._seconds = seconds
        self._until = until
        self._now = now
        self._over = False
        self.in_doubt = False

    @property
    def held(self) -> bool:
        return self._now() < self._until

    async def keep(self) -> None:
        """Renew it, as long as nobody else has got it."""
        while self.held:
            await asyncio.sleep(self._seconds / 3)
            if self._over:
                return
            began = self._now()
            try:
                with anyio.fail_after(min(_LONGEST_ANSWER_SECONDS, self._seconds / 3)):
                    await self._lock.reacquire()
            except LockError:
                self._until = began
            except (RedisError, OSError) as error:
                # It is ours until it runs out; Redis may be back by then.
                _log.warning("lease_not_renewed", error=type(error).__name__)
            else:
                self._until = began + self._seconds

    async def give_back(self) -> None:
        """Let the next one have it."""
        self._over = True
        await self._at_the_end(self._lock.release())

    async def prolong(self) -> None:
        """Let it run out by itself, after its whole length."""
        self._over = True
        await self._at_the_end(self._lock.reacquire())

    async def _at_the_end(self, last: Awaitable[Any]) -> None:
        # Lost, or Redis away: then there is nothing to give back, or it runs out by itself.
        with suppress(RedisError, OSError), anyio.fail_after(_GIVE_BACK_SECONDS):
            await last


class RedisCoordination:
    """Turns and values that all replicas with the same Redis share.

    A turn is a lease that is renewed while its holder works, so a replica that dies lets go of it. A Redis that has
    just started may have forgotten turns which are still in use: for the length of a lease it grants none.
    """

    def __init__(self, url: str, lease: float, now: Callable[[], float] = time.monotonic) -> None:
        """`lease` in seconds; much longer than one answer of Salesforce may take."""
        self._lease = lease
        self._answer = answer = min(_LONGEST_ANSWER_SECONDS, lease)
        self._now = now
        self._queue = Queue()
        self._run: list[bytes] = []
        self._trusted_from = 0.0
        self._background: set[asyncio.Task[None]] = set()
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=50,
            timeout=answer,
            socket_connect_timeout=answer,
            # What is asked has its own deadline; redis keeps this one with wait_for, which can swallow a cancellation.
            socket_timeout=None,
            retry=Retry(NoBackoff(), 0),
            redis_connect_func=self._meet,
        )
        self._redis: Redis = Redis.from_pool(pool)

    async def aclose(self) -> None:
        """Close the connections, once everything is given back."""
        await asyncio.gather(*self._background)
        await self._redis.aclose()

    async def _meet(self, connection: Any) -> None:
        # A server that was restarted has closed all connections, so nobody uses it without coming by here.
        await connection.on_connect()
        await connection.send_command("INFO", "server")
        info = await connection.read_response()
        text = info if isinstance(info, bytes) else str(info).encode()
        run, age = _RUN.findall(text), _UPTIME.findall(text)
        if run != self._run:
            self._run = run
            self._trusted_from = self._now() + self._lease - (int(age[0]) if age else 0)

    @asynccontextmanager
    async def turn(self, key: str, *, at_most: float) -> AsyncIterator[Lease]:
        ends = self._now() + at_most
        # Within this process it is a queue; only its head competes with the other replicas.
        async with self._queue.turn(key, at_most=at_most):
            lease = await self._acquired(_name("turn", key), ends)
            renewing = asyncio.create_task(lease.keep())
            try:
                yield lease
            finally:
                renewing.cancel()
                await (lease.prolong() if lease.in_doubt else lease.give_back())

    async def _acquired(self, name: str, ends: float) -> Lease:
        lock = self._redis.lock(name, timeout=self._lease, thread_local=False)
        token = uuid.uuid4().hex
        try:
            while True:
                began = self._now()
                if await self._asked(lambda: lock.acquire(blocking=False, token=token)):
                    if self._now() >= self._trusted_from:
                        return Lease(lock, self._lease, began + self._lease, self._now)
                    await self._asked(lock.release)
                pause = max(_POLL_SECONDS, self._trusted_from - self._now())
                if self._now() + pause >= ends:
                    raise self._refusal()
                await asyncio.sleep(pause)
        except BaseException:
            # The request for it may have arrived although nobody waits for the answer any more.
            lock.local.token = token.encode()
            self._in_background(Lease(lock, self._lease, 0, self._now).give_back())
            raise

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _refusal(self) -> Exception:
        youth = self._trusted_from - self._now()
        if youth <= 0:
            return too_long()
        return CoordinationUnavailableError(
            "The gateway's coordination has just restarted, and writes of before may still be under way. Nothing was "
            "written; try again.",
            retry_after=youth,
        )

    async def get(self, key: str) -> bytes | None:
        value = await self._asked(lambda: self._redis.get(_name("value", key)))
        return value.encode() if isinstance(value, str) else value

    async def put(self, key: str, value: bytes, *, seconds: float) -> None:
        await self._asked(lambda: self._redis.set(_name("value", key), value, px=round(seconds * 1000)))

    async def exchange(self, key: str, expected: bytes | None, value: bytes | None, *, seconds: float) -> bool:
        name, milliseconds = _name("value", key), round(seconds * 1000)
        put = self._redis.eval
        return bool(await self._asked(lambda: put(_EXCHANGE, 1, name, expected or b"", value or b"", milliseconds)))

    async def is_ready(self) -> bool:
        try:
            await self._asked(self._redis.ping)
        except CoordinationUnavailableError:
            return False
        return True

    async def _asked(self, question: Callable[[], Awaitable[T]]) -> T:
        try:
            with anyio.fail_after(self._answer):
                return await question()
        except (RedisError, OSError) as error:
            raise CoordinationUnavailableError(
                "The gateway's coordination does not answer, so nothing that could make a second lead is written at "
                "the moment. Nothing was written; try again. Reading and updating by Id work.",
                # One that comes back without its memory gives no turn for so long.
                retry_after=self._lease,
            ) from error


def _name(kind: str, key: str) -> str:
    return f"{_PREFIX}:{kind}:{hashlib.sha256(key.encode()).hexdigest()}"
