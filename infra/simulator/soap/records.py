"""Records over SOAP: create, update, upsert, delete, undelete, retrieve, merge, empty the recycle bin.

Source: fact sheet 7.1 and 7.7.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import child_of, children_of, element, text_of, texts_of, value
from infra.simulator.org.rendering import asked_for, shown
from infra.simulator.records.dml import Attempt, Outcome, attempt_all
from infra.simulator.records.merging import Merged
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import Problem, SalesforceError, failure
from infra.simulator.soap.call import SoapCall
from infra.simulator.soap.envelope import SoapFaultError, answer
from infra.simulator.soap.sobject import record_element, sobject_named, sobject_of, values_of

MAX_RECORDS = 200
MAX_RETRIEVED = 2000


def create(call: SoapCall) -> Reply:
    dml = call.context.dml(call.options())
    return _written(call, "create", "sObjects", lambda each: dml.create(sobject_of(call.org, each), values_of(each)))


def update(call: SoapCall) -> Reply:
    dml = call.context.dml(call.options())
    return _written(call, "update", "sObjects", lambda each: dml.update(sobject_of(call.org, each), values_of(each)))


def upsert(call: SoapCall) -> Reply:
    dml = call.context.dml(call.options())
    key_name = text_of(call.message.body, "externalIDFieldName") or ""

    def attempt(each: Element) -> Attempt:
        sobject = sobject_of(call.org, each)
        key = sobject.key(key_name)
        if key is None:
            raise failure(400, "INVALID_FIELD", unverified.NO_SUCH_KEY.format(name=key_name, object=sobject.name))
        return dml.upsert(sobject, key, values_of(each))

    return _written(call, "upsert", "sObjects", attempt, shows_created=True)


def delete(call: SoapCall) -> Reply:
    dml = call.context.dml(call.options())
    return _written(call, "delete", "ids", lambda each: dml.delete(_text(each)))


def undelete(call: SoapCall) -> Reply:
    dml = call.context.dml(call.options())
    return _written(call, "undelete", "ids", lambda each: dml.undelete(_text(each)))


def empty_recycle_bin(call: SoapCall) -> Reply:
    dml = call.context.dml(call.options())
    return _written(call, "emptyRecycleBin", "ids", lambda each: dml.forget(_text(each)))


def retrieve(call: SoapCall) -> Reply:
    """Records by their ids, nil for each that is not there."""
    body = call.message.body
    sobject = sobject_named(call.org, text_of(body, "sObjectType") or "")
    fields = asked_for(sobject, text_of(body, "fieldList") or "Id")
    named = texts_of(body, "ids")
    _refuse_too_many(len(named), MAX_RETRIEVED)
    found: list[Element] = []
    for text in named:
        record_id = ids.normalized(text)
        if record_id is None or not record_id.startswith(sobject.prefix):
            raise failure(400, "MALFORMED_ID", f"malformed id {text}")
        row = call.context.records.seen(sobject, record_id)
        alive = row is not None and not row.get("IsDeleted")
        record = {"attributes": {"type": sobject.name}, **shown(sobject, row, fields)} if row and alive else None
        found.append(record_element("result", record))
    return answer("retrieve", found)


def merge(call: SoapCall) -> Reply:
    requests = [*children_of(call.message.body, "request"), *children_of(call.message.body, "mergeRequests")]
    _refuse_too_many(len(requests), MAX_RECORDS)
    results = []
    for place, request in enumerate(requests):
        master = child_of(request, "masterRecord")
        if master is None:
            raise failure(400, "MISSING_ARGUMENT", unverified.MASTER_MISSING)
        results.append(_merged(call, request, master, locked=place in call.locked))
    return answer("merge", results)


def _merged(call: SoapCall, request: Element, master: Element, *, locked: bool) -> Element:
    values = values_of(master)
    master_id = str(values.pop("Id", ""))
    others = texts_of(request, "recordToMergeIds")
    try:
        if locked:
            raise failure(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        with call.org.tables.database.transaction():
            sobject = sobject_of(call.org, master)
            return _merge_result(call.context.merges.merge(sobject, master_id, others, values, call.options()))
    except SalesforceError as error:
        problems = (error_element(problem) for problem in error.problems)
        return element("result", *problems, value("id", ids.normalized(master_id)), value("success", "false"))


def _merge_result(merged: Merged) -> Element:
    return element(
        "result",
        value("id", merged.record_id),
        *(value("mergedRecordIds", record_id) for record_id in merged.merged_ids),
        value("success", "true"),
        *(value("updatedRelatedIds", record_id) for record_id in merged.related_ids),
    )


def error_element(problem: Problem) -> Element:
    fields = [value("fields", name) for name in problem.fields or ()]
    return element("errors", *fields, value("message", problem.message), value("statusCode", problem.code))


def _written(
    call: SoapCall, operation: str, name: str, attempt: Callable[[Element], Attempt], *, shows_created: bool = False
) -> Reply:
    """Do the same with every element of that name."""
    wishes = [*children_of(call.message.body, name)]
    _refuse_too_many(len(wishes), MAX_RECORDS)
    attempts = [attempt(wish) for wish in wishes]
    database = call.org.tables.database
    outcomes = attempt_all(database, attempts, all_or_none=call.all_or_none, locked=call.locked)
    return answer(operation, [_result(outcome, shows_created) for outcome in outcomes])


def _result(outcome: Outcome, shows_created: bool) -> Element:
    created = [value("created", "true" if outcome.created else "false")] if shows_created else []
    problems = (error_element(problem) for problem in outcome.problems)
    success = value("success", "true" if outcome.succeeded else "false")
    return element("result", *created, *problems, value("id", outcome.record_id), success)


def _refuse_too_many(count: int, most: int) -> None:
    if count > most:
        raise SoapFaultError("EXCEEDED_ID_LIMIT", unverified.TOO_MANY_RECORDS.format(most=most))


def _text(each: Element) -> str:
    return (each.text or "").strip()
