"""Jobs of Bulk API 1.0 without the protocol around them."""

from __future__ import annotations

import pytest

from infra.simulator.bulk.classic_job import ClassicJob
from infra.simulator.bulk.classic_jobs import MAX_DAILY_BATCHES
from infra.simulator.instance.context import Context
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.errors import SalesforceError
from tests.infra.simulator.conftest import Clock


async def test_an_org_takes_so_many_batches_a_day(context: Context, clock: Clock) -> None:
    jobs, lead = context.classic_jobs, context.org.object("Lead")
    assert lead is not None
    options = WriteOptions(context.org.user.id)
    job = ClassicJob(jobs.next_id(), "insert", lead, "59.0", context.org.now(), "CSV", options)
    for _ in range(MAX_DAILY_BATCHES):
        jobs.add_batch(job, b"")

    with pytest.raises(SalesforceError, match="ExceededQuota: ApiBatchItems Limit exceeded"):
        jobs.add_batch(job, b"")

    clock.move(hours=25)
    assert jobs.add_batch(job, b"").state == "Queued"
    jobs.stop()
