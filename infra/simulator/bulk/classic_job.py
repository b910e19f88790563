"""A job of Bulk API 1.0 and its batches. Salesforce calls such a job a classic one.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from infra.simulator.bulk.errors import told
from infra.simulator.bulk.pk_chunking import Chunking
from infra.simulator.records.dml import Outcome
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.errors import SalesforceError
from infra.simulator.schema.fields import Field, SObject

OPEN, CLOSED, ABORTED = "Open", "Closed", "Aborted"
QUEUED, IN_PROGRESS, COMPLETED, FAILED, NOT_PROCESSED = "Queued", "InProgress", "Completed", "Failed", "NotProcessed"
PARALLEL, SERIAL = "Parallel", "Serial"
QUERIES = ("query", "queryAll")


@dataclass(frozen=True)
class Selection:
    """What a query found: records as REST shows them, and every column, which may be that of a field."""

    sobject: SObject
    columns: dict[str, Field | None]
    records: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Batch:
    """Records to be written, or a query; and what came of it."""

    id: str
    job_id: str
    created_at: str
    content: bytes
    state: str = QUEUED
    message: str | None = None
    ended_at: str | None = None
    processed: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    """Of the records, in their order."""
    selection: Selection | None = None

    @property
    def result_id(self) -> str:
        """Names what a query found."""
        return f"752{self.id[3:15]}"

    @property
    def failed(self) -> int:
        return sum(not outcome.succeeded for outcome in self.outcomes)

    def fail(self, error: SalesforceError) -> None:
        """End because of something that is wrong with all of it."""
        self.state = FAILED
        self.message = told(error)

    def info(self) -> dict[str, Any]:
        """The BatchInfo."""
        return {
            "id": self.id,
            "jobId": self.job_id,
            "state": self.state,
            "stateMessage": self.message,
            "createdDate": self.created_at,
            "systemModstamp": self.ended_at or self.created_at,
            "numberRecordsProcessed": self.processed,
            "numberRecordsFailed": self.failed,
            "totalProcessingTime": self.processed,
            "apiActiveProcessingTime": self.processed,
            "apexProcessingTime": 0,
        }


@dataclass
class ClassicJob:
    """One operation on one object, for batches that come one by one."""

    id: str
    operation: str
    sobject: SObject
    version: str
    created_at: str
    content_type: str
    """CSV, JSON or XML: the form of the batches and of their results."""
    options: WriteOptions
    concurrency: str = PARALLEL
    key_name: str | None = None
    chunking: Chunking | None = None
    state: str = OPEN
    ended_at: str | None = None
    batches: list[Batch] = field(default_factory=list)

    @property
    def is_query(self) -> bool:
        return self.operation in QUERIES

    def info(self) -> dict[str, Any]:
        """The JobInfo."""
        states = [batch.state for batch in self.batches]
        processed = sum(batch.processed for batch in self.batches)
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.sobject.name,
            "createdById": self.options.user_id,
            "createdDate": self.created_at,
            "systemModstamp": self.ended_at or self.created_at,
            "state": self.state,
            "externalIdFieldName": self.key_name,
            "concurrencyMode": self.concurrency,
            "contentType": self.content_type,
            "assignmentRuleId": self.options.assignment_rule_id,
            "numberBatchesQueued": states.count(QUEUED),
            "numberBatchesInProgress": states.count(IN_PROGRESS),
            "numberBatchesCompleted": states.count(COMPLETED),
            "numberBatchesFailed": states.count(FAILED),
            "numberBatchesTotal": len(states) - states.count(NOT_PROCESSED),
            "numberRecordsProcessed": processed,
            "numberRetries": 0,
            "apiVersion": float(self.version),
            "numberRecordsFailed": sum(batch.failed for batch in self.batches),
            "totalProcessingTime": processed,
            "apiActiveProcessingTime": processed,
            "apexProcessingTime": 0,
        }
