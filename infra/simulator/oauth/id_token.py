"""ID tokens, signed with a key of the simulator's own.

Source: fact sheet 1.1 and 1.3.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from infra.simulator.instance.sessions import Session
from infra.simulator.oauth.request import OAuthRequest
from infra.simulator.org.org import Org

KEY_ID = "simulator"
SECONDS = 120
"""An id token is good for this long."""


class IdTokens:
    """Issues id tokens and publishes the key to check them with; the key is made when it is first needed."""

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def issue(self, org: Org, request: OAuthRequest, session: Session, nonce: str | None) -> str:
        """A signed statement of who logged in."""
        now = int(org.clock().timestamp())
        claims = {
            "iss": request.origin,
            "sub": f"{request.origin}/id/{org.id}/{session.user_id}",
            "aud": session.client_id,
            "iat": now,
            "exp": now + SECONDS,
            **({"nonce": nonce} if nonce else {}),
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KEY_ID})

    def published(self) -> dict[str, Any]:
        """The key set of /id/keys."""
        key = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}
