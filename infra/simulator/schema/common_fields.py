"""What objects have alike: what every record begins with, the parts of a name, an address, the values of picklists.

Source: fact sheet 2.5.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.declarations import (
    flag,
    number,
    picklist,
    read_only,
    reference,
    text,
    typed,
    unfilterable,
)
from infra.simulator.schema.fields import Field

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


def record_head(label: str) -> tuple[Field, ...]:
    """The fields every record begins with."""
    return (
        replace(read_only(Field("Id", "id", 18, f"{label} ID", nillable=False, defaulted=True)), id_lookup=True),
        read_only(flag("IsDeleted", "Deleted")),
    )


def system_field(field: Field) -> Field:
    """Salesforce fills it, and it is never empty. Source: "System Fields", Object Reference."""
    return replace(read_only(field), nillable=False, defaulted=True)


def audit_fields() -> tuple[Field, ...]:
    """Who wrote the record and when; Salesforce fills them."""
    fields = (
        typed("CreatedDate", "datetime"),
        reference("CreatedById", "User"),
        typed("LastModifiedDate", "datetime"),
        reference("LastModifiedById", "User"),
        typed("SystemModstamp", "datetime"),
    )
    return tuple(system_field(field) for field in fields)


def owner(*kinds: str, label: str = "") -> Field:
    return replace(reference("OwnerId", *kinds, label=label), nillable=False, defaulted=True)


def name_parts() -> tuple[Field, ...]:
    """The parts a person's name is made of."""
    return (
        replace(text("LastName", 80, nillable=False, compound="Name"), extra_type="personname"),
        replace(text("FirstName", 40, compound="Name"), extra_type="personname"),
        replace(picklist("Salutation", *SALUTATIONS, length=40), compound="Name", extra_type="personname"),
        replace(read_only(text("Name", 121, "Full Name", nillable=False)), extra_type="personname"),
    )


def address(prefix: str = "") -> tuple[Field, ...]:
    """An address: its parts, and the compound field that reads them together."""
    compound = f"{prefix}Address"
    lead_in = f"{prefix} " if prefix else ""
    parts = (
        replace(typed(f"{prefix}Street", "textarea", 255), extra_type="plaintextarea"),
        text(f"{prefix}City", 40),
        text(f"{prefix}State", 80, f"{lead_in}State/Province"),
        text(f"{prefix}PostalCode", 20, f"{lead_in}Zip/Postal Code"),
        text(f"{prefix}Country", 80),
        number(f"{prefix}Latitude", "double", 18, 15),
        number(f"{prefix}Longitude", "double", 18, 15),
        picklist(f"{prefix}GeocodeAccuracy", *ACCURACIES.split(","), length=40, restricted=True),
    )
    whole = replace(read_only(typed(compound, "address")), sortable=False)
    return (*(replace(part, compound=compound) for part in parts), whole)


def data_com(key: str) -> tuple[Field, ...]:
    """What Data.com kept about a record, among it the key of its own that a field of this name holds."""
    return (
        text("Jigsaw", 20, "Data.com Key"),
        read_only(text(key, 20)),
        picklist("CleanStatus", *CLEAN_STATUSES, length=40, restricted=True),
    )


def last_seen() -> tuple[Field, ...]:
    """When somebody last worked with or looked at a record."""
    return (read_only(typed("LastViewedDate", "datetime")), read_only(typed("LastReferencedDate", "datetime")))


def opt_outs() -> tuple[Field, ...]:
    """What a person does not want."""
    return (
        flag("HasOptedOutOfEmail", "Email Opt Out"),
        flag("HasOptedOutOfFax", "Fax Opt Out"),
        flag("DoNotCall"),
    )


def photo() -> Field:
    return read_only(replace(typed("PhotoUrl", "url", 255, "Photo URL"), extra_type="imageurl"))


def description(label: str = "") -> Field:
    return unfilterable(replace(typed("Description", "textarea", 32000, label), extra_type="plaintextarea"))
