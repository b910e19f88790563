"""The authorize page: a person logs in and says whether an app may act for them.

Source: fact sheet 1.1, 1.2 and 1.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from infra.simulator.instance.orgs import APPS, Orgs
from infra.simulator.instance.sessions import DEFAULT_SCOPES, SCOPES
from infra.simulator.oauth.consent_page import PAGE_HEADERS, consent_page, error_page
from infra.simulator.oauth.errors import OAuthError, missing
from infra.simulator.oauth.request import OAuthRequest, form_request
from infra.simulator.org.users import PASSWORD
from infra.simulator.schema import unverified

PARAMETERS = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "prompt",
    "display",
    "login_hint",
)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_UNSAFE_SCHEMES = {"javascript", "data", "vbscript", "file", "blob"}


@dataclass(frozen=True)
class AuthorizationRequest:
    """What an app asks for; it is known to be ours, and its redirect URI to be one."""

    form: dict[str, str]

    @property
    def redirect_uri(self) -> str:
        return self.form["redirect_uri"]

    def scopes(self) -> frozenset[str]:
        """Raises OAuthError for a scope there is not."""
        wanted = frozenset(self.form.get("scope", "").split())
        if wanted - set(SCOPES):
            raise OAuthError("invalid_scope", "the requested scope is not allowed")
        return wanted or DEFAULT_SCOPES

    def challenge(self) -> str | None:
        """Raises OAuthError for a challenge that cannot be the hash of anything."""
        challenge = self.form.get("code_challenge")
        if challenge is None:
            return None
        if not _CHALLENGE.fullmatch(challenge) or self.form.get("code_challenge_method", "S256") != "S256":
            raise OAuthError(*unverified.BAD_CHALLENGE)
        return challenge

    def redirect(self, **parameters: str) -> Response:
        """Back to the app, with its own state."""
        if "state" in self.form:
            parameters["state"] = self.form["state"]
        mark = "&" if urlsplit(self.redirect_uri).query else "?"
        headers = {"Location": f"{self.redirect_uri}{mark}{urlencode(parameters)}", **PAGE_HEADERS}
        return Response(status_code=302, headers=headers)


class AuthorizeEndpoint:
    """Answers /services/oauth2/authorize: GET shows the page, POST is the person's answer."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs

    async def __call__(self, request: Request) -> Response:
        asked = await form_request(request)
        try:
            wanted = _authorization_request(asked)
        except OAuthError as error:
            return error_page(error.error, error.description)
        try:
            return self._page(wanted) if request.method == "GET" else self._decided(wanted, asked)
        except OAuthError as error:
            return wanted.redirect(error=error.error, error_description=error.description)

    def _page(self, wanted: AuthorizationRequest, message: str = "") -> HTMLResponse:
        if wanted.form.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "response type not supported")
        wanted.challenge()
        if wanted.form.get("prompt") == "none":
            raise OAuthError(*unverified.NOT_LOGGED_IN)
        username = wanted.form.get("login_hint") or self._orgs.default.org.user.username
        return consent_page(wanted.form, sorted(wanted.scopes()), username, message)

    def _decided(self, wanted: AuthorizationRequest, asked: OAuthRequest) -> Response:
        if asked.form.get("decision") != "allow":
            raise OAuthError("access_denied", "end-user denied authorization")
        found = self._orgs.of_user(asked.form.get("username", ""))
        if found is None or not found[1].is_active or asked.form.get("password") != PASSWORD:
            return self._page(wanted, unverified.LOGIN_FAILED)
        context, user = found
        code = self._orgs.sessions.begin_code(
            context.org,
            user.id,
            wanted.form["client_id"],
            wanted.redirect_uri,
            wanted.scopes(),
            wanted.challenge(),
            wanted.form.get("nonce"),
        )
        return wanted.redirect(code=code)


def _authorization_request(asked: OAuthRequest) -> AuthorizationRequest:
    """Raises OAuthError where the app cannot be told, since it is not known where it is."""
    if asked.client_id not in APPS:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    redirect_uri = asked.form.get("redirect_uri")
    if not redirect_uri:
        raise missing("redirect_uri")
    if not _is_redirect_uri(redirect_uri):
        raise OAuthError(*unverified.REDIRECT_MISMATCH)
    return AuthorizationRequest({name: asked.form[name] for name in PARAMETERS if name in asked.form})


def _is_redirect_uri(text: str) -> bool:
    """Any absolute URL can be the app's: the simulator's app has no list of them."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    printable = text.isascii() and text.isprintable() and " " not in text
    return (
        printable
        and bool(parts.scheme and (parts.netloc or parts.path))
        and not (parts.fragment or parts.scheme.lower() in _UNSAFE_SCHEMES)
    )
