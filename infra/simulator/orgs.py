"""All orgs of one simulator, and who is logged in to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from infra.simulator import ids, validation_rules
from infra.simulator.org import Org
from infra.simulator.sessions import Session, Sessions
from infra.simulator.settings import Settings
from infra.simulator.storage import Database
from infra.simulator.workplace import Workplace

CLIENT_ID = "demo-client"
CLIENT_SECRET = "demo-secret"
"""The connected app of every org: published, as is all that the simulator keeps."""


class Orgs:
    """Orgs by number; the first is the default one and always there. What they are set to survives a restart."""

    def __init__(self, database: Database, clock: Callable[[], datetime], random: Random, latency_ms: float) -> None:
        self._database = database
        self._clock = clock
        self._fresh = Settings(latency_ms=latency_ms)
        self.sessions = Sessions(database, clock, random)
        self._places: dict[int, Workplace] = {}
        database.execute("CREATE TABLE IF NOT EXISTS orgs (number INTEGER PRIMARY KEY, settings)")
        for number, settings in database.execute("SELECT number, settings FROM orgs").fetchall():
            stored = Settings.model_validate_json(settings)
            self._open(number, stored.model_copy(update={"latency_ms": latency_ms}))
        if not self._places:
            self.add()

    @property
    def default(self) -> Org:
        return self.default_place.org

    @property
    def default_place(self) -> Workplace:
        return self._places[1]

    def all(self) -> list[Org]:
        return [place.org for place in self._places.values()]

    def add(self) -> Org:
        """Another, empty org."""
        number = len(self._places) + 1
        with self._database.transaction():
            self._database.execute("INSERT INTO orgs VALUES (?, ?)", (number, self._fresh.model_dump_json()))
            return self._open(number, self._fresh)

    def named(self, org_id: str | None) -> Org | None:
        """The org with this id (15 or 18 characters); the default one for None."""
        if org_id is None:
            return self.default
        full = ids.normalized(org_id)
        return next((org for org in self.all() if org.id == full), None)

    def of_user(self, username: str) -> Org | None:
        """The org in which someone has this username."""
        return next((org for org in self.all() if org.user.username == username.lower()), None)

    def numbered(self, number: int) -> Org:
        return self._places[number].org

    def change(self, org: Org, settings: Settings) -> None:
        """Let an org behave differently, also after a restart. Raises BadRuleError, and then nothing has changed."""
        before = org.settings
        with self._database.transaction():
            org.change(settings)
            try:
                validation_rules.check(org)
            except validation_rules.BadRuleError:
                org.change(before)
                raise
            values = (settings.model_dump_json(), org.number)
            self._database.execute("UPDATE orgs SET settings = ? WHERE number = ?", values)

    def reset(self, org: Org) -> None:
        """Make an org what it was when it was new. Whoever is logged in stays so."""
        with self._database.transaction():
            self._places[org.number].jobs.stop()
            org.reset(self._fresh)
            self.change(org, self._fresh)
            self._places[org.number] = Workplace.of(org)

    def stop(self) -> None:
        """Let go of everything that is worked off in the background."""
        for place in self._places.values():
            place.jobs.stop()

    def caller(self, token: str) -> tuple[Workplace, Session] | None:
        """Whose access token this is; None when it is unknown or its session is over."""
        session = self.sessions.find(token)
        if session is None:
            return None
        place = self._places[session.org_number]
        return (place, session) if self.sessions.is_live(session, place.org.settings.session_seconds) else None

    def _open(self, number: int, settings: Settings) -> Org:
        org = Org(self._database, number, self._clock, settings)
        self._places[number] = Workplace.of(org)
        return org
