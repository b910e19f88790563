"""Asking whether a token is alive, and whose it is.

Source: fact sheet 1.1; the body of the answer is unverified there.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.exchange.reply import Reply
from infra.simulator.instance.orgs import Orgs
from infra.simulator.oauth.request import NO_STORE, OAuthRequest, answered, form_request


class IntrospectionEndpoint:
    """Answers /services/oauth2/introspect."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs
        self._sessions = orgs.sessions

    async def __call__(self, request: Request) -> Response:
        return await answered(await form_request(request), self._introspected)

    async def _introspected(self, asked: OAuthRequest) -> Reply:
        asked.check_client(secret_needed=True)
        token = asked.needed("token")
        found = self._access_token(token) or self._refresh_token(token)
        if found is None:
            return Reply(200, {"active": False}, NO_STORE)
        org_number, body = found
        exchange = self._orgs.numbered(org_number).exchange
        return await exchange.perform_token_call("token.introspect", lambda: Reply(200, body, NO_STORE))

    def _access_token(self, token: str) -> tuple[int, dict[str, Any]] | None:
        caller = self._orgs.caller(token)
        if caller is None:
            return None
        context, session = caller
        user = context.org.users.get(session.user_id)
        now = int(context.org.clock().timestamp())
        body = {
            "active": True,
            "scope": " ".join(sorted(session.scopes)),
            "client_id": session.client_id,
            "username": user.username if user else None,
            "sub": session.user_id,
            "token_type": "access_token",
            "iat": int(session.began),
            "nbf": int(session.began),
            "exp": now + context.org.settings.session_seconds,
        }
        return session.org_number, body

    def _refresh_token(self, token: str) -> tuple[int, dict[str, Any]] | None:
        grant = self._sessions.find_grant(token)
        user = self._orgs.numbered(grant.org_number).org.users.get(grant.user_id) if grant else None
        if grant is None or not grant.live or user is None or not user.is_active:
            return None
        body = {
            "active": True,
            "scope": " ".join(sorted(grant.scopes)),
            "client_id": grant.client_id,
            "username": user.username,
            "sub": grant.user_id,
            "token_type": "refresh_token",
        }
        return grant.org_number, body
