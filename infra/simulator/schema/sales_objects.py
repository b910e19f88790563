"""Account, Contact and Opportunity: what a lead becomes.

Source: fact sheet 2.5 and 7.5.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.fields import (
    ChildRelationship,
    SObject,
    audit_fields,
    flag,
    integer,
    number,
    owner,
    picklist,
    read_only,
    record_head,
    reference,
    text,
    typed,
    unfilterable,
)
from infra.simulator.schema.lead import INDUSTRIES, LEAD_SOURCES, RATINGS, address, name_parts

STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
)

_DESCRIPTION = unfilterable(replace(typed("Description", "textarea", 32000), extra_type="plaintextarea"))

ACCOUNT = SObject(
    "Account",
    "Account",
    "Accounts",
    "001",
    mergeable=True,
    indexed=("Name",),
    children=(
        ChildRelationship("Contacts", "Contact", "AccountId"),
        ChildRelationship("Opportunities", "Opportunity", "AccountId"),
        ChildRelationship("ChildAccounts", "Account", "ParentId"),
    ),
    fields=(
        *record_head("Account"),
        read_only(reference("MasterRecordId", "Account")),
        text("Name", 255, "Account Name", nillable=False),
        picklist("Type", "Prospect", "Customer - Direct", "Customer - Channel", "Other", label="Account Type"),
        reference("ParentId", "Account", label="Parent Account ID"),
        *address("Billing", "Billing"),
        *address("Shipping", "Shipping"),
        typed("Phone", "phone", 40),
        typed("Fax", "phone", 40),
        text("AccountNumber", 40),
        typed("Website", "url", 255),
        picklist("Industry", *INDUSTRIES.split(",")),
        number("AnnualRevenue", "currency", 18, 0),
        integer("NumberOfEmployees", 8, "Employees"),
        _DESCRIPTION,
        picklist("Rating", *RATINGS),
        picklist("AccountSource", *LEAD_SOURCES),
        owner("User"),
        *audit_fields(),
    ),
)

CONTACT = SObject(
    "Contact",
    "Contact",
    "Contacts",
    "003",
    mergeable=True,
    indexed=("Email", "AccountId"),
    fields=(
        *record_head("Contact"),
        read_only(reference("MasterRecordId", "Contact")),
        reference("AccountId", "Account"),
        *name_parts(),
        *address("Mailing", "Mailing"),
        typed("Phone", "phone", 40, "Business Phone"),
        typed("Fax", "phone", 40),
        typed("MobilePhone", "phone", 40),
        reference("ReportsToId", "Contact", relationship="ReportsTo"),
        replace(typed("Email", "email", 80), id_lookup=True),
        text("Title", 128),
        text("Department", 80),
        picklist("LeadSource", *LEAD_SOURCES),
        typed("Birthdate", "date"),
        _DESCRIPTION,
        owner("User"),
        *audit_fields(),
    ),
)

OPPORTUNITY = SObject(
    "Opportunity",
    "Opportunity",
    "Opportunities",
    "006",
    indexed=("AccountId",),
    fields=(
        *record_head("Opportunity"),
        reference("AccountId", "Account"),
        text("Name", 120, nillable=False),
        _DESCRIPTION,
        replace(picklist("StageName", *STAGES, label="Stage"), nillable=False),
        number("Amount", "currency", 18, 2),
        replace(number("Probability", "percent", 3, 0, "Probability (%)"), defaulted=True),
        replace(typed("CloseDate", "date"), nillable=False),
        picklist("Type", "Existing Customer - Upgrade", "New Customer", label="Opportunity Type"),
        text("NextStep", 255),
        picklist("LeadSource", *LEAD_SOURCES),
        read_only(flag("IsClosed", "Closed")),
        read_only(flag("IsWon", "Won")),
        replace(
            picklist("ForecastCategoryName", "Pipeline", "Best Case", "Commit", "Omitted", "Closed"), defaulted=True
        ),
        reference("ContactId", "Contact"),
        owner("User"),
        *audit_fields(),
    ),
)
