"""What was done, or would be: the answers to writes. Also the schemas of the API."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.values.campaigns import CampaignMembership
from domain.values.lead import MatchedLead


def _is_nothing(value: object) -> bool:
    """For fields that mostly have nothing to say, and are left out then."""
    return value is None or value == {} or value == []


class FieldChange(BaseModel):
    """A field that would change."""

    field: str
    before: Any
    after: Any


PlanAction = Literal[
    "create", "update", "update_contact", "convert", "delete", "merge", "add_to_campaign", "unchanged", "skip"
]
CreatedKind = Literal["lead", "account", "contact", "person_account", "opportunity", "campaign_member"]


class Plan(BaseModel):
    """What a request would do. Nothing was written."""

    dry_run: Literal[True]
    action: PlanAction
    lead_id: str | None = Field(description="The lead that would be touched; null for one that would be created.")
    matched: list[MatchedLead] = Field(description="The leads found, the one that is meant first.")
    changes: list[FieldChange] = Field(description="Fields that would change, from before to after.")
    creates: list[CreatedKind] = Field(description="Records it would create.")
    ignored_fields: list[str] = Field(
        [], description="What was sent and a contact has no place for.", exclude_if=_is_nothing
    )
    filled_from: dict[str, list[str]] = Field(
        default_factory=dict, description="Filled fields, by the lead they come from.", exclude_if=_is_nothing
    )
    note: str | None = Field(
        None, description="What else may change, or what is asked for in vain.", exclude_if=_is_nothing
    )


AccountKind = Literal["business", "person"]


class Conversion(BaseModel):
    """What a lead was converted to."""

    model_config = ConfigDict(frozen=True)

    lead_id: str
    account_id: str | None
    account_kind: AccountKind | None = Field(None, description="person: the lead had no company. null: not known.")
    contact_id: str | None
    opportunity_id: str | None = Field(description="null when no opportunity was made.")
    status: str | None = Field(description="The lead's status now.")
    already_converted: bool = Field(description="true: it was converted before, and nothing was done now.")
    note: str | None = Field(None, description="What was asked for and not done, when it was converted before.")


SyncAction = Literal["created", "updated", "unchanged", "skipped"]


class SyncResult(BaseModel):
    """What a sync or a change of status did."""

    action: SyncAction
    reason: Literal["lead_already_converted"] | None = Field(description="Why the lead was skipped.")
    lead_id: str
    changed_fields: list[str] = Field(description="What was written; empty when everything stood.")
    duplicates: list[str] = Field(description="Ids of the other leads with this email, open ones first.")
    owner_id: str | None = Field(
        None, description="The new owner, when a rule of the org chose one.", exclude_if=_is_nothing
    )
    conversion: Conversion | None = Field(description="What the lead became, when it is converted.")
    status: str | None = Field(description="The lead's status now.")
    ignored_fields: list[str] = Field(
        [], description="What was sent and a contact has no place for.", exclude_if=_is_nothing
    )
    campaign: CampaignMembership | None = Field(
        None, description="Its place in the campaign that was asked for.", exclude_if=_is_nothing
    )


class DeletedLead(BaseModel):
    """The lead that is now in the recycle bin."""

    lead_id: str
    deleted: Literal[True] = True


class RestoredLead(BaseModel):
    """A lead that is out of the recycle bin."""

    lead_id: str
    restored: bool = Field(description="false: it was not deleted, and nothing was done.")
    email: str | None
    duplicates: list[str] = Field(description="Ids of other open leads with this email; merge or delete them.")


class SameEmail(BaseModel):
    """Open leads that share an email."""

    email: str
    leads: list[MatchedLead] = Field(description="The oldest first: the one a sync would touch.")


class DuplicateLeads(BaseModel):
    """Emails that several open leads have."""

    groups: list[SameEmail]
    count: int = Field(description="How many groups these are.")
    more: bool = Field(description="There are more; merge these first, or raise the limit.")


class MergedLeads(BaseModel):
    """One lead out of several."""

    lead_id: str = Field(description="The lead that is left.")
    merged_ids: list[str] = Field(description="The leads that are now in the recycle bin.")
    changed_fields: list[str] = Field(description="Fields of the lead that were empty and are filled now.")
    filled_from: dict[str, list[str]] = Field(
        default_factory=dict, description="Filled fields, by the lead they come from.", exclude_if=_is_nothing
    )
    already_merged: bool = Field(False, description="true: they were merged before, and nothing was done now.")
