"""Routes for leads one by one."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, status
from pydantic import BaseModel, Field, StringConstraints, model_validator
from starlette.convertors import PathConvertor, register_url_convertor

from api.callers.dependencies import ServicesDep
from api.http.envelope import Envelope, answered
from api.http.idempotency import IdempotencyDep, IdempotencyOverRestDep
from api.http.openapi_extensions import MCP_ANNOTATIONS, MCP_CONFIRMATION, MCP_SUMMARY
from api.http.strict_inputs import StrictRoute
from domain.values.base import WriteInput
from domain.values.ids import LeadId, LeadRef
from domain.values.inputs import LeadChanges, LeadDraft, ScheduledConversion, refuse_idle_conversion
from domain.values.lead import FoundLead, Lead
from domain.values.listing import LeadFilter, LeadPage
from domain.values.results import DeletedLead, Plan, RestoredLead, SyncResult
from domain.values.text import Separable

router = APIRouter(prefix="/v1/leads", tags=["leads"], route_class=StrictRoute)


class _LeadInPath(PathConvertor):
    """A lead's Id or email address. An address may have slashes before its @, and ends with the segment."""

    regex = "[^/]+|[^@]+@[^/]+"


register_url_convertor("lead", _LeadInPath())

LeadPath = Annotated[
    LeadRef,
    Path(description="Id or email address.", examples=["ada@example.com"]),
]


DryRun = Annotated[bool, Query(description="Only tell what would change.")]

Fields = Annotated[
    Annotated[list[str], Separable] | None,
    Field(
        max_length=100,
        description="Only these; custom ones by API name.",
        examples=[["email", "phone"]],
    ),
]


class LeadQuery(LeadFilter):
    """Which leads to list, and how much of them."""

    cursor: str | None = Field(None, max_length=400, description="`next_cursor` of the page before.")
    fields: Fields = None


SUMMARY = [
    "id",
    "name",
    "email",
    "company",
    "title",
    "phone",
    "source",
    "status",
    "owner_id",
    "is_converted",
    "created_at",
]
"""What a model needs of each listed lead to choose one."""


class Nothing(BaseModel):
    """What a request without a body says."""


class StatusChange(WriteInput):
    """The status a lead shall have."""

    status: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)] = Field(
        description="`scheduled`, `objected`, or a status of the org.",
        examples=["objected"],
    )
    conversion: ScheduledConversion | None = Field(None, description="How `scheduled` converts.")

    @model_validator(mode="after")
    def _fit_together(self) -> "StatusChange":
        refuse_idle_conversion(self.status, self.conversion)
        return self


@router.get(
    "",
    operation_id="salesforce_list_leads",
    summary="List leads",
    response_model_exclude_unset=True,
    openapi_extra={MCP_SUMMARY: SUMMARY},
)
async def list_leads(query: Annotated[LeadQuery, Query()], services: ServicesDep) -> Envelope[LeadPage]:
    """List or search leads, newest first by default. Use salesforce_get_lead when you know the Id or email.

    All filters must hold together. Returns leads, count and next_cursor, which is the cursor for the next page.
    """
    return answered(await services.leads.list(query, query.fields, query.cursor))


@router.post(
    "",
    operation_id="salesforce_create_lead",
    summary="Create a lead",
    status_code=status.HTTP_201_CREATED,
    response_model_exclude_unset=True,
)
async def create_lead(
    draft: Annotated[LeadDraft, Body()], services: ServicesDep, once: IdempotencyDep
) -> Envelope[Lead]:
    """Create a lead that does not exist yet, and return it. Use salesforce_sync_lead when it may exist.

    Refused with LEAD_ALREADY_EXISTS when an open lead has this email, with DUPLICATE_DETECTED when a duplicate rule of
    the org objects. After OUTCOME_UNKNOWN look for the email before trying again.
    """
    return answered(await once(Lead, draft, lambda: services.leads.create(draft)), status.HTTP_201_CREATED)


@router.get("/{lead:lead}", operation_id="salesforce_get_lead", summary="Get a lead", response_model_exclude_unset=True)
async def get_lead(
    lead: LeadPath, services: ServicesDep, fields: Annotated[Fields, Query()] = None
) -> Envelope[FoundLead]:
    """Get one lead by Id or email, with all its fields or those in fields. To search, use salesforce_list_leads.

    By email: the lead a sync would touch (open before converted, then the oldest), and in duplicates the Ids of the
    others with that email. LEAD_NOT_FOUND when there is none.
    """
    return answered(await services.leads.get(lead, fields))


@router.patch(
    "/{lead:lead}", operation_id="salesforce_update_lead", summary="Update a lead", response_model_exclude_unset=True
)
async def update_lead(
    lead: LeadPath,
    changes: Annotated[LeadChanges, Body()],
    services: ServicesDep,
    once: IdempotencyOverRestDep,
    dry_run: DryRun = False,
) -> Envelope[Lead | Plan]:
    """Change fields of an open lead, and return it. Only what is sent changes; null clears a field.

    For the status use salesforce_update_lead_status. AMBIGUOUS_LEAD when several open leads have the email (name one by
    Id), LEAD_CONVERTED when the lead is converted and read-only.
    """
    if dry_run:
        return answered(await services.dry_run.update(lead, changes))
    return answered(await once(Lead, changes, lambda: services.leads.update(lead, changes), lead=lead))


@router.delete(
    "/{lead:lead}",
    operation_id="salesforce_delete_lead",
    summary="Delete a lead",
    openapi_extra={MCP_CONFIRMATION: True},
)
async def delete_lead(
    lead: LeadPath, services: ServicesDep, once: IdempotencyDep, dry_run: DryRun = False
) -> Envelope[DeletedLead | Plan]:
    """Put a lead into Salesforce's recycle bin. To close a lead without losing it, set the status objected instead.

    By email only an open lead is meant: AMBIGUOUS_LEAD when there are several, LEAD_CONVERTED when only a converted
    one has it.
    """
    if dry_run:
        return answered(await services.dry_run.delete(lead))
    return answered(await once(DeletedLead, Nothing(), lambda: services.leads.delete(lead), lead=lead))


@router.post(
    "/{lead:lead}/restore",
    operation_id="salesforce_restore_lead",
    summary="Restore a lead",
    openapi_extra={MCP_ANNOTATIONS: {"idempotentHint": True}},
)
async def restore_lead(
    lead: Annotated[LeadId, Path(description="The Id of the deleted lead.", examples=["00Q000000000001AAA"])],
    services: ServicesDep,
    once: IdempotencyOverRestDep,
) -> Envelope[RestoredLead]:
    """Take a deleted lead out of Salesforce's recycle bin, where it stays for fifteen days. Only by Id.

    Returns restored (false when it was not deleted) and in duplicates the Ids of other open leads with its email.
    LEAD_NOT_FOUND when it is neither there nor in the bin.
    """
    return answered(await once(RestoredLead, Nothing(), lambda: services.leads.restore(lead), lead=lead))


@router.put(
    "/{lead:lead}/status",
    operation_id="salesforce_update_lead_status",
    summary="Set a lead's status",
    openapi_extra={MCP_CONFIRMATION: {"status": "scheduled"}},
)
async def update_lead_status(
    lead: LeadPath,
    change: Annotated[StatusChange, Body()],
    services: ServicesDep,
    once: IdempotencyDep,
    dry_run: DryRun = False,
) -> Envelope[SyncResult | Plan]:
    """Set a lead's status. scheduled converts the lead into an account and a contact; objected closes it and never
    converts; any other status of the org is set as it is.

    INVALID_STATUS names the allowed ones.
    """
    options = change.conversion or ScheduledConversion()
    if dry_run:
        return answered(await services.dry_run.set_status(lead, change.status, options))
    return answered(
        await once(SyncResult, change, lambda: services.leads.set_status(lead, change.status, options), lead=lead)
    )
