"""Why no token is given.

Source: fact sheet 1.4.
"""

from __future__ import annotations


class OAuthError(Exception):
    """An OAuth endpoint refuses; both words are for the client to read."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


def missing(name: str) -> OAuthError:
    return OAuthError("invalid_request", f"missing required parameter: {name}")


def expired() -> OAuthError:
    """What a dead refresh token is told, whatever it died of."""
    return OAuthError("invalid_grant", "expired access/refresh token")
