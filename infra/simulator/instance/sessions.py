"""Who is logged in: access tokens, the refresh tokens that bring new ones, and the codes that begin it all.

Source: fact sheet 1.3 and 1.4.
"""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Database

SCOPES = (
    "address",
    "api",
    "email",
    "full",
    "id",
    "offline_access",
    "openid",
    "phone",
    "profile",
    "refresh_token",
    "web",
)
DEFAULT_SCOPES = frozenset({"refresh_token", "api", "id"})
OFFLINE_SCOPES = frozenset({"refresh_token", "offline_access"})
API_SCOPES = frozenset({"api", "full"})
MAX_GRANTS = 5
"""Live grants of one user to one app; one more ends the oldest."""
CODE_SECONDS = 15 * 60

_BEARER = re.compile(r"(?:Bearer|OAuth) +(\S+)", re.IGNORECASE)
_CHARACTERS = string.ascii_letters + string.digits + "._"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS sessions "
    "(token PRIMARY KEY, org, user_id, client_id, scopes, family, began, last_used)",
    "CREATE TABLE IF NOT EXISTS grants "
    "(number INTEGER PRIMARY KEY, refresh_token UNIQUE, org, user_id, client_id, scopes, family, counted, live)",
    # Files of earlier versions have a table `codes`, which knows no users.
    "CREATE TABLE IF NOT EXISTS authorization_codes "
    "(code PRIMARY KEY, org, user_id, client_id, redirect_uri, scopes, challenge, nonce, began, used)",
)


@dataclass(frozen=True)
class Session:
    """A live access token and whose it is."""

    token: str
    org_number: int
    user_id: str
    client_id: str
    scopes: frozenset[str]
    began: float
    """Seconds since 1970."""

    @property
    def is_for_api(self) -> bool:
        return bool(self.scopes & API_SCOPES)


@dataclass(frozen=True)
class Grant:
    """A refresh token and whose it is. Those that follow each other by rotation are one family."""

    refresh_token: str
    org_number: int
    user_id: str
    client_id: str
    scopes: frozenset[str]
    family: str
    live: bool


@dataclass(frozen=True)
class Code:
    """An authorization code and what it was given for."""

    code: str
    org_number: int
    user_id: str
    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str | None
    nonce: str | None


def bearer_token(authorization: str) -> str | None:
    """The access token in an Authorization header; None where it holds none. Source: fact sheet 2.1."""
    found = _BEARER.fullmatch(authorization.strip())
    return found[1] if found else None


class Sessions:
    """The sessions of all orgs."""

    def __init__(self, database: Database, clock: Callable[[], datetime], random: Random) -> None:
        self._database = database
        self._clock = clock
        self._random = random
        for table in _TABLES:
            database.execute(table)

    def unused_token(self, org: Org) -> str:
        """Looks like an access token, and opens nothing until a session begins with it."""
        return f"{org.id[:15]}!{self._characters(96)}"

    def begin(
        self, org: Org, user_id: str, client_id: str, scopes: frozenset[str] = DEFAULT_SCOPES, family: str | None = None
    ) -> Session:
        """A new access token for a user of the org; with a family it dies with its refresh token."""
        token = self._jwt(org, user_id) if org.settings.jwt_access_tokens else self.unused_token(org)
        now = self._seconds()
        values = (token, org.number, user_id, client_id, " ".join(sorted(scopes)), family, now, now)
        self._database.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return Session(token, org.number, user_id, client_id, scopes, now)

    def grant(
        self,
        org: Org,
        user_id: str,
        client_id: str,
        scopes: frozenset[str] = DEFAULT_SCOPES,
        *,
        counted: bool = False,
        refresh_token: str | None = None,
    ) -> Grant:
        """A new refresh token for a user of the org; `refresh_token` if given, which must be a new one.

        Of those that are counted, only the latest five stay alive.
        """
        family = self._characters(20)
        token = refresh_token or "5Aep861" + self._characters(80)
        grant = Grant(token, org.number, user_id, client_id, scopes, family, live=True)
        self._keep(grant, counted=counted)
        if counted:
            condition = "org = ? AND user_id = ? AND client_id = ? AND counted AND live"
            sql = f"SELECT family FROM grants WHERE {condition} ORDER BY number DESC"
            live = [row[0] for row in self._database.execute(sql, (org.number, user_id, client_id))]
            for oldest in live[MAX_GRANTS:]:
                self.revoke_family(oldest)
        return grant

    def rotate(self, grant: Grant) -> Grant:
        """Another refresh token in place of this one, which dies but stays known."""
        self._database.execute("UPDATE grants SET live = 0 WHERE refresh_token = ?", (grant.refresh_token,))
        sql = "SELECT counted FROM grants WHERE refresh_token = ?"
        counted = bool(self._database.execute(sql, (grant.refresh_token,)).fetchone()[0])
        new = replace(grant, refresh_token="5Aep861" + self._characters(80), live=True)
        self._keep(new, counted=counted)
        return new

    def find(self, token: str) -> Session | None:
        """The session of an access token, dead or alive."""
        sql = "SELECT token, org, user_id, client_id, scopes, began FROM sessions WHERE token = ?"
        row = self._database.execute(sql, (token,)).fetchone()
        return Session(row[0], row[1], row[2], row[3], frozenset(row[4].split()), row[5]) if row else None

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
        sql = "SELECT refresh_token, org, user_id, client_id, scopes, family, live FROM grants WHERE refresh_token = ?"
        row = self._database.execute(sql, (refresh_token,)).fetchone()
        if row is None:
            return None
        token, org_number, user_id, client_id, scopes, family, live = row
        return Grant(token, org_number, user_id, client_id, frozenset(scopes.split()), family, live=bool(live))

    def end(self, token: str) -> None:
        """The access token dies."""
        self._database.execute("DELETE FROM sessions WHERE token = ?", (token,))

    def end_all(self, org: Org) -> int:
        """Every access token of the org dies; answers how many."""
        return self._database.execute("DELETE FROM sessions WHERE org = ?", (org.number,)).rowcount

    def end_all_but(self, org: Org, user_ids: Sequence[str]) -> None:
        """Every access token of the org dies that is not one of these users'."""
        marks = ", ".join("?" * len(user_ids))
        sql = f"DELETE FROM sessions WHERE org = ? AND user_id NOT IN ({marks})"
        self._database.execute(sql, (org.number, *user_ids))

    def revoke_family(self, family: str) -> None:
        """The refresh token dies, and with it every access token it brought."""
        self._database.execute("UPDATE grants SET live = 0 WHERE family = ?", (family,))
        self._database.execute("DELETE FROM sessions WHERE family = ?", (family,))

    def begin_code(
        self,
        org: Org,
        user_id: str,
        client_id: str,
        redirect_uri: str,
        scopes: frozenset[str],
        challenge: str | None,
        nonce: str | None,
    ) -> str:
        """A new authorization code. It ends in `==`, as Salesforce's do: clients must encode it."""
        code = f"aPrx{self._characters(60)}=="
        values = (
            code,
            org.number,
            user_id,
            client_id,
            redirect_uri,
            " ".join(sorted(scopes)),
            challenge,
            nonce,
            self._seconds(),
        )
        self._database.execute("INSERT INTO authorization_codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)", values)
        return code

    def find_code(self, code: str) -> Code | None:
        """What a code was given for, whether or not it is still good."""
        columns = "code, org, user_id, client_id, redirect_uri, scopes, challenge, nonce"
        sql = f"SELECT {columns} FROM authorization_codes WHERE code = ?"
        row = self._database.execute(sql, (code,)).fetchone()
        if row is None:
            return None
        value, org_number, user_id, client_id, redirect_uri, scopes, challenge, nonce = row
        return Code(value, org_number, user_id, client_id, redirect_uri, frozenset(scopes.split()), challenge, nonce)

    def use_code(self, code: Code) -> bool:
        """Whether the code is good: young, and used for the first time."""
        sql = "UPDATE authorization_codes SET used = 1 WHERE code = ? AND NOT used AND began >= ?"
        return self._database.execute(sql, (code.code, self._seconds() - CODE_SECONDS)).rowcount == 1

    def _keep(self, grant: Grant, *, counted: bool) -> None:
        columns = "refresh_token, org, user_id, client_id, scopes, family, counted, live"
        values = (
            grant.refresh_token,
            grant.org_number,
            grant.user_id,
            grant.client_id,
            " ".join(sorted(grant.scopes)),
            grant.family,
            counted,
        )
        self._database.execute(f"INSERT INTO grants ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, 1)", values)

    def _characters(self, count: int) -> str:
        return "".join(self._random.choices(_CHARACTERS, k=count))

    def _jwt(self, org: Org, user_id: str) -> str:
        """Three parts, as a JWT has them; nobody may look inside, so the signature is noise."""
        header = {"alg": "RS256", "typ": "JWT", "tnk": f"core/prod/{org.id}"}
        claims = {"sub": f"uid:{user_id}", "jti": self._characters(24)}
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
        return ".".join([*parts, self._characters(86).replace(".", "-")])

    def _seconds(self) -> float:
        return self._clock().timestamp()
