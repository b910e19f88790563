"""Sessions that Salesforce ended, and their successors: one refresh however many requests and replicas share them."""

import asyncio
import json
import math
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import httpx
import structlog

from domain.errors import (
    CoordinationUnavailableError,
    InvalidInstanceUrlError,
    LeadError,
    SessionExpiredError,
)
from domain.values.session import Session
from infra.coordination.encryption import digest, seal, unseal
from infra.coordination.interface import Coordination
from infra.salesforce.sending.grants import OAuthClient, RefreshTokenGrant
from infra.salesforce.sending.hosts import InstanceHosts
from infra.salesforce.sending.timing import Clock, Patience
from infra.salesforce.sending.token_requests import RefreshFailedError, TokenRequests, refused
from infra.salesforce.wire.token_answers import FAILURE_SECONDS, refresh_refusal

MAX_SESSIONS = 10_000
"""How many refreshed sessions a process remembers; the longest unused are forgotten first."""

GRACE_SECONDS = 24 * 3600.0
"""How long callers that still hold the old tokens are served from the successor that all replicas share."""

_LONGEST_CHAIN = 16
_log = structlog.get_logger()


@dataclass(frozen=True)
class _Known:
    """A session, and whose it is."""

    session: Session
    """Its instance is the one that Salesforce named, which need not be the one that the caller does."""
    owner: str
    """The same for all sessions that were refreshed one from the other."""


@dataclass
class _Successor:
    """What a caller's session has become."""

    known: _Known
    replaced: deque[str] = field(default_factory=lambda: deque(maxlen=16))
    """Digests of the access tokens that died last."""
    refreshing: asyncio.Task[tuple[Session, bool]] | None = None
    failure: RefreshFailedError | None = None
    """Why the last refresh brought no session."""
    failed_at: float = -math.inf


class RefreshedSessions:
    """Keeps callers going when Salesforce ends their session.

    What is kept is found by the refresh token alone, and what replicas share is encrypted with a key derived from it:
    only who has it gets at the session. Nothing is shared between callers, orgs or connected apps.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        client: OAuthClient,
        patience: Patience,
        coordination: Coordination,
        clock: Clock,
        hosts: InstanceHosts,
    ) -> None:
        self._requests = TokenRequests(http, client, patience, clock)
        self._client = client
        self._patience = patience
        self._coordination = coordination
        self._now = clock.now
        self._hosts = hosts
        self._successors: OrderedDict[str, _Successor] = OrderedDict()
        self._unproven: OrderedDict[str, _Successor] = OrderedDict()
        """Before Salesforce has accepted the refresh token: made-up ones must not push out anybody's session."""

    def current(self, session: Session) -> Session:
        """The session to use: what this one was refreshed to, if its access token is known to be dead."""
        successor = self._successor_of(session)
        if successor is None or digest(session.access_token) not in successor.replaced:
            return session
        known = successor.known.session
        return known if known.instance_url == session.instance_url else session

    async def owner(self, session: Session) -> str:
        """A secret that names the caller in its org, and stays when the session is refreshed.

        Without a refresh token it is as short-lived as the access token. Raises CoordinationUnavailableError.
        """
        successor = self._successor_of(session)
        shared = await self._shared(session) if successor is None and session.refresh_token else None
        known = shared or (successor.known if successor else None)
        return known.owner if known else self._first_owner(session)

    async def renewed(self, session: Session) -> tuple[Session, bool]:
        """The successor of a session whose access token Salesforce refused, and whether it is fresh.

        A successor that another request fetched meanwhile is not fresh: it may be dead as well.
        Raises SessionExpiredError, SalesforceUnavailableError when nothing was sent, CoordinationUnavailableError,
        RefreshFailedError otherwise.
        """
        if session.refresh_token is None:
            raise SessionExpiredError(
                "The Salesforce session has expired. Sign in again, or send X-SF-Refresh-Token with the request "
                "so that the gateway can refresh it."
            )
        successor = self._successor_of(session) or self._remember(_Known(session, self._first_owner(session)))
        if digest(session.access_token) not in successor.replaced:
            successor.replaced.append(digest(session.access_token))
        known = successor.known.session
        if successor.refreshing is None and _is_another(known, session):
            return self._for(session, known), False
        if successor.refreshing is None:
            if successor.failure and self._now() - successor.failed_at < FAILURE_SECONDS:
                # Late comers of the same burst: asking again would be a second refresh with the same token.
                raise RefreshFailedError(successor.failure.told, successor.failure.session)
            successor.refreshing = asyncio.create_task(self._refresh(successor))
            # When nobody waits any more, nobody is told of a failure either.
            successor.refreshing.add_done_callback(lambda task: task.cancelled() or task.exception())
        # Shielded: with rotation, the new refresh token must not get lost with the request that asked for it.
        renewed, fresh = await asyncio.shield(successor.refreshing)
        return self._for(session, renewed), fresh

    def _for(self, asked: Session, renewed: Session) -> Session:
        """The renewed session, which may only be used where the caller says that it belongs.

        Raises RefreshFailedError, which hands it back: what the caller had before is dead by now.
        """
        if renewed.instance_url == asked.instance_url:
            return renewed
        tokens = replace(renewed, instance_url=asked.instance_url)
        raise RefreshFailedError(InvalidInstanceUrlError(self._other_host(renewed.instance_url)), tokens)

    def _other_host(self, instance_url: str) -> str:
        problem = "The refreshed session belongs to another host than X-SF-Instance-Url names; nothing was sent there."
        if self._hosts.allows(instance_url):
            return f"{problem} Send X-SF-Instance-Url: {instance_url} from now on."
        return (
            f"{problem} It is no host of Salesforce that may get a token: let whoever runs the gateway look at "
            "SF_TOKEN_URL and SF_TRUSTED_ORIGINS."
        )

    def refused(self) -> LeadError:
        return SessionExpiredError(
            "Salesforce refuses the session although it was refreshed just now. Sign in again, and let an "
            "administrator check the login policies."
        )

    def _successor_of(self, session: Session) -> _Successor | None:
        if session.refresh_token is None:
            return None
        key = self._key(session)
        if key in self._successors:
            self._successors.move_to_end(key)
        return self._successors.get(key) or self._unproven.get(key)

    def _remember(self, known: _Known) -> _Successor:
        successor = _Successor(known)
        _put(self._unproven, self._key(known.session), successor)
        return successor

    def _prove(self, before: Session, successor: _Successor) -> None:
        """Keep the successor, found by the old and by the new refresh token: both callers mean the same session."""
        self._unproven.pop(self._key(before), None)
        for session in _names(before, successor.known.session):
            _put(self._successors, self._key(session), successor)

    def _key(self, session: Session) -> str:
        return digest(f"session {session.instance_url} {self._client.client_id} {session.refresh_token}")

    def _first_owner(self, session: Session) -> str:
        token = session.refresh_token or session.access_token
        return digest(f"owner {session.instance_url} {self._client.client_id} {token}")

    async def _refresh(self, successor: _Successor) -> tuple[Session, bool]:
        """One replica refreshes, the others find what it got. One that dies meanwhile loses its turn with its lease."""
        before = successor.known.session
        try:
            async with self._coordination.turn(f"refresh {self._key(before)}", at_most=4 * self._patience.timeout):
                known, fresh = await self._requests.while_in_use(partial(self._found_or_given, before, successor))
            successor.known, successor.failure = known, None
            self._prove(before, successor)
            return known.session, fresh
        except RefreshFailedError as error:
            successor.failure, successor.failed_at = error, self._now()
            if error.session:
                successor.known = _Known(error.session, successor.known.owner)
                self._prove(before, successor)
            raise
        except CoordinationUnavailableError as error:
            # Refreshing side by side could present a rotated token twice, which Salesforce takes for theft.
            raise CoordinationUnavailableError(
                "The Salesforce session has expired, and the gateway refreshes none while its coordination is away. "
                "Nothing was written; try again.",
                error.retry_after,
            ) from error
        finally:
            successor.refreshing = None

    async def _found_or_given(self, before: Session, successor: _Successor) -> tuple[_Known, bool]:
        """What another replica got, or else what Salesforce gives now."""
        shared = await self._shared(before)
        if shared and _is_another(shared.session, before):
            return shared, False
        latest = shared or successor.known
        try:
            known = _Known(await self._given(latest.session), latest.owner)
        except RefreshFailedError as error:
            if error.session:
                await self._share((before, latest.session), _Known(error.session, latest.owner))
            raise
        await self._share((before, latest.session), known)
        return known, True

    async def _shared(self, session: Session) -> _Known | None:
        """What any replica has refreshed this session to, through all its successors."""
        known: _Known | None = None
        for _ in range(_LONGEST_CHAIN):
            sealed = await self._coordination.get(self._key(session))
            opened = unseal(session.refresh_token or "", "session", sealed) if sealed else None
            if opened is None:
                break
            owner, instance_url, access_token, refresh_token = json.loads(opened)
            known = _Known(Session(instance_url, access_token, refresh_token), owner)
            if self._key(known.session) == self._key(session):
                break
            session = known.session
        return known

    async def _share(self, before: Sequence[Session], known: _Known) -> None:
        after = known.session
        value = json.dumps([known.owner, after.instance_url, after.access_token, after.refresh_token]).encode()
        try:
            for session in {name for each in before for name in _names(each, after)}:
                sealed = seal(session.refresh_token or "", "session", value)
                await self._coordination.put(self._key(session), sealed, seconds=GRACE_SECONDS)
        except CoordinationUnavailableError:
            # The session is there; it would help nobody to withhold it from who asked.
            _log.warning("refreshed_session_not_shared")

    async def _given(self, session: Session) -> Session:
        """What Salesforce gives for the refresh token.

        Raises SessionExpiredError or SalesforceUnavailableError when nothing was sent, RefreshFailedError otherwise.
        """
        if not self._client.client_id:
            raise SessionExpiredError(
                "The Salesforce session has expired, and this gateway has no SF_CLIENT_ID to refresh it with. "
                "Sign in again."
            )
        form = RefreshTokenGrant(self._client, session.refresh_token or "").form(None)
        answer = await self._requests.send(session.instance_url, form, "the session was refreshed")
        rotated = replace(session, refresh_token=answer.new_refresh_token or session.refresh_token)
        if answer.access_token is None:
            _log.warning("refresh_refused", status=answer.status, said=answer.said)
            raise refused(answer, refresh_refusal(answer), rotated if rotated != session else None)
        instance_url = self._hosts.named(answer.instance_url, session.instance_url)
        return replace(rotated, access_token=answer.access_token, instance_url=instance_url)


def _is_another(session: Session, dead: Session) -> bool:
    """Whether a session is not the dead one, or belongs to another host: there, nothing may be refreshed."""
    return (session.access_token, session.instance_url) != (dead.access_token, dead.instance_url)


def _names(before: Session, after: Session) -> set[Session]:
    """What a session is found by: the old and the new refresh token, at the host the caller named and at its own."""
    hosts, tokens = (before.instance_url, after.instance_url), (before.refresh_token, after.refresh_token)
    return {Session(host, after.access_token, token) for host in hosts for token in tokens}


def _put(successors: OrderedDict[str, _Successor], key: str, successor: _Successor) -> None:
    successors[key] = successor
    while len(successors) > MAX_SESSIONS:
        successors.popitem(last=False)
