"""The signed assertion of the JWT bearer grant.

Source: fact sheet 1.2, 1.4 and 0 (10: `exp` may be text). Salesforce's own command line counts in milliseconds, and
real orgs take that too.
"""

from __future__ import annotations

import math
import re
from typing import Any

import jwt

from infra.simulator.instance.orgs import CLIENT_ID
from infra.simulator.oauth.errors import OAuthError
from infra.simulator.org.org import Org
from infra.simulator.org.users import User
from infra.simulator.schema import unverified
from infra.simulator.setup.settings import public_key

MAX_SECONDS = 300
"""An assertion may be good for this long."""
_SLACK = 60
"""Clocks may differ by so many seconds, either way."""
_LEAST_MILLISECONDS = 1e11
"""A smaller `exp` counts seconds: as such this one is in the year 5138, as milliseconds in 1973."""
_AUDIENCE = re.compile(r"https://(?:login|test|[a-z0-9.-]+\.my)\.salesforce\.com/?", re.IGNORECASE)


def subject(assertion: str) -> str:
    """The username an assertion is about; empty when it cannot be read."""
    try:
        return str(_claims(assertion).get("sub", ""))
    except OAuthError:
        return ""


def user_of(assertion: str, org: Org, origin: str) -> User:
    """The user to whose data the assertion gives access. Raises OAuthError."""
    claims = _claims(assertion)
    _refuse_forged(assertion, org)
    if claims.get("iss") != CLIENT_ID:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    audiences = claims.get("aud")
    audiences = audiences if isinstance(audiences, list) else [audiences]
    if not any(_is_ours(str(audience), origin) for audience in audiences):
        raise OAuthError("invalid_grant", "Audience validation failed")
    left = _expiry(claims) - org.clock().timestamp()
    if left <= -_SLACK:
        raise OAuthError("invalid_grant", "expired authorization code")
    if left > MAX_SECONDS + _SLACK:
        raise OAuthError(*unverified.BAD_ASSERTION)
    user = org.users.named(str(claims.get("sub", "")))
    if user is None:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    return user


def _claims(assertion: str) -> dict[str, Any]:
    """The claims, their signature not yet looked at."""
    try:
        header = jwt.get_unverified_header(assertion)
        claims: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
    except (jwt.PyJWTError, RecursionError) as error:
        raise OAuthError(*unverified.BAD_ASSERTION) from error
    if header.get("alg") != "RS256":
        raise OAuthError(*unverified.BAD_ASSERTION)
    return claims


def _refuse_forged(assertion: str, org: Org) -> None:
    """Check the signature, where the org knows the app's certificate."""
    if org.settings.jwt_certificate is None:
        return
    try:
        jwt.PyJWS().decode(assertion, public_key(org.settings.jwt_certificate), algorithms=["RS256"])
    except jwt.PyJWTError as error:
        raise OAuthError(*unverified.BAD_ASSERTION) from error


def _is_ours(audience: str, origin: str) -> bool:
    return audience.rstrip("/") == origin or _AUDIENCE.fullmatch(audience) is not None


def _expiry(claims: dict[str, Any]) -> float:
    """Seconds since 1970."""
    try:
        expiry = float(claims.get("exp", 0))
    except (TypeError, ValueError, OverflowError) as error:
        raise OAuthError(*unverified.BAD_ASSERTION) from error
    if not math.isfinite(expiry):
        raise OAuthError(*unverified.BAD_ASSERTION)
    return expiry / 1000 if expiry >= _LEAST_MILLISECONDS else expiry
