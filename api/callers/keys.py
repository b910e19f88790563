"""Callers of a gateway that has its own Salesforce session: who presents one of its keys."""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from fastapi import Request

from api.callers.credentials import ACCESS_TOKEN, bearer_token, single_header
from domain.errors import AuthenticationRequiredError, InvalidRequestError
from domain.services import Services

API_KEY = "X-API-Key"

GATEWAY_KEY: Sequence[Mapping[str, Any]] = tuple(
    {
        "provider": "gateway",
        "auth_type": auth_type,
        "header_name": header,
        "header_format": form,
        "required_scopes": [],
        "token_source": "gateway_key",
    }
    for auth_type, header, form in (
        ("api_key", API_KEY, "{gateway_key}"),
        ("bearer", ACCESS_TOKEN, "Bearer {gateway_key}"),
    )
)
"""What a caller without a key is told, in the words that passthrough has for a Salesforce session."""

SCHEMES: Mapping[str, Mapping[str, str]] = {
    "GatewayKey": {"type": "apiKey", "in": "header", "name": API_KEY, "description": "A key of this gateway."},
    "GatewayKeyAsBearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The same key as a bearer token.",
    },
}
"""How OpenAPI describes the two headers; one of them is enough."""

_SALESFORCE_HEADERS = "x-sf-"
_LOOPBACK = r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?"
_OWN_HOST = re.compile(_LOOPBACK, re.IGNORECASE)
_OWN_ORIGIN = re.compile(f"https?://{_LOOPBACK}", re.IGNORECASE)


class KeyHolders:
    """Callers who present one of the gateway's keys; everybody who gets here, where it has none."""

    def __init__(self, keys: Sequence[str], open_services: Callable[[str], Services]) -> None:
        """`open_services` opens them for the holder of a key; for the empty text where there are no keys."""
        self._keys = [(key, _digest(key)) for key in keys]
        self._open_services = open_services

    def services(self, request: Request) -> Services:
        for name in request.headers:
            if name.startswith(_SALESFORCE_HEADERS):
                raise InvalidRequestError(
                    f"{name}: is not taken here, since this gateway works with a Salesforce session of its own. "
                    "Leave it out."
                )
        presented = _presented(request)
        if not self._keys:
            _refuse_pages_and_credentials(request, presented)
            return self._open_services("")
        return self._open_services(self._holder(presented))

    def _holder(self, presented: str | None) -> str:
        # Every key is compared, and in constant time: how long it takes tells nothing about any of them.
        digest = _digest(presented or "")
        matching = [key for key, of_key in self._keys if hmac.compare_digest(of_key, digest)]
        if not matching and presented:
            raise AuthenticationRequiredError("The key that was sent is none of this gateway's keys")
        if not matching:
            raise AuthenticationRequiredError
        return matching[0]


def describe_keys(document: dict[str, Any], *, needed: bool) -> dict[str, Any]:
    """The OpenAPI document with keys in the place of Salesforce sessions."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    for operation in operations:
        if operation.pop("security", None) and needed:
            operation["security"] = [{name: []} for name in SCHEMES]
    components = document.setdefault("components", {})
    components.pop("securitySchemes", None)
    if needed:
        components["securitySchemes"] = {name: dict(scheme) for name, scheme in SCHEMES.items()}
    return document


def _presented(request: Request) -> str | None:
    keys = {key for key in (*single_header(request, API_KEY), bearer_token(request)) if key is not None}
    if len(keys) > 1:
        raise InvalidRequestError(f"{API_KEY} and {ACCESS_TOKEN} hold different keys; send one of them.")
    return keys.pop() if keys else None


def _refuse_pages_and_credentials(request: Request, presented: str | None) -> None:
    """Without keys only this machine's own programs may call: no web page, and nobody who thinks to be somebody."""
    if presented is not None:
        raise InvalidRequestError(
            f"This gateway has no keys (GATEWAY_API_KEYS) and works with a Salesforce session of its own. Leave "
            f"{API_KEY} and {ACCESS_TOKEN} out."
        )
    # A tool's call has neither: the endpoint for tools has looked at both already.
    host, origin = request.headers.get("host"), request.headers.get("origin")
    if host is not None and not _OWN_HOST.fullmatch(host):
        raise InvalidRequestError("Host: without GATEWAY_API_KEYS this gateway answers on loopback names only.")
    if origin is not None and not _OWN_ORIGIN.fullmatch(origin):
        raise InvalidRequestError("Origin: without GATEWAY_API_KEYS no page of another origin may call this gateway.")


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
