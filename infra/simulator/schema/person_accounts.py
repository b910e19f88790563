"""Accounts that are persons: an account and a contact in one.

Source: fact sheet 12.1; "Account", Object Reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from infra.simulator.schema.declarations import flag, read_only, reference
from infra.simulator.schema.fields import Field, SObject

NAMES = ("LastName", "FirstName", "Salutation")
"""What the two have under the same name."""
_ADDRESS = "Street City State PostalCode Country Latitude Longitude GeocodeAccuracy Address"
_OTHERS = (
    "MobilePhone HomePhone OtherPhone AssistantPhone Email Title Department AssistantName LeadSource Birthdate "
    "HasOptedOutOfEmail HasOptedOutOfFax DoNotCall EmailBouncedReason EmailBouncedDate IndividualId"
)
MIRRORED = {
    **dict.fromkeys(NAMES, ""),
    **{f"{kind}{part}": "Person" for kind in ("Mailing", "Other") for part in _ADDRESS.split()},
    **dict.fromkeys(_OTHERS.split(), "Person"),
}
"""Which fields of its contact a person account has, and what stands before their names there."""


def with_person_fields(objects: Mapping[str, SObject]) -> tuple[SObject, ...]:
    """Account, Contact and Lead as they are where accounts may be persons."""
    account, contact, lead = objects["account"], objects["contact"], objects["lead"]
    mirrored = [_mirrored(field, MIRRORED[field.name]) for field in contact.fields if field.name in MIRRORED]
    is_person = read_only(flag("IsPersonAccount"))
    link = read_only(reference("PersonContactId", "Contact", label="Contact ID"))
    company, name = lead.field("Company"), account.field("Name")
    assert company is not None
    assert name is not None
    return (
        account.with_fields(*mirrored, link, is_person, replace(name, defaulted=True)),
        contact.with_fields(is_person),
        lead.with_fields(replace(company, nillable=True)),
    )


def _mirrored(field: Field, prefix: str) -> Field:
    """A contact's field as a person account has it; business accounts leave it empty."""
    compound = None if field.compound is None else f"{prefix if field.compound != 'Name' else ''}{field.compound}"
    return replace(
        field,
        name=prefix + field.name,
        nillable=field.nillable or field.type != "boolean",
        compound=compound,
        id_lookup=False,
        relationship=prefix + field.relationship if field.relationship else None,
    )
