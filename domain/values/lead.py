"""A lead and a contact as Salesforce has them. Also the schemas of the API."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

CUSTOM_PREFIX = "custom_fields."
OPT_OUTS = frozenset({"has_opted_out_of_email", "has_opted_out_of_fax", "do_not_call"})


def is_custom(name: str) -> bool:
    """Whether Salesforce's name of a field is that of a custom one, or of a part of one that has several.

    Source: "Custom Field Suffixes", Object Reference.
    """
    return name.endswith(("__c", "__s"))


class Lead(BaseModel):
    """A lead in Salesforce. Fields that were not asked for are absent; empty ones are null."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Salesforce Id, 18 characters.")
    name: str | None = Field(None, description="First and last name.")
    email: str | None = None
    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    title: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
    fax: str | None = None
    website: str | None = None
    source: str | None = Field(None, description="Where the lead came from (LeadSource).")
    industry: str | None = None
    rating: str | None = None
    description: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    state_code: str | None = None
    country_code: str | None = None
    number_of_employees: int | None = None
    annual_revenue: float | None = None
    currency: str | None = None
    has_opted_out_of_email: bool | None = None
    has_opted_out_of_fax: bool | None = None
    do_not_call: bool | None = None
    owner_id: str | None = None
    record_type: str | None = Field(None, description="Developer name.")
    status: str | None = None
    is_converted: bool = False
    converted_account_id: str | None = None
    converted_contact_id: str | None = None
    converted_opportunity_id: str | None = None
    converted_on: date | None = None
    created_at: datetime | None = Field(None, description="UTC.")
    modified_at: datetime | None = Field(None, description="UTC.")
    url: str | None = Field(None, description="The lead's page in Salesforce.")
    custom_fields: dict[str, Any] = Field(default_factory=dict, description="Custom fields by their API name.")

    # What rules need to know of it, and nobody is told.
    created_by_id: SkipJsonSchema[str | None] = Field(None, exclude=True)
    latitude: SkipJsonSchema[float | None] = Field(None, exclude=True)
    longitude: SkipJsonSchema[float | None] = Field(None, exclude=True)
    geocode_accuracy: SkipJsonSchema[str | None] = Field(None, exclude=True)

    def value(self, field: str) -> Any:
        """The value of a field named as `LeadFields.sent` names it; None when Salesforce has none."""
        if field.startswith(CUSTOM_PREFIX):
            # Salesforce does not mind the case of a field's name.
            wanted = field.removeprefix(CUSTOM_PREFIX).casefold()
            return next((value for name, value in self.custom_fields.items() if name.casefold() == wanted), None)
        return getattr(self, field)

    @property
    def converted_to(self) -> dict[str, str | None]:
        """The Ids of the records a converted lead became, by kind."""
        return {
            "account": self.converted_account_id,
            "contact": self.converted_contact_id,
            "opportunity": self.converted_opportunity_id,
        }


SHOWN = [name for name, field in Lead.model_fields.items() if not field.exclude]
"""The names of what is told of a lead."""


def in_matching_order(leads: Iterable[Lead]) -> list[Lead]:
    """Open leads first, the oldest of them first; then the converted ones, the last converted first."""

    def age(lead: Lead) -> tuple[float, str]:
        return lead.created_at.timestamp() if lead.created_at else 0, lead.id

    there = sorted(leads, key=age)
    converted = [lead for lead in reversed(there) if lead.is_converted]
    converted.sort(key=lambda lead: lead.converted_on or date.min, reverse=True)
    return [*(lead for lead in there if not lead.is_converted), *converted]


class FoundLead(Lead):
    """The lead, and who else has its email."""

    duplicates: list[str] = Field(
        default_factory=list,
        description="When asked by email: Ids of the other leads with that email, open ones first.",
    )


class MatchedLead(BaseModel):
    """A lead that the request means or that shares the email."""

    id: str
    name: str | None
    company: str | None
    email: str | None
    status: str | None
    is_converted: bool

    @staticmethod
    def of(lead: Lead) -> "MatchedLead":
        """The lead as far as somebody has to see it to recognise it."""
        return MatchedLead(**{name: getattr(lead, name) for name in MatchedLead.model_fields})


class Contact(BaseModel):
    """The contact a lead became: what it shares with leads, under the same names."""

    model_config = ConfigDict(frozen=True)

    id: str
    email: str | None = None
    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
    fax: str | None = None
    source: str | None = None
    description: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    state_code: str | None = None
    country_code: str | None = None
    currency: str | None = None
    has_opted_out_of_email: bool | None = None
    has_opted_out_of_fax: bool | None = None
    do_not_call: bool | None = None

    def value(self, field: str) -> Any:
        """The value of a field; None when Salesforce has none."""
        return getattr(self, field)


CONTACT_FIELDS = frozenset(Contact.model_fields) - {"id"}
