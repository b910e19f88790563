"""Working off a query job, and handing out what it found page by page.

Source: fact sheet 6.2.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any

from infra.simulator.bulk.job import IN_PROGRESS, Job
from infra.simulator.org.org import Org
from infra.simulator.org.values import text_for
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure
from infra.simulator.schema.fields import SObject
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.expressions import is_grouped
from infra.simulator.soql.parser import parse
from infra.simulator.soql.plan import plan
from infra.simulator.soql.queries import Queries

MAX_PAGE = 50_000


def prepared(org: Org, soql: str) -> tuple[SObject, list[str]]:
    """The object a query asks for, and its columns. Raises SalesforceError for what bulk queries cannot do."""
    try:
        query = parse(soql)
        if is_grouped(query):
            raise failure(400, "API_ERROR", unverified.NOT_IN_BULK)
        ready = plan(org, query)
    except SoqlError as error:
        raise error.as_refusal(soql) from error
    if ready.counts or ready.children or ready.branches or query.offset:
        raise failure(400, "API_ERROR", unverified.NOT_IN_BULK)
    return ready.sobject, [".".join((*shown.parents, shown.name)) for shown in ready.shown]


async def run_query(job: Job, queries: Queries) -> None:
    """Find what the job asks for. Raises SalesforceError."""
    page = queries.run(job.query, "", include_deleted=job.operation == "queryAll")
    job.rows.extend(_row(job.columns, record) for record in page.records)
    while page.locator is not None and job.state == IN_PROGRESS:
        await asyncio.sleep(0)
        page = queries.more(page.locator, "")
        job.rows.extend(_row(job.columns, record) for record in page.records)


def page_of(job: Job, locator: str | None, most: int) -> tuple[str, int, str]:
    """Some of the rows as CSV with a header, how many they are, and the locator of the next ones or `null`."""
    start = _offset(locator) if locator else 0
    if start and start >= len(job.rows):
        raise failure(400, "INVALID_QUERY_LOCATOR", unverified.INVALID_LOCATOR)
    rows = job.rows[start : start + most]
    end = start + len(rows)
    following = _locator(end) if end < len(job.rows) else "null"
    return job.format.write([job.columns, *rows]), len(rows), following


def _row(columns: list[str], record: dict[str, Any]) -> list[str]:
    return [text_for(_at(record, column.split("."))) or "" for column in columns]


def _at(record: dict[str, Any], path: list[str]) -> Any:
    value: Any = record
    for step in path:
        if value is None:
            return None
        value = value[step]
    return value


def _locator(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(locator: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)))
    except (ValueError, binascii.Error) as error:
        raise failure(400, "INVALID_QUERY_LOCATOR", unverified.INVALID_LOCATOR) from error
