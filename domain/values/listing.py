"""A list of leads: which ones, in which order, and where the next page begins."""

from datetime import datetime, timezone
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from domain.values.base import Input, default_if_blank
from domain.values.emails import Email
from domain.values.ids import LeadId, OwnerId
from domain.values.lead import Lead
from domain.values.text import Required, Text


def _in_salesforces_time(moment: datetime) -> datetime:
    if not 1700 < moment.year < 4000:
        raise PydanticCustomError("moment", "must be between the years 1700 and 4000, as in Salesforce")
    return moment


Moment = Annotated[datetime, AfterValidator(_in_salesforces_time)]


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=timezone.utc) if moment and moment.tzinfo is None else moment


LeadSort = Literal["created_at", "-created_at", "modified_at", "-modified_at"]


class LeadFilter(Input):
    """Which leads to list, in which order, which part."""

    email: Email | None = Field(None, description="Exactly this address.")
    status: Text | None = Field(None, max_length=255, description="As the org calls it.")
    company: Text | None = Field(None, max_length=255, description="Exactly this name.")
    source: Text | None = Field(None, max_length=255, examples=["Web"])
    owner_id: OwnerId | None = Field(None, description="Id of a user (005…) or queue (00G…).")
    record_type: Text | None = Field(None, max_length=80, description="Developer name.")
    converted: bool | None = Field(None, description="true: only converted ones; false: only open ones.")
    created_after: Moment | None = Field(None, description="From then on; UTC without an offset.")
    created_before: Moment | None = Field(None, description="Before then.")
    modified_after: Moment | None = Field(None, description="From then on.")
    modified_before: Moment | None = Field(None, description="Before then.")
    search: Annotated[Required, Field(max_length=200)] | None = Field(
        None, description="Text in the name, company or email."
    )
    sort: LeadSort = Field("-created_at", description="Minus: newest first.")
    limit: int = Field(50, ge=1, le=200, description="How many leads.")

    _not_blank = field_validator(
        *("owner_id", "limit", "search"),
        *("created_after", "created_before", "modified_after", "modified_before"),
        mode="before",
    )(default_if_blank)

    @model_validator(mode="after")
    def _leaves_time_between(self) -> "LeadFilter":
        for kind in ("created", "modified"):
            after, before = (_aware(getattr(self, f"{kind}_{bound}")) for bound in ("after", "before"))
            if after and before and after > before:
                raise PydanticCustomError(
                    "empty_span",
                    "is later than {kind}_before, so that no lead can be between them",
                    {"field": f"{kind}_after", "kind": kind},
                )
        return self


class Position(BaseModel):
    """The last lead of a page: the next page begins behind it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sort: LeadSort
    moment: Moment
    id: LeadId


class LeadPage(BaseModel):
    """Some leads, and how to get the next ones."""

    leads: list[Lead]
    count: int = Field(description="How many leads this page holds.")
    next_cursor: str | None = Field(description="Pass it as `cursor` for the next page; null on the last one.")
