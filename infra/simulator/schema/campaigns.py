"""Campaigns, and who is in them.

Source: Object Reference, Campaign, CampaignMember and CampaignMemberStatus.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.activities import OF_THING, last_activity
from infra.simulator.schema.common_fields import (
    LEAD_SOURCES,
    SALUTATIONS,
    audit_fields,
    description,
    last_seen,
    opt_outs,
    owner,
    record_head,
)
from infra.simulator.schema.declarations import (
    child_of,
    derived,
    flag,
    integer,
    number,
    picklist,
    read_only,
    reference,
    text,
    typed,
    unfilterable,
)
from infra.simulator.schema.fields import Choice, Field, SObject

_TYPES = (
    "Conference,Webinar,Trade Show,Public Relations,Partners,Referral Program,Advertisement,Banner Ads,Direct Mail,"
    "Email,Telemarketing,Other"
)
_STATUSES = ("Planned", "In Progress", "Completed", "Aborted")
_MEMBERS = "FROM {CampaignMember} AS member WHERE CampaignId = {row}.Id AND IsDeleted = 0"
_OPPORTUNITIES = "FROM {Opportunity} WHERE CampaignId = {row}.Id AND IsDeleted = 0"


def _responded(member: str) -> str:
    """Whether a member's status is one that the campaign takes for a response."""
    return (
        "EXISTS (SELECT 1 FROM {CampaignMemberStatus} AS status WHERE status.IsDeleted = 0 AND status.HasResponded = 1 "
        f"AND status.CampaignId = {member}.CampaignId AND status.Label = {member}.Status)"
    )


def _counted(name: str, label: str, sql: str) -> Field:
    return replace(derived(integer(name, 9, label), f"(SELECT count(*) {sql})"), nillable=False)


def _amount(name: str, label: str, sql: str) -> Field:
    total = f"(SELECT coalesce(sum(Amount), 0) {sql})"
    return replace(derived(number(name, "currency", 18, 0, label), total), nillable=False)


_ADDED_UP = (
    *("NumberOfLeads", "NumberOfConvertedLeads", "NumberOfContacts", "NumberOfResponses", "NumberOfOpportunities"),
    *("NumberOfWonOpportunities", "AmountAllOpportunities", "AmountWonOpportunities", "NumberSent"),
    *("ExpectedRevenue", "BudgetedCost", "ActualCost"),
)


def _hierarchy(field: Field) -> Field:
    """What a campaign and all those below it have together."""
    value = field.read_sql.replace("{row}", "each")
    total = (
        "(WITH RECURSIVE below(Id) AS (SELECT {row}.Id UNION SELECT child.Id FROM {Campaign} AS child "
        "JOIN below ON child.ParentId = below.Id WHERE child.IsDeleted = 0) "
        f"SELECT sum({value}) FROM below JOIN {{Campaign}} AS each ON each.Id = below.Id)"
    )
    label = f"Total {field.label.removesuffix(' in Campaign')} in Hierarchy"
    return derived(replace(field, name=f"Hierarchy{field.name}", label=label), total)


_CAMPAIGN = SObject(
    "Campaign",
    "Campaign",
    "Campaigns",
    "701",
    indexed=("Name", "ParentId"),
    fields=(
        *record_head("Campaign"),
        text("Name", 80, nillable=False),
        child_of(reference("ParentId", "Campaign", label="Parent Campaign ID"), "ChildCampaigns", cascades=False),
        picklist("Type", *_TYPES.split(",")),
        replace(
            picklist("Status"),
            choices=tuple(Choice(status, status == "Planned") for status in _STATUSES),
            defaulted=True,
            default="Planned",
        ),
        typed("StartDate", "date"),
        typed("EndDate", "date"),
        number("ExpectedRevenue", "currency", 18, 0, "Expected Revenue in Campaign"),
        number("BudgetedCost", "currency", 18, 0, "Budgeted Cost in Campaign"),
        number("ActualCost", "currency", 18, 0, "Actual Cost in Campaign"),
        replace(number("ExpectedResponse", "percent", 10, 2, "Expected Response (%)"), defaulted=True, default=0),
        replace(number("NumberSent", "double", 18, 0, "Num Sent in Campaign"), defaulted=True, default=0),
        flag("IsActive", "Active"),
        description(),
        _counted("NumberOfLeads", "Leads in Campaign", f"{_MEMBERS} AND LeadId IS NOT NULL"),
        _counted(
            "NumberOfConvertedLeads",
            "Converted Leads in Campaign",
            f"{_MEMBERS} AND LeadId IS NOT NULL AND ContactId IS NOT NULL",
        ),
        _counted("NumberOfContacts", "Contacts in Campaign", f"{_MEMBERS} AND ContactId IS NOT NULL"),
        _counted(
            "NumberOfResponses",
            "Responses in Campaign",
            f"{_MEMBERS} AND {_responded('member')}",
        ),
        _counted("NumberOfOpportunities", "Opportunities in Campaign", _OPPORTUNITIES),
        _counted("NumberOfWonOpportunities", "Won Opportunities in Campaign", f"{_OPPORTUNITIES} AND IsWon = 1"),
        _amount("AmountAllOpportunities", "Value Opportunities in Campaign", _OPPORTUNITIES),
        _amount("AmountWonOpportunities", "Value Won Opportunities in Campaign", f"{_OPPORTUNITIES} AND IsWon = 1"),
        owner("User"),
        *audit_fields(),
        last_activity(OF_THING),
        *last_seen(),
    ),
)

CAMPAIGN = _CAMPAIGN.with_fields(*(_hierarchy(field) for field in _CAMPAIGN.fields if field.name in _ADDED_UP))

CAMPAIGN_MEMBER_STATUS = SObject(
    "CampaignMemberStatus",
    "Campaign Member Status",
    "Campaign Member Statuses",
    "01Y",
    searchable=False,
    name_field="Label",
    indexed=("CampaignId",),
    fields=(
        *record_head("Campaign Member Status"),
        replace(
            child_of(reference("CampaignId", "Campaign"), "CampaignMemberStatuses", required=True),
            updateable=False,
        ),
        text("Label", 765, "Member Status", nillable=False),
        integer("SortOrder", 9),
        flag("IsDefault"),
        flag("HasResponded", "Responded"),
        *audit_fields(),
    ),
)


def _of_person(field: Field, of_lead: str, of_contact: str) -> Field:
    """What a member has from the contact, or else from the lead."""
    of_contact = f"(SELECT {of_contact} FROM {{Contact}} AS person WHERE person.Id = {{row}}.ContactId)"
    of_lead = f"(SELECT {of_lead} FROM {{Lead}} AS person WHERE person.Id = {{row}}.LeadId)"
    return derived(field, f"CASE WHEN {{row}}.ContactId IS NULL THEN {of_lead} ELSE {of_contact} END")


def _same(field: Field, of_contact: str = "") -> Field:
    return _of_person(field, field.name, of_contact or field.name)


CAMPAIGN_MEMBER = SObject(
    "CampaignMember",
    "Campaign Member",
    "Campaign Members",
    "00v",
    searchable=False,
    indexed=("CampaignId", "LeadId", "ContactId"),
    fields=(
        *record_head("Campaign Member"),
        replace(
            child_of(reference("CampaignId", "Campaign"), "CampaignMembers", required=True),
            updateable=False,
        ),
        replace(child_of(reference("LeadId", "Lead"), "CampaignMembers"), updateable=False),
        replace(child_of(reference("ContactId", "Contact"), "CampaignMembers"), updateable=False),
        picklist("Status", length=40),
        replace(derived(flag("HasResponded", "Responded"), _responded("{row}")), defaulted=True),
        *audit_fields(),
        read_only(typed("FirstRespondedDate", "date")),
        _same(picklist("Salutation", *SALUTATIONS, length=40)),
        _same(text("Name", 255, "Full Name")),
        _same(text("FirstName", 40)),
        _same(text("LastName", 80)),
        _same(text("Title", 128)),
        _same(typed("Street", "textarea", 255), "MailingStreet"),
        _same(text("City", 40), "MailingCity"),
        _same(text("State", 80, "State/Province"), "MailingState"),
        _same(text("PostalCode", 20, "Zip/Postal Code"), "MailingPostalCode"),
        _same(text("Country", 80), "MailingCountry"),
        _same(typed("Email", "email", 80)),
        _same(typed("Phone", "phone", 40)),
        _same(typed("Fax", "phone", 40)),
        _same(typed("MobilePhone", "phone", 40, "Mobile")),
        _same(unfilterable(typed("Description", "textarea", 32000))),
        *(_same(field) for field in opt_outs()),
        _same(picklist("LeadSource", *LEAD_SOURCES)),
        _of_person(
            text("CompanyOrAccount", 255, "Company (Account)"),
            "Company",
            "(SELECT account.Name FROM {Account} AS account WHERE account.Id = person.AccountId)",
        ),
        derived(
            picklist("Type", "Contact", "Lead", length=40),
            "CASE WHEN {row}.ContactId IS NULL THEN 'Lead' ELSE 'Contact' END",
        ),
        derived(
            reference("LeadOrContactId", "Contact", "Lead", label="Related Record ID"),
            "coalesce({row}.ContactId, {row}.LeadId)",
        ),
        _of_person(
            reference("LeadOrContactOwnerId", "Group", "User", label="Related Record Owner ID"), "OwnerId", "OwnerId"
        ),
    ),
)
