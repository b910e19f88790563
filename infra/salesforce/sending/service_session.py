"""The gateway's own session: one login however many callers need it."""

import asyncio
import json
import math
import time
from collections.abc import Callable

import httpx
import structlog

from domain.errors import (
    CoordinationUnavailableError,
    LeadError,
    SalesforceBadResponseError,
    SalesforceBusyError,
    SalesforceTimeoutError,
    SalesforceUnavailableError,
    ServiceLoginError,
)
from domain.values.session import Session
from infra.coordination.encryption import digest, seal, unseal
from infra.coordination.interface import Coordination
from infra.salesforce.sending.grants import (
    FAILURE_SECONDS,
    Grant,
    OAuthClient,
    RefreshFailedError,
    TokenAnswer,
    ask_for_token,
)
from infra.salesforce.wire.answers import NoAnswerError

REFUSAL_SECONDS = 60.0
"""How long a login that Salesforce refused is told to late comers; only people can change what is wrong."""

KEPT_SECONDS = 365 * 24 * 3600.0
"""How long a session is shared: a refresh token that rotated is nowhere else."""

_LONGEST_QUOTE = 200
_log = structlog.get_logger()


class ServiceSession:
    """Logs in when a session is needed for the first time, and again when Salesforce has ended it.

    Whoever else has the same coordination and credentials shares the session, encrypted with a key derived from them.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        client: OAuthClient,
        grant: Grant,
        instance_url: str,
        timeout: float,
        coordination: Coordination,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._client = client
        self._grant = grant
        self._instance_url = instance_url
        self._timeout = timeout
        self._coordination = coordination
        self._now = now
        self._key = digest(f"service {instance_url} {client.client_id} {grant.secret}")
        self._known: Session | None = None
        self._known_to_others = True
        self._logging_in: asyncio.Task[tuple[Session, bool]] | None = None
        self._failure: LeadError | None = None
        self._failure_ends = -math.inf

    @property
    def is_refused(self) -> bool:
        """Whether Salesforce refused the last login, which stays so until one succeeds."""
        return isinstance(self._failure, ServiceLoginError)

    def current(self, session: Session) -> Session:
        return self._known or session

    async def renewed(self, session: Session) -> tuple[Session, bool]:
        """The session after this one, and whether Salesforce gave it just now.

        Raises SalesforceUnavailableError when nothing was sent, CoordinationUnavailableError, RefreshFailedError.
        """
        if self._logging_in is None:
            if self._known and self._known.access_token != session.access_token:
                return self._known, False
            if self._failure and self._now() < self._failure_ends:
                raise RefreshFailedError(self._failure)
            self._logging_in = asyncio.create_task(self._log_in(session))
            # When nobody waits any more, nobody is told of a failure either.
            self._logging_in.add_done_callback(lambda task: task.cancelled() or task.exception())
        # Shielded: with rotation, the new refresh token must not get lost with the request that asked for it.
        return await asyncio.shield(self._logging_in)

    def refused(self) -> LeadError:
        refusal = ServiceLoginError(
            "Salesforce refuses the gateway's session although it logged in just now. Nothing was written; whoever "
            "runs the gateway has to let an administrator check the login policies of its user."
        )
        self._remember(refusal, FAILURE_SECONDS)
        return refusal

    def owner(self, caller: str) -> str:
        """A secret that names a caller for as long as its key, or the gateway's own credentials, stay the same."""
        return digest(f"owner {self._instance_url} {self._client.client_id} {caller or self._grant.secret}")

    async def _log_in(self, dead: Session) -> tuple[Session, bool]:
        """One of all that coordinate logs in, the others find what it got."""
        try:
            async with self._coordination.turn(f"login {self._key}", at_most=4 * self._timeout):
                shared = await self._shared() if self._known_to_others else self._known
                if shared is not None and shared.access_token != dead.access_token:
                    session, fresh = shared, False
                else:
                    # What is shared can be lost, with a Redis that keeps nothing; what we know is not.
                    session, fresh = await self._ask_for_session(shared or self._known), True
                    await self._share(session)
            self._known = session
            self._failure = None
            return session, fresh
        except RefreshFailedError as error:
            lasts = REFUSAL_SECONDS if isinstance(error.told, ServiceLoginError) else FAILURE_SECONDS
            self._remember(error.told, lasts)
            raise
        except CoordinationUnavailableError as error:
            # Side by side, a rotated refresh token could be presented twice, which Salesforce takes for theft.
            raise CoordinationUnavailableError(
                "The gateway has to log in to Salesforce, and does not while its coordination is away. "
                "Nothing was written; try again.",
                error.retry_after,
            ) from error
        finally:
            self._logging_in = None

    def _remember(self, failure: LeadError, seconds: float) -> None:
        self._failure, self._failure_ends = failure, self._now() + seconds

    async def _ask_for_session(self, before: Session | None) -> Session:
        form = self._grant.form(before.refresh_token if before else None)
        try:
            answer = await ask_for_token(self._http, self._client, self._instance_url, form, self._timeout)
        except NoAnswerError as error:
            problem = "Salesforce did not answer while the gateway logged in. Nothing was written; try again."
            raise RefreshFailedError(SalesforceTimeoutError(problem)) from error
        if refusal := self._problem(answer):
            _log.warning("login_failed", grant=self._grant.name, status=answer.status, error=answer.error)
            raise RefreshFailedError(refusal)
        _log.info("logged_in", grant=self._grant.name)
        refresh_token = answer.refresh_token or (before.refresh_token if before else None)
        return Session(self._instance_url, answer.access_token or "", refresh_token)

    def _problem(self, answer: TokenAnswer) -> LeadError | None:
        """Why the answer holds no session for this gateway; None when it does."""
        if answer.status != 200:
            return _refused(self._grant, answer)
        if not answer.access_token:
            return SalesforceBadResponseError("Salesforce's answer to the gateway's login holds no access token.")
        if answer.instance_url and answer.instance_url.lower() != self._instance_url.lower():
            return _login_error("SF_INSTANCE_URL names another host than the one Salesforce gave the session for")
        return None

    async def _shared(self) -> Session | None:
        sealed = await self._coordination.get(self._key)
        opened = unseal(self._grant.secret, "service session", sealed) if sealed else None
        return Session(self._instance_url, *json.loads(opened)) if opened else None

    async def _share(self, session: Session) -> None:
        value = json.dumps([session.access_token, session.refresh_token]).encode()
        try:
            sealed = seal(self._grant.secret, "service session", value)
            await self._coordination.put(self._key, sealed, seconds=KEPT_SECONDS)
            self._known_to_others = True
        except CoordinationUnavailableError:
            # The session is there; it would help nobody to withhold it from who asked. What stands there is older.
            self._known_to_others = False
            _log.warning("service_session_not_shared")


def _refused(grant: Grant, answer: TokenAnswer) -> LeadError:
    """Source: fact sheet 1.4."""
    quote = f"{answer.error}: {answer.description}"
    if answer.status == 429 or answer.error == "rate_limit_exceeded" or "rate exceeded" in answer.description:
        return SalesforceBusyError("Salesforce allows no more logins at the moment; try again later.")
    if answer.status >= 500:
        return SalesforceUnavailableError("Salesforce could not log the gateway in at the moment; try again.")
    reasons = {
        "invalid_client_id": "SF_CLIENT_ID is not known where SF_INSTANCE_URL and SF_TOKEN_URL lead",
        "invalid_client": "SF_CLIENT_SECRET is wrong",
        "unsupported_grant_type": f"the connected app does not allow the {grant.name} flow",
    }
    reason = reasons.get(answer.error, grant.hint)
    said = "".join(letter for letter in quote if letter.isprintable())[:_LONGEST_QUOTE]
    return _login_error(f"{reason} (Salesforce says {said!r})")


def _login_error(reason: str) -> ServiceLoginError:
    return ServiceLoginError(
        f"The gateway can not log in to Salesforce: {reason}. Nothing was written; whoever runs the gateway has to "
        "correct that."
    )
