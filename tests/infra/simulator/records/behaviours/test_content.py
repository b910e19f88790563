"""Notes, attachments and files."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of

HELLO = base64.b64encode(b"Hello").decode()


async def test_an_attachment_shows_where_its_content_is(org: OrgClient) -> None:
    attachment = await org.create("Attachment", ParentId=await org.create(), Name="a.txt", Body=HELLO)

    record = await org.read(attachment, "Attachment")
    [found] = await org.query("SELECT Body, BodyLength, Parent.Name, Parent.Type FROM Attachment")

    assert record["Body"] == found["Body"] == f"/services/data/v59.0/sobjects/Attachment/{attachment}/Body"
    assert (found["BodyLength"], found["Parent"]["Name"], found["Parent"]["Type"]) == (5, "Okafor", "Lead")


async def test_a_version_makes_a_document_and_links_it(org: OrgClient) -> None:
    lead = await org.create()

    first = await org.create(
        "ContentVersion", PathOnClient="/tmp/Offer.pdf", VersionData=HELLO, FirstPublishLocationId=lead
    )
    version = await org.read(first, "ContentVersion")
    second = await org.create(
        "ContentVersion",
        PathOnClient="Offer.txt",
        VersionData=base64.b64encode(b"Hello again").decode(),
        ContentDocumentId=version["ContentDocumentId"],
    )

    document = await org.read(version["ContentDocumentId"], "ContentDocument")
    links = await org.query(
        f"SELECT LinkedEntityId, ShareType FROM ContentDocumentLink WHERE ContentDocumentId = '{document['Id']}'"
    )
    assert (version["Title"], version["FileType"], version["FileExtension"]) == ("Offer", "PDF", "pdf")
    assert (version["ContentSize"], version["VersionNumber"], version["IsLatest"]) == (5, "1", True)
    assert (document["LatestPublishedVersionId"], document["FileType"]) == (second, "TEXT")
    assert (document["ContentSize"], (await org.read(first, "ContentVersion"))["IsLatest"]) == (11, False)
    assert {(link["LinkedEntityId"][:3], link["ShareType"]) for link in links} == {("005", "I"), ("00Q", "V")}
    [found] = await org.query("SELECT (SELECT ContentDocument.Title FROM ContentDocumentLinks) FROM Lead")
    assert found["ContentDocumentLinks"]["records"][0]["ContentDocument"]["Title"] == "Offer"


async def test_a_content_note_is_a_document(org: OrgClient) -> None:
    note = await org.create("ContentNote", Title="Call", Content=HELLO)
    await org.create("ContentDocumentLink", ContentDocumentId=note, LinkedEntityId=await org.create())

    record, document = await org.read(note, "ContentNote"), await org.read(note, "ContentDocument")

    assert (record["TextPreview"], record["FileType"], document["FileType"]) == ("Hello", "SNOTE", "SNOTE")
    assert record["LatestPublishedVersionId"] == document["LatestPublishedVersionId"]
    await org.send("DELETE", f"/sobjects/ContentNote/{note}")
    assert await org.query("SELECT Id FROM ContentDocument") == []


@pytest.mark.parametrize(
    ("name", "fields", "status", "code"),
    [
        ("Note", {"Title": "n"}, 400, "REQUIRED_FIELD_MISSING"),
        ("Attachment", {"ParentId": "{lead}", "Name": "a"}, 400, "REQUIRED_FIELD_MISSING"),
        ("Attachment", {"ParentId": "{lead}", "Name": "a", "Body": "###"}, 400, "JSON_PARSER_ERROR"),
        ("ContentVersion", {"PathOnClient": "a.txt"}, 400, "REQUIRED_FIELD_MISSING"),
        ("ContentDocument", {"Title": "x"}, 400, "INVALID_TYPE_FOR_OPERATION"),
        ("ContentDocumentLink", {"LinkedEntityId": "{lead}"}, 400, "REQUIRED_FIELD_MISSING"),
    ],
)
async def test_what_cannot_be_attached_is_refused(
    org: OrgClient, name: str, fields: dict[str, Any], status: int, code: str
) -> None:
    lead = await org.create()

    response = await org.send(
        "POST", f"/sobjects/{name}", json={key: value.format(lead=lead) for key, value in fields.items()}
    )

    assert error_of(response) == (status, code)


async def test_links_are_asked_for_by_one_of_their_ends(org: OrgClient) -> None:
    response = await org.ask("SELECT Id FROM ContentDocumentLink")

    assert error_of(response) == (400, "MALFORMED_QUERY")


async def test_all_that_is_attached_to_a_record_is_listed_below_it(org: OrgClient) -> None:
    lead = await org.create()
    await org.create("Note", ParentId=lead, Title="a note")
    await org.create("Attachment", ParentId=lead, Name="b.txt", Body=HELLO)
    await org.create("ContentVersion", PathOnClient="c.pdf", VersionData=HELLO, FirstPublishLocationId=lead)
    note = await org.create("ContentNote", Title="d", Content=HELLO)
    await org.create("ContentDocumentLink", ContentDocumentId=note, LinkedEntityId=lead)
    lists = {
        "NotesAndAttachments": "Title, IsNote",
        "CombinedAttachments": "Title, RecordType, ContentSize",
        "AttachedContentDocuments": "Title, FileType, ContentSize",
        "AttachedContentNotes": "Title, TextPreview",
    }

    queries = ", ".join(f"(SELECT {fields} FROM {name} ORDER BY Title)" for name, fields in lists.items())
    [record] = await org.query(f"SELECT {queries} FROM Lead")

    found = {name: [[*each.values()][1:] for each in record[name]["records"]] for name in lists}
    assert found == {
        "NotesAndAttachments": [["a note", True], ["b.txt", False]],
        "CombinedAttachments": [
            ["a note", "Note", None],
            ["b.txt", "Attachment", 5],
            ["c", "File", 5],
            ["d", "File", 5],
        ],
        "AttachedContentDocuments": [["c", "PDF", 5], ["d", "SNOTE", 5]],
        "AttachedContentNotes": [["d", "Hello"]],
    }
