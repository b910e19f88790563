"""The token endpoint.

Source: fact sheet 1.2 to 1.4.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.exchange.media_types import FORM, media_type
from infra.simulator.exchange.reply import Reply
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import APPS, CLIENT_ID, Orgs
from infra.simulator.instance.sessions import DEFAULT_SCOPES, OFFLINE_SCOPES, Grant, Session
from infra.simulator.oauth import assertion
from infra.simulator.oauth.errors import OAuthError, expired
from infra.simulator.oauth.id_token import IdTokens
from infra.simulator.oauth.request import OAuthRequest, answered, form_request
from infra.simulator.org.org import Org
from infra.simulator.org.users import User, is_password
from infra.simulator.schema import unverified

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True)
class _GrantType:
    """A grant type: its name in the stats, which org a request is for, and what it is answered."""

    operation: str
    context: Callable[[OAuthRequest], Context]
    answer: Callable[[Org, OAuthRequest], Reply]


class TokenEndpoint:
    """Answers /services/oauth2/token."""

    def __init__(self, orgs: Orgs, id_tokens: IdTokens) -> None:
        self._orgs = orgs
        self._id_tokens = id_tokens
        self._grant_types = {
            "authorization_code": _GrantType("token.authorization_code", self._org_of_code, self._authorization_code),
            "refresh_token": _GrantType("token.refresh", self._org_of_grant, self._refresh),
            "client_credentials": _GrantType("token.client_credentials", self._default_org, self._client_credentials),
            "password": _GrantType("token.password", self._org_of_user, self._password),
            JWT_BEARER: _GrantType("token.jwt_bearer", self._org_of_subject, self._jwt_bearer),
        }

    async def __call__(self, request: Request) -> Response:
        async def answer(asked: OAuthRequest) -> Reply:
            _refuse_other_than_form_posts(request)
            return await self._answer(asked)

        return await answered(await form_request(request), answer)

    async def _answer(self, request: OAuthRequest) -> Reply:
        name = request.form.get("grant_type")
        if not name:
            raise OAuthError("invalid_request", "grant type is missing")
        if name not in self._grant_types:
            raise OAuthError("unsupported_grant_type", "grant type not supported")
        grant_type = self._grant_types[name]
        context = grant_type.context(request)
        return await context.exchange.perform_token_call(
            grant_type.operation, lambda: grant_type.answer(context.org, request)
        )

    def _default_org(self, request: OAuthRequest) -> Context:
        return self._orgs.default

    def _org_of_code(self, request: OAuthRequest) -> Context:
        code = self._orgs.sessions.find_code(request.form.get("code", ""))
        return self._orgs.default if code is None else self._orgs.numbered(code.org_number)

    def _org_of_grant(self, request: OAuthRequest) -> Context:
        grant = self._orgs.sessions.find_grant(request.form.get("refresh_token", ""))
        return self._orgs.default if grant is None else self._orgs.numbered(grant.org_number)

    def _org_of_user(self, request: OAuthRequest) -> Context:
        return self._home_of(request.form.get("username", ""))

    def _org_of_subject(self, request: OAuthRequest) -> Context:
        return self._home_of(assertion.subject(request.form.get("assertion", "")))

    def _home_of(self, username: str) -> Context:
        found = self._orgs.of_user(username)
        return found[0] if found else self._orgs.default

    def _authorization_code(self, org: Org, request: OAuthRequest) -> Reply:
        code = self._orgs.sessions.find_code(request.needed("code"))
        request.check_client(secret_needed=code is None or not code.challenge)
        if code is not None and code.client_id != request.client_id:
            raise OAuthError(*unverified.CODE_OF_OTHER_APP)
        if code is None or not self._orgs.sessions.use_code(code):
            raise OAuthError("invalid_grant", "expired authorization code")
        if request.form.get("redirect_uri") != code.redirect_uri:
            raise OAuthError(*unverified.REDIRECT_MISMATCH)
        if code.challenge and not _fits(request.form.get("code_verifier", ""), code.challenge):
            raise OAuthError(*unverified.WRONG_VERIFIER)
        user, grant = _active(org.users.get(code.user_id)), None
        if code.scopes & OFFLINE_SCOPES:
            grant = self._orgs.sessions.grant(org, user.id, code.client_id, code.scopes, counted=True)
        return self._token_reply(org, request, user, code.scopes, grant, new_refresh_token=True, nonce=code.nonce)

    def _refresh(self, org: Org, request: OAuthRequest) -> Reply:
        token = request.needed("refresh_token")
        request.check_client(secret_needed=False)
        grant = self._orgs.sessions.find_grant(token)
        if grant is None or grant.client_id != request.client_id:
            raise expired()
        if not grant.live:
            # Answered, not raised: what raises is taken back, and the whole grant is to stay revoked.
            self._orgs.sessions.revoke_family(grant.family)
            return request.refused(expired().error, expired().description)
        user = _active(org.users.get(grant.user_id))
        if not org.settings.rotate_refresh_tokens:
            return self._token_reply(org, request, user, grant.scopes, grant)
        successor = self._orgs.sessions.rotate(grant)
        return self._token_reply(org, request, user, grant.scopes, successor, new_refresh_token=True)

    def _client_credentials(self, org: Org, request: OAuthRequest) -> Reply:
        request.check_client(secret_needed=True)
        return self._token_reply(org, request, org.user, DEFAULT_SCOPES)

    def _password(self, org: Org, request: OAuthRequest) -> Reply:
        username, password = request.needed("username"), request.needed("password")
        request.check_client(secret_needed=True)
        user = org.users.named(username)
        if user is None or not is_password(password, trusted_network=org.settings.trusted_network):
            raise OAuthError("invalid_grant", "authentication failure")
        return self._token_reply(org, request, _active(user), DEFAULT_SCOPES)

    def _jwt_bearer(self, org: Org, request: OAuthRequest) -> Reply:
        """Source: fact sheet 1.3 (no issued_at and no signature here)."""
        user = _active(assertion.user_of(request.needed("assertion"), org, request.origin))
        session = self._orgs.sessions.begin(org, user.id, CLIENT_ID, DEFAULT_SCOPES)
        return request.reply(200, _basics(org, request, session))

    def _token_reply(
        self,
        org: Org,
        request: OAuthRequest,
        user: User,
        scopes: frozenset[str],
        grant: Grant | None = None,
        *,
        new_refresh_token: bool = False,
        nonce: str | None = None,
    ) -> Reply:
        """Source: fact sheet 1.3."""
        family = grant.family if grant else None
        session = self._orgs.sessions.begin(org, user.id, request.client_id, scopes, family)
        body = _basics(org, request, session)
        issued_at = str(int(org.clock().timestamp() * 1000))
        body |= {"issued_at": issued_at, "signature": _signature(body["id"] + issued_at, APPS[request.client_id])}
        if grant is not None and new_refresh_token:
            body["refresh_token"] = grant.refresh_token
        if "openid" in scopes:
            body["id_token"] = self._id_tokens.issue(org, request, session, nonce)
        return request.reply(200, body)


def _active(user: User | None) -> User:
    """The user, who may log in. Raises OAuthError for one who may no longer, or who went with a reset of the org."""
    if user is None:
        raise expired()
    if not user.is_active:
        raise OAuthError(*unverified.INACTIVE_USER)
    return user


def _basics(org: Org, request: OAuthRequest, session: Session) -> dict[str, str]:
    """What every token answer has."""
    return {
        "access_token": session.token,
        "scope": " ".join(sorted(session.scopes, key=_scope_order)),
        "instance_url": request.origin,
        "id": f"{request.origin}/id/{org.id}/{session.user_id}",
        "token_type": "Bearer",
    }


def _scope_order(scope: str) -> tuple[int, str]:
    """`refresh_token api id` first, as in the documented answer."""
    first = ("refresh_token", "api", "id")
    return (first.index(scope) if scope in first else len(first), scope)


def _refuse_other_than_form_posts(request: Request) -> None:
    if request.method != "POST":
        raise OAuthError("invalid_request", "must use HTTP POST")
    if media_type(request.headers) != FORM:
        raise OAuthError("invalid_request", f"Content-Type must be {FORM}")


def _fits(verifier: str, challenge: str) -> bool:
    """Whether the verifier is the one whose SHA-256 was announced. Source: fact sheet 1.1."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), challenge)


def _signature(text: str, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha256)).decode()
