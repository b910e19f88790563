"""Batches of Bulk API 1.0: they are added to a job, watched, and their results are fetched.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

from infra.simulator.async_api import answers
from infra.simulator.async_api.call import AsyncCall
from infra.simulator.bulk.batch_content import MAX_BYTES
from infra.simulator.bulk.classic_job import COMPLETED, FAILED, NOT_PROCESSED, Batch, ClassicJob
from infra.simulator.bulk.errors import invalid_batch
from infra.simulator.exchange.media_types import XML_TYPES, media_type
from infra.simulator.exchange.reply import Reply
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure

_SENT_AS = {
    "CSV": ("text/csv", "text/plain"),
    "JSON": ("application/json",),
    "XML": XML_TYPES,
}


def add(call: AsyncCall) -> Reply:
    job = _job(call)
    sent_as = media_type(call.headers)
    if sent_as and sent_as not in _SENT_AS[job.content_type]:
        raise invalid_batch(unverified.BATCH_OF_OTHER_TYPE.format(media_type=sent_as, content_type=job.content_type))
    if len(call.content) > MAX_BYTES:
        raise invalid_batch(unverified.BATCH_TOO_LARGE.format(most=MAX_BYTES))
    return answers.batch_info(call, call.context.classic_jobs.add_batch(job, call.content), 201)


def listing(call: AsyncCall) -> Reply:
    return answers.batch_info_list(call, _job(call).batches)


def show(call: AsyncCall) -> Reply:
    return answers.batch_info(call, _batch(call, _job(call)))


def request(call: AsyncCall) -> Reply:
    """What was sent as the batch."""
    job = _job(call)
    text = _batch(call, job).content.decode("utf-8", "replace")
    return answers.plain(text, answers.MEDIA_TYPES[job.content_type])


def results(call: AsyncCall) -> Reply:
    """What became of the records of a batch; for a query, the ids of its results."""
    job = _job(call)
    batch = _ended(_batch(call, job))
    return answers.result_list(job, batch) if job.is_query else answers.results(job, batch)


def result(call: AsyncCall) -> Reply:
    """What a query found."""
    job = _job(call)
    batch = _ended(_batch(call, job))
    if batch.selection is None or batch.result_id != call.matched["result"][:15]:
        raise invalid_batch(unverified.NO_SUCH_RESULT.format(id=call.matched["result"]))
    return answers.found(job, batch.selection)


def _job(call: AsyncCall) -> ClassicJob:
    """The job, which takes batches by the version it was made with."""
    job = call.job()
    if job.version != call.version:
        raise failure(400, "InvalidVersion", unverified.OTHER_VERSION.format(version=job.version))
    return job


def _batch(call: AsyncCall, job: ClassicJob) -> Batch:
    return call.context.classic_jobs.batch(job, call.matched["batch"])


def _ended(batch: Batch) -> Batch:
    """The batch, once there is something to be told about its records."""
    if batch.state == COMPLETED or (batch.state == FAILED and batch.processed):
        return batch
    if batch.state in (FAILED, NOT_PROCESSED):
        raise invalid_batch("Records not processed")
    raise invalid_batch(unverified.BATCH_NOT_ENDED.format(state=batch.state))
