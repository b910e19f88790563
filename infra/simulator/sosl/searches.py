"""Searching an org.

Source: fact sheet 4.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.storage import quoted
from infra.simulator.schema.dates import to_stamp
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.parser import parse_search
from infra.simulator.soql.plan import Plan, plan
from infra.simulator.soql.syntax import Path, Query, Selected
from infra.simulator.sosl.terms import Terms, terms, terms_sql

MAX_ROWS = 2000
MAX_ROWS_OF_ONE = 250
"""Rows when only one object is searched and nothing narrows it."""
ID_ONLY = (Selected(Path(("Id",), 0)),)

_FIELD_TYPES = {"NAME": None, "EMAIL": {"email"}, "PHONE": {"phone"}, "ALL": None, "SIDEBAR": None}


@dataclass(frozen=True)
class Search:
    """What to look for, in which fields, and what to tell about each object's records."""

    wanted: Terms
    group: str = "ALL"
    returned: tuple[Query, ...] = ()
    """Empty: the ids of all objects that can be searched."""
    limit: int = MAX_ROWS


class Searches:
    """Searches one org."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def run(self, text: str, base_path: str) -> list[dict[str, Any]]:
        """The records a SOSL statement finds. Raises SalesforceError."""
        try:
            found = parse_search(text)
            search = Search(
                terms(found.text, found.at), found.group, found.returned, min(found.limit or MAX_ROWS, MAX_ROWS)
            )
            return self.find(search, base_path)
        except SoqlError as error:
            raise error.as_refusal(text) from error

    def find(self, search: Search, base_path: str) -> list[dict[str, Any]]:
        """The records a search finds, object by object. Raises SoqlError."""
        if search.group not in _FIELD_TYPES:
            raise SoqlError("MALFORMED_SEARCH", f"unexpected token: '{search.group}'")
        records: list[dict[str, Any]] = []
        for query in search.returned or self._everything():
            ready = self._plan(search, query)
            if ready is None:
                continue
            most = search.limit - len(records)
            if len(search.returned) == 1 and not (query.where or query.order or query.limit is not None):
                most = min(most, MAX_ROWS_OF_ONE)
            if most > 0:
                rows = self._org.tables.database.execute(ready.rows_sql(at_most=most), ready.values)
                records += [ready.record(row, base_path) for row in rows.fetchall()]
        return records

    def _everything(self) -> Iterable[Query]:
        for sobject in self._org.objects.values():
            if sobject.searchable:
                yield Query(ID_ONLY, Path((sobject.name,), 0))

    def _plan(self, search: Search, query: Query) -> Plan | None:
        """The query narrowed to records with the words; None when its object has no such fields."""
        ready = plan(self._org, query)
        if not ready.sobject.searchable:
            raise SoqlError(
                "INVALID_TYPE", f"entity type {ready.sobject.name} does not support search", query.source.at
            )
        columns = [f"t0.{quoted(field.name)}" for field in _searched(ready.sobject, search.group)]
        if not columns:
            return None
        values = [*ready.values]
        condition = f"{ready.condition} AND {terms_sql(search.wanted, columns, values)}"
        if ready.sobject.name == "Lead":
            # Only who may view and edit converted leads finds them, and our user may not.
            condition += " AND t0.IsConverted = 0"
        if self._org.settings.search_delay_seconds:
            condition += " AND t0.SystemModstamp <= ?"
            values.append(to_stamp(self._org.clock() - timedelta(seconds=self._org.settings.search_delay_seconds)))
        return replace(ready, condition=condition, values=(*values,))


def _searched(sobject: SObject, group: str) -> list[Field]:
    """The fields that are looked through."""
    if group == "NAME":
        names = (sobject.name_field, "FirstName", "LastName")
        return [field for field in sobject.fields if field.name in names]
    types = _FIELD_TYPES[group]
    texts = [field for field in sobject.fields if field.is_text and field.has_column]
    return [field for field in texts if types is None or field.type in types]
