"""Routes for leads that are there twice. Registered before the routes for one lead, whose path would match."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import BeforeValidator

from api.callers.dependencies import ServicesDep
from api.http.envelope import Envelope, answered
from api.http.idempotency import IdempotencyDep
from api.http.openapi_extensions import MCP_ANNOTATIONS, MCP_CONFIRMATION
from api.http.strict_inputs import StrictRoute
from api.routes.leads import DryRun, LeadPath
from domain.values.base import default_if_blank
from domain.values.inputs import MergeRequest
from domain.values.results import DuplicateLeads, MergedLeads, Plan

router = APIRouter(prefix="/v1/leads", tags=["duplicates"], route_class=StrictRoute)


@router.get("/duplicates", operation_id="salesforce_find_duplicate_leads", summary="Find duplicate leads")
async def find_duplicate_leads(
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=100, description="How many emails."), BeforeValidator(default_if_blank)] = 25,
) -> Envelope[DuplicateLeads]:
    """Find open leads that share an email, those with most leads first; of each group the oldest lead first.

    Use it before salesforce_merge_leads. Returns groups, count and more. To see who else has one email, use
    salesforce_get_lead.
    """
    return answered(await services.duplicates.find(limit))


@router.post(
    "/{lead:lead}/merge",
    operation_id="salesforce_merge_leads",
    summary="Merge leads",
    openapi_extra={
        MCP_ANNOTATIONS: {"idempotentHint": True, "destructiveHint": True},
        MCP_CONFIRMATION: True,
    },
)
async def merge_leads(
    lead: LeadPath,
    merge: Annotated[MergeRequest, Body()],
    services: ServicesDep,
    once: IdempotencyDep,
    dry_run: DryRun = False,
) -> Envelope[MergedLeads | Plan]:
    """Merge one or two other open leads into this one. This can not be undone: the others go to the recycle bin, what
    hangs on them moves here. This lead's own values stay; what it lacks is filled from the others, an address as a
    whole, and filled_from tells from which.

    LEAD_NOT_FOUND and LEAD_CONVERTED name the lead that can not be merged. AMBIGUOUS_LEAD: name this one by its Id.
    """
    if dry_run:
        return answered(await services.dry_run.merge(lead, merge))
    return answered(await once(MergedLeads, merge, lambda: services.duplicates.merge(lead, merge), lead=lead))
