"""Doing something once for a key that the caller chose, after the IETF's draft of the Idempotency-Key header."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import BaseModel

from domain.errors import IdempotencyInProgressError, IdempotencyKeyReusedError

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class IdempotencyRecord:
    """What is known about a key."""

    fingerprint: str
    """Of the request it was used for."""
    answer: str | None
    """As JSON; None while the request is being worked on."""


class IdempotencyRecords(Protocol):
    """One caller's keys in one org. Methods may raise CoordinationUnavailableError."""

    async def claim(self, key: str, fingerprint: str) -> IdempotencyRecord | None:
        """Take a key that nobody has used; otherwise what is known about it."""

    async def finish(self, key: str, fingerprint: str, answer: str) -> None:
        """Keep the answer to a claimed key for 24 hours. Never fails: what is done is done."""

    async def release(self, key: str) -> None:
        """Give a claimed key back, as if it had not been used. Never fails."""


class IdempotencyService:
    """Does the same thing once."""

    def __init__(self, records: IdempotencyRecords) -> None:
        self._records = records

    async def run(
        self,
        key: str | None,
        request: tuple[str, ...],
        kind: type[Answer],
        act: Callable[[], Awaitable[Answer]],
    ) -> tuple[Answer, bool]:
        """The answer, and whether it is the one that was given before to the same key and request.

        Without a key it is simply done. Failures are not kept: those that wrote nothing may succeed later, and all
        others are looked into when they are tried again.
        Raises IdempotencyInProgressError, IdempotencyKeyReusedError, and what `act` raises.
        """
        if key is None:
            return await act(), False
        fingerprint = hashlib.sha256("\n".join(request).encode()).hexdigest()
        record = await self._records.claim(key, fingerprint)
        if record is not None:
            return kind.model_validate_json(_answer_to(record, fingerprint)), True
        try:
            answer = await act()
        except BaseException:
            await self._records.release(key)
            raise
        await self._records.finish(key, fingerprint, answer.model_dump_json(exclude_unset=True))
        return answer, False


def _answer_to(record: IdempotencyRecord, fingerprint: str) -> str:
    if record.fingerprint != fingerprint:
        raise IdempotencyKeyReusedError(
            "This idempotency key was used for another request in the last 24 hours. Choose a new one for each request."
        )
    if record.answer is None:
        raise IdempotencyInProgressError(
            "The request with this idempotency key is still being worked on. Send it again to get its answer.", 1
        )
    return record.answer
