"""Giving tokens back, and asking about them.

Source: fact sheet 1.1; the body of introspect is unverified there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator import unverified
from infra.simulator.exchange import perform
from infra.simulator.oauth.errors import OAuthError
from infra.simulator.oauth.request import NO_STORE, OAuthRequest, answered, form_request
from infra.simulator.orgs import Orgs
from infra.simulator.reply import Reply


class TokenCare:
    """Answers /services/oauth2/revoke and /services/oauth2/introspect."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs
        self._sessions = orgs.sessions

    async def revoke(self, request: Request) -> Response:
        """A refresh token dies with all its access tokens, an access token dies alone."""
        return await answered(await form_request(request), self._revoked)

    async def introspect(self, request: Request) -> Response:
        """Whether a token is alive, and whose."""
        return await answered(await form_request(request), self._introspected)

    async def _revoked(self, asked: OAuthRequest) -> Reply:
        token = asked.needed("token")
        grant = self._sessions.find_grant(token)
        session = self._sessions.find(token)
        if grant is not None and grant.live:
            family = grant.family
            return await self._performed(grant.org_number, "token.revoke", lambda: self._sessions.revoke_family(family))
        if session is not None:
            return await self._performed(session.org_number, "token.revoke", lambda: self._sessions.end(token))
        raise OAuthError(*unverified.UNKNOWN_TOKEN)

    async def _introspected(self, asked: OAuthRequest) -> Reply:
        asked.check_client(secret_needed=True)
        token = asked.needed("token")
        found = self._access_token(token) or self._refresh_token(token)
        if found is None:
            return Reply(200, {"active": False}, NO_STORE)
        org_number, body = found
        return await self._performed(org_number, "token.introspect", lambda: body)

    async def _performed(self, org_number: int, operation: str, work: Callable[[], Any]) -> Reply:
        org = self._orgs.numbered(org_number)
        org.calls.add_token_call(operation)
        fault = org.faults.for_call(operation)
        return await perform(org, fault, lambda: Reply(200, work(), NO_STORE), limited=False)

    def _access_token(self, token: str) -> tuple[int, dict[str, Any]] | None:
        caller = self._orgs.caller(token)
        if caller is None:
            return None
        place, session = caller
        now = int(place.org.clock().timestamp())
        body = {
            "active": True,
            "scope": " ".join(sorted(session.scopes)),
            "client_id": session.client_id,
            "username": place.org.user.username,
            "sub": session.user_id,
            "token_type": "access_token",
            "iat": int(session.began),
            "nbf": int(session.began),
            "exp": now + place.org.settings.session_seconds,
        }
        return session.org_number, body

    def _refresh_token(self, token: str) -> tuple[int, dict[str, Any]] | None:
        grant = self._sessions.find_grant(token)
        if grant is None or not grant.live:
            return None
        body = {
            "active": True,
            "scope": " ".join(sorted(grant.scopes)),
            "client_id": grant.client_id,
            "username": self._orgs.numbered(grant.org_number).user.username,
            "sub": grant.user_id,
            "token_type": "refresh_token",
        }
        return grant.org_number, body
