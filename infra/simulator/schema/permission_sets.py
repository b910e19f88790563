"""Permission sets and who has them.

Source: "PermissionSet" and "PermissionSetAssignment", Object Reference.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.common_fields import audit_fields, record_head, system_field
from infra.simulator.schema.declarations import flag, picklist, reference, text, typed
from infra.simulator.schema.fields import SObject

PERMISSION_SET = SObject(
    "PermissionSet",
    "Permission Set",
    "Permission Sets",
    "0PS",
    writable=False,
    searchable=False,
    fields=(
        record_head("Permission Set")[0],
        text("Name", 80, "Permission Set Name", nillable=False),
        text("Label", 80, "Permission Set Label", nillable=False),
        reference("LicenseId", "UserLicense"),
        reference("ProfileId", "Profile"),
        flag("IsOwnedByProfile"),
        flag("IsCustom", "Custom"),
        text("Description", 255),
        *audit_fields(),
        text("NamespacePrefix", 15),
        flag("HasActivationRequired", "Session Activation Required"),
        picklist("Type", "Regular", "Standard", "Session", "Group", "Profile", length=40, restricted=True),
    ),
)
"""Every profile has one of its own."""

PERMISSION_SET_ASSIGNMENT = SObject(
    "PermissionSetAssignment",
    "Permission Set Assignment",
    "Permission Set Assignment",
    "0Pa",
    writable=False,
    searchable=False,
    fields=(
        record_head("Permission Set Assignment")[0],
        replace(reference("PermissionSetId", "PermissionSet"), nillable=False, children="Assignments"),
        replace(reference("AssigneeId", "User"), nillable=False, children="PermissionSetAssignments"),
        flag("IsActive", "Active", default=True),
        system_field(typed("SystemModstamp", "datetime")),
    ),
)
