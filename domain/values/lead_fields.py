"""The fields that can be written on a lead, and how long each may be. Also the schemas of the API."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from domain.values.base import Input
from domain.values.ids import OwnerId
from domain.values.lead import CUSTOM_PREFIX
from domain.values.text import BlankIsNull, Text

CustomFieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,76}__[cs]$")]
"""`Segment__c`, from a package `ns__Segment__c`; parts of places end otherwise, `Site__Latitude__s`."""

CurrencyCode = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern="^[A-Za-z]{3}$")]

CustomValue = Annotated[Text, Field(max_length=131_072)] | bool | int | float | None


class LeadFields(Input):
    """What can be written on a lead. Limits are Salesforce's own."""

    # Source: fact sheet 2.5.

    salutation: Annotated[Text | None, BlankIsNull] = Field(None, max_length=40)
    first_name: Annotated[Text | None, BlankIsNull] = Field(None, max_length=40, description="Given name.")
    last_name: Annotated[Text | None, BlankIsNull] = Field(
        None, max_length=80, description="Family name; a new lead needs one."
    )
    company: Annotated[Text | None, BlankIsNull] = Field(None, max_length=255, description="Where the person works.")
    title: Annotated[Text | None, BlankIsNull] = Field(None, max_length=128, description="Job title.")
    phone: Annotated[Text | None, BlankIsNull] = Field(None, max_length=40, examples=["+1 555 0100"])
    mobile_phone: Annotated[Text | None, BlankIsNull] = Field(None, max_length=40, description="Mobile number.")
    fax: Annotated[Text | None, BlankIsNull] = Field(None, max_length=40)
    website: Annotated[Text | None, BlankIsNull] = Field(None, max_length=255, description="The company's.")
    source: Annotated[Text | None, BlankIsNull] = Field(
        None, max_length=255, description="Where the lead came from (LeadSource).", examples=["Web"]
    )
    industry: Annotated[Text | None, BlankIsNull] = Field(None, max_length=255, description="A picklist value.")
    rating: Annotated[Text | None, BlankIsNull] = Field(None, max_length=255, description="Hot, Warm or Cold.")
    description: Annotated[Text | None, BlankIsNull] = Field(None, max_length=32_000, description="Notes.")
    street: Annotated[Text | None, BlankIsNull] = Field(None, max_length=255, description="With house number.")
    city: Annotated[Text | None, BlankIsNull] = Field(None, max_length=40, examples=["Lagos"])
    state: Annotated[Text | None, BlankIsNull] = Field(None, max_length=80, description="State or province.")
    postal_code: Annotated[Text | None, BlankIsNull] = Field(None, max_length=20, examples=["94105"])
    country: Annotated[Text | None, BlankIsNull] = Field(None, max_length=80, examples=["Nigeria"])
    state_code: Annotated[Text | None, BlankIsNull] = Field(None, max_length=10)
    country_code: Annotated[Text | None, BlankIsNull] = Field(None, max_length=10)
    number_of_employees: int | None = Field(None, ge=0, le=99_999_999, description="Of the company.")
    annual_revenue: float | None = Field(None, ge=0, lt=1e18)
    currency: Annotated[CurrencyCode | None, BlankIsNull] = Field(None, description="ISO code.")
    has_opted_out_of_email: bool | None = None
    has_opted_out_of_fax: bool | None = None
    do_not_call: bool | None = None
    owner_id: OwnerId | None = Field(None, description="Id of the user (005…) or queue (00G…) that owns the lead.")
    custom_fields: Mapping[CustomFieldName, CustomValue] | None = Field(
        None, description="Custom fields by their API name.", examples=[{"Segment__c": "Enterprise"}]
    )

    def sent(self) -> dict[str, Any]:
        """The lead's own fields that the caller sent, custom ones as `custom_fields.<name>`; options left out."""
        fields = {
            name: getattr(self, name)
            for name in (*LeadFields.model_fields, "email")
            if name in self.model_fields_set and name != "custom_fields"
        }
        custom = self.custom_fields or {}
        return fields | {f"{CUSTOM_PREFIX}{name}": value for name, value in custom.items()}
