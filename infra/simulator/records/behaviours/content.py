"""A document comes into being with its first version, and is linked to its owner and to where it was published.

Source: Object Reference, ContentVersion, ContentDocumentLink and ContentNote.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import PurePosixPath
from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.behaviours.behaviour import Behaviour
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import refusal

_FILE_TYPES = {
    "txt": "TEXT",
    "docx": "WORD_X",
    "xlsx": "EXCEL_X",
    "pptx": "POWER_POINT_X",
}
_NAMED_LIKE_IT = frozenset({"pdf", "png", "jpg", "jpeg", "gif", "csv", "html", "xml", "zip", "json", "snote"})


def _complete_version(org: Org, row: Row, before: Row | None) -> None:
    content = base64.b64decode(row.get("VersionData") or "")
    path = PurePosixPath(str(row.get("PathOnClient") or "").replace("\\", "/"))
    extension = path.suffix.removeprefix(".")
    kind = extension.upper() if extension.lower() in _NAMED_LIKE_IT else "UNKNOWN"
    row["FileType"] = _FILE_TYPES.get(extension.lower(), kind)
    row["FileExtension"] = extension or None
    row["Title"] = row.get("Title") or path.stem[:255] or None
    row["ContentSize"] = len(content)
    row["Checksum"] = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if before is not None:
        return
    earlier: list[Row] = []
    if row.get("ContentDocumentId"):
        earlier = org.tables.find("ContentVersion", "ContentDocumentId = ?", (row["ContentDocumentId"],), "Id")
        for version in earlier:
            org.tables.update("ContentVersion", version["Id"], {"IsLatest": False})
    else:
        row["ContentDocumentId"] = org.next_id(org.all_objects["contentdocument"])
    row |= {"IsLatest": True, "VersionNumber": str(len(earlier) + 1), "ContentModifiedDate": org.now()}


def _with_version(org: Org, row: Row) -> list[tuple[str, Row]]:
    """The document of a first version, and its links."""
    document_id = row["ContentDocumentId"]
    if org.tables.get("ContentDocument", document_id, "Id") is not None:
        return []
    taken = {name: row.get(name) for name in ("Title", "OwnerId", "Description")}
    document = {"Id": document_id, **taken}
    return [("ContentDocument", document), *_links(document_id, row["OwnerId"], row.get("FirstPublishLocationId"))]


def _links(document_id: str, owner_id: str, location: str | None) -> list[tuple[str, Row]]:
    link = {"ContentDocumentId": document_id}
    links: list[tuple[str, Row]] = [("ContentDocumentLink", {**link, "LinkedEntityId": owner_id, "ShareType": "I"})]
    if location and location != owner_id:
        links.append(("ContentDocumentLink", {**link, "LinkedEntityId": location, "ShareType": "V"}))
    return links


def _complete_link(org: Org, row: Row, before: Row | None) -> None:
    condition = "ContentDocumentId = ? AND LinkedEntityId = ? AND IsDeleted = 0 AND Id != ? LIMIT 1"
    values = (row.get("ContentDocumentId"), row.get("LinkedEntityId"), row.get("Id") or "")
    if org.tables.find("ContentDocumentLink", condition, values, "Id"):
        raise refusal("DUPLICATE_VALUE", unverified.LINKED_TWICE)


def _complete_note(org: Org, row: Row, before: Row | None) -> None:
    content = base64.b64decode(row.get("Content") or "")
    preview = content.decode("utf-8", "replace")[:255]
    row |= {"FileType": "SNOTE", "ContentSize": len(content), "TextPreview": preview or None}
    if before is None:
        row["Id"] = org.next_id(org.all_objects["contentdocument"])
        row["LatestPublishedVersionId"] = org.next_id(org.all_objects["contentversion"])
        return
    org.tables.update("ContentDocument", row["Id"], {"Title": row["Title"]})
    changed = {"Title": row["Title"], "VersionData": row["Content"], "ContentSize": len(content)}
    org.tables.update("ContentVersion", row["LatestPublishedVersionId"], changed)


def _with_note(org: Org, row: Row) -> list[tuple[str, Row]]:
    """The document that a note is, and its version."""
    document = {"Id": row["Id"], "Title": row["Title"], "OwnerId": row["OwnerId"]}
    version: dict[str, Any] = {
        "Id": row["LatestPublishedVersionId"],
        "ContentDocumentId": row["Id"],
        "Title": row["Title"],
        "OwnerId": row["OwnerId"],
        "PathOnClient": f"{row['Title']}.snote",
        "VersionData": row.get("Content"),
    }
    return [("ContentDocument", document), ("ContentVersion", version), *_links(row["Id"], row["OwnerId"], None)]


VERSION = Behaviour(_complete_version, _with_version)
LINK = Behaviour(_complete_link)
NOTE = Behaviour(_complete_note, _with_note)
