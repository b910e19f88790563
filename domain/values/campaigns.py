"""Campaigns and the leads in them. Also the schemas of the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from domain.values.base import WriteInput
from domain.values.ids import CampaignId, is_campaign_id, same_id
from domain.values.lead import Lead
from domain.values.text import Text, without_control_characters

CampaignName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=80, pattern=r"\S"),
    AfterValidator(without_control_characters),
]
MemberStatus = Annotated[Text, Field(max_length=255)] | None


class CampaignRef(WriteInput):
    """A campaign by its Id or its name, and the status that a lead shall have in it."""

    id: CampaignId | None = Field(None, description="701…")
    name: CampaignName | None = Field(None, description="Instead of the id: of an active campaign.")
    status: MemberStatus = Field(None, examples=["Responded"])

    @model_validator(mode="after")
    def _names_one_campaign(self) -> "CampaignRef":
        if (self.id is None) is (self.name is None):
            raise PydanticCustomError("one_campaign", "name the campaign by its id or its name, by one of them")
        return self

    @staticmethod
    def of(id_or_name: str, status: str | None) -> "CampaignRef":
        """The campaign that a path names."""
        return CampaignRef(**{"id" if is_campaign_id(id_or_name) else "name": id_or_name}, status=status)


CampaignsAsked = CampaignRef | Literal["every"]
"""The campaigns that a look-up is about."""


class CampaignMember(BaseModel):
    """A lead's place in a campaign."""

    model_config = ConfigDict(frozen=True)

    campaign_id: str
    campaign_name: str | None
    is_active: bool = Field(description="The campaign is.")
    member_id: str
    lead_id: str | None = Field(description="null for a member that never was a lead.")
    contact_id: str | None = Field(description="Who the member is since the lead was converted.")
    status: str | None
    has_responded: bool
    added_at: datetime = Field(description="UTC.")


@dataclass(frozen=True)
class Campaign:
    """A campaign, and the statuses its members can have."""

    id: str
    name: str | None
    is_active: bool
    statuses: Sequence[str]
    default_status: str | None


@dataclass(frozen=True)
class FoundCampaigns:
    """What a look-up of leads found of campaigns."""

    campaigns: Sequence[Campaign]
    """Those with the Id or the name that was asked for, the active ones first; none when every one was."""
    members: Sequence[CampaignMember]
    """The leads' places in these campaigns, or in every one, the latest first."""

    def members_of(self, lead: Lead) -> list[CampaignMember]:
        """A lead's places in campaigns; those of a converted lead are its contact's."""
        contact_id = lead.converted_contact_id
        return [
            member
            for member in self.members
            if same_id(member.lead_id, lead.id) or (contact_id and same_id(member.contact_id, contact_id))
        ]


NO_CAMPAIGNS = FoundCampaigns((), ())


class LeadCampaigns(BaseModel):
    """The campaigns a lead is in."""

    lead_id: str
    campaigns: list[CampaignMember] = Field(description="The one it was added to last comes first.")
    count: int


MembershipAction = Literal["added", "updated", "unchanged"]


class CampaignMembership(BaseModel):
    """What was done for a lead in a campaign."""

    model_config = ConfigDict(frozen=True)

    action: MembershipAction = Field(description="updated: it has another status now.")
    campaign_id: str
    campaign_name: str | None
    member_id: str
    lead_id: str
    contact_id: str | None = Field(description="Who the member is, when the lead is converted.")
    status: str | None = Field(description="The member's status now.")
