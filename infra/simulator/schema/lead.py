"""The Lead object of a fresh org.

Source: fact sheet 2.5 (recorded describe, v59.0).
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.fields import (
    ChildRelationship,
    Field,
    SObject,
    audit_fields,
    flag,
    in_address,
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

SALUTATIONS = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx.")
LEAD_SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
RATINGS = ("Hot", "Warm", "Cold")
INDUSTRIES = (
    "Agriculture,Apparel,Banking,Biotechnology,Chemicals,Communications,Construction,Consulting,Education,"
    "Electronics,Energy,Engineering,Entertainment,Environmental,Finance,Food & Beverage,Government,Healthcare,"
    "Hospitality,Insurance,Machinery,Manufacturing,Media,Not For Profit,Recreation,Retail,Shipping,Technology,"
    "Telecommunications,Transportation,Utilities,Other"
)
CLEAN_STATUSES = ("Matched", "Different", "Acknowledged", "NotFound", "Inactive", "Pending", "SelectMatch", "Skipped")
ACCURACIES = "Address,NearAddress,Block,Street,ExtendedZip,Zip,Neighborhood,City,County,State,Unknown"


def name_parts() -> tuple[Field, ...]:
    """The parts a person's name is made of."""
    return (
        replace(text("LastName", 80, nillable=False, compound="Name"), extra_type="personname"),
        replace(text("FirstName", 40, compound="Name"), extra_type="personname"),
        replace(picklist("Salutation", *SALUTATIONS, length=40), compound="Name", extra_type="personname"),
        replace(read_only(text("Name", 121, "Full Name", nillable=False)), extra_type="personname"),
    )


def address(prefix: str = "", label: str = "") -> tuple[Field, ...]:
    """An address: its parts, and the compound field that reads them together."""
    compound = f"{prefix}Address"
    lead_in = f"{label} " if label else ""
    parts = (
        replace(typed(f"{prefix}Street", "textarea", 255, f"{lead_in}Street"), extra_type="plaintextarea"),
        text(f"{prefix}City", 40, f"{lead_in}City"),
        text(f"{prefix}State", 80, f"{lead_in}State/Province"),
        text(f"{prefix}PostalCode", 20, f"{lead_in}Zip/Postal Code"),
        text(f"{prefix}Country", 80, f"{lead_in}Country"),
        number(f"{prefix}Latitude", "double", 18, 15, f"{lead_in}Latitude"),
        number(f"{prefix}Longitude", "double", 18, 15, f"{lead_in}Longitude"),
        picklist(f"{prefix}GeocodeAccuracy", *ACCURACIES.split(","), length=40, restricted=True),
    )
    whole = replace(read_only(typed(compound, "address", label=f"{lead_in}Address")), sortable=False)
    return (*(in_address(part, compound) for part in parts), whole)


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
        read_only(replace(typed("PhotoUrl", "url", 255, "Photo URL"), extra_type="imageurl")),
        unfilterable(replace(typed("Description", "textarea", 32000), extra_type="plaintextarea")),
        picklist("LeadSource", *LEAD_SOURCES),
        STATUS,
        picklist("Industry", *INDUSTRIES.split(",")),
        picklist("Rating", *RATINGS),
        number("AnnualRevenue", "currency", 18, 0),
        integer("NumberOfEmployees", 8, "Employees"),
        owner("Group", "User"),
        replace(flag("IsConverted", "Converted"), updateable=False),
        read_only(typed("ConvertedDate", "date")),
        read_only(reference("ConvertedAccountId", "Account")),
        read_only(reference("ConvertedContactId", "Contact")),
        read_only(reference("ConvertedOpportunityId", "Opportunity")),
        flag("IsUnreadByOwner", "Unread By Owner"),
        *audit_fields(),
        read_only(typed("LastActivityDate", "date", label="Last Activity")),
        read_only(typed("LastViewedDate", "datetime")),
        read_only(typed("LastReferencedDate", "datetime")),
        text("Jigsaw", 20, "Data.com Key"),
        read_only(text("JigsawContactId", 20)),
        picklist("CleanStatus", *CLEAN_STATUSES, length=40, restricted=True),
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
        replace(reference("CreatedById", "User", label="Created By ID"), nillable=False),
        replace(typed("CreatedDate", "datetime"), nillable=False),
        picklist("Field", label="Changed Field"),
        picklist("DataType", label="Datatype"),
        unfilterable(text("OldValue", 255)),
        unfilterable(text("NewValue", 255)),
    ),
)
"""What became of the fields whose history is kept."""
