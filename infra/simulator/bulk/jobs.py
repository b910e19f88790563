"""Jobs and their life: open, uploaded, in progress, and one of three ends.

Source: fact sheet 6.1 and 6.2.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal

from infra.simulator import unverified
from infra.simulator.bulk.tabular import Format
from infra.simulator.errors import SalesforceError, failure, no_such_resource
from infra.simulator.options import WriteOptions
from infra.simulator.org import Org
from infra.simulator.schema.fields import SObject

OPEN, UPLOADED, IN_PROGRESS = "Open", "UploadComplete", "InProgress"
COMPLETE, FAILED, ABORTED = "JobComplete", "Failed", "Aborted"
ENDED = (COMPLETE, FAILED, ABORTED)

Kind = Literal["ingest", "query"]


@dataclass
class Job:
    """One job. Rows are lists of cells; those of the results stand beside what the caller sent."""

    id: str
    kind: Kind
    operation: str
    sobject: SObject
    version: str
    created_at: str
    format: Format
    options: WriteOptions
    key_name: str | None = None
    query: str = ""
    state: str = OPEN
    content: str | None = None
    error: str | None = None
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    """What was uploaded, or what a query found."""
    processed: int = 0
    successes: list[list[str]] = field(default_factory=list)
    failures: list[list[str]] = field(default_factory=list)

    def refuse_unless(self, *states: str) -> None:
        """Raise SalesforceError when the job is in another state."""
        if self.state not in states:
            raise failure(400, "INVALIDJOBSTATE", unverified.WRONG_JOB_STATE.format(state=self.state))

    def info(self) -> dict[str, Any]:
        """The job as the API shows it."""
        common: dict[str, Any] = {
            "id": self.id,
            "operation": self.operation,
            "object": self.sobject.name,
            "createdById": self.options.user_id,
            "createdDate": self.created_at,
            "systemModstamp": self.created_at,
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
            "lineEnding": self.format.line_ending,
            "columnDelimiter": self.format.delimiter,
        }
        if self.kind == "query":
            return {**common, "jobType": "V2Query", "numberRecordsProcessed": len(self.rows), "retries": 0}
        if self.key_name is not None:
            common["externalIdFieldName"] = self.key_name
        if self.state == OPEN:
            return {**common, "contentUrl": f"services/data/v{self.version}/jobs/ingest/{self.id}/batches"}
        return {**common, "jobType": "V2Ingest", **self._counts()}

    def _counts(self) -> dict[str, Any]:
        counts: dict[str, Any] = {
            "numberRecordsProcessed": self.processed,
            "numberRecordsFailed": len(self.failures),
            "retries": 0,
            "totalProcessingTime": self.processed,
            "apiActiveProcessingTime": self.processed,
            "apexProcessingTime": 0,
        }
        return counts if self.error is None else {**counts, "errorMessage": self.error}


class Jobs:
    """The jobs of one org, and those that are being worked off right now. They do not survive a restart."""

    def __init__(self, org: Org) -> None:
        self._org = org
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

    def start(self, job: Job, work: Coroutine[Any, Any, None]) -> None:
        """Work the job off in the background."""
        task = asyncio.get_running_loop().create_task(work)
        self._running[job.id] = task
        task.add_done_callback(lambda _: self._running.pop(job.id, None))

    def abort(self, job: Job) -> None:
        job.refuse_unless(OPEN, UPLOADED, IN_PROGRESS)
        job.state = ABORTED

    def delete(self, job: Job) -> None:
        job.refuse_unless(UPLOADED, *ENDED)
        self._cancel(job.id)
        del self._jobs[job.id]

    def stop(self) -> None:
        """Let go of everything that is under way."""
        for job_id in [*self._running]:
            self._cancel(job_id)

    def _cancel(self, job_id: str) -> None:
        task = self._running.pop(job_id, None)
        if task is not None and not task.get_loop().is_closed():
            task.cancel()


def failed(job: Job, error: SalesforceError) -> None:
    """The job ends because of something that is wrong with all of it."""
    job.state = FAILED
    job.error = "; ".join(f"{problem.code} : {problem.message}" for problem in error.problems)
