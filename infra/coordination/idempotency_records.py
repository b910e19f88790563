"""One caller's idempotency keys, kept where all replicas find them."""

import hashlib
import json
from collections.abc import Awaitable, Callable

import structlog

from domain.errors import CoordinationUnavailableError
from domain.idempotency import IdempotencyRecord
from infra.coordination.encryption import seal, unseal
from infra.coordination.interface import Coordination

KEPT_SECONDS = 24 * 3600.0

_ATTEMPTS = 3
_log = structlog.get_logger()


class EncryptedIdempotencyRecords:
    """The IdempotencyRecords port for one request.

    What is stored can be read only with the caller's session and the key.
    """

    def __init__(self, coordination: Coordination, owner: Callable[[], Awaitable[str]], longest_request: float) -> None:
        """`owner` is a secret that names the caller; a claim is given up after `longest_request` seconds."""
        self._coordination = coordination
        self._owner = owner
        self._longest_request = longest_request
        self._claim = b""

    async def claim(self, key: str, fingerprint: str) -> IdempotencyRecord | None:
        secret, name = await self._names(key)
        claim = seal(secret, "idempotency", json.dumps([fingerprint, None]).encode())
        for _ in range(_ATTEMPTS):
            if await self._coordination.exchange(name, None, claim, seconds=self._longest_request):
                self._claim = claim
                return None
            stored = await self._coordination.get(name)
            opened = unseal(secret, "idempotency", stored) if stored else None
            if opened:
                return IdempotencyRecord(*json.loads(opened))
            # Given back, or over, between the two questions.
        return IdempotencyRecord(fingerprint, None)

    async def finish(self, key: str, fingerprint: str, answer: str) -> None:
        secret, name = await self._names(key)
        record = seal(secret, "idempotency", json.dumps([fingerprint, answer]).encode())
        await self._replace_claim(name, record, KEPT_SECONDS)

    async def release(self, key: str) -> None:
        _, name = await self._names(key)
        await self._replace_claim(name, None, 1)

    async def _replace_claim(self, name: str, value: bytes | None, seconds: float) -> None:
        try:
            await self._coordination.exchange(name, self._claim, value, seconds=seconds)
        except CoordinationUnavailableError:
            # The claim runs out by itself; the same request may then be sent again and finds what was written.
            _log.warning("idempotency_record_not_kept")

    async def _names(self, key: str) -> tuple[str, str]:
        secret = f"{await self._owner()} {key}"
        return secret, f"idempotency {hashlib.sha256(secret.encode()).hexdigest()}"
