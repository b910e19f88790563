"""The route that platforms call again and again."""

from typing import Annotated

from fastapi import APIRouter, Body

from api.callers.dependencies import ServicesDep
from api.http.envelope import Envelope, answered
from api.http.idempotency import IdempotencyDep
from api.http.openapi_extensions import MCP_ANNOTATIONS, MCP_CONFIRMATION
from api.http.strict_inputs import StrictRoute
from api.routes.leads import DryRun
from domain.values.inputs import LeadSync
from domain.values.results import Plan, SyncResult

router = APIRouter(prefix="/v1/leads", tags=["sync"], route_class=StrictRoute)


@router.post(
    "/sync",
    operation_id="salesforce_sync_lead",
    summary="Sync a lead",
    openapi_extra={
        MCP_ANNOTATIONS: {"idempotentHint": True, "destructiveHint": True},
        MCP_CONFIRMATION: {"status": "scheduled"},
    },
)
async def sync_lead(
    lead: Annotated[LeadSync, Body()], services: ServicesDep, once: IdempotencyDep, dry_run: DryRun = False
) -> Envelope[SyncResult | Plan]:
    """Bring a lead into Salesforce by its email: create it, write what differs, or leave it as it is.

    Safe to call again with the same data: nothing that stands is written again, and missing or null values never erase
    anything. A lead that is converted already is skipped unless on_converted says otherwise; conversion tells what it
    became. Returns action (created, updated, unchanged or skipped), lead_id and changed_fields.
    """
    if dry_run:
        return answered(await services.dry_run.sync(lead))
    return answered(await once(SyncResult, lead, lambda: services.sync.sync(lead)))
