"""The Contact object.

Source: fact sheet 2.5; "Contact", Object Reference.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.activities import OF_PERSON, last_activity
from infra.simulator.schema.common_fields import (
    LEAD_SOURCES,
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
)
from infra.simulator.schema.declarations import flag, picklist, read_only, reference, text, typed
from infra.simulator.schema.fields import ChildRelationship, SObject

CONTACT = SObject(
    "Contact",
    "Contact",
    "Contacts",
    "003",
    mergeable=True,
    indexed=("Email", "AccountId", "ReportsToId"),
    children=(
        ChildRelationship("ReportsToContacts", "Contact", "ReportsToId"),
        ChildRelationship("Opportunities", "Opportunity", "ContactId"),
    ),
    fields=(
        *record_head("Contact"),
        read_only(reference("MasterRecordId", "Contact")),
        reference("AccountId", "Account"),
        *name_parts(),
        *address("Other"),
        *address("Mailing"),
        typed("Phone", "phone", 40, "Business Phone"),
        typed("Fax", "phone", 40, "Business Fax"),
        typed("MobilePhone", "phone", 40),
        typed("HomePhone", "phone", 40),
        typed("OtherPhone", "phone", 40),
        typed("AssistantPhone", "phone", 40, "Asst. Phone"),
        reference("ReportsToId", "Contact"),
        replace(typed("Email", "email", 80), id_lookup=True),
        text("Title", 128),
        text("Department", 80),
        text("AssistantName", 40, "Assistant's Name"),
        picklist("LeadSource", *LEAD_SOURCES),
        typed("Birthdate", "date"),
        description("Contact Description"),
        owner("User"),
        *opt_outs(),
        *audit_fields(),
        last_activity(OF_PERSON),
        read_only(typed("LastCURequestDate", "datetime", label="Last Stay-in-Touch Request Date")),
        read_only(typed("LastCUUpdateDate", "datetime", label="Last Stay-in-Touch Save Date")),
        *last_seen(),
        text("EmailBouncedReason", 255),
        typed("EmailBouncedDate", "datetime"),
        read_only(flag("IsEmailBounced")),
        photo(),
        *data_com("JigsawContactId"),
        reference("IndividualId", "Individual"),
    ),
)
