"""Answers of Bulk API 1.0: what jobs and batches are like and what came of them, in XML, JSON and CSV.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from infra.simulator.async_api.call import AsyncCall
from infra.simulator.bulk.classic_job import Batch, ClassicJob, Selection
from infra.simulator.bulk.csv_format import CsvFormat
from infra.simulator.bulk.loader import error_text
from infra.simulator.bulk.query import row
from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import XSI, document, element, value
from infra.simulator.org.values import text_for
from infra.simulator.records.dml import Outcome
from infra.simulator.schema import unverified
from infra.simulator.schema.dates import parse_datetime
from infra.simulator.schema.errors import SalesforceError
from infra.simulator.schema.fields import Field

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
JSON, XML, CSV = "application/json", "application/xml", "text/csv"
MEDIA_TYPES = {"JSON": JSON, "XML": XML, "CSV": CSV}
NOTHING_FOUND = "Records not found for this query"
_CODES = {
    "REQUEST_LIMIT_EXCEEDED": "ExceededQuota",
    "NOT_FOUND": "InvalidUrl",
    "METHOD_NOT_ALLOWED": "InvalidUrl",
    "UNSUPPORTED_MEDIA_TYPE": "ClientInputError",
    "INVALID_INPUT": "ClientInputError",
    "REQUEST_ENTITY_TOO_LARGE": "ClientInputError",
}
"""How Bulk API 1.0 calls what every API may refuse."""


def refusal(error: SalesforceError, *, as_json: bool) -> Reply:
    """A refusal as Bulk API 1.0 writes it."""
    problem = error.problems[0]
    status = 400 if problem.code in _CODES else error.status
    body = {"exceptionCode": _CODES.get(problem.code, problem.code), "exceptionMessage": problem.message}
    return _told(status, "error", body, as_json=as_json, headers=error.headers)


def job_info(call: AsyncCall, job: ClassicJob, status: int = 200) -> Reply:
    return _told(status, "jobInfo", job.info(), as_json=call.wants_json)


def batch_info(call: AsyncCall, batch: Batch, status: int = 200) -> Reply:
    return _told(status, "batchInfo", batch.info(), as_json=call.wants_json)


def batch_info_list(call: AsyncCall, batches: list[Batch]) -> Reply:
    infos = [batch.info() for batch in batches]
    if call.wants_json:
        return Reply(200, {"batchInfo": infos}, media_type=JSON)
    return _xml(200, "batchInfoList", *(_filled("batchInfo", info) for info in infos))


def results(job: ClassicJob, batch: Batch) -> Reply:
    """What became of each record, in the order they came."""
    if job.content_type == "JSON":
        return Reply(200, [_as_json(outcome) for outcome in batch.outcomes], media_type=JSON)
    if job.content_type == "XML":
        return _xml(200, "results", *(_as_xml(outcome) for outcome in batch.outcomes))
    rows = [["Id", "Success", "Created", "Error"], *(_as_row(outcome) for outcome in batch.outcomes)]
    return plain(CsvFormat().write(rows), CSV)


def plain(text: str, media_type: str) -> Reply:
    """Text whose type says nothing of its encoding: clients compare it with `text/csv`."""
    return Reply(200, text=text, headers={"Content-Type": media_type})


def result_list(job: ClassicJob, batch: Batch) -> Reply:
    """The ids of the results of a query."""
    if job.content_type == "JSON":
        return Reply(200, [batch.result_id], media_type=JSON)
    return _xml(200, "result-list", value("result", batch.result_id))


def found(job: ClassicJob, selection: Selection) -> Reply:
    """The records that a query found."""
    if job.content_type == "JSON":
        records = [_with_numbers_for_dates(record, selection.columns) for record in selection.records]
        return Reply(200, records, media_type=JSON)
    if job.content_type == "XML":
        return _xml(200, "queryResult", *(_record("records", record) for record in selection.records))
    if not selection.records:
        return Reply(200, text=NOTHING_FOUND, media_type=CSV)
    rows = [[*selection.columns], *(row(selection.columns, record) for record in selection.records)]
    return Reply(200, text=CsvFormat().write(rows), media_type=CSV)


def _told(
    status: int, name: str, body: Mapping[str, Any], *, as_json: bool, headers: Mapping[str, str] | None = None
) -> Reply:
    if as_json:
        return Reply(status, dict(body), headers or {}, media_type=JSON)
    return replace(_xml(status, name, *_filled(name, body)), headers=headers or {})


def _xml(status: int, name: str, *children: Element) -> Reply:
    root = element(name, *children)
    root.set("xmlns", NAMESPACE)
    root.set("xmlns:xsi", XSI)
    return Reply(status, text=document(root), media_type=XML)


def _filled(name: str, values: Mapping[str, Any]) -> Element:
    """An element with a child for everything there is."""
    return element(name, *(value(key, text_for(each)) for key, each in values.items() if each is not None))


def _as_json(outcome: Outcome) -> dict[str, Any]:
    errors = [{**problem.as_result(), "extendedErrorDetails": None} for problem in outcome.problems]
    return {
        "success": outcome.succeeded,
        "created": outcome.succeeded and outcome.created,
        "id": outcome.record_id,
        "errors": errors,
    }


def _as_xml(outcome: Outcome) -> Element:
    errors = [
        element(
            "errors",
            *(value("fields", name) for name in problem.fields or ()),
            value("message", problem.message),
            value("statusCode", problem.code),
        )
        for problem in outcome.problems
    ]
    return element(
        "result",
        *errors,
        *([value("id", outcome.record_id)] if outcome.record_id else []),
        value("success", text_for(outcome.succeeded)),
        value("created", text_for(outcome.succeeded and outcome.created)),
    )


def _as_row(outcome: Outcome) -> list[str]:
    created = outcome.succeeded and outcome.created
    error = "" if outcome.succeeded else error_text(outcome.problems)
    return [outcome.record_id or "", text_for(outcome.succeeded) or "", text_for(created) or "", error]


def _record(name: str, record: Mapping[str, Any]) -> Element:
    """A record in XML: its type, its id, and then its fields, of which the id may be one."""
    made = element(name, value("type", record["attributes"]["type"]), value("Id", record.get("Id")))
    made.set("xsi:type", "sObject")
    for key, content in record.items():
        if isinstance(content, dict):
            made.extend([] if key == "attributes" else [_record(key, content)])
        else:
            made.append(value(key, text_for(content)))
    return made


def _with_numbers_for_dates(record: dict[str, Any], columns: Mapping[str, Field | None]) -> dict[str, Any]:
    """JSON of bulk queries writes dates and times in milliseconds since 1970."""
    shown = copy.deepcopy(record)
    for path, each in columns.items():
        if each is None or each.type not in unverified.IN_MILLISECONDS:
            continue
        *parents, name = path.split(".")
        inner: Any = shown
        for parent in parents:
            inner = inner and inner[parent]
        if inner and inner[name] is not None:
            inner[name] = _milliseconds(each, inner[name])
    return shown


def _milliseconds(each: Field, text: str) -> int:
    moment = parse_datetime(text if each.type == "datetime" else f"{text}T00:00:00Z")
    assert moment is not None
    return round(moment.timestamp() * 1000)
