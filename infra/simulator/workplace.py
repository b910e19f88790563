"""An org together with what works on it: the same for all protocols."""

from __future__ import annotations

from dataclasses import dataclass

from infra.simulator.bulk.jobs import Jobs
from infra.simulator.conversion import Conversions
from infra.simulator.merging import Merges
from infra.simulator.org import Org
from infra.simulator.records import Records
from infra.simulator.recycle_bin import RecycleBin
from infra.simulator.soql.run import Queries
from infra.simulator.sosl.run import Searches


@dataclass(frozen=True)
class Workplace:
    """Everything a request needs to be worked off."""

    org: Org
    records: Records
    recycle_bin: RecycleBin
    conversions: Conversions
    merges: Merges
    queries: Queries
    searches: Searches
    jobs: Jobs

    @classmethod
    def of(cls, org: Org) -> Workplace:
        records = Records(org)
        return cls(
            org,
            records,
            RecycleBin(org),
            Conversions(org, records),
            Merges(org, records),
            Queries(org),
            Searches(org),
            Jobs(org),
        )
