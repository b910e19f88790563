"""What callers ask for: a lead to create, changes, a sync, a conversion, a merge. Also the schemas of the API."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.values.base import Input, WriteInput
from domain.values.campaigns import CampaignRef
from domain.values.emails import Email
from domain.values.ids import AccountId, AssignmentRuleId, ContactId, LeadId, UserId, is_queue
from domain.values.lead import OPT_OUTS
from domain.values.lead_fields import LeadFields
from domain.values.text import Required, Separable, Text

SCHEDULED = "scheduled"
"""The status that asks for a conversion."""

AllowDuplicate = Annotated[
    bool,
    Field(description="Save despite duplicate rules."),
]


class ConvertOptions(WriteInput):
    """How to convert. Without any, a new account and contact are made."""

    # Source: fact sheet 7.2.

    path: ClassVar[str] = ""
    """What stands before the names of these fields in the request they came with."""

    converted_status: Annotated[Text, Field(max_length=255)] | None = Field(
        None, description="By default the org's own."
    )
    account_id: AccountId | None = Field(None, description="Id of an account to use.")
    contact_id: ContactId | None = Field(None, description="Id of a contact to use; needs account_id.")
    match_existing: bool = Field(
        False,
        description="Use the contact with this email, else the account with this name or website.",
    )
    create_opportunity: bool | None = Field(None, description="Also make an opportunity.")
    opportunity_name: Annotated[Text, Field(max_length=80)] | None = Field(
        None, description="Make an opportunity of this name."
    )
    owner_id: UserId | None = Field(
        None, description="Id of the user who gets the new records; needed when a queue owns the lead."
    )
    overwrite_lead_source: bool = Field(False, description="The contact's; needs contact_id.")
    send_notification_email: bool = Field(False, description="Tell the owner by email.")
    allow_duplicate: AllowDuplicate = False

    @property
    def named_records(self) -> list[str]:
        """The options that name a record besides the lead."""
        return [name for name in ("account_id", "contact_id", "owner_id") if getattr(self, name)]

    @model_validator(mode="after")
    def _fit_together(self) -> "ConvertOptions":
        if self.contact_id and not self.account_id:
            raise self._needs("contact_id", "account_id, the contact's account")
        if self.opportunity_name and self.create_opportunity is False:
            raise self._needs("opportunity_name", "create_opportunity: true")
        if self.overwrite_lead_source and not (self.contact_id or self.match_existing):
            raise self._needs("overwrite_lead_source", "contact_id")
        return self

    def _needs(self, field: str, other: str) -> PydanticCustomError:
        named = {"field": f"{self.path}{field}", "other": f"{self.path}{other}"}
        return PydanticCustomError("needs_another", "needs {other}", named)


class ScheduledConversion(ConvertOptions):
    """How the status `scheduled` converts."""

    path: ClassVar[str] = "conversion."


def refuse_idle_conversion(status: str | None, conversion: ScheduledConversion | None) -> None:
    """Raise PydanticCustomError for what says how to convert where nothing is converted."""
    if conversion not in (None, ScheduledConversion()) and (status or "").casefold() != SCHEDULED:
        raise PydanticCustomError(
            "needs_scheduled", "only status: scheduled converts; leave it out otherwise", {"field": "conversion"}
        )


class LeadWrite(LeadFields):
    """A write of a lead: its values, and how the org's own rules are treated."""

    assign: bool
    assignment_rule_id: AssignmentRuleId | None = Field(None, description="Id of another rule (01Q…).")
    allow_duplicate: AllowDuplicate = False

    @property
    def assigns(self) -> bool:
        """Whether a rule is to choose the owner: never against an owner who is named."""
        return (self.assign or self.assignment_rule_id is not None) and self.owner_id is None

    @model_validator(mode="after")
    def _one_says_who_owns_it(self) -> "LeadWrite":
        if self.assignment_rule_id is None:
            return self
        if self.owner_id is not None:
            raise PydanticCustomError(
                "rule_or_owner", "leave it out: owner_id says who owns the lead", {"field": "assignment_rule_id"}
            )
        if "assign" in self.model_fields_set and not self.assign:
            raise PydanticCustomError(
                "rule_or_none",
                "needs assign: true, or leave assign out; false says that no rule runs",
                {"field": "assignment_rule_id"},
            )
        return self


class LeadDraft(LeadWrite):
    """A lead to be created."""

    email: Email | None = Field(
        None, examples=["ada@example.com"], description="Identifies the lead; one open lead per email."
    )
    last_name: Required = Field(max_length=80, description="Family name.", examples=["Okafor"])
    assign: bool = Field(True, description="Without owner_id: let the assignment rule choose.")


class LeadChanges(LeadWrite):
    """Changes to a lead: only what is sent changes, null clears."""

    email: Email | None = Field(None, description="The new address.", examples=["ada@example.com"])
    assign: bool = Field(False, description="Let the assignment rule choose the owner.")

    @model_validator(mode="after")
    def _something_possible(self) -> "LeadChanges":
        changes = self.sent()
        if "last_name" in changes and changes["last_name"] is None:
            why = "can not be cleared: Salesforce requires it"
            raise PydanticCustomError("required_by_salesforce", why, {"field": "last_name"})
        if unsaid := next((name for name, value in changes.items() if name in OPT_OUTS and value is None), None):
            raise PydanticCustomError("checkbox", "can not be cleared: it is true or false", {"field": unsaid})
        if not changes:
            raise PydanticCustomError("nothing_to_change", "nothing to change: send at least one field of the lead")
        return self


class LeadSync(LeadWrite):
    """A lead as the platform knows it. Missing and null values never erase what Salesforce has."""

    email: Email | None = Field(
        None, examples=["ada@example.com"], description="Finds the lead; needed unless external_id does."
    )
    external_id: Annotated[Required, Field(max_length=255)] | None = Field(
        None,
        description="Your own id, which finds the lead instead of the email; needs LEAD_EXTERNAL_ID_FIELD.",
    )
    status: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)] | None = Field(
        None,
        description="`scheduled` converts, `objected` closes without converting; others are set as they are.",
        examples=["scheduled"],
    )
    on_converted: Literal["skip", "update_contact", "create"] = Field(
        "skip",
        description="What to do with a converted lead: skip it, update its contact, or create a new one.",
    )
    campaign: CampaignRef | None = Field(
        None,
        description="Unless skipped, add it to this campaign: by id, or by name if active.",
        examples=[{"name": "Spring Webinar"}],
    )
    assign: bool = Field(False, description="When created: let the assignment rule choose the owner.")
    conversion: ScheduledConversion | None = Field(None, description="How `scheduled` converts.")

    @model_validator(mode="after")
    def _can_be_found(self) -> "LeadSync":
        if self.email is None and self.external_id is None:
            raise PydanticCustomError("no_key", "field required", {"field": "email"})
        return self

    @property
    def convert_options(self) -> ScheduledConversion:
        """How to convert the lead: a user who shall own it owns what it becomes as well, if nobody else is named."""
        options = self.conversion or ScheduledConversion()
        user = None if is_queue(self.owner_id) else self.owner_id
        return options.model_copy(update={"owner_id": options.owner_id or user})

    @model_validator(mode="after")
    def _converts_if_it_says_how(self) -> "LeadSync":
        refuse_idle_conversion(self.status, self.conversion)
        return self


class MergeRequest(Input):
    """What to merge into a lead."""

    others: Annotated[list[LeadId], Separable] = Field(
        min_length=1,
        max_length=2,
        description="Ids of the leads to merge into this one.",
        examples=[["00Q000000000002AAA"]],
    )
    fill_empty: bool = Field(True, description="Fill what this lead lacks from the others.")
