"""The fields that can be written on a lead, and how long each may be. Also the schemas of the API."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from domain.values.base import WriteInput
from domain.values.ids import OwnerId
from domain.values.lead import CUSTOM_PREFIX
from domain.values.text import Text

CustomFieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,76}__[cs]$")]
"""`Segment__c`, from a package `ns__Segment__c`; parts of places end otherwise, `Site__Latitude__s`."""

CurrencyCode = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern="^[A-Za-z]{3}$", max_length=3)
]

Choices = Annotated[list[Annotated[Text, Field(max_length=255)]], Field(max_length=500)]
"""Values of a multi-select picklist, which text separates by semicolons."""

CustomValue = Annotated[Text, Field(max_length=131_072)] | bool | int | float | Choices | None


class LeadFields(WriteInput):
    """What can be written on a lead. Limits are Salesforce's own."""

    # Source: fact sheet 2.5.

    salutation: Text | None = Field(None, max_length=40, description="Mr., Dr.")
    first_name: Text | None = Field(None, max_length=40, description="Given name.")
    last_name: Text | None = Field(None, max_length=80, description="Family name; a new lead needs one.")
    company: Text | None = Field(None, max_length=255, description="Employer.")
    title: Text | None = Field(None, max_length=128, description="Job title.")
    phone: Text | None = Field(None, max_length=40, description="Number.")
    mobile_phone: Text | None = Field(None, max_length=40, description="Number.")
    fax: Text | None = Field(None, max_length=40, description="Number.")
    website: Text | None = Field(None, max_length=255, description="The company's.")
    source: Text | None = Field(None, max_length=255, description="Where the lead came from.")
    industry: Text | None = Field(None, max_length=255, description="A picklist value.")
    rating: Text | None = Field(None, max_length=255, description="Hot, Warm or Cold.")
    description: Text | None = Field(None, max_length=32_000, description="Notes.")
    street: Text | None = Field(None, max_length=255, description="With house number.")
    city: Text | None = Field(None, max_length=40, description="Town.")
    state: Text | None = Field(None, max_length=80, description="State or province.")
    postal_code: Text | None = Field(None, max_length=20, description="ZIP code.")
    country: Text | None = Field(None, max_length=80, description="By name.")
    state_code: Text | None = Field(None, max_length=10, description="CA")
    country_code: Text | None = Field(None, max_length=10, description="US")
    number_of_employees: int | None = Field(None, ge=0, le=99_999_999, description="Of the company.")
    annual_revenue: float | None = Field(None, ge=0, lt=1e18, description="Of the company.")
    currency: CurrencyCode | None = Field(None, description="ISO code.")
    has_opted_out_of_email: bool | None = Field(None, description="No mail.")
    has_opted_out_of_fax: bool | None = Field(None, description="No fax.")
    do_not_call: bool | None = Field(None, description="No calls.")
    owner_id: OwnerId | None = Field(None, description="Id of a user (005…) or queue (00G…).")
    record_type: Text | None = Field(None, max_length=80, description="Developer name.")
    custom_fields: Mapping[CustomFieldName, CustomValue] | None = Field(
        None, description="By API name.", examples=[{"Segment__c": "Enterprise"}]
    )

    @field_validator("number_of_employees", "annual_revenue", mode="before")
    @classmethod
    def _is_no_flag(cls, value: object, info: ValidationInfo) -> object:
        # For Python true is 1.
        if isinstance(value, bool):
            raise PydanticKnownError("int_type" if info.field_name == "number_of_employees" else "float_type")
        return value

    def sent(self) -> dict[str, Any]:
        """The lead's own fields that the caller sent, custom ones as `custom_fields.<name>`; options left out."""
        fields = {
            name: getattr(self, name)
            for name in (*LeadFields.model_fields, "email")
            if name in self.model_fields_set and name != "custom_fields"
        }
        # Salesforce keeps blank text as null.
        custom = {name: None if _is_blank(value) else value for name, value in (self.custom_fields or {}).items()}
        return fields | {f"{CUSTOM_PREFIX}{name}": value for name, value in custom.items()}


def _is_blank(value: object) -> bool:
    return value == "" or (isinstance(value, list) and not any(value))
