"""Running a query, page by page.

Source: fact sheet 4.1.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.recently_viewed import RecentlyViewed
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure
from infra.simulator.schema.ids import base62, with_suffix
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.expressions import is_grouped
from infra.simulator.soql.grouping import MAX_GROUPS, group_plan
from infra.simulator.soql.parser import parse
from infra.simulator.soql.plan import Plan, plan
from infra.simulator.soql.syntax import Function, Query, Selected

MAX_BATCH = 2000
MIN_BATCH = 200
SEEN_FOR = frozenset({"VIEW", "REFERENCE"})
"""What makes the records of a query recently viewed, or referenced."""
CURSOR_LIFE = timedelta(days=2)
COUNT = (Selected(Function("COUNT", (), 0)),)
_LOCATOR = re.compile(r"(01g[0-9A-Za-z]{15})-(\d{1,9})")


@dataclass(frozen=True)
class Page:
    """Some of the records a query found."""

    total: int
    records: list[dict[str, Any]]
    locator: str | None = None
    """Leads to the next page; None on the last."""
    size: int = 0
    """How many records it holds, those of sub-queries among them."""

    def shown(self, base_path: str) -> dict[str, Any]:
        """As REST shows it. Source: fact sheet 4.1."""
        shown: dict[str, Any] = {"totalSize": self.total, "done": self.locator is None}
        if self.locator is not None:
            shown["nextRecordsUrl"] = f"{base_path}/query/{self.locator}"
        return {**shown, "records": self.records}


@dataclass(frozen=True)
class _Cursor:
    plan: Plan
    ids: list[str]
    batch: int
    """How many records a page may hold, those of sub-queries among them."""
    began: datetime


@dataclass
class _Filled:
    """A page in the making."""

    rows: int = 0
    size: int = 0
    records: list[dict[str, Any]] = field(default_factory=list)


class Queries:
    """Runs the queries of one org and remembers where each left off."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._recently_viewed = RecentlyViewed(org)
        self._cursors: dict[str, _Cursor] = {}
        self._last_cursor = 0

    def run(self, text: str, base_path: str, *, batch: int = MAX_BATCH, include_deleted: bool = False) -> Page:
        """The first page of what a query finds. Raises SalesforceError."""
        try:
            query = parse(text)
            if is_grouped(query):
                return self._groups(query, include_deleted=include_deleted)
            ready = plan(self._org, query, include_deleted=include_deleted)
        except SoqlError as error:
            raise error.as_refusal(text) from error
        if ready.counts:
            return Page(int(self._rows(ready.count_sql(), ready.values)[0][0]), [])
        return self._first_page(ready, ready.values, base_path, batch)

    def more(self, locator: str, base_path: str) -> Page:
        """The page a locator leads to. Raises SalesforceError."""
        self._forget_old()
        found = _LOCATOR.fullmatch(locator)
        cursor = self._cursors.get(found[1]) if found else None
        start = int(found[2]) if found else 0
        if found is None or cursor is None or start >= len(cursor.ids):
            raise failure(400, "INVALID_QUERY_LOCATOR", unverified.INVALID_LOCATOR)
        ids = cursor.ids[start : start + cursor.batch]
        by_id = {row[0]: row for row in self._rows(cursor.plan.some_rows_sql(len(ids)), ids)}
        filled = self._filled(cursor.plan, [by_id.get(record_id) for record_id in ids], base_path, cursor.batch)
        end = start + filled.rows
        following = f"{found[1]}-{end}" if end < len(cursor.ids) else None
        return Page(len(cursor.ids), filled.records, following, filled.size)

    def explain(self, text: str) -> dict[str, Any]:
        """How a query would be run, roughly. Raises SalesforceError. Source: fact sheet 4.1."""
        try:
            query = parse(text)
            (group_plan if is_grouped(query) else plan)(self._org, query)
            ready = plan(self._org, replace(query, selected=COUNT, order=(), group=(), having=None))
        except SoqlError as error:
            raise error.as_refusal(text) from error
        steps = self._rows(f"EXPLAIN QUERY PLAN {ready.count_sql()}", ready.values)
        is_indexed = any(" USING " in str(step[3]) and "SEARCH t0" in str(step[3]) for step in steps)
        found = {
            "cardinality": int(self._rows(ready.count_sql(), ready.values)[0][0]),
            "fields": [],
            "leadingOperationType": "Index" if is_indexed else "TableScan",
            "notes": [],
            "relativeCost": 0.1 if is_indexed else 1.0,
            "sobjectCardinality": self._org.tables.count(ready.sobject.name),
            "sobjectType": ready.sobject.name,
        }
        return {"plans": [found], "sourceQuery": text}

    def _groups(self, query: Query, *, include_deleted: bool) -> Page:
        ready = group_plan(self._org, query, include_deleted=include_deleted)
        rows = self._rows(ready.sql, ready.values)
        if len(rows) > MAX_GROUPS:
            raise failure(400, "EXCEEDED_ID_LIMIT", unverified.TOO_MANY_GROUPS)
        return Page(len(rows), [ready.record(row) for row in rows])

    def _first_page(self, ready: Plan, values: Sequence[Any], base_path: str, batch: int) -> Page:
        rows = self._rows(ready.rows_sql(at_most=batch + 1), values)
        filled = self._filled(ready, rows[:batch], base_path, batch)
        if filled.rows == len(rows):
            return Page(len(rows), filled.records, None, filled.size)
        ids = [row[0] for row in self._rows(ready.ids_sql(), values)]
        key = self._remember(_Cursor(ready, ids, batch, self._org.clock()))
        return Page(len(ids), filled.records, f"{key}-{filled.rows}", filled.size)

    def _filled(self, ready: Plan, rows: Sequence[tuple[Any, ...] | None], base_path: str, batch: int) -> _Filled:
        """As many records as fit on a page with their children; the row of a record that is gone by now is None."""
        filled = _Filled()
        for row in rows:
            if filled.size >= batch:
                break
            filled.rows += 1
            if row is None:
                continue
            record = ready.record(row, base_path)
            filled.records.append(record)
            filled.size += 1
            if ready.purposes & SEEN_FOR:
                only_referenced = "VIEW" not in ready.purposes
                self._recently_viewed.note(ready.sobject, row[0], only_referenced=only_referenced)
            for children in ready.children:
                page = self._first_page(children.plan, (row[0], *children.plan.values), base_path, batch)
                record[children.name] = page.shown(base_path) if page.records else None
                filled.size += page.size
        return filled

    def _rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            return self._org.tables.database.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "too many" in str(error):
                raise failure(400, "QUERY_TOO_COMPLICATED", unverified.QUERY_TOO_LONG) from error
            raise

    def _remember(self, cursor: _Cursor) -> str:
        self._forget_old()
        self._last_cursor += 1
        key = with_suffix("01g" + base62(self._last_cursor, 12))
        self._cursors[key] = cursor
        return key

    def _forget_old(self) -> None:
        oldest = self._org.clock() - CURSOR_LIFE
        for key in [key for key, cursor in self._cursors.items() if cursor.began < oldest]:
            del self._cursors[key]
