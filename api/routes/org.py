"""Routes about the org itself."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.callers.dependencies import ServicesDep
from api.callers.read_only import is_read_only
from api.http.envelope import Envelope, answered
from api.http.strict_inputs import StrictRoute
from api.routes.leads import Fields
from domain.values.org import LeadDescription, OrgDescription

router = APIRouter(prefix="/v1", tags=["org"], route_class=StrictRoute)


@router.get(
    "/lead-fields",
    operation_id="salesforce_describe_lead",
    summary="Describe leads",
    response_model_exclude_unset=True,
)
async def describe_lead(services: ServicesDep, fields: Annotated[Fields, Query()] = None) -> Envelope[LeadDescription]:
    """Tell which fields leads have in this org, which are required, the values of picklists, statuses, record types.

    Use it before writing custom fields, picklist values or a status you are not sure of.
    """
    return answered(await services.org.describe_lead(fields))


@router.get("/org", operation_id="salesforce_get_org", summary="Get the org", response_model_exclude_unset=True)
async def get_org(request: Request, services: ServicesDep) -> Envelope[OrgDescription]:
    """Tell who the caller is, which org this is, how many API calls are used and left, and what the caller may do.

    read_only: true says that nothing can be written here; tools names the only tools of this connection, if not all.
    """
    tools = getattr(request.state, "tools", None)
    return answered(await services.org.about(read_only=is_read_only(request), tools=tools))
