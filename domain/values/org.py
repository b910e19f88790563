"""The org and how its leads look. Also the schemas of the API."""

from pydantic import BaseModel, ConfigDict, Field


class LeadStatus(BaseModel):
    """A status that leads of the org can have."""

    # Source: fact sheet 4.2.

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="The value to set.")
    label: str
    is_converted: bool = Field(description="Only a conversion sets it.")
    is_default: bool


class PicklistValue(BaseModel):
    """A value that a field offers."""

    model_config = ConfigDict(frozen=True)

    value: str
    label: str
    default: bool
    valid_for: list[str] | None = Field(
        None, description="Values of the controlling field with which this one can be chosen."
    )

    def is_called(self, text: object) -> bool:
        """Whether somebody who writes this means this value."""
        return str(text).casefold() in (self.value.casefold(), self.label.casefold())


class LeadField(BaseModel):
    """A field of the org's leads."""

    name: str = Field(description="As this API calls it; custom ones by their API name, under `custom_fields`.")
    label: str
    type: str = Field(description="Salesforce's type, e.g. string, currency. A multipicklist is written `One;Two`.")
    custom: bool
    required: bool = Field(description="Needed to create a lead.")
    writable: bool
    max_length: int | None
    values: list[PicklistValue] = Field(description="Picklists only.")
    restricted: bool = Field(description="true: only the listed values are accepted.")
    controlling_field: str | None = Field(None, description="The field that decides which values can be chosen.")
    decimals: int | None = Field(None, description="Digits behind the point that are kept; numbers only.")
    unique: bool = Field(False, description="true: no two leads have the same value.")
    external_id: bool = Field(False, description="true: a key of another system.")


class LeadRecordType(BaseModel):
    """A record type that the caller may choose, and what is special about its leads."""

    name: str = Field(description="The value of `record_type`.")
    label: str
    default: bool = Field(description="What a new lead is when nothing is said.")
    statuses: list[str]
    scheduled_status: str | None = Field(
        description="What `scheduled` leads to; null: these leads can not be converted."
    )
    values: dict[str, list[str]] = Field(description="Picklists of which it offers a part only.")


class LeadDescription(BaseModel):
    """How leads look in this org."""

    fields: list[LeadField]
    statuses: list[LeadStatus]
    scheduled_status: str | None = Field(description="What `scheduled` leads to: the status of a converted lead.")
    objected_status: str | None = Field(description="What `objected` sets; null: the org has no such status.")
    record_types: list[LeadRecordType] | None = Field(None, description="Only where the org has any.")
    person_accounts: bool = Field(False, description="true: leads without a company become person accounts.")


class ActiveRules(BaseModel):
    """The names of the org's rules for leads that are active; None where this user can not read them."""

    model_config = ConfigDict(frozen=True)

    assignment: list[str] | None
    duplicate: list[str] | None


class ApiUsage(BaseModel):
    """API calls of the org in the last 24 hours."""

    used: int
    limit: int
    left: int


class Caller(BaseModel):
    """The Salesforce user behind the session."""

    user_id: str
    username: str | None
    name: str | None
    email: str | None


class OrgPermissions(BaseModel):
    """What the caller may do with leads, here and in Salesforce."""

    model_config = ConfigDict(frozen=True)

    create_leads: bool
    read_leads: bool
    update_leads: bool
    delete_leads: bool


class OrgDescription(BaseModel):
    """Who the caller is, in which org, and what it may do."""

    model_config = ConfigDict(frozen=True)

    org_id: str | None
    name: str | None
    is_sandbox: bool | None
    edition: str | None
    instance_url: str
    caller: Caller | None
    api_usage: ApiUsage | None
    permissions: OrgPermissions | None
    read_only: bool = Field(False, description="true: the gateway, or this connection to it, writes nothing.")
    tools: list[str] | None = Field(None, description="Over MCP: the only tools there are; null when there are all.")
    note: str | None = Field(None, description="What is null because Salesforce refused it, and what would help.")
