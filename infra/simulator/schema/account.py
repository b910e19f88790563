"""The Account object.

Source: fact sheet 2.5; "Account", Object Reference.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.activities import OF_ACCOUNT, last_activity
from infra.simulator.schema.common_fields import (
    INDUSTRIES,
    LEAD_SOURCES,
    RATINGS,
    address,
    audit_fields,
    data_com,
    description,
    last_seen,
    owner,
    photo,
    record_head,
)
from infra.simulator.schema.declarations import integer, number, picklist, read_only, reference, text, typed
from infra.simulator.schema.fields import ChildRelationship, SObject

TYPES = (
    "Prospect",
    "Customer - Direct",
    "Customer - Channel",
    "Channel Partner / Reseller",
    "Installation Partner",
    "Technology Partner",
    "Other",
)

ACCOUNT = SObject(
    "Account",
    "Account",
    "Accounts",
    "001",
    mergeable=True,
    indexed=("Name", "ParentId"),
    children=(
        ChildRelationship("ChildAccounts", "Account", "ParentId"),
        ChildRelationship("Contacts", "Contact", "AccountId", cascades=True),
        ChildRelationship("Opportunities", "Opportunity", "AccountId", cascades=True),
    ),
    fields=(
        *record_head("Account"),
        read_only(reference("MasterRecordId", "Account")),
        replace(text("Name", 255, "Account Name", nillable=False), extra_type="switchablepersonname"),
        picklist("Type", *TYPES, label="Account Type"),
        reference("ParentId", "Account", label="Parent Account ID"),
        *address("Billing"),
        *address("Shipping"),
        typed("Phone", "phone", 40, "Account Phone"),
        typed("Fax", "phone", 40, "Account Fax"),
        text("AccountNumber", 40),
        typed("Website", "url", 255),
        photo(),
        text("Sic", 20, "SIC Code"),
        picklist("Industry", *INDUSTRIES.split(",")),
        number("AnnualRevenue", "currency", 18, 0),
        integer("NumberOfEmployees", 8, "Employees"),
        picklist("Ownership", "Public", "Private", "Subsidiary", "Other"),
        text("TickerSymbol", 20),
        description("Account Description"),
        picklist("Rating", *RATINGS, label="Account Rating"),
        text("Site", 80, "Account Site"),
        owner("User"),
        *audit_fields(),
        last_activity(OF_ACCOUNT),
        *last_seen(),
        *data_com("JigsawCompanyId"),
        picklist("AccountSource", *LEAD_SOURCES),
        text("DunsNumber", 9, "D-U-N-S Number"),
        text("Tradestyle", 255),
        text("NaicsCode", 8, "NAICS Code"),
        text("NaicsDesc", 120, "NAICS Description"),
        text("YearStarted", 4),
        text("SicDesc", 80, "SIC Description"),
        reference("DandbCompanyId", "DandBCompany", label="D&B Company ID"),
        reference("OperatingHoursId", "OperatingHours", label="Operating Hour ID"),
    ),
)
