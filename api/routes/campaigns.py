"""Routes for the campaigns that leads are in."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import Field

from api.callers.dependencies import ServicesDep
from api.http.envelope import Envelope, answered
from api.http.idempotency import IdempotencyOverRestDep
from api.http.openapi_extensions import MCP_ANNOTATIONS
from api.http.strict_inputs import StrictRoute
from api.routes.leads import DryRun, LeadPath
from domain.values.base import WriteInput
from domain.values.campaigns import CampaignMembership, CampaignName, CampaignRef, LeadCampaigns, MemberStatus
from domain.values.results import Plan

router = APIRouter(prefix="/v1/leads", tags=["campaigns"], route_class=StrictRoute)


class Membership(WriteInput):
    """What a lead shall be in a campaign."""

    status: MemberStatus = Field(None, description="Such as Responded.")


@router.get("/{lead:lead}/campaigns", operation_id="salesforce_list_lead_campaigns", summary="List a lead's campaigns")
async def list_lead_campaigns(lead: LeadPath, services: ServicesDep) -> Envelope[LeadCampaigns]:
    """List the campaigns that a lead is in, the latest first, with its status in each. Of a converted lead also those
    of its contact.
    """
    return answered(await services.campaigns.of(lead))


# A name may hold slashes.
@router.put(
    "/{lead:lead}/campaigns/{campaign:path}",
    operation_id="salesforce_add_to_campaign",
    summary="Add a lead to a campaign",
    openapi_extra={MCP_ANNOTATIONS: {"destructiveHint": False}},
)
async def add_to_campaign(
    lead: LeadPath,
    campaign: Annotated[CampaignName, Path(description="Id, or name of an active one.", examples=["Spring Webinar"])],
    services: ServicesDep,
    once: IdempotencyOverRestDep,
    membership: Annotated[Membership | None, Body()] = None,
    dry_run: DryRun = False,
) -> Envelope[CampaignMembership | Plan]:
    """Add a lead to a campaign, once: a member only gets the status, if any. Of a converted lead the contact is added.

    CAMPAIGN_NOT_FOUND names the nearest one, AMBIGUOUS_CAMPAIGN the Ids, INVALID_STATUS the statuses.
    """
    wanted = CampaignRef.of(campaign, (membership or Membership()).status)
    if dry_run:
        return answered(await services.dry_run.add_to_campaign(lead, wanted))
    return answered(await once(CampaignMembership, wanted, lambda: services.campaigns.add(lead, wanted), lead=lead))
