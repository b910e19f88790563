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


def audit_fields() -> tuple[Field, ...]:
    """Who wrote the record and when; Salesforce fills them."""
    moments = {"CreatedDate": "Created Date", "LastModifiedDate": "Last Modified Date"}
    people = {"CreatedById": "Created By ID", "LastModifiedById": "Last Modified By ID"}
    fields = []
    for (moment, moment_label), (person, person_label) in zip(moments.items(), people.items(), strict=True):
        fields.append(_system(typed(moment, "datetime", label=moment_label)))
        fields.append(_system(reference(person, "User", label=person_label)))
    return (*fields, _system(typed("SystemModstamp", "datetime", label="System Modstamp")))


def owner(*kinds: str, label: str = "Owner ID") -> Field:
    return replace(reference("OwnerId", *kinds, label=label), nillable=False, defaulted=True)


def _system(field: Field) -> Field:
    return replace(read_only(field), nillable=False, defaulted=True)


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
    return (*(replace(part, compound=compound) for part in parts), whole)


def data_com(*keys: Field) -> tuple[Field, ...]:
    """What Data.com kept about a record."""
    return (
        text("Jigsaw", 20, "Data.com Key"),
        *(read_only(key) for key in keys),
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
        flag("DoNotCall", "Do Not Call"),
    )


def photo() -> Field:
    return read_only(replace(typed("PhotoUrl", "url", 255, "Photo URL"), extra_type="imageurl"))


def description(label: str = "") -> Field:
    return unfilterable(replace(typed("Description", "textarea", 32000, label), extra_type="plaintextarea"))
