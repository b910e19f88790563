"""Queries over REST.

Source: fact sheet 4.1.
"""

from __future__ import annotations

import re

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.rest.list_views import query_of
from infra.simulator.rest.query_columns import query_columns
from infra.simulator.schema.errors import failure
from infra.simulator.soql.queries import MAX_BATCH, MIN_BATCH

_BATCH_SIZE = re.compile(r"\bbatchSize\s*=\s*(\d{1,6})", re.IGNORECASE)


def query(call: Call) -> Reply:
    if "explain" in call.parameters and "q" not in call.parameters:
        wanted = call.parameters["explain"]
        return Reply(200, call.context.queries.explain(query_of(call.org, wanted) or wanted))
    return _first_page(call, include_deleted=False)


def query_all(call: Call) -> Reply:
    call.context.recycle_bin.forget_expired()
    return _first_page(call, include_deleted=True)


def query_more(call: Call) -> Reply:
    page = call.context.queries.more(call.matched["locator"], call.base_path)
    return Reply(200, page.shown(call.base_path))


def _first_page(call: Call, *, include_deleted: bool) -> Reply:
    text = call.parameters.get("q")
    if text is None:
        raise failure(400, "MALFORMED_QUERY", "A query string has to be specified")
    if call.parameters.get("columns", "").lower() == "true":
        return Reply(200, query_columns(call.org, text))
    page = call.context.queries.run(text, call.base_path, batch=_batch(call), include_deleted=include_deleted)
    return Reply(200, page.shown(call.base_path))


def _batch(call: Call) -> int:
    """How many records a page may hold; a hint, so what is out of range is moved into it."""
    found = _BATCH_SIZE.search(call.headers.get("sforce-query-options", ""))
    return min(max(int(found[1]), MIN_BATCH), MAX_BATCH) if found else MAX_BATCH
