"""Bulk API 2.0: records in and out as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from infra.simulator.bulk.csv_format import DELIMITERS, CsvFormat
from infra.simulator.schema.errors import SalesforceError
from tests.infra.simulator.bulk.jobs import INGEST, QUERY, ended, ingested, opened, queried, uploaded
from tests.infra.simulator.conftest import Clock, OrgClient, error_of


async def rows(org: OrgClient, job: str, kind: str) -> list[dict[str, str]]:
    response = await org.send("GET", f"{INGEST}/{job}/{kind}")
    assert response.headers["Content-Type"].startswith("text/csv")
    return [*csv.DictReader(io.StringIO(response.text))]


async def test_leads_are_inserted_and_what_failed_is_told(org: OrgClient) -> None:
    info, job = await ingested(org, "LastName,Company,Email\nOkafor,Acme,a@example.com\nSato,,\n")

    counts = {"numberRecordsProcessed": 2, "numberRecordsFailed": 1, "state": "JobComplete"}
    assert info == {**info, **counts}
    [success], [failure] = await rows(org, job, "successfulResults"), await rows(org, job, "failedResults")
    lead = await org.read(success["sf__Id"])
    assert (success["sf__Created"], success["LastName"], lead["Email"]) == ("true", "Okafor", "a@example.com")
    assert failure["sf__Error"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [Company]:Company --"
    assert (failure["sf__Id"], failure["LastName"]) == ("", "Sato")
    assert await rows(org, job, "unprocessedrecords") == []


async def test_an_empty_cell_leaves_a_field_and_a_sign_clears_it(org: OrgClient) -> None:
    lead_id = await org.create(Title="CEO", Phone="1")

    _, job = await ingested(org, f"Id,Title,Phone\n{lead_id},,#N/A\n", operation="update")

    [success] = await rows(org, job, "successfulResults")
    lead = await org.read(lead_id)
    assert (success["sf__Created"], lead["Title"], lead["Phone"]) == ("false", "CEO", None)


async def test_leads_are_upserted_by_an_external_id(org: OrgClient) -> None:
    await org.change_org(unique_external_id="Key__c")
    await org.create(Key__c="1")
    content = "Key__c,LastName,Company\n1,A,B\n2,C,D\n"

    _, job = await ingested(org, content, operation="upsert", externalIdFieldName="key__c")

    assert [row["sf__Created"] for row in await rows(org, job, "successfulResults")] == ["false", "true"]
    assert await org.names("Id != null") == ["A", "C"]


@pytest.mark.parametrize(("operation", "left"), [("delete", 1), ("hardDelete", 0)])
async def test_leads_are_deleted_softly_or_for_good(org: OrgClient, operation: str, left: int) -> None:
    lead_id = await org.create()

    _, job = await ingested(org, f"Id\n{lead_id}\n00QA1000000zzzz\n", operation=operation)

    [failure] = await rows(org, job, "failedResults")
    assert failure["sf__Error"].startswith("INVALID_CROSS_REFERENCE_KEY:")
    found = await org.send("GET", "/queryAll?q=SELECT+Id+FROM+Lead")
    assert (await org.stats())["leads"] == 0
    assert len(found.json()["records"]) == left


async def test_a_record_may_be_named_by_a_key(org: OrgClient) -> None:
    [seller] = await org.query("SELECT Id, Username FROM User WHERE Alias = 'seller'")
    content = f"LastName,Company,Owner.Username\nA,B,{seller['Username']}\nC,D,nobody\n"

    _, job = await ingested(org, content)

    [success], [failure] = await rows(org, job, "successfulResults"), await rows(org, job, "failedResults")
    assert (await org.read(success["sf__Id"]))["OwnerId"] == seller["Id"]
    assert failure["sf__Error"].startswith("INVALID_FIELD:Foreign key external ID: nobody")


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("ending", ["LF", "CRLF"])
async def test_every_delimiter_and_line_ending_is_read_and_written(org: OrgClient, delimiter: str, ending: str) -> None:
    form = CsvFormat(delimiter, ending)
    content = form.write([["LastName", "Company"], ['O"k`a^f|o;r', "A,c\tme\nInc"]])

    _, job = await ingested(org, content, columnDelimiter=delimiter, lineEnding=ending)

    response = await org.send("GET", f"{INGEST}/{job}/successfulResults")
    [header, row] = form.read(response.text)
    assert (header, row[2:]) == (["sf__Id", "sf__Created", "LastName", "Company"], ['O"k`a^f|o;r', "A,c\tme\nInc"])


@pytest.mark.parametrize(
    ("content", "wish", "error"),
    [
        ("LastName,Company\r\nA,B\r\n", {}, "InvalidBatch : LineEnding is invalid"),
        ("LastName,Company\nA,B\n", {"lineEnding": "CRLF"}, "InvalidBatch : LineEnding is invalid"),
        ("LastName,Nope\nA,B\n", {}, "InvalidBatch : Field name not found : Nope"),
        ("LastName,Company\nA\n", {}, "InvalidBatch : row 1 has 1 columns"),
        ('LastName,Company\n"A" ,B\n', {}, "InvalidBatch : the CSV cannot be read"),
        ('LastName,Company\n"A,B\n', {}, "InvalidBatch : the CSV cannot be read"),
        ("LastName\nA\n", {"operation": "delete"}, "InvalidBatch : the Id column is missing"),
        ("x" * 33_000, {}, "InvalidBatch : the header row is too long"),
    ],
)
async def test_a_file_that_cannot_be_read_fails_the_job(
    org: OrgClient, content: str, wish: dict[str, Any], error: str
) -> None:
    info, job = await ingested(org, content, **wish)

    assert (info["state"], info["errorMessage"][: len(error)]) == ("Failed", error)
    assert (await org.send("GET", f"{INGEST}/{job}/failedResults")).status_code == 200
    assert (await org.stats())["leads"] == 0


async def test_a_job_without_rows_is_done_at_once(org: OrgClient) -> None:
    info, job = await ingested(org, "")

    assert (info["state"], info["numberRecordsProcessed"]) == ("JobComplete", 0)
    assert await rows(org, job, "successfulResults") == []


async def test_job_and_content_may_come_together(org: OrgClient) -> None:
    wish = '{"object": "Lead", "operation": "insert", "contentType": "CSV"}'
    files = {
        "job": (None, wish, "application/json"),
        "content": ("leads.csv", b"LastName,Company\nA,B\n", "text/csv"),
    }

    response = await org.send("POST", INGEST, files=files)

    assert (await ended(org, f"{INGEST}/{response.json()['id']}"))["numberRecordsProcessed"] == 1
    assert await org.names("Id != null") == ["A"]


async def test_a_job_takes_its_time_and_can_be_aborted_meanwhile(org: OrgClient) -> None:
    await org.change_org(bulk_seconds=60)
    job = await uploaded(org, "LastName,Company\nA,B\n")

    early = await org.send("GET", f"{INGEST}/{job}/successfulResults")
    aborted = await org.send("PATCH", f"{INGEST}/{job}", json={"state": "Aborted"})
    again = await org.send("PATCH", f"{INGEST}/{job}", json={"state": "Aborted"})

    assert (error_of(early), aborted.json()["state"]) == ((400, "INVALIDJOBSTATE"), "Aborted")
    assert error_of(again) == (400, "INVALIDJOBSTATE")
    assert (await org.send("DELETE", f"{INGEST}/{job}")).status_code == 204
    assert error_of(await org.send("GET", f"{INGEST}/{job}")) == (404, "NOT_FOUND")


async def test_content_is_uploaded_once_and_only_while_the_job_is_open(org: OrgClient) -> None:
    job = await opened(org)
    path, headers = f"{INGEST}/{job}/batches", {"Content-Type": "text/csv"}

    answers = [await org.send("PUT", path, content="Id\n", headers=headers) for _ in range(2)]
    wrong = await org.send("PUT", path, content="Id\n", headers={"Content-Type": "text/xml"})

    assert answers[0].status_code == 201
    assert error_of(answers[1]) == (400, "INVALIDJOBSTATE")
    assert error_of(wrong) == (400, "INVALIDJOBSTATE")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "INVALIDJOB")),
        ({"object": "Lead", "operation": "explode"}, (400, "INVALIDJOB")),
        ({"object": "Nope", "operation": "insert"}, (400, "INVALIDENTITY")),
        ({"object": "User", "operation": "insert"}, (400, "INVALIDENTITY")),
        ({"object": "Lead", "operation": "upsert"}, (400, "INVALIDJOB")),
        ({"object": "Lead", "operation": "upsert", "externalIdFieldName": "No__c"}, (404, "NOT_FOUND")),
        ({"object": "Lead", "operation": "insert", "columnDelimiter": "DOT"}, (400, "INVALIDJOB")),
    ],
)
async def test_a_job_that_makes_no_sense_is_refused(
    org: OrgClient, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error_of(await org.send("POST", INGEST, json=body)) == expected


@pytest.mark.parametrize(
    "body", [b"", b"--x--", b'--x\r\nContent-Disposition: form-data; name="job"\r\n\r\nnope\r\n--x--']
)
async def test_a_multipart_body_that_makes_no_sense_is_refused(org: OrgClient, body: bytes) -> None:
    response = await org.send("POST", INGEST, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert response.status_code == 400


async def test_bytes_that_are_no_text_are_refused(org: OrgClient) -> None:
    job = await opened(org)

    response = await org.send(
        "PUT", f"{INGEST}/{job}/batches", content=b"\xff\xfe", headers={"Content-Type": "text/csv"}
    )

    assert error_of(response) == (400, "INVALIDJOB")


async def test_the_jobs_are_listed(org: OrgClient) -> None:
    job = await opened(org)

    listed = (await org.send("GET", INGEST)).json()

    assert ([entry["id"] for entry in listed["records"]], listed["done"]) == ([job], True)
    assert listed["records"][0]["contentUrl"].endswith(f"/jobs/ingest/{job}/batches")


async def test_a_locked_row_of_a_job_fails_alone(org: OrgClient) -> None:
    await org.faults({"operation": "bulk.insert", "kind": "lock_row", "rows": [250]})
    content = "LastName,Company\n" + "".join(f"L{number},B\n" for number in range(300))

    info, job = await ingested(org, content)

    [failure] = await rows(org, job, "failedResults")
    assert (info["numberRecordsFailed"], failure["LastName"]) == (1, "L250")
    assert failure["sf__Error"].startswith("UNABLE_TO_LOCK_ROW:")


async def test_a_query_job_gives_its_rows_page_by_page(org: OrgClient) -> None:
    for name in "ABC":
        await org.create(LastName=name)
    job = await queried(org, "SELECT LastName, Owner.Name, IsConverted, CreatedDate FROM Lead ORDER BY LastName")

    pages: list[httpx.Response] = []
    locator = ""
    while locator != "null":
        pages.append(await org.send("GET", f"{QUERY}/{job}/results?maxRecords=2&locator={locator}"))
        locator = pages[-1].headers["Sforce-Locator"]

    assert [page.headers["Sforce-NumberOfRecords"] for page in pages] == ["2", "1"]
    assert pages[1].text == (
        '"LastName","Owner.Name","IsConverted","CreatedDate"\n"C","Demo User","false","2026-03-17T09:30:00.000Z"\n'
    )


async def test_a_query_job_may_ask_for_what_was_deleted_lately(org: OrgClient, clock: Clock) -> None:
    await org.send("DELETE", f"/sobjects/Lead/{await org.create()}")

    living = await queried(org, "SELECT Id FROM Lead")
    everything = await queried(org, "SELECT Id FROM Lead", operation="queryAll")
    clock.move(days=16)
    await org.log_in_again()
    later = await queried(org, "SELECT Id FROM Lead", operation="queryAll")

    counts = [
        (await org.send("GET", f"{QUERY}/{job}/results")).headers["Sforce-NumberOfRecords"]
        for job in (living, everything, later)
    ]
    assert counts == ["0", "1", "0"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "INVALIDJOB")),
        ({"operation": "query", "query": "nonsense"}, (400, "MALFORMED_QUERY")),
        ({"operation": "query", "query": "SELECT COUNT() FROM Lead"}, (400, "API_ERROR")),
        ({"operation": "query", "query": "SELECT Status, COUNT(Id) FROM Lead GROUP BY Status"}, (400, "API_ERROR")),
        ({"operation": "query", "query": "SELECT Id, (SELECT Id FROM Contacts) FROM Account"}, (400, "API_ERROR")),
        ({"operation": "query", "query": "SELECT Id FROM Lead LIMIT 1 OFFSET 1"}, (400, "API_ERROR")),
        ({"operation": "query", "query": "SELECT Id, Address FROM Lead"}, (400, "API_ERROR")),
    ],
)
async def test_a_query_job_that_makes_no_sense_is_refused(
    org: OrgClient, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error_of(await org.send("POST", QUERY, json=body)) == expected


async def test_results_are_asked_for_with_the_version_of_the_job(org: OrgClient) -> None:
    job = await queried(org, "SELECT Id FROM Lead")

    response = await org.send("GET", f"{QUERY}/{job}/results", version="60.0")

    assert error_of(response) == (409, "VERSION_CONFLICT")


@pytest.mark.parametrize("locator", ["!!", "LTE", "OTk5"])
async def test_a_locator_that_leads_nowhere_is_refused(org: OrgClient, locator: str) -> None:
    job = await queried(org, "SELECT Id FROM Lead")

    assert error_of(await org.send("GET", f"{QUERY}/{job}/results?locator={locator}")) == (400, "INVALID_QUERY_LOCATOR")


async def test_a_page_may_be_wished_as_long_as_can_be(org: OrgClient) -> None:
    job = await queried(org, "SELECT Id FROM Lead")

    response = await org.send("GET", f"{QUERY}/{job}/results?maxRecords={'9' * 5000}")

    assert response.status_code == 200


async def test_a_query_job_is_listed_aborted_and_removed(org: OrgClient) -> None:
    await org.change_org(bulk_seconds=60)
    response = await org.send("POST", QUERY, json={"operation": "query", "query": "SELECT Id FROM Lead"})
    path = f"{QUERY}/{response.json()['id']}"

    wrong = await org.send("PATCH", path, json={"state": "UploadComplete"})
    aborted = await org.send("PATCH", path, json={"state": "Aborted"})

    assert (error_of(wrong), aborted.json()["state"]) == ((400, "INVALIDJOBSTATE"), "Aborted")
    assert len((await org.send("GET", QUERY)).json()["records"]) == 1
    assert (await org.send("DELETE", path)).status_code == 204


def test_a_text_without_rows_is_nothing() -> None:
    assert CsvFormat().read("") == []


def test_a_quoted_line_end_is_no_line_ending() -> None:
    assert CsvFormat().read('A\n"b\r\nc"\n') == [["A"], ["b\r\nc"]]

    with pytest.raises(SalesforceError):
        CsvFormat("COMMA", "CRLF").read('A\n"b"\n')
