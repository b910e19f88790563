"""What is attached to records the old way: notes and attachments.

Source: Object Reference, Note and Attachment.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.common_fields import audit_fields, owner, record_head
from infra.simulator.schema.declarations import child_of, flag, integer, read_only, reference, text, typed, unfilterable
from infra.simulator.schema.fields import ANY_CUSTOM, Field, SObject


def _parent(children: str, *more: str) -> Field:
    targets = ("Account", "Campaign", "Contact", "Lead", "Opportunity", *more, ANY_CUSTOM)
    parent = child_of(reference("ParentId", *targets), children, required=True)
    return replace(parent, updateable=False)


NOTE = SObject(
    "Note",
    "Note",
    "Notes",
    "002",
    name_field="Title",
    indexed=("ParentId",),
    fields=(
        *record_head("Note"),
        _parent("Notes"),
        text("Title", 80, nillable=False),
        flag("IsPrivate", "Private"),
        unfilterable(replace(typed("Body", "textarea", 32000), extra_type="plaintextarea")),
        owner("User"),
        *audit_fields(),
    ),
)

ATTACHMENT = SObject(
    "Attachment",
    "Attachment",
    "Attachments",
    "00P",
    searchable=False,
    indexed=("ParentId",),
    fields=(
        *record_head("Attachment"),
        _parent("Attachments", "Event", "Task"),
        text("Name", 255, "File Name", nillable=False),
        flag("IsPrivate", "Private"),
        text("ContentType", 120),
        read_only(integer("BodyLength", 9)),
        replace(unfilterable(typed("Body", "base64")), nillable=False),
        owner("User"),
        *audit_fields(),
        text("Description", 500),
    ),
)
