"""The services for whoever calls, as routes depend on them."""

from typing import Annotated, Any, Protocol

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from api.callers.credentials import INSTANCE_URL, REFRESH_TOKEN
from api.callers.read_only import refuse_writing_where_read_only
from domain.services import Services


class Callers(Protocol):
    """Tells who calls, and opens the services for them."""

    def services(self, request: Request) -> Services:
        """The services for whoever sent the request. Raises AccessErrors and InputErrors."""


# These describe the headers in the OpenAPI document, for Swagger UI's dialog; the callers read them, strictly.
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


ServicesDep = Annotated[Services, Depends(caller_services)]
