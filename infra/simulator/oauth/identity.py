"""Who is logged in: userinfo and the identity URL.

Source: fact sheet 1.1 and 1.5.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.exchange.instance_url import origin_of
from infra.simulator.exchange.reply import Reply
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.instance.sessions import Session
from infra.simulator.oauth.bearer import answered_to_bearer
from infra.simulator.org.org import Org
from infra.simulator.schema import unverified


class IdentityEndpoints:
    """Answers /services/oauth2/userinfo and /id/<org>/<user>."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs

    async def userinfo(self, request: Request) -> Response:
        origin = origin_of(request)
        return await answered_to_bearer(
            self._orgs, request, "userinfo", lambda context, session: Reply(200, _claims(context.org, session, origin))
        )

    async def identity(self, request: Request) -> Response:
        origin = origin_of(request)

        def shown(context: Context, session: Session) -> Reply:
            if request.path_params != {"org": context.org.id, "user": session.user_id}:
                return Reply(403, text=unverified.WRONG_ORG, media_type="text/plain;charset=UTF-8")
            return Reply(200, _identity(context.org, session, origin))

        return await answered_to_bearer(self._orgs, request, "identity", shown)


def _claims(org: Org, session: Session, origin: str) -> dict[str, Any]:
    user = _user(org, session)
    return {
        "sub": f"{origin}/id/{org.id}/{session.user_id}",
        "user_id": session.user_id,
        "organization_id": org.id,
        "preferred_username": user["Username"],
        "nickname": user["Alias"],
        "name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "given_name": user["FirstName"],
        "family_name": user["LastName"],
        "zoneinfo": user["TimeZoneSidKey"],
        "photos": _photos(origin),
        "profile": f"{origin}/{session.user_id}",
        "picture": _photos(origin)["picture"],
        "address": {},
        "is_salesforce_integration_user": False,
        "urls": _urls(org, session, origin),
        "active": True,
        "user_type": "STANDARD",
        "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"],
        "utcOffset": 0,
        "updated_at": user["LastModifiedDate"],
    }


def _identity(org: Org, session: Session, origin: str) -> dict[str, Any]:
    user = _user(org, session)
    return {
        "id": f"{origin}/id/{org.id}/{session.user_id}",
        "asserted_user": True,
        "user_id": session.user_id,
        "organization_id": org.id,
        "username": user["Username"],
        "nick_name": user["Alias"],
        "display_name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "first_name": user["FirstName"],
        "last_name": user["LastName"],
        "timezone": user["TimeZoneSidKey"],
        "photos": _photos(origin),
        "addr_street": None,
        "addr_city": None,
        "addr_state": None,
        "addr_country": None,
        "addr_zip": None,
        "mobile_phone": None,
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(org, session, origin),
        "active": True,
        "user_type": "STANDARD",
        "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"],
        "utcOffset": 0,
        "last_modified_date": user["LastModifiedDate"],
        "is_app_installed": True,
    }


def _user(org: Org, session: Session) -> dict[str, Any]:
    return org.tables.get("User", session.user_id) or {}


def _photos(origin: str) -> dict[str, str]:
    return {"picture": f"{origin}/profilephoto/005/F", "thumbnail": f"{origin}/profilephoto/005/T"}


def _urls(org: Org, session: Session, origin: str) -> dict[str, str]:
    data = f"{origin}/services/data/v{{version}}"
    return {
        "enterprise": f"{origin}/services/Soap/c/{{version}}/{org.id[:15]}",
        "partner": f"{origin}/services/Soap/u/{{version}}/{org.id[:15]}",
        "metadata": f"{origin}/services/Soap/m/{{version}}/{org.id[:15]}",
        "rest": f"{data}/",
        "sobjects": f"{data}/sobjects/",
        "search": f"{data}/search/",
        "query": f"{data}/query/",
        "recent": f"{data}/recent/",
        "profile": f"{origin}/{session.user_id}",
        "custom_domain": origin,
    }
