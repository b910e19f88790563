"""Who is logged in: access tokens, and the refresh tokens that bring new ones.

Source: fact sheet 1.3 and 1.4.
"""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from infra.simulator.org import Org
from infra.simulator.storage import Database

_CHARACTERS = string.ascii_letters + string.digits + "._"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS sessions (token PRIMARY KEY, org, user_id, client_id, last_used)",
    "CREATE TABLE IF NOT EXISTS grants (refresh_token PRIMARY KEY, org, user_id, client_id, live)",
)


@dataclass(frozen=True)
class Session:
    """A live access token and whose it is."""

    token: str
    org_number: int
    user_id: str
    client_id: str


@dataclass(frozen=True)
class Grant:
    """A refresh token and whose it is."""

    refresh_token: str
    org_number: int
    user_id: str
    client_id: str
    live: bool


class Sessions:
    """The sessions of all orgs."""

    def __init__(self, database: Database, clock: Callable[[], datetime], random: Random) -> None:
        self._database = database
        self._clock = clock
        self._random = random
        for table in _TABLES:
            database.execute(table)

    def begin(self, org: Org, client_id: str) -> Session:
        """A new access token for the org's user."""
        token = self._jwt(org) if org.settings.jwt_access_tokens else f"{org.id[:15]}!{self._characters(96)}"
        values = (token, org.number, org.user.id, client_id, self._seconds())
        self._database.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", values)
        return Session(token, org.number, org.user.id, client_id)

    def grant(self, org: Org, client_id: str) -> Grant:
        """A new refresh token for the org's user."""
        token = "5Aep861" + self._characters(80)
        self._database.execute("INSERT INTO grants VALUES (?, ?, ?, ?, 1)", (token, org.number, org.user.id, client_id))
        return Grant(token, org.number, org.user.id, client_id, live=True)

    def find(self, token: str) -> Session | None:
        """The session of an access token, dead or alive."""
        sql = "SELECT token, org, user_id, client_id FROM sessions WHERE token = ?"
        row = self._database.execute(sql, (token,)).fetchone()
        return Session(*row) if row else None

    def is_live(self, session: Session, lifetime: float) -> bool:
        """Whether the session was used within its lifetime (seconds); using it prolongs it."""
        sql = "SELECT last_used FROM sessions WHERE token = ?"
        row = self._database.execute(sql, (session.token,)).fetchone()
        now = self._seconds()
        if row is None or now - row[0] > lifetime:
            return False
        if now - row[0] > 1:
            self._database.execute("UPDATE sessions SET last_used = ? WHERE token = ?", (now, session.token))
        return True

    def find_grant(self, refresh_token: str) -> Grant | None:
        sql = "SELECT refresh_token, org, user_id, client_id, live FROM grants WHERE refresh_token = ?"
        row = self._database.execute(sql, (refresh_token,)).fetchone()
        return Grant(row[0], row[1], row[2], row[3], live=bool(row[4])) if row else None

    def end(self, token: str) -> None:
        """The access token dies."""
        self._database.execute("DELETE FROM sessions WHERE token = ?", (token,))

    def end_all(self, org: Org) -> int:
        """Every access token of the org dies; answers how many."""
        return self._database.execute("DELETE FROM sessions WHERE org = ?", (org.number,)).rowcount

    def revoke(self, grant: Grant) -> None:
        """The refresh token dies; it stays known, so that its reuse can be told from nonsense."""
        self._database.execute("UPDATE grants SET live = 0 WHERE refresh_token = ?", (grant.refresh_token,))

    def _characters(self, count: int) -> str:
        return "".join(self._random.choices(_CHARACTERS, k=count))

    def _jwt(self, org: Org) -> str:
        """Three parts, as a JWT has them; nobody may look inside, so the signature is noise."""
        header = {"alg": "RS256", "typ": "JWT", "tnk": f"core/prod/{org.id}"}
        claims = {"sub": f"uid:{org.user.id}", "jti": self._characters(24)}
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
        return ".".join([*parts, self._characters(86).replace(".", "-")])

    def _seconds(self) -> float:
        return self._clock().timestamp()
