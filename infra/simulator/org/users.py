"""The users of an org, how they prove who they are, and for whom the work is done that is under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from infra.simulator.org.storage import Tables

PASSWORD = "demo-password"
SECURITY_TOKEN = "demo-token"
"""Those of every user: published, as is all that the simulator keeps."""

_running_user: ContextVar[str | None] = ContextVar("running user", default=None)


@dataclass(frozen=True)
class User:
    """Someone whom an org knows."""

    id: str
    username: str
    is_active: bool = True


class Users:
    """The users of one org."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def named(self, username: str) -> User | None:
        """The user with this username, in any case."""
        return self._found("Username = ?", username)

    def get(self, user_id: str) -> User | None:
        return self._found("Id = ?", user_id)

    def active_ids(self) -> list[str]:
        return [row["Id"] for row in self._tables.find("User", "IsActive = 1", (), "Id")]

    def _found(self, condition: str, value: str) -> User | None:
        rows = self._tables.find("User", condition, (value,), "Id", "Username", "IsActive")
        return next((User(row["Id"], row["Username"], bool(row["IsActive"])) for row in rows), None)


def is_password(given: str, *, trusted_network: bool) -> bool:
    """Whether this is a user's password and security token; in a trusted network the password is enough."""
    return given == PASSWORD + SECURITY_TOKEN or (trusted_network and given == PASSWORD)


@contextmanager
def running_as(user_id: str | None) -> Iterator[None]:
    """What happens inside is done for this user, and so is what it starts in the background."""
    before = _running_user.set(user_id)
    try:
        yield
    finally:
        _running_user.reset(before)


def running_user_id() -> str | None:
    """The user for whom something is done; None where nobody called."""
    return _running_user.get()
