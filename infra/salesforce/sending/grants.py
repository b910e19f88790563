"""The grants by which the gateway gets tokens: what is posted for each.

Source: fact sheet 1.2.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

ASSERTION_SECONDS = 180
"""How long a signed assertion is good for; Salesforce takes up to five minutes."""

_LOGIN = "https://login.salesforce.com"
_LOGIN_OF_SANDBOXES = "https://test.salesforce.com"
_SANDBOX = re.compile(r"https://(?:.*--.*|.*\.scratch\.my\.salesforce\.com|cs\d+(?:-api)?\.salesforce\.com)")
"""A sandbox's own host is `<domain>--<sandbox>…`, and nothing else has two dashes; older ones are `cs…`."""


@dataclass(frozen=True)
class OAuthClient:
    """The gateway's own connected app."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    token_url: str = ""
    """Empty: `/services/oauth2/token` of the instance, which serves production and sandboxes alike."""

    @property
    def form(self) -> dict[str, str]:
        """How the app names itself in a request for a token."""
        form = {"client_id": self.client_id}
        if self.client_secret:
            form["client_secret"] = self.client_secret
        return form


class Grant(Protocol):
    """A way in which the gateway itself logs in."""

    name: str
    hint: str
    """What an operator looks at when Salesforce refuses it."""
    secret: str
    """What proves that the gateway may: whoever has it could log in as well."""

    def form(self, refresh_token: str | None) -> dict[str, str]:
        """What is posted; `refresh_token` is the one that came with the last login."""


class RefreshTokenGrant:
    """With a refresh token that somebody got for the gateway by signing in."""

    name = "refresh token"
    hint = "SF_REFRESH_TOKEN is no longer valid: sign in again and set the new one"

    def __init__(self, client: OAuthClient, refresh_token: str) -> None:
        self._client = client
        self.secret = refresh_token

    def form(self, refresh_token: str | None) -> dict[str, str]:
        return {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token or self.secret,
            **self._client.form,
        }


class ClientCredentialsGrant:
    """As the user whom the connected app runs as."""

    name = "client credentials"
    hint = "the connected app has no user to run as, or its policies keep that user out"

    def __init__(self, client: OAuthClient) -> None:
        self._client = client
        self.secret = client.client_secret

    def form(self, refresh_token: str | None) -> dict[str, str]:
        return {"grant_type": "client_credentials", **self._client.form}


class JwtBearerGrant:
    """As a user who approved the connected app, with an assertion that the app's private key signs."""

    name = "JWT bearer"
    hint = "SF_USERNAME has to be approved for the connected app, and SF_PRIVATE_KEY_FILE to belong to its certificate"

    def __init__(
        self,
        client: OAuthClient,
        username: str,
        private_key: str,
        instance_url: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`private_key` is RSA in PEM, without a passphrase; `clock` gives seconds since 1970.

        Raises ValueError when the key is none.
        """
        try:
            key = load_pem_private_key(private_key.encode(), password=None)
        except UnsupportedAlgorithm as error:
            raise ValueError("not an RSA key") from error
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("not an RSA key")
        self._key = key
        self._client = client
        self._username = username
        self._audience = audience(client.token_url, instance_url)
        self._clock = clock
        self.secret = private_key

    def form(self, refresh_token: str | None) -> dict[str, str]:
        claims = {
            "iss": self._client.client_id,
            "sub": self._username,
            "aud": self._audience,
            "exp": int(self._clock()) + ASSERTION_SECONDS,
        }
        return {"grant_type": JWT_BEARER, "assertion": jwt.encode(claims, self._key, algorithm="RS256")}


def audience(token_url: str, instance_url: str) -> str:
    """Whom an assertion is for: the token URL's origin, by default the login host of the instance."""
    if token_url:
        parts = urlsplit(token_url)
        return f"{parts.scheme}://{parts.netloc}"
    # Source: fact sheet 1.6.
    of_sandboxes = _SANDBOX.fullmatch(instance_url) is not None
    return _LOGIN_OF_SANDBOXES if of_sandboxes else _LOGIN
