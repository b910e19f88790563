"""What bulk queries may ask, what they find, and how it is handed out page by page.

Source: fact sheet 6.2.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from infra.simulator.bulk.job import Job
from infra.simulator.org.org import Org
from infra.simulator.org.rendering import value_at
from infra.simulator.org.values import text_for
from infra.simulator.records.recycle_bin import RecycleBin
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.expressions import is_grouped
from infra.simulator.soql.parser import parse
from infra.simulator.soql.plan import plan
from infra.simulator.soql.queries import Queries

MAX_PAGE = 50_000


def prepared(org: Org, soql: str) -> tuple[SObject, dict[str, Field | None]]:
    """The object a query asks for, and its columns: their paths, and the fields behind those that are plain fields.

    Raises SalesforceError for what bulk queries cannot do.
    """
    try:
        query = parse(soql)
        if is_grouped(query):
            raise failure(400, "API_ERROR", unverified.NOT_IN_BULK)
        ready = plan(org, query)
    except SoqlError as error:
        raise error.as_refusal(soql) from error
    if ready.counts or ready.children or ready.branches or query.offset:
        raise failure(400, "API_ERROR", unverified.NOT_IN_BULK)
    columns = {
        ".".join((*shown.parents, shown.name)): ready.scope.sobject_at(shown.parents).field(shown.name)
        for shown in ready.shown
    }
    if any(field is not None and not field.is_stored for field in columns.values()):
        raise failure(400, "API_ERROR", "Selecting compound data not supported in Bulk Query")
    return ready.sobject, columns


class BulkQueries:
    """Runs the queries of bulk jobs, some records at a time, so that other callers are not kept waiting."""

    def __init__(self, queries: Queries, recycle_bin: RecycleBin) -> None:
        self._queries = queries
        self._recycle_bin = recycle_bin

    async def found(
        self, soql: str, base_path: str, *, include_deleted: bool, wanted: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """The records of a query, page by page, as long as they are wanted. Raises SalesforceError."""
        if include_deleted:
            self._recycle_bin.forget_expired()
        page = self._queries.run(soql, base_path, include_deleted=include_deleted)
        yield page.records
        while page.locator is not None and wanted():
            await asyncio.sleep(0)
            page = self._queries.more(page.locator, base_path)
            yield page.records


def row(columns: Iterable[str], record: dict[str, Any]) -> list[str]:
    """A record as cells."""
    return [text_for(value_at(record, column)) or "" for column in columns]


def page_of(job: Job, locator: str | None, most: int) -> tuple[str, int, str]:
    """Some of the rows as CSV with a header, how many they are, and the locator of the next ones or `null`."""
    start = _offset(locator) if locator else 0
    if start < 0 or (start and start >= len(job.rows)):
        raise failure(400, "INVALID_QUERY_LOCATOR", unverified.INVALID_LOCATOR)
    rows = job.rows[start : start + most]
    end = start + len(rows)
    following = _locator(end) if end < len(job.rows) else "null"
    return job.format.write([job.columns, *rows]), len(rows), following


def _locator(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(locator: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)))
    except (ValueError, binascii.Error) as error:
        raise failure(400, "INVALID_QUERY_LOCATOR", unverified.INVALID_LOCATOR) from error
