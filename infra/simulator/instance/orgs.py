"""All orgs of one simulator, and who is logged in to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Any

from infra.simulator.instance.context import Context
from infra.simulator.instance.sessions import Session, Sessions
from infra.simulator.org.org import Org
from infra.simulator.org.seed import seed
from infra.simulator.org.set_up_records import write_set_up
from infra.simulator.org.storage import Database
from infra.simulator.org.users import User
from infra.simulator.records.automation.checks import refuse_bad_rules
from infra.simulator.schema import ids
from infra.simulator.schema.dates import to_stamp
from infra.simulator.setup.set_up import SetUp
from infra.simulator.setup.set_up_files import changed
from infra.simulator.setup.settings import Settings

_RECORDED = ("lead_statuses", "assignment_rules", "assignment_owner_id", *SetUp.model_fields)
"""The settings that records tell about."""
CLIENT_ID = "demo-client"
CLIENT_SECRET = "demo-secret"
"""The connected app of every org: published, as is all that the simulator keeps."""
APPS = {CLIENT_ID: CLIENT_SECRET, "PlatformCLI": ""}
"""All apps that an org knows, and their secrets; the one of Salesforce's own command line has none, in any org."""


class Orgs:
    """Orgs by number; the first is the default one and always there. What they are set to survives a restart."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        random: Random,
        latency_ms: float | None,
        set_up: Mapping[str, Any] | None = None,
    ) -> None:
        """`set_up` holds settings by name, as a set-up file does. Raises SetUpError."""
        self._database = database
        self._clock = clock
        latency = {} if latency_ms is None else {"latency_ms": latency_ms}
        self._fresh = changed(Settings(), {**(set_up or {}), **latency})
        database.define("salesforce_now", lambda: to_stamp(clock()))
        self.sessions = Sessions(database, clock, random)
        self._fresh_of: dict[int, Settings] = {}
        """How the orgs began that were added since the start."""
        self._contexts: dict[int, Context] = {}
        database.execute("CREATE TABLE IF NOT EXISTS orgs (number INTEGER PRIMARY KEY, settings)")
        for number, settings in database.execute("SELECT number, settings FROM orgs").fetchall():
            self._open(number, Settings.model_validate_json(settings).model_copy(update=latency))
        if not self._contexts:
            self.add()
        elif set_up:
            self.change(self.default.org, changed(self.default.org.settings, set_up))

    @property
    def default(self) -> Context:
        return self._contexts[1]

    def add(self, changes: Mapping[str, Any] | None = None) -> Context:
        """Another, empty org, set up like the first one but for the changes. Raises SetUpError."""
        number = len(self._contexts) + 1
        settings = changed(self._fresh, changes or {})
        self._fresh_of[number] = settings
        with self._database.transaction():
            self._database.execute("INSERT INTO orgs VALUES (?, ?)", (number, settings.model_dump_json()))
            return self._open(number, settings)

    def named(self, org_id: str | None) -> Context | None:
        """The org with this id (15 or 18 characters); the default one for None."""
        if org_id is None:
            return self.default
        full = ids.normalized(org_id)
        return next((context for context in self._contexts.values() if context.org.id == full), None)

    def of_user(self, username: str) -> tuple[Context, User] | None:
        """The user of this name, and their org: the first one that has such a user."""
        found = ((context, context.org.users.named(username)) for context in self._contexts.values())
        return next(((context, user) for context, user in found if user is not None), None)

    def numbered(self, number: int) -> Context:
        return self._contexts[number]

    def change(self, org: Org, settings: Settings) -> None:
        """Let an org behave differently, also after a restart. Who is no longer an active user is logged out.

        Raises SetUpError, and then nothing has changed.
        """
        before = org.settings
        with self._database.transaction():
            try:
                _change(org, settings)
                refuse_bad_rules(org)
            except BaseException:
                _change(org, before)
                raise
            self._keep(org)

    def reset(self, org: Org) -> None:
        """Make an org what it was when it was new. Who was a user of it then stays logged in.

        Raises SetUpError, and then nothing has changed, where what the simulator was started with makes sense only
        together with what the org was set to before.
        """
        fresh, before = self._fresh_of.get(org.number, self._fresh), org.settings
        with self._database.transaction():
            try:
                org.reset(fresh)
                seed(org)
                refuse_bad_rules(org)
            except BaseException:
                org.reset(before)
                raise
            self._keep(org)
            self._contexts[org.number].stop()
            self._contexts[org.number] = Context.of(org)

    def stop(self) -> None:
        """Let go of everything that is worked off in the background."""
        for context in self._contexts.values():
            context.stop()

    def caller(self, token: str) -> tuple[Context, Session] | None:
        """Whose access token this is; None when it is unknown or its session is over."""
        session = self.sessions.find(token)
        if session is None:
            return None
        context = self._contexts[session.org_number]
        return (context, session) if self.sessions.is_live(session, context.org.settings.session_seconds) else None

    def _keep(self, org: Org) -> None:
        """Write down what an org is set to, and log out who is no active user of it."""
        self.sessions.end_all_but(org, org.users.active_ids())
        values = (org.settings.model_dump_json(), org.number)
        self._database.execute("UPDATE orgs SET settings = ? WHERE number = ?", values)

    def _open(self, number: int, settings: Settings) -> Context:
        org = Org(self._database, number, self._clock, settings)
        seed(org)
        refuse_bad_rules(org)
        self._contexts[number] = Context.of(org)
        return self._contexts[number]


def _change(org: Org, settings: Settings) -> None:
    before = org.settings
    org.change(settings)
    if {name: getattr(before, name) for name in _RECORDED} != {name: getattr(settings, name) for name in _RECORDED}:
        write_set_up(org)
