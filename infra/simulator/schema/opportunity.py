"""The Opportunity object, its stages, and the parts that contacts have in it.

Source: fact sheet 2.5; "Opportunity", "OpportunityStage" and "OpportunityContactRole", Object Reference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from infra.simulator.schema import unverified
from infra.simulator.schema.activities import OF_THING, last_activity
from infra.simulator.schema.common_fields import LEAD_SOURCES, audit_fields, description, last_seen, owner, record_head
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
from infra.simulator.schema.fields import Choice, SObject


@dataclass(frozen=True)
class Stage:
    """A stage of a sale, and what it says about the opportunity."""

    name: str
    probability: int
    forecast: str = "Pipeline"
    is_closed: bool = False

    @property
    def is_won(self) -> bool:
        return self.forecast == "Closed"


STAGES = (
    Stage("Prospecting", 10),
    Stage("Qualification", 10),
    Stage("Needs Analysis", 20),
    Stage("Value Proposition", 50),
    Stage("Id. Decision Makers", 60),
    Stage("Perception Analysis", 70),
    Stage("Proposal/Price Quote", 75),
    Stage("Negotiation/Review", 90),
    Stage("Closed Won", 100, "Closed", is_closed=True),
    Stage("Closed Lost", 0, "Omitted", is_closed=True),
)
_KNOWN = {stage.name.casefold(): stage for stage in STAGES}


def stage_named(name: str) -> Stage:
    """The stage of that name in any case; of another one nothing is known but its name."""
    return _KNOWN.get(name.casefold()) or Stage(name, 0, unverified.UNKNOWN_STAGE_FORECAST)


FORECASTS = {
    "Omitted": "Omitted",
    "Pipeline": "Pipeline",
    "Best Case": "BestCase",
    "Commit": "Forecast",
    "Closed": "Closed",
}
"""The forecast category that each name stands for."""
TYPES = (
    "Existing Customer - Upgrade",
    "Existing Customer - Replacement",
    "Existing Customer - Downgrade",
    "New Customer",
)
ROLES = (
    "Business User",
    "Decision Maker",
    "Economic Buyer",
    "Economic Decision Maker",
    "Evaluator",
    "Executive Sponsor",
    "Influencer",
    "Technical Buyer",
    "Other",
)
_PRIMARY_CONTACT = (
    "(SELECT role.ContactId FROM {OpportunityContactRole} AS role "
    "WHERE role.OpportunityId = {row}.Id AND role.IsPrimary = 1 AND role.IsDeleted = 0)"
)
_ACTIVITY_FLAGS = ("HasOpenActivity", "HasOverdueTask")
_FORECAST_CATEGORY = replace(
    picklist("ForecastCategory", length=40, restricted=True),
    nillable=False,
    choices=tuple(Choice(value, label=name) for name, value in FORECASTS.items()),
)

OPPORTUNITY = SObject(
    "Opportunity",
    "Opportunity",
    "Opportunities",
    "006",
    indexed=("AccountId", "CampaignId"),
    fields=(
        *record_head("Opportunity"),
        reference("AccountId", "Account"),
        flag("IsPrivate", "Private"),
        replace(text("Name", 120, nillable=False), id_lookup=True),
        description(),
        replace(picklist("StageName", *(stage.name for stage in STAGES), label="Stage"), nillable=False),
        number("Amount", "currency", 18, 2),
        replace(number("Probability", "percent", 3, 0, "Probability (%)"), defaulted=True),
        read_only(number("ExpectedRevenue", "currency", 18, 2, "Expected Amount")),
        number("TotalOpportunityQuantity", "double", 18, 2, "Quantity"),
        replace(typed("CloseDate", "date"), nillable=False),
        picklist("Type", *TYPES, label="Opportunity Type"),
        text("NextStep", 255),
        picklist("LeadSource", *LEAD_SOURCES),
        read_only(flag("IsClosed", "Closed")),
        read_only(flag("IsWon", "Won")),
        read_only(_FORECAST_CATEGORY),
        replace(
            picklist("ForecastCategoryName", *FORECASTS, label="Forecast Category", restricted=True), defaulted=True
        ),
        child_of(reference("CampaignId", "Campaign"), "Opportunities", cascades=False),
        read_only(flag("HasOpportunityLineItem", "Has Line Item")),
        replace(reference("Pricebook2Id", "Pricebook2", label="Price Book ID"), defaulted=True),
        owner("User"),
        *audit_fields(),
        last_activity(OF_THING),
        read_only(integer("PushCount", 9)),
        read_only(typed("LastStageChangeDate", "datetime")),
        read_only(integer("FiscalQuarter", 9)),
        read_only(integer("FiscalYear", 9)),
        read_only(text("Fiscal", 6, "Fiscal Period")),
        replace(derived(reference("ContactId", "Contact"), _PRIMARY_CONTACT), createable=True),
        *last_seen(),
        *(unfilterable(read_only(flag(name))) for name in _ACTIVITY_FLAGS),
        read_only(reference("LastAmountChangedHistoryId", "OpportunityHistory")),
        read_only(reference("LastCloseDateChangedHistoryId", "OpportunityHistory")),
    ),
)

OPPORTUNITY_STAGE = SObject(
    "OpportunityStage",
    "Opportunity Stage",
    "Opportunity Stage",
    "01J",
    writable=False,
    searchable=False,
    fields=(
        record_head("Opportunity Stage")[0],
        text("MasterLabel", 255),
        text("ApiName", 255, "API Name"),
        flag("IsActive"),
        integer("SortOrder", 9),
        flag("IsClosed", "Closed"),
        flag("IsWon", "Won"),
        _FORECAST_CATEGORY,
        picklist("ForecastCategoryName", *FORECASTS, restricted=True),
        number("DefaultProbability", "percent", 3, 0, "Probability (%)"),
        text("Description", 255),
        *audit_fields(),
    ),
)

OPPORTUNITY_CONTACT_ROLE = SObject(
    "OpportunityContactRole",
    "Opportunity Contact Role",
    "Opportunity Contact Role",
    "00K",
    searchable=False,
    has_pages=False,
    indexed=("OpportunityId", "ContactId"),
    fields=(
        *record_head("Contact Role"),
        replace(
            child_of(reference("OpportunityId", "Opportunity"), "OpportunityContactRoles", required=True),
            updateable=False,
        ),
        child_of(reference("ContactId", "Contact"), "OpportunityContactRoles", required=True),
        picklist("Role", *ROLES),
        flag("IsPrimary", "Primary"),
        *audit_fields(),
    ),
)
