"""Running a query, page by page.

Source: fact sheet 4.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from infra.simulator import unverified
from infra.simulator.errors import failure
from infra.simulator.ids import base62, with_suffix
from infra.simulator.org import Org
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.parse import parse
from infra.simulator.soql.plan import Plan, plan

MAX_BATCH = 2000
MIN_BATCH = 200
_LOCATOR = re.compile(r"(01g[0-9A-Za-z]{15})-(\d{1,9})")


@dataclass(frozen=True)
class Page:
    """Some of the records a query found."""

    total: int
    records: list[dict[str, Any]]
    locator: str | None = None
    """Leads to the next page; None on the last."""


@dataclass(frozen=True)
class _Cursor:
    plan: Plan
    ids: list[str]
    batch: int


class Queries:
    """Runs the queries of one org and remembers where each left off."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._cursors: dict[str, _Cursor] = {}

    def run(self, text: str, base_path: str, *, batch: int = MAX_BATCH, include_deleted: bool = False) -> Page:
        """The first page of what a query finds. Raises SalesforceError."""
        try:
            ready = plan(self._org, parse(text), include_deleted=include_deleted)
        except SoqlError as error:
            raise error.as_refusal(text) from error
        database = self._org.tables.database
        if ready.counts:
            total = database.execute(ready.count_sql(), ready.values).fetchone()[0]
            return Page(int(total), [])
        rows = database.execute(ready.rows_sql(at_most=batch + 1), ready.values).fetchall()
        if len(rows) <= batch:
            return Page(len(rows), [ready.record(row, base_path) for row in rows])
        ids = [row[0] for row in database.execute(ready.ids_sql(), ready.values)]
        key = with_suffix("01g" + base62(len(self._cursors) + 1, 12))
        self._cursors[key] = _Cursor(ready, ids, batch)
        records = [ready.record(row, base_path) for row in rows[:batch]]
        return Page(len(ids), records, f"{key}-{batch}")

    def more(self, locator: str, base_path: str) -> Page:
        """The page a locator leads to. Raises SalesforceError."""
        found = _LOCATOR.fullmatch(locator)
        cursor = self._cursors.get(found[1]) if found else None
        start = int(found[2]) if found else 0
        if found is None or cursor is None or start >= len(cursor.ids):
            raise failure(400, "INVALID_QUERY_LOCATOR", unverified.INVALID_LOCATOR)
        end = start + cursor.batch
        records = self._records(cursor.plan, cursor.ids[start:end], base_path)
        return Page(len(cursor.ids), records, f"{found[1]}-{end}" if end < len(cursor.ids) else None)

    def _records(self, ready: Plan, ids: list[str], base_path: str) -> list[dict[str, Any]]:
        rows: Iterable[tuple[Any, ...]] = self._org.tables.database.execute(ready.some_rows_sql(len(ids)), ids)
        by_id = {row[0]: ready.record(row, base_path) for row in rows}
        return [by_id[record_id] for record_id in ids if record_id in by_id]
