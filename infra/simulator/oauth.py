"""The token endpoint.

Source: fact sheet 1.2 to 1.4.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator import unverified
from infra.simulator.errors import SalesforceError
from infra.simulator.exchange import SessionKilledError, perform
from infra.simulator.org import Org
from infra.simulator.orgs import CLIENT_ID, CLIENT_SECRET, Orgs
from infra.simulator.reply import Reply
from infra.simulator.rest.service import origin_of
from infra.simulator.sessions import Grant

_SCOPE = "refresh_token api id"
_NO_STORE = {"Cache-Control": "no-store"}
_MEDIA_TYPE = "application/x-www-form-urlencoded"


class OAuthError(Exception):
    """No token is given. Source: fact sheet 1.4."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass(frozen=True)
class TokenRequest:
    """The form of a token request, with the client credentials wherever they stood."""

    form: Mapping[str, str]
    client_id: str
    client_secret: str | None
    origin: str

    def needed(self, name: str) -> str:
        value = self.form.get(name)
        if not value:
            raise OAuthError("invalid_request", f"missing required parameter: {name}")
        return value


class TokenEndpoint:
    """Answers /services/oauth2/token."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs
        self._grants: dict[str, tuple[str, Callable[[TokenRequest], Org], Callable[[Org, TokenRequest], Reply]]] = {
            "refresh_token": ("token.refresh", self._org_of_grant, self._refresh),
            "client_credentials": ("token.client_credentials", self._default_org, self._client_credentials),
            "password": ("token.password", self._org_of_user, self._password),
        }

    async def __call__(self, request: Request) -> Response:
        try:
            reply = await self._answer(await _token_request(request))
        except OAuthError as error:
            reply = _error_reply(400, error.error, error.description)
        except SalesforceError as error:
            problem = error.problems[0]
            reply = _error_reply(error.status, problem.code, problem.message, error.headers)
        except SessionKilledError:
            reply = _error_reply(400, "invalid_grant", "expired access/refresh token")
        return reply.response()

    async def _answer(self, request: TokenRequest) -> Reply:
        kind = request.form.get("grant_type")
        if not kind:
            raise OAuthError("invalid_request", "grant type is missing")
        if kind not in self._grants:
            raise OAuthError("unsupported_grant_type", "grant type not supported")
        operation, find_org, answer = self._grants[kind]
        org = find_org(request)
        org.calls.add_token_call(operation)
        return await perform(org, org.faults.for_call(operation), lambda: answer(org, request), limited=False)

    def _default_org(self, request: TokenRequest) -> Org:
        return self._orgs.default

    def _org_of_grant(self, request: TokenRequest) -> Org:
        grant = self._orgs.sessions.find_grant(request.form.get("refresh_token", ""))
        return self._orgs.default if grant is None else self._orgs.numbered(grant.org_number)

    def _org_of_user(self, request: TokenRequest) -> Org:
        username = request.form.get("username", "").lower()
        return next((org for org in self._orgs.all() if org.user.username == username), self._orgs.default)

    def _refresh(self, org: Org, request: TokenRequest) -> Reply:
        token = request.needed("refresh_token")
        _check_client(request, secret_needed=False)
        grant = self._orgs.sessions.find_grant(token)
        if grant is None or not grant.live or grant.client_id != request.client_id:
            raise OAuthError("invalid_grant", "expired access/refresh token")
        if not org.settings.rotate_refresh_tokens:
            return self._token_reply(org, request)
        self._orgs.sessions.revoke(grant)
        return self._token_reply(org, request, self._orgs.sessions.grant(org, request.client_id))

    def _client_credentials(self, org: Org, request: TokenRequest) -> Reply:
        _check_client(request, secret_needed=True)
        return self._token_reply(org, request)

    def _password(self, org: Org, request: TokenRequest) -> Reply:
        username, password = request.needed("username"), request.needed("password")
        _check_client(request, secret_needed=True)
        user = org.user
        if username.lower() != user.username or password != user.password + user.security_token:
            raise OAuthError("invalid_grant", "authentication failure")
        return self._token_reply(org, request)

    def _token_reply(self, org: Org, request: TokenRequest, grant: Grant | None = None) -> Reply:
        """Source: fact sheet 1.3."""
        session = self._orgs.sessions.begin(org, request.client_id)
        identity = f"{request.origin}/id/{org.id}/{org.user.id}"
        issued_at = str(int(org.clock().timestamp() * 1000))
        body = {
            "access_token": session.token,
            "signature": _signature(identity + issued_at),
            "scope": _SCOPE,
            "instance_url": request.origin,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued_at,
        }
        if grant is not None:
            body["refresh_token"] = grant.refresh_token
        return Reply(200, body, _NO_STORE)


async def _token_request(request: Request) -> TokenRequest:
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != _MEDIA_TYPE:
        raise OAuthError("invalid_request", f"Content-Type must be {_MEDIA_TYPE}")
    text = (await request.body()).decode("utf-8", "replace")
    form = dict(parse_qsl(text, keep_blank_values=True))
    client_id, client_secret = _basic(request.headers.get("authorization", ""))
    client_id = form.get("client_id") or client_id
    client_secret = form.get("client_secret") or client_secret
    return TokenRequest(form, client_id or "", client_secret, origin_of(request))


def _basic(header: str) -> tuple[str | None, str | None]:
    """Client id and secret of an `Authorization: Basic` header."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return name, secret


def _check_client(request: TokenRequest, *, secret_needed: bool) -> None:
    """Raise OAuthError unless the client is ours and its secret right; a wrong secret is refused even if not needed."""
    if request.client_id != CLIENT_ID:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if request.client_secret is None and not secret_needed:
        return
    if request.client_secret != CLIENT_SECRET:
        raise OAuthError(*unverified.WRONG_SECRET)


def _signature(text: str) -> str:
    return base64.b64encode(hmac.digest(CLIENT_SECRET.encode(), text.encode(), hashlib.sha256)).decode()


def _error_reply(status: int, error: str, description: str, headers: Mapping[str, str] | None = None) -> Reply:
    body: dict[str, Any] = {"error": error, "error_description": description}
    return Reply(status, body, {**_NO_STORE, **(headers or {})}, media_type="application/json")
