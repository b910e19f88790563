"""The gateway's own session: one login however many callers need it."""

import asyncio
import json
import math
from functools import partial

import httpx
import structlog

from domain.errors import CoordinationUnavailableError, LeadError, ServiceLoginError
from domain.values.session import Session
from infra.coordination.encryption import digest, seal, unseal
from infra.coordination.interface import Coordination
from infra.salesforce.sending.grants import Grant, OAuthClient
from infra.salesforce.sending.hosts import InstanceHosts
from infra.salesforce.sending.timing import Clock, Patience
from infra.salesforce.sending.token_requests import RefreshFailedError, TokenRequests, refused
from infra.salesforce.wire.token_answers import FAILURE_SECONDS, login_refusal

REFUSAL_SECONDS = 60.0
"""How long a login that Salesforce refused is told to late comers; only people can change what is wrong."""

KEPT_SECONDS = 365 * 24 * 3600.0
"""How long a session is shared: a refresh token that rotated is nowhere else."""

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
        patience: Patience,
        coordination: Coordination,
        clock: Clock,
        hosts: InstanceHosts,
    ) -> None:
        self._requests = TokenRequests(http, client, patience, clock)
        self._client = client
        self._grant = grant
        self._instance_url = instance_url
        self._patience = patience
        self._coordination = coordination
        self._now = clock.now
        self._hosts = hosts
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
            key = self._key(self._instance_url)
            async with self._coordination.turn(f"login {key}", at_most=4 * self._patience.timeout):
                session, fresh = await self._requests.while_in_use(partial(self._found_or_given, dead))
            self._known = session
            self._failure = None
            return session, fresh
        except RefreshFailedError as error:
            self._known = error.session or self._known
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

    async def _found_or_given(self, dead: Session) -> tuple[Session, bool]:
        """What somebody else got, or else what Salesforce gives now."""
        shared = await self._shared() if self._known_to_others else self._known
        if shared is not None and shared.access_token not in ("", dead.access_token):
            return shared, False
        # What is shared can be lost, with a Redis that keeps nothing; what we know is not.
        latest = shared or self._known or Session(self._instance_url, "")
        try:
            given = await self._given(latest)
        except RefreshFailedError as error:
            if error.session:
                await self._share(error.session)
            raise
        await self._share(given)
        if given.instance_url == self._instance_url:
            _log.info("logged_in", grant=self._grant.name)
            return given, True
        unusable = Session(self._instance_url, "", given.refresh_token)
        await self._share(unusable)
        raise RefreshFailedError(self._of_other_host(given.instance_url), unusable)

    async def _given(self, latest: Session) -> Session:
        """What Salesforce gives, which may belong to another host.

        Raises SalesforceUnavailableError when nothing was sent, RefreshFailedError otherwise.
        """
        form = self._grant.form(latest.refresh_token)
        answer = await self._requests.send(self._instance_url, form, "the gateway logged in")
        refresh_token = answer.new_refresh_token or latest.refresh_token
        if answer.access_token is None:
            _log.warning("login_failed", grant=self._grant.name, status=answer.status, said=answer.said)
            tokens = Session(self._instance_url, "", refresh_token) if answer.new_refresh_token else None
            raise refused(answer, login_refusal(answer, self._grant.name, self._grant.hint), tokens)
        instance_url = self._hosts.named(answer.instance_url, self._instance_url)
        return Session(instance_url, answer.access_token, refresh_token)

    def _of_other_host(self, instance_url: str) -> ServiceLoginError:
        name = f", {instance_url}" if self._hosts.allows(instance_url) else ""
        return ServiceLoginError(
            "The gateway can not log in to Salesforce: SF_INSTANCE_URL names another host than the one Salesforce gave "
            f"the session for{name}. Nothing was written; whoever runs the gateway has to correct that."
        )

    def _key(self, instance_url: str) -> str:
        return digest(f"service {instance_url} {self._client.client_id} {self._grant.secret}")

    async def _shared(self) -> Session | None:
        sealed = await self._coordination.get(self._key(self._instance_url))
        opened = unseal(self._grant.secret, "service session", sealed) if sealed else None
        return Session(self._instance_url, *json.loads(opened)) if opened else None

    async def _share(self, session: Session) -> None:
        """Keep the session where those find it who are set up for its host."""
        value = json.dumps([session.access_token, session.refresh_token]).encode()
        try:
            sealed = seal(self._grant.secret, "service session", value)
            await self._coordination.put(self._key(session.instance_url), sealed, seconds=KEPT_SECONDS)
            self._known_to_others = True
        except CoordinationUnavailableError:
            # The session is there; it would help nobody to withhold it from who asked. What stands there is older.
            self._known_to_others = False
            _log.warning("service_session_not_shared")
