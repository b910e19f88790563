"""Salesforce Files: a document, its versions, where it is linked, and the notes that are documents.

Source: Object Reference, ContentDocument, ContentVersion, ContentDocumentLink and ContentNote.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.common_fields import audit_fields, owner, record_head, system_field
from infra.simulator.schema.declarations import (
    child_of,
    derived,
    flag,
    integer,
    picklist,
    read_only,
    reference,
    text,
    typed,
    unfilterable,
)
from infra.simulator.schema.fields import ANY_CUSTOM, ChildRelationship, Field, SObject

LINKED = ("Account", "Campaign", "Contact", "Event", "Group", "Lead", "Opportunity", "Task", "User", ANY_CUSTOM)
_LATEST = "FROM {ContentVersion} AS version WHERE version.ContentDocumentId = {row}.Id AND version.IsLatest = 1"


def _of_latest(field: Field, column: str = "") -> Field:
    """What a document has from its latest version."""
    return derived(field, f"(SELECT version.{column or field.name} {_LATEST})")


def _always(name: str, default: str, *values: str) -> Field:
    """A restricted picklist that is never empty."""
    field = picklist(name, *values, length=40, restricted=True)
    return replace(field, nillable=False, defaulted=True, default=default)


CONTENT_DOCUMENT = SObject(
    "ContentDocument",
    "Content Document",
    "Content Documents",
    "069",
    createable=False,
    name_field="Title",
    children=(ChildRelationship("", "ContentNote", "Id", cascades=True),),
    fields=(
        record_head("ContentDocument")[0],
        *audit_fields(),
        record_head("ContentDocument")[1],
        owner("User"),
        text("Title", 255, nillable=False),
        read_only(_always("PublishStatus", "P", "U", "P", "R")),
        _of_latest(reference("LatestPublishedVersionId", "ContentVersion"), "Id"),
        text("Description", 1000),
        _of_latest(integer("ContentSize", 9)),
        _of_latest(text("FileType", 20)),
        _of_latest(text("FileExtension", 40)),
        _always("SharingOption", "A", "A", "R"),
        _always("SharingPrivacy", "N", "N", "P"),
        _of_latest(typed("ContentModifiedDate", "datetime"), "CreatedDate"),
    ),
)

CONTENT_VERSION = SObject(
    "ContentVersion",
    "Content Version",
    "Content Versions",
    "068",
    name_field="Title",
    indexed=("ContentDocumentId",),
    fields=(
        record_head("ContentVersion")[0],
        replace(
            child_of(reference("ContentDocumentId", "ContentDocument", label="ContentDocument ID"), "ContentVersions"),
            updateable=False,
        ),
        read_only(flag("IsLatest")),
        read_only(text("VersionNumber", 20)),
        text("Title", 255),
        text("Description", 1000),
        text("ReasonForChange", 1000),
        _always("SharingOption", "A", "A", "R"),
        _always("SharingPrivacy", "N", "N", "P"),
        replace(text("PathOnClient", 500, nillable=False), updateable=False),
        record_head("ContentVersion")[1],
        read_only(typed("ContentModifiedDate", "datetime")),
        owner("User"),
        unfilterable(text("TagCsv", 2000)),
        read_only(text("FileType", 20)),
        read_only(_always("PublishStatus", "P", "U", "P", "R")),
        replace(unfilterable(typed("VersionData", "base64")), nillable=False),
        read_only(integer("ContentSize", 9)),
        read_only(text("FileExtension", 40)),
        replace(reference("FirstPublishLocationId", *LINKED), updateable=False),
        replace(_always("Origin", "C", "C", "H"), updateable=False),
        replace(_always("ContentLocation", "S", "S", "E", "L"), updateable=False),
        read_only(text("TextPreview", 255)),
        read_only(text("Checksum", 50)),
        flag("IsMajorVersion"),
        *audit_fields(),
    ),
)

CONTENT_DOCUMENT_LINK = SObject(
    "ContentDocumentLink",
    "Content Document Link",
    "Content Document Link",
    "06A",
    searchable=False,
    has_pages=False,
    indexed=("LinkedEntityId", "ContentDocumentId"),
    filtered_by=("ContentDocumentId", "LinkedEntityId"),
    fields=(
        record_head("ContentDocumentLink")[0],
        replace(
            child_of(reference("LinkedEntityId", *LINKED), "ContentDocumentLinks", required=True), updateable=False
        ),
        replace(
            child_of(reference("ContentDocumentId", "ContentDocument"), "ContentDocumentLinks", required=True),
            updateable=False,
        ),
        record_head("ContentDocumentLink")[1],
        system_field(typed("SystemModstamp", "datetime")),
        replace(picklist("ShareType", "V", "C", "I", length=40, restricted=True), defaulted=True, default="V"),
        replace(
            picklist("Visibility", "AllUsers", "InternalUsers", "SharedUsers", length=40, restricted=True),
            defaulted=True,
            default="AllUsers",
        ),
    ),
)

CONTENT_NOTE = SObject(
    "ContentNote",
    "Content Note",
    "Content Notes",
    "069",
    has_pages=False,
    name_field="Title",
    children=(ChildRelationship("", "ContentDocument", "Id", cascades=True),),
    fields=(
        record_head("ContentNote")[0],
        text("Title", 255, nillable=False),
        read_only(text("FileType", 20)),
        read_only(text("TextPreview", 255)),
        unfilterable(typed("Content", "base64")),
        read_only(integer("ContentSize", 9)),
        *audit_fields(),
        record_head("ContentNote")[1],
        read_only(reference("LatestPublishedVersionId", "ContentVersion")),
        flag("IsReadOnly"),
        _always("SharingPrivacy", "N", "N", "P"),
        owner("User"),
    ),
)
"""The same record as the document with its id, written as a note."""
