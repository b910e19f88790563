"""The objects that describe the org itself: queues, statuses, record types; read only for its clients.

Source: fact sheet 4.2 (LeadStatus, Organization); "Organization", Object Reference.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.common_fields import address, audit_fields, record_head, system_field
from infra.simulator.schema.declarations import flag, integer, number, picklist, reference, text, typed
from infra.simulator.schema.fields import ChildRelationship, SObject

GROUP_TYPES = (
    "Regular,Role,RoleAndSubordinates,Organization,Queue,Territory,Manager,ManagerAndSubordinatesInternal,"
    "AllCustomerPortal,PRMOrganization"
)

GROUP = SObject(
    "Group",
    "Group",
    "Group",
    "00G",
    writable=False,
    children=(
        ChildRelationship("QueueSobjects", "QueueSobject", "QueueId"),
        ChildRelationship("GroupMembers", "GroupMember", "GroupId"),
    ),
    fields=(
        record_head("Group")[0],
        text("Name", 40, nillable=False),
        text("DeveloperName", 80),
        reference("RelatedId", "User", "UserRole"),
        picklist("Type", *GROUP_TYPES.split(","), length=40, restricted=True),
        typed("Email", "email", 255),
        reference("OwnerId", "Organization", "User"),
        flag("DoesSendEmailToMembers", "Send Email to Members"),
        flag("DoesIncludeBosses", "Grant Access Using Hierarchies"),
        *audit_fields(),
    ),
)

QUEUE_SOBJECT = SObject(
    "QueueSobject",
    "Queue Sobject",
    "Queue Sobject",
    "03g",
    writable=False,
    searchable=False,
    fields=(
        record_head("Queue Sobject")[0],
        replace(reference("QueueId", "Group", label="Group ID"), nillable=False),
        picklist("SobjectType", "Lead", length=40, restricted=True),
        system_field(reference("CreatedById", "User")),
        system_field(typed("SystemModstamp", "datetime")),
    ),
)
"""Which kinds of records a queue can own."""

GROUP_MEMBER = SObject(
    "GroupMember",
    "Group Member",
    "Group Member",
    "011",
    writable=False,
    searchable=False,
    fields=(
        record_head("Group Member")[0],
        replace(reference("GroupId", "Group"), nillable=False),
        replace(reference("UserOrGroupId", "Group", "User", label="User/Group ID"), nillable=False),
        system_field(typed("SystemModstamp", "datetime")),
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
        reference("BusinessProcessId", "BusinessProcess"),
        picklist("SobjectType", "Lead", "Account", "Contact", "Opportunity", length=40),
        flag("IsActive", "Active"),
        flag("IsPersonType"),
        *audit_fields(),
    ),
)
"""A new org has none: the master record type of the describe is no record."""

BUSINESS_PROCESS = SObject(
    "BusinessProcess",
    "Business Process",
    "Business Process",
    "019",
    writable=False,
    searchable=False,
    fields=(
        record_head("Business Process")[0],
        text("Name", 80, nillable=False),
        text("NamespacePrefix", 15),
        text("Description", 255),
        picklist("TableEnumOrId", "Lead", "Opportunity", length=40, label="Entity Enumeration Or ID"),
        flag("IsActive", "Active"),
        *audit_fields(),
    ),
)
"""The statuses that leads of some record types go through."""

CURRENCY_TYPE = SObject(
    "CurrencyType",
    "Currency Type",
    "Currency Type",
    "01L",
    writable=False,
    searchable=False,
    name_field="IsoCode",
    fields=(
        record_head("Currency Type")[0],
        text("IsoCode", 3, "Currency ISO Code", nillable=False),
        number("ConversionRate", "double", 18, 6),
        integer("DecimalPlaces", 1),
        flag("IsActive", "Active"),
        flag("IsCorporate", "Corporate Currency"),
        *audit_fields(),
    ),
)
"""The currencies of an org that has several."""

ASSIGNMENT_RULE = SObject(
    "AssignmentRule",
    "Assignment Rule",
    "Assignment Rules",
    "01Q",
    writable=False,
    searchable=False,
    fields=(
        record_head("Assignment Rule")[0],
        text("Name", 120, nillable=False),
        picklist("SobjectType", "Lead", "Case", length=40),
        flag("Active"),
        *audit_fields(),
    ),
)

DUPLICATE_RULE = SObject(
    "DuplicateRule",
    "Duplicate Rule",
    "Duplicate Rules",
    "0Bm",
    writable=False,
    searchable=False,
    fields=(
        record_head("Duplicate Rule")[0],
        text("DeveloperName", 80, nillable=False),
        text("MasterLabel", 80, nillable=False),
        text("Language", 40),
        text("NamespacePrefix", 15),
        picklist("SobjectType", "Lead", "Account", "Contact", length=40),
        picklist("SobjectSubtype", "None", "PersonAccount", length=40),
        flag("IsActive", "Active"),
        *audit_fields(),
    ),
)
"""Source: "DuplicateRule", Object Reference."""

_SHARED = ("Account", "Contact", "Opportunity", "Lead", "Case", "Calendar", "Pricebook", "Campaign")
_ACCESS = ("None", "Read", "Edit", "ReadEditTransfer", "All", "ControlledByParent", "HideDetails", "ReadSelect")

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
        text("Division", 80),
        *address(),
        typed("Phone", "phone", 40),
        typed("Fax", "phone", 40),
        text("PrimaryContact", 80),
        text("DefaultLocaleSidKey", 40, "Locale"),
        text("TimeZoneSidKey", 40, "Time Zone"),
        text("LanguageLocaleKey", 40, "Language"),
        flag("ReceivesInfoEmails", "Info Emails"),
        flag("ReceivesAdminInfoEmails", "Info Emails Admin"),
        integer("FiscalYearStartMonth", 2, "Fiscal Year Starts In"),
        flag("UsesStartDateAsFiscalYearName", "Fiscal Year Name by Start"),
        *(picklist(f"Default{name}Access", *_ACCESS, length=40) for name in _SHARED),
        typed("ComplianceBccEmail", "email", 80, "Compliance BCC Email"),
        picklist("UiSkin", "Theme1", "Theme2", "Theme3", "Theme4d", length=40, label="UI Skin"),
        text("SignupCountryIsoCode", 2, "Signup Country"),
        typed("TrialExpirationDate", "datetime"),
        picklist("OrganizationType", "Developer Edition", length=40, label="Edition"),
        text("NamespacePrefix", 15),
        text("InstanceName", 5),
        flag("IsSandbox"),
        text("WebToCaseDefaultOrigin", 40),
        integer("MonthlyPageViewsUsed", 9),
        integer("MonthlyPageViewsEntitlement", 9, "Monthly Page Views Allowed"),
        flag("IsReadOnly"),
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
        picklist("Type", length=40),
        flag("IsActive", "Active"),
        reference("ProfileId", "Profile"),
        reference("UserRoleId", "UserRole", label="Role ID"),
    ),
)
"""What any record has that a polymorphic reference leads to: the fields a path such as `Owner.Name` can reach."""
