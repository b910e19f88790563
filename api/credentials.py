"""Who calls, told by the headers of the request and by nothing else."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from domain.errors import AuthenticationRequiredError, InvalidInstanceUrlError, InvalidRequestError, ReadOnlyError
from domain.services import Services
from domain.values.session import Session


class Callers(Protocol):
    """Tells who calls, and opens the services for them."""

    def services(self, request: Request) -> Services:
        """The services for whoever sent the request. Raises AccessErrors and InputErrors."""


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
    callers: Callers = request.app.state.callers
    services = callers.services(request)
    if report := getattr(request.state, "report_progress", None):
        services.report_progress_to(report)
    return services


def refuse_writing_where_read_only(request: Request) -> None:
    """Raise ReadOnlyError for a request that may write, where the operator or the caller's own URL forbids it.

    What talks to Salesforce refuses by itself as well; this spares the way there, and tells so before any session is
    looked at.
    """
    if is_read_only(request) and request.method != "GET":
        raise ReadOnlyError


def is_read_only(request: Request) -> bool:
    """Whether the operator, or the caller's own URL, forbids to write."""
    return bool(request.app.state.read_only or getattr(request.state, "read_only", False))


ServicesDep = Annotated[Services, Depends(caller_services)]


class Passthrough:
    """Callers who bring their own Salesforce session in the headers of each request."""

    def __init__(self, open_services: Callable[[Session], Services], default_instance_url: str = "") -> None:
        """`open_services` raises InvalidInstanceUrlError before anything is sent."""
        self._open_services = open_services
        self._default_instance_url = default_instance_url

    def services(self, request: Request) -> Services:
        presented = self._session_from(request)
        services = self._open_services(presented)
        request.state.rotated_session = lambda: _rotated(presented, services.session())
        return services

    def _session_from(self, request: Request) -> Session:
        access_token = bearer_token(request)
        if access_token is None:
            raise AuthenticationRequiredError
        refresh = only(request, REFRESH_TOKEN)
        refresh_token = _BEARER.fullmatch(refresh[0]) if refresh else None
        if refresh and refresh_token is None:
            raise InvalidRequestError(
                f"{REFRESH_TOKEN}: must be 'Bearer', one blank and the refresh token; or leave it out."
            )
        [instance_url] = only(request, INSTANCE_URL) or [self._default_instance_url]
        if not instance_url:
            raise InvalidInstanceUrlError(
                f"{INSTANCE_URL} is missing: send your org's URL, such as https://acme.my.salesforce.com. "
                "(An operator can set SF_INSTANCE_URL as a default.)"
            )
        return Session(instance_url, access_token, refresh_token[1] if refresh_token else None)


def _rotated(presented: Session, current: Session) -> Session | None:
    return current if current.refresh_token != presented.refresh_token else None


def bearer_token(request: Request) -> str | None:
    """What `Authorization: Bearer` brings; None without that header. Raises AuthenticationRequiredError for others."""
    values = only(request, ACCESS_TOKEN)
    if not values:
        return None
    token = _BEARER.fullmatch(values[0])
    if token is None:
        raise AuthenticationRequiredError
    return token[1]


def only(request: Request, header: str) -> list[str]:
    """The header's value, if it is there. Given twice it is refused: two readers could read two different ones."""
    values = request.headers.getlist(header)
    if len(values) > 1:
        if header == ACCESS_TOKEN:
            raise AuthenticationRequiredError
        raise InvalidRequestError(f"{header}: must be given once.")
    return values
