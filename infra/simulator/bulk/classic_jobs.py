"""The jobs of Bulk API 1.0 in one org, and how their batches are worked off in the background.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime, timedelta

from infra.simulator.bulk.batch_content import records_in
from infra.simulator.bulk.classic_job import (
    ABORTED,
    CLOSED,
    COMPLETED,
    IN_PROGRESS,
    NOT_PROCESSED,
    OPEN,
    QUEUED,
    SERIAL,
    Batch,
    ClassicJob,
    Selection,
)
from infra.simulator.bulk.errors import invalid_batch, invalid_job, invalid_job_state
from infra.simulator.bulk.loader import Loader, check_names
from infra.simulator.bulk.pk_chunking import Chunking, chunked, is_chunkable
from infra.simulator.bulk.query import BulkQueries, prepared
from infra.simulator.exchange.exchange import Exchange
from infra.simulator.org.org import Org
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError, failure
from infra.simulator.schema.fields import SObject
from infra.simulator.soql.parser import parse

MAX_DAILY_BATCHES = 15_000


class ClassicJobs:
    """The classic jobs of one org. They do not survive a restart."""

    def __init__(
        self, org: Org, exchange: Exchange, loader: Loader, queries: BulkQueries, next_job_id: Callable[[], str]
    ) -> None:
        self._org = org
        self._exchange = exchange
        self._loader = loader
        self._queries = queries
        self.next_id = next_job_id
        self._jobs: dict[str, ClassicJob] = {}
        self._batches_made = 0
        self._batch_times: deque[datetime] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._serial = asyncio.Lock()
        """Batches of serial jobs are worked off one at a time, whatever job they are of."""

    def add(self, job: ClassicJob) -> None:
        self._jobs[job.id] = job

    def get(self, text: str) -> ClassicJob:
        """The job with this id (15 or 18 characters). Raises SalesforceError InvalidJob."""
        job = next((job for job in self._jobs.values() if job.id[:15] == text[:15]), None)
        if job is None:
            raise invalid_job(unverified.NO_SUCH_JOB.format(id=text))
        return job

    def batch(self, job: ClassicJob, text: str) -> Batch:
        """A batch of the job. Raises SalesforceError InvalidBatch."""
        batch = next((batch for batch in job.batches if batch.id[:15] == text[:15]), None)
        if batch is None:
            raise invalid_batch(unverified.NO_SUCH_BATCH.format(id=text))
        return batch

    def batches_of_last_day(self) -> int:
        oldest = self._org.clock() - timedelta(hours=24)
        while self._batch_times and self._batch_times[0] < oldest:
            self._batch_times.popleft()
        return len(self._batch_times)

    def add_batch(self, job: ClassicJob, content: bytes) -> Batch:
        """Take a batch in and begin to work it off. Raises SalesforceError InvalidJobState, ExceededQuota."""
        if job.state != OPEN:
            raise invalid_job_state(unverified.JOB_NOT_OPEN.format(state=job.state))
        if self.batches_of_last_day() >= MAX_DAILY_BATCHES:
            raise failure(400, "ExceededQuota", "ApiBatchItems Limit exceeded.")
        return self._started(job, content)

    def close(self, job: ClassicJob) -> None:
        if job.state != OPEN:
            raise invalid_job_state(f"Closing already {job.state} Job not allowed")
        self._end(job, CLOSED)

    def abort(self, job: ClassicJob) -> None:
        """Let nothing more begin; what is under way is finished."""
        if job.state == ABORTED:
            raise invalid_job_state(f"Aborting already {job.state} Job not allowed")
        self._end(job, ABORTED)
        for batch in job.batches:
            if batch.state == QUEUED:
                self._finish(batch, NOT_PROCESSED)

    def stop(self) -> None:
        """Let go of everything that is under way."""
        for task in [*self._running]:
            if not task.get_loop().is_closed():
                task.cancel()

    def _end(self, job: ClassicJob, state: str) -> None:
        job.state, job.ended_at = state, self._org.now()

    def _finish(self, batch: Batch, state: str) -> None:
        batch.state, batch.ended_at = state, self._org.now()

    def _started(self, job: ClassicJob, content: bytes, *, is_chunk: bool = False) -> Batch:
        self._batches_made += 1
        self._batch_times.append(self._org.clock())
        batch = Batch(self._org.fixed_id("751", self._batches_made), job.id, self._org.now(), content)
        job.batches.append(batch)
        task = asyncio.get_running_loop().create_task(self._run(job, batch, is_chunk=is_chunk))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return batch

    async def _run(self, job: ClassicJob, batch: Batch, *, is_chunk: bool) -> None:
        await asyncio.sleep(self._org.settings.bulk_seconds)
        turn: AbstractAsyncContextManager[None] = self._serial if job.concurrency == SERIAL else nullcontext()
        async with turn:
            if batch.state != QUEUED:
                return
            batch.state = IN_PROGRESS
            try:
                locked = self._exchange.begin_part(f"bulk1.{job.operation}", many=not job.is_query)
                if job.is_query:
                    await self._query(job, batch, is_chunk=is_chunk)
                else:
                    await self._load(job, batch, locked)
            except SalesforceError as error:
                batch.fail(_of_query(error) if job.is_query else error)
            self._finish(batch, COMPLETED if batch.state == IN_PROGRESS else batch.state)

    async def _load(self, job: ClassicJob, batch: Batch, locked: frozenset[int]) -> None:
        names, records = records_in(batch.content, job.content_type)
        check_names(job.operation, job.sobject, names)
        attempt = self._loader.attempts(job.operation, job.sobject, job.key_name, job.options)
        async for outcomes in self._loader.write(records, attempt, locked):
            batch.outcomes.extend(outcomes)
            batch.processed += len(outcomes)

    async def _query(self, job: ClassicJob, batch: Batch, *, is_chunk: bool) -> None:
        soql = batch.content.decode("utf-8", "replace").strip()
        sobject, columns = prepared(self._org, soql)
        if sobject.name != job.sobject.name:
            message = f"The root entity of the requested query ({sobject.name}) does not match the entity of the "
            raise failure(400, "INVALID_TYPE_FOR_OPERATION", f"{message}requested Bulk API Job ({job.sobject.name}).")
        chunks = [] if is_chunk or job.chunking is None else await self._chunks(sobject, soql, job.chunking)
        if chunks:
            batch.state = NOT_PROCESSED
            for chunk in chunks if job.state != ABORTED else ():
                self._started(job, chunk.encode(), is_chunk=True)
            return
        selection = Selection(sobject, columns)
        include_deleted = job.operation == "queryAll"
        async for records in self._queries.found(soql, job.options.base_path, include_deleted=include_deleted):
            selection.records.extend(records)
            batch.processed += len(records)
        batch.selection = selection

    async def _chunks(self, sobject: SObject, soql: str, chunking: Chunking) -> list[str]:
        """The queries of all spans of ids; none where the query allows no chunks."""
        query = parse(soql)
        if not is_chunkable(soql, query):
            return []
        first_id = chunking.first_id or sobject.prefix + "0" * 12
        every_id = f"SELECT Id FROM {sobject.name} WHERE Id >= '{first_id}' ORDER BY Id"
        pages = self._queries.found(every_id, "", include_deleted=True)
        ids = [record["Id"] async for page in pages for record in page]
        return chunked(soql, ids or [first_id], chunking.size)


def _of_query(error: SalesforceError) -> SalesforceError:
    """Why a query was not processed; what it may not ask has another code in Bulk API 2.0."""
    problem = error.problems[0]
    code = "FUNCTIONALITY_NOT_ENABLED" if problem.code == "API_ERROR" else problem.code
    return invalid_batch(f"Failed to process query: {code}: {problem.message}")
