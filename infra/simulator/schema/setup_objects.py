"""The objects that describe the org itself: users, queues, statuses; read only for its clients.

Source: fact sheet 4.2 (LeadStatus, Organization).
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.fields import (
    SObject,
    audit_fields,
    flag,
    integer,
    picklist,
    read_only,
    record_head,
    reference,
    text,
    typed,
)

USER = SObject(
    "User",
    "User",
    "Users",
    "005",
    writable=False,
    fields=(
        record_head("User")[0],
        text("Username", 80, nillable=False),
        text("LastName", 80, nillable=False),
        text("FirstName", 40),
        read_only(text("Name", 121, "Full Name", nillable=False)),
        text("CompanyName", 80),
        text("Title", 80),
        typed("Email", "email", 128),
        typed("Phone", "phone", 40),
        text("Alias", 8, nillable=False),
        flag("IsActive", "Active", default=True),
        text("TimeZoneSidKey", 40, "Time Zone"),
        text("LocaleSidKey", 40, "Locale"),
        text("LanguageLocaleKey", 40, "Language"),
        picklist("UserType", "Standard"),
        reference("ProfileId", "Profile"),
        *audit_fields(),
    ),
)

GROUP = SObject(
    "Group",
    "Group",
    "Group",
    "00G",
    writable=False,
    fields=(
        record_head("Group")[0],
        text("Name", 40, nillable=False),
        text("DeveloperName", 80),
        picklist("Type", "Regular", "Queue", length=40),
        typed("Email", "email", 255),
        *audit_fields(),
    ),
)

LEAD_STATUS = SObject(
    "LeadStatus",
    "Lead Status Value",
    "Lead Status Value",
    "01J",
    writable=False,
    searchable=False,
    fields=(
        record_head("Lead Status")[0],
        text("MasterLabel", 255, nillable=False),
        text("ApiName", 255, "API Name"),
        integer("SortOrder", 9),
        flag("IsDefault", "Default"),
        flag("IsConverted", "Converted"),
        *audit_fields(),
    ),
)

RECORD_TYPE = SObject(
    "RecordType",
    "Record Type",
    "Record Types",
    "012",
    writable=False,
    searchable=False,
    fields=(
        record_head("Record Type")[0],
        text("Name", 80, nillable=False),
        text("DeveloperName", 80, "Record Type Name", nillable=False),
        text("NamespacePrefix", 15),
        text("Description", 255),
        picklist("SobjectType", "Lead", "Account", "Contact", "Opportunity", length=40),
        flag("IsActive", "Active"),
        *audit_fields(),
    ),
)
"""A new org has none: the master record type of the describe is no record."""

ORGANIZATION = SObject(
    "Organization",
    "Organization",
    "Organizations",
    "00D",
    writable=False,
    searchable=False,
    fields=(
        record_head("Organization")[0],
        text("Name", 80, nillable=False),
        picklist("OrganizationType", "Developer Edition", label="Edition"),
        text("InstanceName", 5),
        flag("IsSandbox"),
        text("LanguageLocaleKey", 40, "Language"),
        text("DefaultLocaleSidKey", 40, "Locale"),
        text("TimeZoneSidKey", 40, "Time Zone"),
        text("NamespacePrefix", 15),
        *audit_fields(),
    ),
)

NAME = SObject(
    "Name",
    "Name",
    "Names",
    "",
    writable=False,
    searchable=False,
    fields=(
        record_head("Name")[0],
        text("Name", 255),
        text("FirstName", 40),
        text("LastName", 80),
        text("Username", 80),
        text("Alias", 8),
        typed("Email", "email", 255),
        typed("Phone", "phone", 40),
        text("Title", 128),
        replace(picklist("Type"), length=40),
        flag("IsActive", "Active"),
    ),
)
"""What any record has that a polymorphic reference leads to: the fields a path such as `Owner.Name` can reach."""
