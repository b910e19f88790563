"""What a client can find out before it knows anything: endpoints and keys.

Source: fact sheet 1.1 and 1.5 (the values are unverified there).
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.simulator.exchange.instance_url import origin_of
from infra.simulator.instance.sessions import SCOPES
from infra.simulator.oauth.id_token import IdTokens
from infra.simulator.oauth.token import JWT_BEARER

_CLAIMS = (
    "active address email email_verified family_name given_name is_app_installed is_salesforce_integration_user "
    "language locale name nickname organization_id phone_number photos picture preferred_username profile sub "
    "updated_at urls user_id user_type utcOffset zoneinfo"
)


class Metadata:
    """Answers /.well-known/openid-configuration, .../oauth-authorization-server and /id/keys."""

    def __init__(self, id_tokens: IdTokens) -> None:
        self._id_tokens = id_tokens

    async def configuration(self, request: Request) -> Response:
        return JSONResponse(_configuration(origin_of(request)))

    async def keys(self, request: Request) -> Response:
        return JSONResponse(self._id_tokens.published())


def _configuration(origin: str) -> dict[str, Any]:
    oauth = f"{origin}/services/oauth2"
    return {
        "issuer": origin,
        "authorization_endpoint": f"{oauth}/authorize",
        "token_endpoint": f"{oauth}/token",
        "revocation_endpoint": f"{oauth}/revoke",
        "userinfo_endpoint": f"{oauth}/userinfo",
        "jwks_uri": f"{origin}/id/keys",
        "registration_endpoint": f"{oauth}/register",
        "introspection_endpoint": f"{oauth}/introspect",
        "scopes_supported": [*SCOPES],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", "password", JWT_BEARER],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": _CLAIMS.split(),
        "display_values_supported": ["page", "popup", "touch"],
        "end_session_endpoint": f"{oauth}/logout",
    }
