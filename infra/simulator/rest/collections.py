"""sObject collections: up to 200 records of any objects in one call.

Source: fact sheet 5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard

from infra.simulator.exchange.reply import Reply
from infra.simulator.org.rendering import asked_for, shown
from infra.simulator.records.dml import Attempt, Outcome, attempt_all
from infra.simulator.rest.call import Call
from infra.simulator.rest.sobjects import writable
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import failure, no_such_resource
from infra.simulator.schema.fields import SObject

MAX_RECORDS = 200
MAX_RETRIEVED = 2000
MAX_CHUNKS = 10

Record = dict[str, Any]


def create(call: Call) -> Reply:
    dml = call.context.dml(call.options())
    body = call.json_object()
    attempts = [dml.create(sobject, values) for sobject, values in _records(call, body)]
    return _answer(call, attempts, body.get("allOrNone") is True, _result)


def update(call: Call) -> Reply:
    dml = call.context.dml(call.options())
    body = call.json_object()
    attempts = [dml.update(sobject, values) for sobject, values in _records(call, body)]
    return _answer(call, attempts, body.get("allOrNone") is True, _result)


def upsert(call: Call) -> Reply:
    sobject = writable(call)
    key = call.context.records.key(sobject, call.matched["key"])
    dml = call.context.dml(call.options())
    body = call.json_object()
    records = _records(call, body)
    for other, _ in records:
        if other.name != sobject.name:
            raise failure(400, "INVALID_INPUT", unverified.OTHER_TYPE.format(type=other.name, path=sobject.name))
    attempts = [dml.upsert(sobject, key, values) for _, values in records]
    return _answer(call, attempts, body.get("allOrNone") is True, _upsert_result)


def delete(call: Call) -> Reply:
    named = _ids(call.parameters.get("ids", ""), MAX_RECORDS)
    dml = call.context.dml(call.options())
    all_or_none = call.parameters.get("allOrNone", "").lower() == "true"
    return _answer(call, [dml.delete(text) for text in named], all_or_none, _result)


def retrieve(call: Call) -> Reply:
    """Records by their ids, null for each that is not there."""
    return _retrieved(call, _ids(call.parameters.get("ids", ""), MAX_RETRIEVED), call.parameters.get("fields"))


def retrieve_many(call: Call) -> Reply:
    body = call.json_object()
    named, fields = body.get("ids"), body.get("fields")
    if not _are_texts(named) or not _are_texts(fields):
        raise failure(400, "INVALID_INPUT", unverified.IDS_AND_FIELDS_NEEDED)
    _refuse_too_many(len(named), MAX_RETRIEVED)
    return _retrieved(call, named, ",".join(fields))


def _retrieved(call: Call, named: list[str], field_names: str | None) -> Reply:
    sobject = call.sobject()
    if not field_names:
        raise failure(400, "INVALID_INPUT", unverified.IDS_AND_FIELDS_NEEDED)
    fields = asked_for(sobject, field_names)
    return Reply(200, [_found(call, sobject, text, fields) for text in named])


def _found(call: Call, sobject: SObject, text: str, fields: Any) -> Record | None:
    record_id = ids.normalized(text)
    row = call.context.records.seen(sobject, record_id) if record_id else None
    if record_id is None or row is None or row.get("IsDeleted"):
        return None
    attributes = {"type": sobject.name, "url": call.url_of(sobject, record_id)}
    return {"attributes": attributes, **shown(sobject, row, fields, base_path=call.base_path)}


def _answer(call: Call, attempts: list[Attempt], all_or_none: bool, show: Callable[[Outcome], Record]) -> Reply:
    outcomes = attempt_all(call.org.tables.database, attempts, all_or_none=all_or_none, locked=call.locked)
    failed = not all(outcome.succeeded for outcome in outcomes)
    return Reply(200, [show(outcome) for outcome in outcomes], failed=failed)


def _result(outcome: Outcome) -> Record:
    entry: Record = {"success": outcome.succeeded, "errors": [problem.as_result() for problem in outcome.problems]}
    return {"id": outcome.record_id, **entry} if outcome.record_id else entry


def _upsert_result(outcome: Outcome) -> Record:
    return {**_result(outcome), "created": outcome.created}


def _records(call: Call, body: Record) -> list[tuple[SObject, Record]]:
    """The records of a body, each with its object. Raises SalesforceError for all when one says none."""
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise failure(400, "INVALID_INPUT", unverified.RECORDS_NEEDED)
    _refuse_too_many(len(records), MAX_RECORDS)
    typed = [(_sobject(call, record), record) for record in records]
    chunks = sum(place == 0 or typed[place - 1][0].name != sobject.name for place, (sobject, _) in enumerate(typed))
    if chunks > MAX_CHUNKS:
        raise failure(400, "INVALID_INPUT", unverified.TOO_MANY_CHUNKS.format(count=chunks, most=MAX_CHUNKS))
    return typed


def _sobject(call: Call, record: Record) -> SObject:
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(name, str):
        raise failure(400, "INVALID_INPUT", unverified.TYPE_NEEDED)
    sobject = call.org.object(name)
    if sobject is None or not sobject.writable:
        raise no_such_resource()
    return sobject


def _ids(text: str, most: int) -> list[str]:
    named = [part.strip() for part in text.split(",") if part.strip()]
    if not named:
        raise failure(400, "INVALID_INPUT", unverified.IDS_NEEDED)
    _refuse_too_many(len(named), most)
    return named


def _refuse_too_many(count: int, most: int) -> None:
    if count > most:
        raise failure(400, "EXCEEDED_ID_LIMIT", unverified.TOO_MANY_RECORDS.format(most=most))


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
