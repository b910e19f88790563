"""What is wrong with a bulk job or batch, by the codes of the Bulk API.

Source: the codes: "Errors", Bulk API Developer Guide.
"""

from __future__ import annotations

from infra.simulator.schema.errors import SalesforceError, failure


def told(error: SalesforceError) -> str:
    """How a job or a batch says why it failed: `CODE : message`."""
    return "; ".join(f"{problem.code} : {problem.message}" for problem in error.problems)


def invalid_batch(message: str) -> SalesforceError:
    return failure(400, "InvalidBatch", message)


def invalid_job(message: str) -> SalesforceError:
    return failure(400, "InvalidJob", message)


def invalid_job_state(message: str) -> SalesforceError:
    return failure(400, "InvalidJobState", message)
