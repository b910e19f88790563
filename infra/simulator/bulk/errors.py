"""What is wrong with a bulk job or batch, by the codes of the Bulk API.

Source: the codes: "Errors", Bulk API Developer Guide.
"""

from __future__ import annotations

from infra.simulator.schema.errors import SalesforceError, failure


def invalid_batch(message: str) -> SalesforceError:
    return failure(400, "InvalidBatch", message)


def invalid_job(message: str) -> SalesforceError:
    return failure(400, "InvalidJob", message)


def invalid_job_state(message: str) -> SalesforceError:
    return failure(400, "InvalidJobState", message)
