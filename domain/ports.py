"""What the domain needs from outside."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from domain.values.campaigns import NO_CAMPAIGNS, CampaignMember, CampaignsAsked, FoundCampaigns
from domain.values.conversion_targets import Targets, TargetSearch
from domain.values.described import NOTHING_DESCRIBED, DescribedLead
from domain.values.inputs import ConvertOptions
from domain.values.lead import Contact, Lead
from domain.values.listing import LeadFilter, Position
from domain.values.org import ActiveRules, LeadStatus, OrgDescription
from domain.values.results import Conversion

FieldValues = Mapping[str, Any]
"""Values to write, by field name; custom fields as `custom_fields.<name>`, the status as `status`."""

ReportProgress = Callable[[str], None]
"""Takes, in a few words, what is done next. No value of a lead is ever among them."""


@dataclass(frozen=True)
class Found:
    """What a look-up found."""

    leads: Sequence[Lead]
    """Open leads first, the oldest of them first; then the converted ones."""
    statuses: Sequence[LeadStatus] = ()
    """The org's lead statuses, when they were asked for."""
    others: Sequence[Lead] = ()
    """Leads that share the email and are not meant: they have another external id."""
    described: DescribedLead = NOTHING_DESCRIBED
    """How leads look to this caller, when that was asked for."""
    campaigns: FoundCampaigns = NO_CAMPAIGNS
    """What there is of campaigns, when it was asked for."""

    @property
    def open(self) -> list[Lead]:
        return [lead for lead in self.leads if not lead.is_converted]


@dataclass(frozen=True)
class WriteOptions:
    """How a write treats the org's own rules."""

    assign: bool
    """Run the assignment rule, which then chooses the owner."""
    allow_duplicate: bool
    """Save even if a duplicate rule objects."""
    assignment_rule_id: str | None = None
    """The rule to run instead of the active one."""
    only_once: bool = False
    """A value that only one lead may have is among what is written, so that a second try makes no second lead."""


class Turn(Protocol):
    """The right to make a lead with one email."""

    @property
    def held(self) -> bool:
        """Whether it is still ours. When it is lost, somebody else may be making a lead with the same email."""


class Leads(Protocol):
    """The leads of one org, as one caller sees them.

    Every method may raise the AccessError and TryLaterError branches; those that write also OutcomeUnknownError.
    """

    def turn(self, email: str) -> AbstractAsyncContextManager[Turn]:
        """Wait until nobody else creates or syncs a lead with this email, and keep others waiting meanwhile.

        Raises OverloadedError when the wait gets too long, CoordinationUnavailableError when nobody can tell.
        """

    async def look_up(
        self,
        lead: str,
        *,
        with_statuses: bool = False,
        described: bool | Literal["anew"] = False,
        campaign: CampaignsAsked | None = None,
    ) -> Found:
        """The lead with this Id, or all leads with this email (at most 200), in one call. `described` says how leads
        look to this caller, `anew` as of now.

        Raises LeadNotFoundError for an Id that does not exist; an email nobody has finds no leads.
        """

    async def look_up_external_id(
        self,
        field: str,
        external_id: str,
        email: str | None,
        *,
        with_statuses: bool = False,
        campaign: CampaignsAsked | None = None,
    ) -> Found:
        """The lead with this external id in the custom field of that name, in one call, and how leads look. When none
        has it, the leads with the email that have no external id.

        Raises InvalidInputError for what the field can not hold or no address can, AmbiguousLeadError when several
        have it, SalesforceRejectedError when there is no such field.
        """

    async def describe(self, *, anew: bool = False) -> DescribedLead:
        """How leads look to this caller; no older than some minutes, and a call only when nothing newer is known, or
        `anew`.
        """

    async def statuses(self) -> list[LeadStatus]:
        """The org's lead statuses, in their order."""

    async def page(self, leads: LeadFilter, fields: Sequence[str] | None, after: Position | None) -> list[Lead]:
        """The next leads behind a position, at most `leads.limit` and one more if there are more. Of each lead at least
        `fields` and what `leads` sorts by.
        """

    async def create(self, values: FieldValues, options: WriteOptions) -> Lead:
        """Create a lead, once, and read it back.

        Raises InvalidInputError for a record type or an assignment rule that there is not, SalesforceRejectedError,
        DuplicateDetectedError.
        """

    async def update(self, lead_id: str, values: FieldValues, options: WriteOptions) -> Lead:
        """Write these values (None clears) and read the lead back.

        Raises LeadNotFoundError, LeadConvertedError, and what `create` does.
        """

    async def delete(self, lead_id: str) -> None:
        """Put the lead into the recycle bin.

        Raises LeadNotFoundError.
        """

    async def undelete(self, lead_id: str) -> bool:
        """Take a lead out of the recycle bin; False when it is not in there."""

    async def with_same_email(self, at_most: int) -> list[list[Lead]]:
        """Open leads that share an email, grouped by it, the oldest of each group first. One group more than
        `at_most` when there are more. Of each lead only what it takes to recognise it.
        """

    async def merge(self, lead_id: str, others: Sequence[str], values: FieldValues) -> None:
        """Merge one or two other leads into this one, once; they go to the recycle bin. The values are written to it.

        Raises LeadNotFoundError, SalesforceRejectedError.
        """

    async def merged_into(self, lead_ids: Sequence[str]) -> dict[str, str]:
        """Of these leads those in the recycle bin that were merged into another one, with the Id of that one."""

    async def contact(self, contact_id: str) -> Contact:
        """The contact with this Id.

        Raises ContactNotFoundError.
        """

    async def update_contact(self, contact_id: str, values: FieldValues) -> None:
        """Write these values, fields of CONTACT_FIELDS, to a contact.

        Raises ContactNotFoundError, SalesforceRejectedError, DuplicateDetectedError.
        """


class Conversions(Protocol):
    """Converting the leads of one org, as one caller can.

    Every method may raise the AccessError and TryLaterError branches; `convert` also OutcomeUnknownError.
    """

    async def statuses_of(self, record_type: str, described: DescribedLead) -> Sequence[str] | None:
        """The statuses that leads of this record type can have; None when that can not be known. A call only when
        nothing newer than some minutes is known.
        """

    async def targets(self, search: TargetSearch) -> Targets:
        """The accounts and contacts that fit, not more than 200 of each, and those named by Id that are there."""

    async def convert(self, lead_id: str, status: str, options: ConvertOptions) -> Conversion:
        """Convert an open lead, once.

        Raises ConversionRejectedError, LeadConvertedError, DuplicateDetectedError, LeadNotFoundError.
        """


class Campaigns(Protocol):
    """The campaigns of one org, as one caller sees them; `Leads.look_up` finds them together with the leads.
    Nobody is in one of them twice: Salesforce sees to that.

    Every method may raise the AccessError and TryLaterError branches; those that write also OutcomeUnknownError.
    """

    async def member(self, campaign_id: str, person_id: str) -> CampaignMember | None:
        """The place of a lead or a contact in a campaign."""

    async def add(self, campaign_id: str, person_id: str, status: str | None) -> CampaignMember:
        """Add a lead or a contact, once; without a status it gets the campaign's default one.

        Raises SalesforceRejectedError, also for somebody who is a member already, and LeadConvertedError.
        """

    async def change_status(self, member_id: str, status: str) -> CampaignMember:
        """Give a member another status.

        Raises SalesforceRejectedError.
        """

    async def active_names(self) -> list[str]:
        """The names of active campaigns, the latest first; at most 200."""


class Org(Protocol):
    """The caller's org itself. Methods may raise the AccessError and TryLaterError branches."""

    async def described_lead(self) -> tuple[DescribedLead, list[LeadStatus]]:
        """The fields and the statuses of the org's leads as they are now, in one call."""

    async def values_by_record_type(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """The values that each record type offers of each picklist, by field; the record types by their Ids."""

    async def active_rules(self) -> ActiveRules:
        """The assignment and duplicate rules of leads that are active, in one call."""

    async def about(self) -> OrgDescription:
        """Who the caller is, which org this is, and what is left of its API calls.

        What Salesforce refuses to tell is None, and the note says why; only a session that fails is an error.
        """
