"""From an access token to a session of a browser: the UI Bridge API, and frontdoor.jsp.

Source: "Generate a Frontdoor URL to Bridge into UI Sessions" and "Using Frontdoor.jsp to Bridge an Existing Session
Into Salesforce", Salesforce Help.
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from infra.simulator.exchange.instance_url import origin_of
from infra.simulator.exchange.reply import Reply
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.instance.sessions import Session
from infra.simulator.oauth.bearer import answered_to_bearer
from infra.simulator.oauth.consent_page import PAGE_HEADERS, error_page
from infra.simulator.oauth.request import NO_STORE, parameters_of
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure

FRONT_DOOR = "/secur/frontdoor.jsp"
_HOME = "/00Q/o"
"""Leads; there is no home page here."""


class FrontDoor:
    """Answers /services/oauth2/singleaccess and /secur/frontdoor.jsp. Its one-time passwords live in memory."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs
        self._passwords: dict[str, tuple[Session, float]] = {}

    async def single_access(self, request: Request) -> Response:
        """The URL at which a browser gets a session of its own, once and soon."""
        start = (await parameters_of(request)).get("redirect_uri")
        origin = origin_of(request)

        def opened(context: Context, session: Session) -> Reply:
            if start is not None and not _is_of_the_org(start):
                raise failure(400, "invalid_request", unverified.START_ELSEWHERE)
            password = self._orgs.sessions.unused_token(context.org)
            until = context.org.clock().timestamp() + unverified.FRONT_DOOR_SECONDS
            self._passwords[password] = (session, until)
            parameters = {"otp": password, **({"startURL": start} if start else {})}
            cshc = f"{session.user_id[5:15]}{context.org.id[5:15]}"
            url = f"{origin}{FRONT_DOOR}?{urlencode({**parameters, 'cshc': cshc})}"
            return Reply(200, {"frontdoor_uri": url}, NO_STORE)

        return await answered_to_bearer(self._orgs, request, "single_access", opened)

    async def door(self, request: Request) -> Response:
        """A session in a cookie, for a one-time password (`otp`) or the id of a session (`sid`)."""
        parameters = await parameters_of(request)
        caller = self._let_in(parameters.get("otp"), parameters.get("sid"))
        if caller is None:
            return error_page(*unverified.FRONT_DOOR_CLOSED)
        context, session = caller
        start = parameters.get("startURL") or parameters.get("retURL") or _HOME
        own = self._orgs.sessions.begin(context.org, session.user_id, session.client_id, frozenset({"web"}))
        response = RedirectResponse(start if _is_of_the_org(start) else _HOME, 302, PAGE_HEADERS)
        response.set_cookie("sid", own.token, httponly=True, samesite="lax", secure=request.url.scheme == "https")
        return response

    def _let_in(self, password: str | None, session_id: str | None) -> tuple[Context, Session] | None:
        session, until = self._passwords.pop(password or "", (None, 0.0))
        caller = self._orgs.caller(session.token if session else session_id or "")
        if caller is None or (session is not None and caller[0].org.clock().timestamp() > until):
            return None
        return caller


def _is_of_the_org(url: str) -> bool:
    """A path, that is; nobody is led out of the org."""
    return url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable()
