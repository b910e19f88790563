"""Bulk API 2.0 over REST: jobs that take records in, and jobs that give them out.

Source: fact sheet 6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from infra.simulator.bulk import query
from infra.simulator.bulk.csv_format import DELIMITERS, LINE_ENDINGS, CsvFormat
from infra.simulator.bulk.job import ABORTED, COMPLETE, ENDED, FAILED, OPEN, UPLOADED, Job, Kind
from infra.simulator.exchange.media_types import media_type
from infra.simulator.exchange.parameters import whole_number
from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.rest.multipart import TYPE, json_of, parts_of
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
MAX_CONTENT = 100_000_000
MAX_MULTIPART = 100_000
CSV = "text/csv"


def create_ingest(call: Call) -> Reply:
    """Open a job; with a multipart body its content comes along and it is worked off at once."""
    if media_type(call.headers) != TYPE:
        return Reply(200, _opened(call, call.json_object()).info())
    wish, content = _multipart(call)
    job = _opened(call, wish)
    job.content, job.state = content, UPLOADED
    call.context.jobs.start(job)
    return Reply(200, job.info())


def upload(call: Call) -> Reply:
    job = _job(call, "ingest")
    job.refuse_unless(OPEN)
    if job.content is not None:
        raise failure(400, "INVALIDJOBSTATE", unverified.UPLOADED_TWICE)
    sent_as = media_type(call.headers, CSV)
    if sent_as != CSV:
        raise failure(415, "UNSUPPORTED_MEDIA_TYPE", unverified.UNSUPPORTED_MEDIA_TYPE.format(media_type=sent_as))
    if len(call.content) > MAX_CONTENT:
        raise failure(413, "REQUEST_ENTITY_TOO_LARGE", unverified.UPLOAD_TOO_LARGE.format(most=MAX_CONTENT))
    job.content = _text(call.content)
    return Reply(201)


def change_ingest(call: Call) -> Reply:
    """Close the upload, which starts the work, or abort the job."""
    job = _job(call, "ingest")
    state = call.json_object().get("state")
    if state == UPLOADED:
        job.refuse_unless(OPEN)
        job.state = UPLOADED
        call.context.jobs.start(job)
    elif state == ABORTED:
        call.context.jobs.abort(job)
    else:
        raise failure(400, "INVALIDJOBSTATE", unverified.BAD_JOB_STATE)
    return Reply(200, job.info())


def successes(call: Call) -> Reply:
    return _results(call, ("sf__Id", "sf__Created"), lambda job: job.successes)


def failures(call: Call) -> Reply:
    return _results(call, ("sf__Id", "sf__Error"), lambda job: job.failures)


def unprocessed(call: Call) -> Reply:
    return _results(call, (), lambda job: job.rows[job.processed :])


def create_query(call: Call) -> Reply:
    body = call.json_object()
    operation, soql = body.get("operation"), body.get("query")
    if operation not in ("query", "queryAll") or not isinstance(soql, str):
        raise failure(400, "INVALIDJOB", unverified.QUERY_JOB_NEEDS)
    sobject, columns = query.prepared(call.org, soql)
    job = Job(
        call.context.jobs.next_id(),
        "query",
        operation,
        sobject,
        call.version,
        call.org.now(),
        _format(body),
        call.options(),
        query=soql,
        state=UPLOADED,
        columns=[*columns],
    )
    call.context.jobs.add(job)
    call.context.jobs.start(job)
    return Reply(200, job.info())


def change_query(call: Call) -> Reply:
    job = _job(call, "query")
    if call.json_object().get("state") != ABORTED:
        raise failure(400, "INVALIDJOBSTATE", unverified.BAD_JOB_STATE)
    call.context.jobs.abort(job)
    return Reply(200, job.info())


def query_results(call: Call) -> Reply:
    job = _job(call, "query")
    _refuse_other_version(call, job)
    job.refuse_unless(COMPLETE)
    most = whole_number(call.parameters.get("maxRecords")) or query.MAX_PAGE
    text, count, locator = query.page_of(job, call.parameters.get("locator"), most)
    headers = {"Sforce-NumberOfRecords": str(count), "Sforce-Locator": locator}
    return Reply(200, headers=headers, text=text, media_type=CSV)


def info(kind: Kind) -> Callable[[Call], Reply]:
    return lambda call: Reply(200, _job(call, kind).info())


def listing(kind: Kind) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        records = [job.info() for job in call.context.jobs.all(kind)]
        return Reply(200, {"done": True, "records": records, "nextRecordsUrl": None})

    return answer


def delete(kind: Kind) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        call.context.jobs.delete(_job(call, kind))
        return Reply(204)

    return answer


def _job(call: Call, kind: Kind) -> Job:
    return call.context.jobs.get(kind, call.matched["job"])


def _results(call: Call, added: tuple[str, ...], rows: Callable[[Job], list[list[str]]]) -> Reply:
    job = _job(call, "ingest")
    job.refuse_unless(*ENDED)
    header = [*added, *job.columns]
    text = job.format.write([header, *rows(job)] if job.state != FAILED or job.columns else [])
    return Reply(200, text=text, media_type=CSV)


def _opened(call: Call, body: dict[str, Any]) -> Job:
    """A new job as the body wants it. Raises SalesforceError."""
    name, operation = body.get("object"), body.get("operation")
    if not isinstance(name, str) or operation not in OPERATIONS or body.get("contentType", "CSV") != "CSV":
        raise failure(400, "INVALIDJOB", unverified.INGEST_JOB_NEEDS)
    sobject = call.org.object(name)
    if sobject is None or not sobject.writable:
        raise failure(400, "INVALIDENTITY", unverified.INVALID_ENTITY.format(name=name))
    key_name = body.get("externalIdFieldName")
    if operation == "upsert":
        if not isinstance(key_name, str):
            raise failure(400, "INVALIDJOB", unverified.UPSERT_NEEDS_KEY)
        key_name = call.context.records.key(sobject, key_name).name
    rule_id = body["assignmentRuleId"] if isinstance(body.get("assignmentRuleId"), str) else None
    job = Job(
        call.context.jobs.next_id(),
        "ingest",
        operation,
        sobject,
        call.version,
        call.org.now(),
        _format(body),
        replace(call.options(), assign=rule_id is not None, assignment_rule_id=rule_id, notation="csv"),
        key_name=key_name if operation == "upsert" else None,
    )
    call.context.jobs.add(job)
    return job


def _format(body: dict[str, Any]) -> CsvFormat:
    delimiter, ending = body.get("columnDelimiter") or "COMMA", body.get("lineEnding") or "LF"
    if delimiter not in DELIMITERS or ending not in LINE_ENDINGS:
        raise failure(400, "INVALIDJOB", unverified.BAD_FORMAT)
    return CsvFormat(delimiter, ending)


def _multipart(call: Call) -> tuple[dict[str, Any], str]:
    """The parts `job` (JSON) and `content` (CSV) of a multipart body."""
    parts = parts_of(call.headers["content-type"], call.content)
    if not {"job", "content"} <= parts.keys():
        raise failure(400, "INVALIDJOB", unverified.MULTIPART_NEEDS)
    if len(parts["content"]) > MAX_MULTIPART:
        raise failure(400, "INVALIDJOB", unverified.UPLOAD_TOO_LARGE.format(most=MAX_MULTIPART))
    return json_of("job", parts["job"]), _text(parts["content"])


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise failure(400, "INVALIDJOB", unverified.NOT_UTF8.format(place=error.start)) from error


def _refuse_other_version(call: Call, job: Job) -> None:
    if call.version != job.version:
        raise failure(409, "VERSION_CONFLICT", unverified.OTHER_VERSION.format(version=job.version))
