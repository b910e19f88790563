"""Jobs of Bulk API 1.0: they are made, shown, closed and aborted.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

import re
from typing import Any

from infra.simulator.async_api.answers import job_info
from infra.simulator.async_api.call import AsyncCall
from infra.simulator.bulk.classic_job import ABORTED, CLOSED, PARALLEL, QUERIES, SERIAL, ClassicJob
from infra.simulator.bulk.errors import invalid_job, invalid_job_state
from infra.simulator.bulk.pk_chunking import DEFAULT_SIZE, MAX_SIZE, Chunking
from infra.simulator.exchange.reply import Reply
from infra.simulator.org.values import Notation
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import failure
from infra.simulator.schema.fields import SObject

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete", *QUERIES)
_NOTATIONS: dict[str, Notation] = {"CSV": "csv", "JSON": "json", "XML": "xml"}
_MODES = {PARALLEL: PARALLEL, SERIAL: SERIAL, 0: PARALLEL, 1: SERIAL}
"""JSON may name a mode by its number, as simple-salesforce does."""


def create(call: AsyncCall) -> Reply:
    """Open a job. Raises SalesforceError."""
    wish = call.wish()
    operation, content_type = wish.get("operation"), wish.get("contentType") or "XML"
    if operation not in OPERATIONS:
        raise invalid_job(unverified.BAD_OPERATION.format(operation=operation))
    if content_type not in _NOTATIONS:
        raise invalid_job(unverified.BAD_CONTENT_TYPE.format(content_type=content_type))
    mode = _MODES.get(wish.get("concurrencyMode") or PARALLEL)
    if mode is None:
        raise invalid_job(unverified.BAD_CONCURRENCY.format(mode=wish["concurrencyMode"]))
    sobject = _sobject(call, wish, operation)
    rule_id = str(wish["assignmentRuleId"]) if wish.get("assignmentRuleId") else None
    job = ClassicJob(
        call.context.classic_jobs.next_id(),
        operation,
        sobject,
        call.version,
        call.context.org.now(),
        content_type,
        WriteOptions(
            call.session.user_id,
            base_path=f"/services/data/v{call.version}",
            notation=_NOTATIONS[content_type],
            assign=rule_id is not None,
            assignment_rule_id=rule_id,
        ),
        concurrency=mode,
        key_name=_key_name(sobject, wish, operation),
        chunking=_chunking(call.headers.get("sforce-enable-pkchunking", "")) if operation in QUERIES else None,
    )
    call.context.classic_jobs.add(job)
    return job_info(call, job, 201)


def show(call: AsyncCall) -> Reply:
    return job_info(call, call.job())


def change(call: AsyncCall) -> Reply:
    """Close a job or abort it; nothing else of it can be changed."""
    job, wish = call.job(), call.wish()
    if wish.keys() - {"state", "id"}:
        raise invalid_job(unverified.ONLY_STATE)
    if wish.get("state") == CLOSED:
        call.context.classic_jobs.close(job)
    elif wish.get("state") == ABORTED:
        call.context.classic_jobs.abort(job)
    else:
        raise invalid_job_state(unverified.BAD_CLASSIC_STATE.format(state=wish.get("state")))
    return job_info(call, job)


def _sobject(call: AsyncCall, wish: dict[str, Any], operation: str) -> SObject:
    name = wish.get("object")
    sobject = call.context.org.object(name) if isinstance(name, str) else None
    if sobject is None:
        raise failure(400, "InvalidEntity", unverified.INVALID_ENTITY.format(name=name))
    if operation not in QUERIES and not sobject.writable:
        raise failure(400, "InvalidEntity", f"Entity '{sobject.name}' is not supported by the Bulk API.")
    return sobject


def _key_name(sobject: SObject, wish: dict[str, Any], operation: str) -> str | None:
    """The external id of an upsert, which no other operation has."""
    name = wish.get("externalIdFieldName") or None
    if operation != "upsert":
        if name is not None:
            raise invalid_job(unverified.KEY_WITHOUT_UPSERT)
        return None
    if name is None:
        raise invalid_job(unverified.UPSERT_NEEDS_KEY)
    key = sobject.key(str(name))
    if key is None:
        raise invalid_job(unverified.NO_SUCH_KEY.format(name=name, object=sobject.name))
    return key.name


def _chunking(header: str) -> Chunking | None:
    """`true`, `chunkSize=1000; startRow=00Q…`; None where nothing, or `false`, is said."""
    parts = [part.strip() for part in re.split("[;,]", header) if part.strip()]
    if not parts or "false" in (part.lower() for part in parts):
        return None
    options = {name.strip().lower(): text.strip() for name, _, text in (part.partition("=") for part in parts)}
    size, first = options.get("chunksize", ""), options.get("startrow", "")
    if ("chunksize" in options and not re.fullmatch("[1-9][0-9]{0,8}", size)) or (
        "startrow" in options and ids.normalized(first) is None
    ):
        raise failure(400, "ClientInputError", unverified.BAD_CHUNKING.format(header=header))
    return Chunking(min(int(size), MAX_SIZE) if size else DEFAULT_SIZE, first)
