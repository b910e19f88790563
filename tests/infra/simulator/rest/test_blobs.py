"""Files over REST: in parts on the way in, as they are on the way out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of

EVERY_BYTE = bytes(range(256)) * 2 + b"\r\n\n\r--\r\n"


@pytest.mark.parametrize(
    ("name", "record", "field"),
    [
        ("Attachment", {"Name": "a.bin", "ParentId": "{lead}"}, "Body"),
        ("ContentVersion", {"PathOnClient": "a.bin", "FirstPublishLocationId": "{lead}"}, "VersionData"),
    ],
)
async def test_a_file_comes_back_as_it_was_sent(org: OrgClient, name: str, record: dict[str, str], field: str) -> None:
    lead = await org.create()
    fields = {key: value.format(lead=lead) for key, value in record.items()}
    parts = {"entity": (None, json.dumps(fields), "application/json"), field: ("a.bin", EVERY_BYTE, "image/png")}

    created = await org.send("POST", f"/sobjects/{name}", files=parts)
    content = await org.send("GET", f"/sobjects/{name}/{created.json()['id']}/{field.lower()}")

    assert (created.status_code, content.status_code) == (201, 200)
    assert (content.content, content.headers["Content-Type"]) == (EVERY_BYTE, "application/octetstream")


@pytest.mark.parametrize("media_type", ["application/octet-stream", "application/json"])
async def test_the_record_may_stand_behind_its_file(org: OrgClient, media_type: str) -> None:
    record = json.dumps({"PathOnClient": "note.json", "Title": "Note"})
    parts = {
        "VersionData": ("note.json", b"[1]", media_type),
        "entity_content": (None, record, "application/json; charset=UTF-8"),
    }

    created = await org.send("POST", "/sobjects/ContentVersion", files=parts)

    version = await org.read(created.json()["id"], "ContentVersion")
    assert (version["Title"], version["ContentSize"]) == ("Note", 3)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"entity": (None, "no json", "application/json")}, (400, "JSON_PARSER_ERROR")),
        ({"entity": (None, "[]", "application/json")}, (400, "JSON_PARSER_ERROR")),
        ({"entity": (None, '{"Name": "a"}', "application/json")}, (400, "REQUIRED_FIELD_MISSING")),
        ({"entity": (None, "{}", "application/json"), "Nope": ("a", b"x")}, (400, "INVALID_FIELD")),
    ],
)
async def test_parts_that_make_no_record_are_refused(
    org: OrgClient, parts: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error_of(await org.send("POST", "/sobjects/Attachment", files=parts)) == expected


async def test_a_multipart_body_without_parts_is_refused(org: OrgClient) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    response = await org.send("POST", "/sobjects/Attachment", content=b"nothing", headers=headers)

    assert error_of(response) == (400, "INVALID_MULTIPART_REQUEST")


async def test_only_files_have_content_and_only_where_there_is_one(org: OrgClient) -> None:
    note = await org.create("ContentNote", Title="Empty")

    missing = await org.send("GET", f"/sobjects/ContentNote/{note}/Content")
    no_file = await org.send("GET", f"/sobjects/Lead/{await org.create()}/Description")
    nobody = await org.send("GET", "/sobjects/Attachment/00PA1000000zzzz/Body")

    assert [response.status_code for response in (missing, no_file, nobody)] == [404, 404, 404]
