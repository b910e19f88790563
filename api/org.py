"""Routes about the org itself."""

from fastapi import APIRouter

from api.credentials import ServicesDep
from api.envelope import Envelope, answered
from domain.models import LeadDescription, OrgDescription

router = APIRouter(prefix="/v1", tags=["org"])


@router.get("/lead-fields", operation_id="salesforce_describe_lead", summary="Describe leads")
async def describe_lead(services: ServicesDep) -> Envelope[LeadDescription]:
    """Tell which fields leads have in this org, which are required, which values picklists offer, and which statuses
    there are. Use it before writing custom fields, picklist values or a status you are not sure of.
    """
    return answered(await services.org.describe_lead())


@router.get("/org", operation_id="salesforce_get_org", summary="Get the org")
async def get_org(services: ServicesDep) -> Envelope[OrgDescription]:
    """Tell who the caller is, which org this is, how many API calls are used and left, and what the caller may do."""
    return answered(await services.org.about())
