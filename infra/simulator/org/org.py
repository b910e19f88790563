"""One Salesforce org: who is in it, what its objects look like, and what happened in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from infra.simulator.org import definitions
from infra.simulator.org.changed_fields import adapt
from infra.simulator.org.formulas import Formulas
from infra.simulator.org.storage import Database, Row, Tables
from infra.simulator.org.users import User, Users, running_user_id
from infra.simulator.schema import ids
from infra.simulator.schema.dates import to_stamp
from infra.simulator.schema.fields import SObject
from infra.simulator.setup.countries import Countries
from infra.simulator.setup.custom_fields import CustomField
from infra.simulator.setup.set_up_files import countries_of_a_new_org
from infra.simulator.setup.settings import Settings
from infra.simulator.setup.shaping import Objects, permitted, shaped


class Org:
    """An org and everything in it. Nothing in here knows HTTP."""

    def __init__(self, database: Database, number: int, clock: Callable[[], datetime], settings: Settings) -> None:
        self.number = number
        self.tables = Tables(database, number)
        self.clock = clock
        self.settings = settings
        self.shaped_at = clock()
        """When the describes last changed."""
        self.countries: Countries | None = None
        """Those of the state and country picklists, where the org has them."""
        self.all_objects: Objects = {}
        """Objects as they are; Salesforce's own work knows all of them."""
        self.objects: Objects = {}
        """Objects as the user may see them."""
        self._counters: dict[str, int] = {}
        self._defined: set[str] = set()
        """The definitions that are written down."""
        self._pod = ids.base62(number + 620, 2)
        self.id = ids.with_suffix("00D" + self._pod + ids.base62(number, 10))
        self.users = Users(self.tables)
        self.user = User(self.fixed_id("005", 1), "demo@example.com" if number == 1 else f"demo{number}@example.com")
        """The one who built the org, and for whom everything is done that no other user asks for."""
        self.queue_id = self.fixed_id("00G", 1)
        self.shape()

    @property
    def running_user_id(self) -> str:
        """The user for whom something is done right now."""
        return running_user_id() or self.user.id

    def fixed_id(self, prefix: str, number: int) -> str:
        """The id with this number; ids of different orgs differ in their fourth and fifth characters."""
        return ids.with_suffix(prefix + self._pod + ids.base62(number, 10))

    def layout_id(self, sobject: SObject) -> str:
        """The id of an object's page layout, the same in every run."""
        return self.fixed_id("00h", ids.from_base62(sobject.prefix))

    def custom_fields_by_id(self) -> dict[str, CustomField]:
        """All custom fields, by the ids by which forms on the web and definitions name them."""
        fields = enumerate(self.settings.all_custom_fields(), 1)
        return {self.fixed_id("00N", number): each for number, each in fields}

    def now(self) -> str:
        return to_stamp(self.clock().replace(microsecond=0))

    def object(self, name: str) -> SObject | None:
        """The object of that name in any case."""
        found = self.objects.get(name.lower())
        if found is not None and found.is_virtual:
            self._define(found)
        return found

    def whole(self, sobject: SObject) -> SObject:
        """An object as Salesforce's own work sees it: with what is hidden from the user."""
        return self.all_objects[sobject.name.lower()]

    def object_of(self, record_id: str) -> SObject | None:
        """The object whose ids begin as this one does."""
        return next((sobject for sobject in self.objects.values() if sobject.prefix == record_id[:3]), None)

    def next_id(self, sobject: SObject) -> str:
        """An id that no record of this object has had."""
        last = self._counters.get(sobject.name)
        if last is None:
            greatest = self.tables.last_id(sobject.name)
            last = ids.from_base62(greatest[5:15]) if greatest else 0
        self._counters[sobject.name] = last + 1
        return self.fixed_id(sobject.prefix, last + 1)

    def change(self, settings: Settings) -> None:
        """Let the org behave differently from now on. Raises SetUpError."""
        before = self.all_objects
        self.settings = settings
        new_columns = self.shape()
        adapt(self.tables, before, self.all_objects, new_columns)

    def reset(self, settings: Settings) -> None:
        """Empty the org, of its people too. Raises SetUpError."""
        self.tables.drop_all()
        self._counters.clear()
        self.settings = settings
        self.shape()

    def record_effect(self, op: str, object_name: str, record_id: str, fields: Row) -> None:
        """Note in the ledger what was done to a record; undone with the transaction it is in."""
        entry = {"at": self.now(), "op": op, "object": object_name, "id": record_id, "fields": json.dumps(fields)}
        self.tables.insert("~ledger", entry)

    def effects(self, after: int = 0) -> list[dict[str, Any]]:
        """The committed effects later than the one numbered `after`."""
        rows = self.tables.find("~ledger", "seq > ? ORDER BY seq", (after,))
        return [{**row, "fields": json.loads(row["fields"])} for row in rows]

    def shape(self) -> dict[str, frozenset[str]]:
        """Bring objects and tables to what the settings say; answers the fields with a new column, by their object.

        Raises SetUpError.
        """
        self.shaped_at = self.clock()
        self._defined.clear()
        has_codes = self.settings.state_country_picklists
        self.countries = Countries(self.settings.countries or countries_of_a_new_org()) if has_codes else None
        self.all_objects = shaped(self.settings, self.countries, self.fixed_id)
        self.objects = permitted(self.all_objects, self.settings)
        new_columns = {sobject.name: self.tables.create(sobject) for sobject in self.all_objects.values()}
        self.tables.create_ledger()
        self.formulas = Formulas(self.tables, self.all_objects, self.clock, lambda: self.running_user_id)
        for sobject in self.all_objects.values():
            table = self.tables.name(sobject.name)
            self.tables.database.let_formulas(table, partial(self.formulas.shown, sobject))
        return new_columns

    def _define(self, definition: SObject) -> None:
        """Write down what the org looks like now, once for each shape."""
        if definition.name in self._defined:
            return
        fields = self.custom_fields_by_id().items()
        durable = {f"{field.object}.{field.name}": field_id[:15] for field_id, field in fields}
        self.tables.clear(definition.name)
        for row in definitions.rows_of(definition, self.objects.values(), to_stamp(self.shaped_at), durable):
            self.tables.insert(definition.name, row)
        self._defined.add(definition.name)
