"""Giving a token back.

Source: fact sheet 1.1.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.exchange.reply import Reply
from infra.simulator.instance.orgs import Orgs
from infra.simulator.oauth.errors import OAuthError
from infra.simulator.oauth.request import NO_STORE, OAuthRequest, answered, form_request
from infra.simulator.schema import unverified


class RevocationEndpoint:
    """Answers /services/oauth2/revoke."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs
        self._sessions = orgs.sessions

    async def __call__(self, request: Request) -> Response:
        """A refresh token dies with all its access tokens, an access token dies alone."""
        return await answered(await form_request(request), self._revoked)

    async def _revoked(self, asked: OAuthRequest) -> Reply:
        token = asked.needed("token")
        grant = self._sessions.find_grant(token)
        session = self._sessions.find(token)
        if grant is not None and grant.live:
            family = grant.family
            return await self._performed(grant.org_number, lambda: self._sessions.revoke_family(family))
        if session is not None:
            return await self._performed(session.org_number, lambda: self._sessions.end(token))
        raise OAuthError(*unverified.UNKNOWN_TOKEN)

    async def _performed(self, org_number: int, revoke: Callable[[], None]) -> Reply:
        def work() -> Reply:
            revoke()
            return Reply(200, headers=NO_STORE)

        return await self._orgs.numbered(org_number).exchange.perform_token_call("token.revoke", work)
