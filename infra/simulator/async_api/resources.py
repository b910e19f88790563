"""Every resource of Bulk API 1.0.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

from infra.simulator.async_api import batches, jobs
from infra.simulator.async_api.call import AsyncCall
from infra.simulator.exchange.routing import Resource, ResourceTable


def resource_table() -> ResourceTable[AsyncCall]:
    job, batch = "/job/{job}", "/job/{job}/batch/{batch}"
    return ResourceTable(
        (
            Resource("POST", "/job", "bulk1.create", jobs.create, "6.3"),
            Resource("GET", job, "bulk1.info", jobs.show, "6.3"),
            Resource("POST", job, "bulk1.change", jobs.change, "6.3"),
            Resource("POST", f"{job}/batch", "bulk1.add_batch", batches.add, "6.3"),
            Resource("GET", f"{job}/batch", "bulk1.batches", batches.listing, "6.3"),
            Resource("GET", batch, "bulk1.batch", batches.show, "6.3"),
            Resource("GET", f"{batch}/request", "bulk1.request", batches.request, "6.3"),
            Resource("GET", f"{batch}/result", "bulk1.results", batches.results, "6.3"),
            Resource("GET", f"{batch}/result/{{result}}", "bulk1.result", batches.result, "6.3"),
        )
    )
