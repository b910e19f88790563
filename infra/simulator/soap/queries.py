"""Queries and searches over SOAP.

Source: fact sheet 4.1 and 7.7.
"""

from __future__ import annotations

import hashlib

from infra.simulator.exchange.parameters import whole_number
from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import element, text_of, value
from infra.simulator.schema.errors import failure
from infra.simulator.soap.call import SoapCall
from infra.simulator.soap.envelope import answer
from infra.simulator.soap.sobject import record_element, result_element
from infra.simulator.soql.queries import MAX_BATCH, MIN_BATCH, Page


def query(call: SoapCall) -> Reply:
    return _answer("query", _first_page(call, include_deleted=False))


def query_all(call: SoapCall) -> Reply:
    call.context.recycle_bin.forget_expired()
    return _answer("queryAll", _first_page(call, include_deleted=True))


def query_more(call: SoapCall) -> Reply:
    locator = text_of(call.message.body, "queryLocator") or ""
    return _answer("queryMore", call.context.queries.more(locator, call.base_path))


def search(call: SoapCall) -> Reply:
    """Source: fact sheet 4.3."""
    text = text_of(call.message.body, "searchString")
    if text is None:
        raise failure(400, "MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces.")
    found = call.context.searches.run(text, call.base_path)
    records = (element("searchRecords", record_element("record", record)) for record in found)
    query_id = hashlib.sha256(text.encode()).hexdigest()[:26]
    return answer("search", [element("result", value("queryId", query_id), *records)])


def _first_page(call: SoapCall, *, include_deleted: bool) -> Page:
    text = text_of(call.message.body, "queryString")
    if text is None:
        raise failure(400, "MALFORMED_QUERY", "A query string has to be specified")
    return call.context.queries.run(text, call.base_path, batch=_batch(call), include_deleted=include_deleted)


def _batch(call: SoapCall) -> int:
    """How many records a page may hold; a hint, so what is out of range is moved into it."""
    options = call.message.headers.get("QueryOptions")
    wish = whole_number(text_of(options, "batchSize")) if options is not None else None
    return MAX_BATCH if wish is None else min(max(wish, MIN_BATCH), MAX_BATCH)


def _answer(operation: str, page: Page) -> Reply:
    return answer(operation, [result_element("result", page.total, page.records, page.locator)])
