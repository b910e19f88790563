"""Errors as answers: one table, and one place for each kind of error that can come up."""

import math
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.http.correlation import correlation_id
from api.http.envelope import Failure
from api.http.strict_inputs import MOST_PROBLEMS, StrictRoute
from api.http.wording import field_of, message
from domain import errors

ANSWERS: Mapping[type[errors.LeadError], tuple[int, str, str]] = {
    errors.InvalidInputError: (422, "VALIDATION_ERROR", "Validation Error"),
    errors.InvalidRequestError: (400, "INVALID_REQUEST", "Invalid Request"),
    errors.InvalidInstanceUrlError: (400, "INVALID_INSTANCE_URL", "Invalid Instance URL"),
    errors.InvalidStatusError: (422, "INVALID_STATUS", "Invalid Status"),
    errors.SalesforceRejectedError: (422, "SALESFORCE_REJECTED", "Rejected by Salesforce"),
    errors.ConversionRejectedError: (422, "CONVERSION_REJECTED", "Conversion Rejected"),
    errors.LeadNotFoundError: (404, "LEAD_NOT_FOUND", "Lead Not Found"),
    errors.LeadExistsError: (409, "LEAD_ALREADY_EXISTS", "Lead Already Exists"),
    errors.AmbiguousLeadError: (409, "AMBIGUOUS_LEAD", "Ambiguous Lead"),
    errors.AmbiguousMatchError: (409, "AMBIGUOUS_MATCH", "Ambiguous Match"),
    errors.LeadConvertedError: (409, "LEAD_CONVERTED", "Lead Converted"),
    errors.ContactNotFoundError: (409, "CONTACT_NOT_FOUND", "Contact Not Found"),
    errors.CampaignNotFoundError: (404, "CAMPAIGN_NOT_FOUND", "Campaign Not Found"),
    errors.AmbiguousCampaignError: (409, "AMBIGUOUS_CAMPAIGN", "Ambiguous Campaign"),
    errors.DuplicateDetectedError: (409, "DUPLICATE_DETECTED", "Duplicate Detected"),
    errors.AuthenticationRequiredError: (401, "AUTHENTICATION_REQUIRED", "Authentication Required"),
    errors.SessionExpiredError: (401, "SESSION_EXPIRED", "Session Expired"),
    errors.ReauthenticationRequiredError: (401, "REAUTHENTICATION_REQUIRED", "Reauthentication Required"),
    errors.PermissionDeniedError: (403, "PERMISSION_DENIED", "Permission Denied"),
    errors.ServiceLoginError: (502, "SALESFORCE_LOGIN_FAILED", "Salesforce Login Failed"),
    errors.SalesforceVersionError: (502, "SALESFORCE_VERSION_UNSUPPORTED", "Salesforce Version Unsupported"),
    errors.ReadOnlyError: (403, "READ_ONLY", "Read Only"),
    errors.SalesforceUnavailableError: (503, "SALESFORCE_UNAVAILABLE", "Salesforce Unavailable"),
    errors.SalesforceTimeoutError: (504, "SALESFORCE_TIMEOUT", "Salesforce Timeout"),
    errors.SalesforceBusyError: (429, "RATE_LIMITED", "Rate Limited"),
    errors.SalesforceLimitError: (429, "SALESFORCE_LIMIT_EXCEEDED", "Salesforce Limit Exceeded"),
    errors.SalesforceBadResponseError: (502, "SALESFORCE_BAD_RESPONSE", "Bad Response from Salesforce"),
    errors.IdempotencyKeyReusedError: (422, "IDEMPOTENCY_KEY_REUSED", "Idempotency Key Reused"),
    errors.IdempotencyInProgressError: (409, "IDEMPOTENCY_IN_PROGRESS", "Idempotency In Progress"),
    errors.OverloadedError: (503, "OVERLOADED", "Overloaded"),
    errors.CoordinationUnavailableError: (503, "COORDINATION_UNAVAILABLE", "Coordination Unavailable"),
    errors.OutcomeUnknownError: (504, "OUTCOME_UNKNOWN", "Outcome Unknown"),
}

SALESFORCE_SESSION: Sequence[Mapping[str, Any]] = (
    {
        "provider": "salesforce",
        "auth_type": "bearer",
        "header_name": "Authorization",
        "header_format": "Bearer {access_token}",
        "required_scopes": ["api", "refresh_token", "offline_access"],
        "token_source": "access_token",
    },
)
"""What the platform's clients parse to find out how to sign in; every character is part of the contract."""

FAILURES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Failure, "description": "Correct the request, read again, or sign in."},
    "5XX": {"model": Failure, "description": "Try again later; after OUTCOME_UNKNOWN, look first."},
    # Named besides 4XX, since FastAPI would describe its own shape for it.
    "422": {"model": Failure, "description": "A field is missing or wrong."},
}


def failure(
    status: int,
    code: str,
    title: str,
    message: str,
    details: Sequence[Mapping[str, Any]] = (),
    *,
    retryable: bool = False,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A failure as a response."""
    body = Failure(
        error=title,
        code=code,
        message=message,
        details=[dict(detail) for detail in details],
        retryable=retryable,
        correlation_id=correlation_id.get(),
        status_code=status,
    )
    return JSONResponse(body.model_dump(), status, headers=dict(headers or {}))


def internal_error() -> JSONResponse:
    """The answer when the gateway itself is at fault; what happened stands in the log under the correlation id."""
    return failure(
        500,
        "INTERNAL_ERROR",
        "Internal Error",
        "The gateway failed. Please tell its operator the correlation id; look at the lead before trying again.",
    )


def frames(error: Exception) -> list[str]:
    """Where it happened; without the message and the values, which may hold a caller's data or token."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-5:]]


def add_error_handlers(app: FastAPI) -> None:
    """Let every error of a route become an answer in the envelope."""
    app.add_exception_handler(errors.LeadError, _lead_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    # The middleware logs it, since Starlette passes the exception on behind the answer.
    app.add_exception_handler(Exception, _any_error)


async def _any_error(_: Request, __: Exception) -> JSONResponse:
    return internal_error()


async def _lead_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.LeadError)
    status, code, title = next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)
    request.state.failure = {"code": code, **_causes(error)}
    if isinstance(error, errors.AuthenticationRequiredError):
        return _authentication_required(error.message, request.app.state.requirements)
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'} if status == 401 else {}
    details = [*error.details]
    if isinstance(error, errors.TryLaterError) and error.retry_after is not None:
        seconds = math.ceil(error.retry_after)
        headers["Retry-After"] = str(seconds)
        # Over MCP nobody sees headers.
        details.append({"retry_after": seconds})
    return failure(status, code, title, error.message, details, retryable=error.retryable, headers=headers)


def _causes(error: BaseException) -> dict[str, list[str]]:
    """What led to an error, for the log: kinds only, since the texts of others may hold a caller's data."""
    causes: list[BaseException] = []
    cause = error.__cause__
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__
    return {"causes": [type(each).__name__ for each in causes]} if causes else {}


def _authentication_required(message: str, requirements: Sequence[Mapping[str, Any]]) -> JSONResponse:
    body = {
        "success": False,
        "error": {
            "code": "AUTHENTICATION_REQUIRED",
            "message": message,
            "details": {"authentication_requirements": list(requirements)},
        },
        "correlation_id": correlation_id.get(),
        "status_code": 401,
    }
    return JSONResponse(body, 401, headers={"WWW-Authenticate": "Bearer"})


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return failure(404, "NOT_FOUND", "Not Found", "There is nothing at this path; GET /docs shows what there is.")
    if error.status_code == 405:
        allowed = _methods_at(request)
        return failure(
            405, "METHOD_NOT_ALLOWED", "Method Not Allowed", f"This path allows {allowed}.", headers={"Allow": allowed}
        )
    return failure(error.status_code, "INVALID_REQUEST", "Invalid Request", f"{error.detail}.")


def _methods_at(request: Request) -> str:
    """All methods of the routes at this path; the router itself stops at the first route."""
    routes = [
        route for route in iter_route_contexts(request.app.routes) if route.matches(request.scope)[0] != Match.NONE
    ]
    return ", ".join(sorted({method for route in routes for method in route.methods or ()}))


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    route = request.scope["route"]
    fields, parameters = (route.body_fields, route.parameters) if isinstance(route, StrictRoute) else ((), ())
    said_of: dict[str, str] = {}
    for problem in error.errors():
        # A value that fits no part of a union brings one problem for each part.
        if field_of(problem) not in said_of:
            said_of[field_of(problem)] = message(problem, fields, tuple(parameters))
        if len(said_of) == MOST_PROBLEMS:
            break
    details = [{"field": field, "message": said} for field, said in said_of.items()]
    in_one = "; ".join(f"{field}: {said}" for field, said in said_of.items())
    return failure(422, "VALIDATION_ERROR", "Validation Error", in_one, details)
