"""A job and its life: open, uploaded, in progress, and one of three ends.

Source: fact sheet 6.1 and 6.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from infra.simulator.bulk.csv_format import CsvFormat
from infra.simulator.bulk.errors import told
from infra.simulator.bulk.loader import error_text
from infra.simulator.records.dml import Outcome
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError, failure
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
    format: CsvFormat
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

    def read(self) -> None:
        """Take the upload apart. Raises SalesforceError."""
        table = self.format.read(self.content or "")
        self.content = None
        if table:
            self.columns, self.rows = table[0], table[1:]

    def note(self, outcomes: list[Outcome]) -> None:
        """Remember what became of the next rows."""
        rows = self.rows[self.processed : self.processed + len(outcomes)]
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome.succeeded:
                self.successes.append([outcome.record_id or "", "true" if outcome.created else "false", *row])
            else:
                self.failures.append([outcome.record_id or "", error_text(outcome.problems), *row])
        self.processed += len(rows)

    def fail(self, error: SalesforceError) -> None:
        """End because of something that is wrong with all of it."""
        self.state = FAILED
        self.error = told(error)

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
