"""A short run of what `make chaos` does at length."""

from pathlib import Path

from tests.chaos.run import Plan, run
from tests.support.redis_server import needs_redis


@needs_redis
async def test_whatever_happens_each_lead_exists_once_and_everyone_is_told_the_truth(tmp_path: Path) -> None:
    report = await run(Plan(syncs=200, emails=20, clients=12, outage_seconds=0.2), tmp_path)

    assert report.problems == []
    assert report.outcomes["created"] > 0
