"""All that is attached to a record, in one list: notes, attachments, files.

Source: Object Reference, CombinedAttachment, NoteAndAttachment, AttachedContentDocument and AttachedContentNote.
"""

from __future__ import annotations

from infra.simulator.schema.common_fields import audit_fields, record_head
from infra.simulator.schema.content import CONTENT_DOCUMENT, LINKED
from infra.simulator.schema.declarations import child_of, flag, integer, picklist, reference, text
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.schema.listings import listing

_AUDIT = {field.name: field.name for field in (*record_head("Note"), *audit_fields())}
_OF_FILE = {field.name: field.read_sql for field in CONTENT_DOCUMENT.fields}
_FILES = "FROM {ContentDocumentLink} AS link JOIN {ContentDocument} AS {row} ON {row}.Id = link.ContentDocumentId"
_FILE = {
    **_OF_FILE,
    "Id": "link.Id",
    "IsDeleted": "link.IsDeleted",
    "ContentDocumentId": "link.ContentDocumentId",
    "LinkedEntityId": "link.LinkedEntityId",
    "ParentId": "link.LinkedEntityId",
    "RecordType": "'File'",
    "TextPreview": "(SELECT note.TextPreview FROM {ContentNote} AS note WHERE note.Id = link.ContentDocumentId)",
}
_NOTE = {**_AUDIT, "ParentId": "ParentId", "Title": "Title", "IsPrivate": "IsPrivate", "OwnerId": "OwnerId"}
_NOTE |= {"IsNote": "1", "RecordType": "'Note'"}
_ATTACHMENT = {**_NOTE, "Title": "Name", "IsNote": "0", "RecordType": "'Attachment'", "ContentSize": "BodyLength"}


def _parent(name: str, children: str) -> Field:
    return child_of(reference(name, *LINKED, label="Parent ID"), children, cascades=False)


def _file_fields(children: str) -> tuple[Field, ...]:
    return (
        *record_head("Content Document Link"),
        _parent("LinkedEntityId", children),
        reference("ContentDocumentId", "ContentDocument"),
        text("Title", 255),
        text("FileType", 20),
        text("FileExtension", 40),
        integer("ContentSize", 9),
        picklist("SharingOption", length=40),
        *audit_fields()[:4],
    )


def _files(name: str, label: str, plural: str, *more: Field, condition: str = "") -> SObject:
    fields = (*_file_fields(plural.replace(" ", "")), *more)
    return listing(name, label, plural, "Title", fields, {_FILES + condition: _FILE})


ATTACHED_CONTENT_DOCUMENT = _files("AttachedContentDocument", "Attached Content Document", "Attached Content Documents")
ATTACHED_CONTENT_NOTE = _files(
    "AttachedContentNote",
    "Attached Content Note",
    "Attached Content Notes",
    text("TextPreview", 255),
    condition=" WHERE {row}.Id IN (SELECT note.Id FROM {ContentNote} AS note)",
)
NOTE_AND_ATTACHMENT = listing(
    "NoteAndAttachment",
    "Note and Attachment",
    "Notes And Attachments",
    "Title",
    (
        *record_head("Note"),
        flag("IsNote"),
        _parent("ParentId", "NotesAndAttachments"),
        text("Title", 255),
        flag("IsPrivate", "Private"),
        reference("OwnerId", "User"),
        *audit_fields(),
    ),
    {"FROM {Note}": _NOTE, "FROM {Attachment}": _ATTACHMENT},
)
COMBINED_ATTACHMENT = listing(
    "CombinedAttachment",
    "Combined Attachment",
    "Combined Attachments",
    "Title",
    (
        *record_head("Combined Attachment"),
        _parent("ParentId", "CombinedAttachments"),
        text("RecordType", 30, "Type"),
        text("Title", 255),
        text("FileType", 30),
        text("FileExtension", 40),
        integer("ContentSize", 9),
        *audit_fields()[:4],
    ),
    {"FROM {Note}": _NOTE, "FROM {Attachment}": _ATTACHMENT, _FILES: _FILE},
)
ATTACHED = (ATTACHED_CONTENT_DOCUMENT, ATTACHED_CONTENT_NOTE, NOTE_AND_ATTACHMENT, COMBINED_ATTACHMENT)
