"""The values leads are made of. They are also the schemas of the API, so every field says what it means."""

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.text import AccountId, BlankIsNull, ContactId, Email, LeadId, OwnerId, Required, Text, UserId

CustomFieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,76}__c$")]
CustomValue = Annotated[Text, Field(max_length=131_072)] | bool | int | float | None


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class LeadFields(_Input):
    """What can be written on a lead. Limits are Salesforce's own."""

    # Source: fact sheet 2.5.

    first_name: Annotated[Text | None, BlankIsNull] = Field(None, max_length=40, description="Given name.")
    last_name: Annotated[Text | None, BlankIsNull] = Field(
        None, max_length=80, description="Family name; a new lead needs one."
    )
    company: Annotated[Text | None, BlankIsNull] = Field(None, max_length=255, description="Where the person works.")
    title: Annotated[Text | None, BlankIsNull] = Field(None, max_length=128, description="Job title.")
    phone: Annotated[Text | None, BlankIsNull] = Field(None, max_length=40, examples=["+1 555 0100"])
    mobile_phone: Annotated[Text | None, BlankIsNull] = Field(None, max_length=40, description="Mobile number.")
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
    number_of_employees: int | None = Field(None, ge=0, le=99_999_999, description="Of the company.")
    annual_revenue: float | None = Field(None, ge=0, lt=1e18, multiple_of=1, description="A whole amount.")
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


CUSTOM_PREFIX = "custom_fields."

AllowDuplicate = Annotated[
    bool,
    Field(description="Save even if the org's duplicate rules object."),
]


class LeadDraft(LeadFields):
    """A lead to be created."""

    email: Email = Field(examples=["ada@example.com"], description="Identifies the lead; one open lead per email.")
    last_name: Required = Field(max_length=80, description="Family name.", examples=["Okafor"])
    assign: bool = Field(True, description="Let the org's assignment rule choose the owner.")
    allow_duplicate: AllowDuplicate = False


class LeadChanges(LeadFields):
    """Changes to a lead: only what is sent changes, null clears."""

    email: Annotated[Email | None, BlankIsNull] = Field(
        None, description="The new address.", examples=["ada@example.com"]
    )
    assign: bool = Field(False, description="Run the org's assignment rule again.")
    allow_duplicate: AllowDuplicate = False

    @model_validator(mode="after")
    def _something_possible(self) -> "LeadChanges":
        changes = self.sent()
        for name in ("last_name", "company"):
            if name in changes and changes[name] is None:
                raise PydanticCustomError(
                    "required_by_salesforce", "{field} can not be cleared: Salesforce requires it", {"field": name}
                )
        if not changes:
            raise PydanticCustomError("nothing_to_change", "nothing to change: send at least one field of the lead")
        return self


class LeadSync(LeadFields):
    """A lead as the platform knows it. Missing and null values never erase what Salesforce has."""

    email: Email = Field(examples=["ada@example.com"], description="Finds the lead; case does not matter.")
    external_id: Annotated[Required, Field(max_length=255)] | None = Field(
        None,
        description="The platform's own id of the lead. Finds the lead instead of the email, where the gateway has "
        "LEAD_EXTERNAL_ID_FIELD.",
    )
    status: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)] | None = Field(
        None,
        description="`scheduled` converts the lead, `objected` closes it without converting, "
        "any other status of the org is set as it is.",
        examples=["scheduled"],
    )
    on_converted: Literal["skip", "update_contact", "create"] = Field(
        "skip",
        description="If the lead is converted: skip it, write changed fields to the contact it became, or create "
        "a new lead.",
    )
    assign: bool = Field(False, description="Let the org's assignment rule choose the owner.")
    allow_duplicate: AllowDuplicate = False


class Lead(BaseModel):
    """A lead in Salesforce. Fields that were not asked for are absent; empty ones are null."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Salesforce Id, 18 characters.")
    name: str | None = Field(None, description="First and last name.")
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    title: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
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
    number_of_employees: int | None = None
    annual_revenue: float | None = None
    owner_id: str | None = None
    status: str | None = None
    is_converted: bool = False
    converted_account_id: str | None = None
    converted_contact_id: str | None = None
    converted_opportunity_id: str | None = None
    created_at: datetime | None = Field(None, description="UTC.")
    modified_at: datetime | None = Field(None, description="UTC.")
    url: str | None = Field(None, description="The lead's page in Salesforce.")
    custom_fields: dict[str, Any] = Field(default_factory=dict, description="Custom fields by their API name.")

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


class Contact(BaseModel):
    """The contact a lead became: what it shares with leads, under the same names."""

    model_config = ConfigDict(frozen=True)

    id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
    source: str | None = None
    description: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None

    def value(self, field: str) -> Any:
        """The value of a field; None when Salesforce has none."""
        return getattr(self, field)


CONTACT_FIELDS = frozenset(Contact.model_fields) - {"id"}


class FoundLead(Lead):
    """The lead, and who else has its email."""

    duplicates: list[str] = Field(
        default_factory=list,
        description="When asked by email: Ids of the other leads with that email, open ones first.",
    )


def _in_salesforces_time(moment: datetime) -> datetime:
    if not 1700 < moment.year < 4000:
        raise PydanticCustomError("moment", "must be between the years 1700 and 4000, as in Salesforce")
    return moment


Moment = Annotated[datetime, AfterValidator(_in_salesforces_time)]


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=timezone.utc) if moment and moment.tzinfo is None else moment


LeadSort = Literal["created_at", "-created_at", "modified_at", "-modified_at"]


class LeadFilter(_Input):
    """Which leads to list, in which order, which part."""

    email: Email | None = Field(None, description="Exactly this address.")
    status: Text | None = Field(None, max_length=255, description="As the org calls it; see salesforce_describe_lead.")
    company: Text | None = Field(None, max_length=255, description="Exactly this name.")
    source: Text | None = Field(None, max_length=255, examples=["Web"])
    owner_id: OwnerId | None = Field(None, description="Id of a user (005…) or queue (00G…).")
    converted: bool | None = Field(None, description="true: only converted leads; false: only open ones.")
    created_after: Moment | None = Field(None, description="This moment or later; UTC when no offset is given.")
    created_before: Moment | None = Field(None, description="Before this moment.")
    modified_after: Moment | None = Field(None, description="This moment or later.")
    modified_before: Moment | None = Field(None, description="Before this moment.")
    search: Annotated[Required, Field(max_length=200)] | None = Field(
        None, description="Name, company or email contains this text; case does not matter."
    )
    sort: LeadSort = Field("-created_at", description="A minus sorts the newest first.")
    limit: int = Field(50, ge=1, le=200, description="How many leads.")

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


class FieldChange(BaseModel):
    """A field that would change."""

    field: str
    before: Any
    after: Any


class MatchedLead(BaseModel):
    """A lead that the request means or that shares the email."""

    id: str
    name: str | None
    company: str | None
    email: str | None
    status: str | None
    is_converted: bool


class Plan(BaseModel):
    """What a request would do. Nothing was written."""

    dry_run: Literal[True]
    action: Literal["create", "update", "update_contact", "convert", "delete", "merge", "unchanged", "skip"]
    lead_id: str | None = Field(description="The lead that would be touched; null for one that would be created.")
    matched: list[MatchedLead] = Field(description="The leads found, the one that is meant first.")
    changes: list[FieldChange] = Field(description="Fields that would change, from before to after.")
    creates: list[Literal["lead", "account", "contact", "opportunity"]] = Field(description="Records it would create.")


class LeadPage(BaseModel):
    """Some leads, and how to get the next ones."""

    leads: list[Lead]
    count: int = Field(description="How many leads this page holds.")
    next_cursor: str | None = Field(description="Pass it as `cursor` for the next page; null on the last one.")


class LeadStatus(BaseModel):
    """A status that leads of the org can have."""

    # Source: fact sheet 4.2.

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="The value to set.")
    label: str
    is_converted: bool = Field(description="Only a conversion sets it.")
    is_default: bool


class ConvertOptions(_Input):
    """How to convert. Without any, a new account and contact are made."""

    # Source: fact sheet 7.2.

    converted_status: Annotated[Annotated[Text, Field(max_length=255)] | None, BlankIsNull] = Field(
        None, description="Status of the converted lead; by default the org's own."
    )
    account_id: AccountId | None = Field(None, description="Id of the account to use, instead of a new one.")
    contact_id: ContactId | None = Field(None, description="Id of the contact to use; needs account_id.")
    create_opportunity: bool | None = Field(None, description="Also make an opportunity.")
    opportunity_name: Annotated[Annotated[Text, Field(max_length=80)] | None, BlankIsNull] = Field(
        None, description="Make an opportunity with this name; by default it has the lead's company as its name."
    )
    owner_id: UserId | None = Field(
        None, description="Id of the user who shall own the new records; required when a queue owns the lead."
    )
    overwrite_lead_source: bool = Field(False, description="Overwrite the contact's lead source; needs contact_id.")
    send_notification_email: bool = Field(False, description="Tell the owner by email.")
    allow_duplicate: AllowDuplicate = False

    @property
    def is_plain(self) -> bool:
        """Whether the conversion refers to no record besides the lead."""
        return not (self.account_id or self.contact_id or self.owner_id)

    @model_validator(mode="after")
    def _fit_together(self) -> "ConvertOptions":
        if self.contact_id and not self.account_id:
            raise PydanticCustomError("needs_account_id", "contact_id needs account_id, the contact's account")
        if self.opportunity_name and self.create_opportunity is False:
            raise PydanticCustomError("needs_create_opportunity", "opportunity_name needs create_opportunity: true")
        if self.overwrite_lead_source and not self.contact_id:
            raise PydanticCustomError("needs_contact_id", "overwrite_lead_source needs contact_id")
        return self


class Conversion(BaseModel):
    """What a lead was converted to."""

    model_config = ConfigDict(frozen=True)

    lead_id: str
    account_id: str | None
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
    conversion: Conversion | None = Field(description="What the lead became, when it is converted.")
    status: str | None = Field(description="The lead's status now.")


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


class MergeRequest(_Input):
    """What to merge into a lead."""

    others: list[LeadId] = Field(
        min_length=1,
        max_length=2,
        description="Ids of the leads that are merged into this one and then deleted.",
        examples=[["00Q000000000002AAA"]],
    )
    fill_empty: bool = Field(True, description="Fill what this lead lacks from the others.")


class MergedLeads(BaseModel):
    """One lead out of several."""

    lead_id: str = Field(description="The lead that is left.")
    merged_ids: list[str] = Field(description="The leads that are now in the recycle bin.")
    changed_fields: list[str] = Field(description="Fields of the lead that were empty and are filled now.")
    already_merged: bool = Field(False, description="true: they were merged before, and nothing was done now.")


class PicklistValue(BaseModel):
    """A value that a field offers."""

    value: str
    label: str
    default: bool


class LeadField(BaseModel):
    """A field of the org's leads."""

    name: str = Field(description="As this API calls it; custom ones by their API name, under `custom_fields`.")
    label: str
    type: str = Field(description="Salesforce's type, e.g. string, picklist, currency.")
    custom: bool
    required: bool = Field(description="Needed to create a lead.")
    writable: bool
    max_length: int | None
    values: list[PicklistValue] = Field(description="Picklists only.")
    restricted: bool = Field(description="true: only the listed values are accepted.")


class LeadDescription(BaseModel):
    """How leads look in this org."""

    fields: list[LeadField]
    statuses: list[LeadStatus]
    scheduled_status: str | None = Field(description="What `scheduled` leads to: the status of a converted lead.")
    objected_status: str = Field(description="What `objected` sets.")


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

    org_id: str
    name: str | None
    is_sandbox: bool | None
    edition: str | None
    instance_url: str
    caller: Caller
    api_usage: ApiUsage | None
    permissions: OrgPermissions
    read_only: bool = Field(False, description="true: the gateway, or this connection to it, writes nothing.")
    tools: list[str] | None = Field(None, description="Over MCP: the only tools there are; null when there are all.")
