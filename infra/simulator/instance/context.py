"""An org together with what works on it: what a call of any protocol needs."""

from __future__ import annotations

from dataclasses import dataclass

from infra.simulator.bulk.classic_jobs import ClassicJobs
from infra.simulator.bulk.jobs import Jobs
from infra.simulator.bulk.loader import Loader
from infra.simulator.bulk.query import BulkQueries
from infra.simulator.exchange.exchange import Exchange
from infra.simulator.org.org import Org
from infra.simulator.org.recently_viewed import RecentlyViewed
from infra.simulator.records.conversion.conversion import Conversions
from infra.simulator.records.dml import Dml
from infra.simulator.records.merging import Merges
from infra.simulator.records.records import Records
from infra.simulator.records.recycle_bin import RecycleBin
from infra.simulator.records.replication import Replication
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.soql.queries import Queries
from infra.simulator.sosl.searches import Searches


@dataclass(frozen=True)
class Context:
    """Everything a request needs to be answered."""

    org: Org
    exchange: Exchange
    records: Records
    recycle_bin: RecycleBin
    recently_viewed: RecentlyViewed
    replication: Replication
    conversions: Conversions
    merges: Merges
    queries: Queries
    searches: Searches
    jobs: Jobs
    classic_jobs: ClassicJobs

    def dml(self, options: WriteOptions) -> Dml:
        """Writes of many records, as one caller wants them."""
        return Dml(self.org, self.records, self.recycle_bin, options)

    def stop(self) -> None:
        """Let go of everything that is worked off in the background."""
        self.jobs.stop()
        self.classic_jobs.stop()

    @classmethod
    def of(cls, org: Org) -> Context:
        exchange, records, recycle_bin, queries = Exchange(org), Records(org), RecycleBin(org), Queries(org)
        loader = Loader(org, records, recycle_bin)
        bulk_queries = BulkQueries(queries, recycle_bin)
        jobs = Jobs(org, exchange, loader, bulk_queries)
        return cls(
            org,
            exchange,
            records,
            recycle_bin,
            RecentlyViewed(org),
            Replication(org, recycle_bin),
            Conversions(org, records),
            Merges(org, records),
            queries,
            Searches(org),
            jobs,
            ClassicJobs(org, exchange, loader, bulk_queries, jobs.next_id),
        )
