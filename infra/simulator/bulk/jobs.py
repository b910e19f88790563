"""The jobs of an org, and how they are worked off in the background.

Source: fact sheet 6.1 and 6.2.
"""

from __future__ import annotations

import asyncio

from infra.simulator.bulk.job import ABORTED, COMPLETE, ENDED, IN_PROGRESS, OPEN, UPLOADED, Job, Kind
from infra.simulator.bulk.loader import Loader, check_names
from infra.simulator.bulk.query import BulkQueries, row
from infra.simulator.exchange.exchange import Exchange
from infra.simulator.org.org import Org
from infra.simulator.schema.errors import SalesforceError, no_such_resource


class Jobs:
    """The jobs of one org, and those that are being worked off right now. They do not survive a restart."""

    def __init__(self, org: Org, exchange: Exchange, loader: Loader, queries: BulkQueries) -> None:
        self._org = org
        self._exchange = exchange
        self._loader = loader
        self._queries = queries
        self._jobs: dict[str, Job] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._made = 0

    def next_id(self) -> str:
        self._made += 1
        return self._org.fixed_id("750", self._made)

    def add(self, job: Job) -> None:
        self._jobs[job.id] = job

    def get(self, kind: Kind, text: str) -> Job:
        """The job with this id (15 or 18 characters). Raises SalesforceError NOT_FOUND."""
        job = next((job for job in self._jobs.values() if job.id[:15] == text[:15] and job.kind == kind), None)
        if job is None:
            raise no_such_resource()
        return job

    def all(self, kind: Kind) -> list[Job]:
        return [job for job in self._jobs.values() if job.kind == kind]

    def start(self, job: Job) -> None:
        """Do what the job asks for, in the background; how it went is written into it."""
        task = asyncio.get_running_loop().create_task(self._run(job))
        self._running[job.id] = task
        task.add_done_callback(lambda _: self._running.pop(job.id, None))

    def abort(self, job: Job) -> None:
        job.refuse_unless(OPEN, UPLOADED, IN_PROGRESS)
        job.state = ABORTED

    def delete(self, job: Job) -> None:
        job.refuse_unless(UPLOADED, *ENDED)
        self._cancel(job.id)
        del self._jobs[job.id]

    async def _run(self, job: Job) -> None:
        await asyncio.sleep(self._org.settings.bulk_seconds)
        if job.state != UPLOADED:
            return
        job.state = IN_PROGRESS
        try:
            locked = self._exchange.begin_part(f"bulk.{job.operation}", many=job.kind == "ingest")
            if job.kind == "ingest":
                await self._ingest(job, locked)
            else:
                await self._query(job)
        except SalesforceError as error:
            job.fail(error)
        if job.state == IN_PROGRESS:
            job.state = COMPLETE

    async def _ingest(self, job: Job, locked: frozenset[int]) -> None:
        job.read()
        check_names(job.operation, job.sobject, job.columns)
        records = (job.format.record(job.columns, row) for row in job.rows)
        attempt = self._loader.attempts(job.operation, job.sobject, job.key_name, job.options)
        async for outcomes in self._loader.write(records, attempt, locked, wanted=lambda: job.state == IN_PROGRESS):
            job.note(outcomes)

    async def _query(self, job: Job) -> None:
        include_deleted = job.operation == "queryAll"
        pages = self._queries.found(
            job.query, "", include_deleted=include_deleted, wanted=lambda: job.state == IN_PROGRESS
        )
        async for records in pages:
            job.rows.extend(row(job.columns, record) for record in records)

    def stop(self) -> None:
        """Let go of everything that is under way."""
        for job_id in [*self._running]:
            self._cancel(job_id)

    def _cancel(self, job_id: str) -> None:
        task = self._running.pop(job_id, None)
        if task is not None and not task.get_loop().is_closed():
            task.cancel()
