"""The route that converts a lead."""

from typing import Annotated

from fastapi import APIRouter, Body

from api.callers.dependencies import ServicesDep
from api.http.envelope import Envelope, answered
from api.http.idempotency import IdempotencyDep
from api.http.openapi_extensions import MCP_ANNOTATIONS, MCP_CONFIRMATION
from api.http.strict_inputs import StrictRoute
from api.routes.leads import DryRun, LeadPath
from domain.values.inputs import ConvertOptions
from domain.values.results import Conversion, Plan

router = APIRouter(prefix="/v1/leads", tags=["conversion"], route_class=StrictRoute)


@router.post(
    "/{lead:lead}/convert",
    operation_id="salesforce_convert_lead",
    summary="Convert a lead",
    openapi_extra={
        MCP_ANNOTATIONS: {"idempotentHint": True, "destructiveHint": True},
        MCP_CONFIRMATION: True,
    },
)
async def convert_lead(
    lead: LeadPath,
    services: ServicesDep,
    once: IdempotencyDep,
    options: Annotated[ConvertOptions | None, Body()] = None,
    dry_run: DryRun = False,
) -> Envelope[Conversion | Plan]:
    """Convert a qualified lead into an account and a contact and, if asked, an opportunity. This can not be undone.

    A lead that is converted already is a success with already_converted: true and its Ids. CONVERSION_REJECTED and
    DUPLICATE_DETECTED tell why Salesforce refused.
    """
    wanted = options or ConvertOptions()
    if dry_run:
        return answered(await services.dry_run.convert(lead, wanted))
    return answered(await once(Conversion, wanted, lambda: services.conversion.convert(lead, wanted), lead=lead))
