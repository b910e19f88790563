"""Giving tokens back, and asking about them.

Source: fact sheet 1.1; the body of introspect is unverified there.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator import unverified
from infra.simulator.oauth.errors import OAuthError
from infra.simulator.oauth.request import NO_STORE, OAuthRequest, form_request
from infra.simulator.orgs import Orgs
from infra.simulator.reply import Reply


class TokenCare:
    """Answers /services/oauth2/revoke and /services/oauth2/introspect."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs
        self._sessions = orgs.sessions

    async def revoke(self, request: Request) -> Response:
        """A refresh token dies with all its access tokens, an access token dies alone."""
        asked = await form_request(request)
        try:
            return self._revoked(asked).response()
        except OAuthError as error:
            return asked.refused(error.error, error.description).response()

    async def introspect(self, request: Request) -> Response:
        asked = await form_request(request)
        try:
            asked.check_client(secret_needed=True)
            token = asked.needed("token")
        except OAuthError as error:
            return asked.refused(error.error, error.description).response()
        return (self._access_token(token) or self._refresh_token(token) or _inactive()).response()

    def _revoked(self, asked: OAuthRequest) -> Reply:
        token = asked.needed("token")
        grant = self._sessions.find_grant(token)
        session = self._sessions.find(token)
        if grant is not None and grant.live:
            self._sessions.revoke_family(grant.family)
            self._orgs.numbered(grant.org_number).calls.add_token_call("token.revoke")
        elif session is not None:
            self._sessions.end(token)
            self._orgs.numbered(session.org_number).calls.add_token_call("token.revoke")
        else:
            raise OAuthError(*unverified.UNKNOWN_TOKEN)
        return Reply(200, headers=NO_STORE)

    def _access_token(self, token: str) -> Reply | None:
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
        return Reply(200, body, NO_STORE)

    def _refresh_token(self, token: str) -> Reply | None:
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
        return Reply(200, body, NO_STORE)


def _inactive() -> Reply:
    return Reply(200, {"active": False}, NO_STORE)
