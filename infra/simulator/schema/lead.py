"""The Lead object of a fresh org.

Source: fact sheet 2.5 (recorded describe, v59.0).
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.activities import OF_PERSON, last_activity
from infra.simulator.schema.common_fields import (
    INDUSTRIES,
    LEAD_SOURCES,
    RATINGS,
    address,
    audit_fields,
    data_com,
    description,
    last_seen,
    name_parts,
    opt_outs,
    owner,
    photo,
    record_head,
    system_field,
)
from infra.simulator.schema.declarations import (
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
from infra.simulator.schema.fields import ChildRelationship, SObject

STATUS = replace(picklist("Status"), nillable=False, defaulted=True)
"""Its values are those of the org's settings."""

LEAD = SObject(
    "Lead",
    "Lead",
    "Leads",
    "00Q",
    mergeable=True,
    indexed=("Name", "Email", "CreatedDate", "LastModifiedDate", "SystemModstamp"),
    children=(ChildRelationship("Histories", "LeadHistory", "LeadId"),),
    fields=(
        *record_head("Lead"),
        read_only(reference("MasterRecordId", "Lead")),
        *name_parts(),
        text("Title", 128),
        text("Company", 255, nillable=False),
        *address(),
        typed("Phone", "phone", 40),
        typed("MobilePhone", "phone", 40),
        typed("Fax", "phone", 40),
        replace(typed("Email", "email", 80), id_lookup=True),
        typed("Website", "url", 255),
        photo(),
        description(),
        picklist("LeadSource", *LEAD_SOURCES),
        STATUS,
        picklist("Industry", *INDUSTRIES.split(",")),
        picklist("Rating", *RATINGS),
        number("AnnualRevenue", "currency", 18, 0),
        integer("NumberOfEmployees", 8, "Employees"),
        owner("Group", "User"),
        *opt_outs(),
        replace(flag("IsConverted", "Converted"), updateable=False),
        read_only(typed("ConvertedDate", "date")),
        read_only(reference("ConvertedAccountId", "Account")),
        read_only(reference("ConvertedContactId", "Contact")),
        read_only(reference("ConvertedOpportunityId", "Opportunity")),
        flag("IsUnreadByOwner", "Unread By Owner"),
        *audit_fields(),
        last_activity(OF_PERSON),
        *last_seen(),
        read_only(typed("LastTransferDate", "date")),
        *data_com("JigsawContactId"),
        text("CompanyDunsNumber", 9, "Company D-U-N-S Number"),
        reference("DandbCompanyId", "DandBCompany", label="D&B Company ID"),
        replace(text("EmailBouncedReason", 255), createable=False),
        replace(typed("EmailBouncedDate", "datetime"), createable=False),
        reference("IndividualId", "Individual"),
    ),
)

LEAD_HISTORY = SObject(
    "LeadHistory",
    "Lead History",
    "Lead History",
    "017",
    writable=False,
    searchable=False,
    indexed=("LeadId",),
    fields=(
        *record_head("Lead History"),
        replace(reference("LeadId", "Lead"), nillable=False),
        system_field(reference("CreatedById", "User")),
        system_field(typed("CreatedDate", "datetime")),
        picklist("Field", label="Changed Field"),
        picklist("DataType", label="Datatype"),
        unfilterable(text("OldValue", 255)),
        unfilterable(text("NewValue", 255)),
    ),
)
"""What became of the fields whose history is kept."""
