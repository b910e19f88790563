"""The caller's Salesforce session, taken from the headers of the request and from nowhere else."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from domain.errors import AuthenticationRequiredError, InvalidInstanceUrlError, InvalidRequestError, ReadOnlyError
from domain.services import Services
from domain.session import Session

OpenServices = Callable[[Session], Services]
"""Opens the services for a session; raises InvalidInstanceUrlError before anything is sent."""

ACCESS_TOKEN = "Authorization"
REFRESH_TOKEN = "X-SF-Refresh-Token"
INSTANCE_URL = "X-SF-Instance-Url"

_BEARER = re.compile(r"Bearer ([!-~]{1,8192})")

# These describe the headers in the OpenAPI document, for Swagger UI's dialog; reading them strictly is done below.
_DESCRIBED = (
    HTTPBearer(scheme_name="SalesforceAccessToken", description="Salesforce access token.", auto_error=False),
    APIKeyHeader(
        name=REFRESH_TOKEN,
        scheme_name="SalesforceRefreshToken",
        description="`Bearer <refresh token>`. Optional: with it, an expired session is refreshed.",
        auto_error=False,
    ),
    APIKeyHeader(
        name=INSTANCE_URL,
        scheme_name="SalesforceInstanceUrl",
        description="`https://acme.my.salesforce.com`. Optional where the gateway has SF_INSTANCE_URL.",
        auto_error=False,
    ),
)


async def caller_services(
    request: Request,
    _access: Annotated[Any, Security(_DESCRIBED[0])],
    _refresh: Annotated[Any, Security(_DESCRIBED[1])],
    _instance: Annotated[Any, Security(_DESCRIBED[2])],
) -> Services:
    """The services for whoever calls.

    Raises ReadOnlyError, AuthenticationRequiredError, InvalidRequestError, InvalidInstanceUrlError.
    """
    refuse_writing_where_read_only(request)
    open_services: OpenServices = request.app.state.open_services
    presented = session_from(request)
    services = open_services(presented)
    request.state.rotated_session = lambda: _rotated(presented, services.session())
    return services


def refuse_writing_where_read_only(request: Request) -> None:
    """Raise ReadOnlyError for a request that may write, where the operator or the caller's own URL forbids it.

    What talks to Salesforce refuses by itself as well; this spares the way there, and tells so before any session is
    looked at.
    """
    read_only = request.app.state.read_only or getattr(request.state, "read_only", False)
    if read_only and request.method != "GET":
        raise ReadOnlyError


def _rotated(presented: Session, current: Session) -> Session | None:
    return current if current.refresh_token != presented.refresh_token else None


ServicesDep = Annotated[Services, Depends(caller_services)]


def session_from(request: Request) -> Session:
    """The session in the headers. A header given twice is refused: two readers could read two different ones."""
    [authorization] = _only(request, ACCESS_TOKEN) or [""]
    access_token = _BEARER.fullmatch(authorization)
    if access_token is None:
        raise AuthenticationRequiredError
    refresh = _only(request, REFRESH_TOKEN)
    refresh_token = _BEARER.fullmatch(refresh[0]) if refresh else None
    if refresh and refresh_token is None:
        raise InvalidRequestError(
            f"{REFRESH_TOKEN}: must be 'Bearer', one blank and the refresh token; or leave it out."
        )
    [instance_url] = _only(request, INSTANCE_URL) or [request.app.state.default_instance_url]
    if not instance_url:
        raise InvalidInstanceUrlError(
            f"{INSTANCE_URL} is missing: send your org's URL, such as https://acme.my.salesforce.com. "
            "(An operator can set SF_INSTANCE_URL as a default.)"
        )
    return Session(
        instance_url=instance_url,
        access_token=access_token[1],
        refresh_token=refresh_token[1] if refresh_token else None,
    )


def _only(request: Request, header: str) -> list[str]:
    values = request.headers.getlist(header)
    if len(values) > 1:
        if header == ACCESS_TOKEN:
            raise AuthenticationRequiredError
        raise InvalidRequestError(f"{header}: must be given once.")
    return values
