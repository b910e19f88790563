"""Who calls, told by the headers of the request and by nothing else."""

import re
from collections.abc import Callable

from fastapi import Request

from domain.errors import AuthenticationRequiredError, InvalidInstanceUrlError, InvalidRequestError
from domain.services import Services
from domain.values.session import Session

ACCESS_TOKEN = "Authorization"
REFRESH_TOKEN = "X-SF-Refresh-Token"
INSTANCE_URL = "X-SF-Instance-Url"

_BEARER = re.compile(r"Bearer ([!-~]{1,8192})")


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
        refresh = single_header(request, REFRESH_TOKEN)
        refresh_token = _BEARER.fullmatch(refresh[0]) if refresh else None
        if refresh and refresh_token is None:
            raise InvalidRequestError(
                f"{REFRESH_TOKEN}: must be 'Bearer', one blank and the refresh token; or leave it out."
            )
        [instance_url] = single_header(request, INSTANCE_URL) or [self._default_instance_url]
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
    values = single_header(request, ACCESS_TOKEN)
    if not values:
        return None
    token = _BEARER.fullmatch(values[0])
    if token is None:
        raise AuthenticationRequiredError
    return token[1]


def single_header(request: Request, header: str) -> list[str]:
    """The header's value, if it is there. Given twice it is refused: two readers could read two different ones."""
    values = request.headers.getlist(header)
    if len(values) > 1:
        if header == ACCESS_TOKEN:
            raise AuthenticationRequiredError
        raise InvalidRequestError(f"{header}: must be given once.")
    return values
