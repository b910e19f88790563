"""Jobs of Bulk API 1.0: their life, who may ask, and what is refused."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest

from tests.infra.simulator.async_api.conftest import NAMESPACE, PATH, BulkClient, text_in

LEAD = [{"LastName": "Okafor", "Company": "Acme"}]
NEW_JOB = {"operation": "insert", "object": "Lead", "contentType": "JSON"}


def xml_job(**wish: str) -> str:
    fields = "".join(f"<{name}>{text}</{name}>" for name, text in wish.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<jobInfo xmlns="{NAMESPACE}">{fields}</jobInfo>'


def refused(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an answer in JSON."""
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, response.json()["exceptionCode"]


async def test_a_job_is_opened_filled_and_closed(bulk: BulkClient) -> None:
    response = await bulk.send("POST", json={**NEW_JOB, "concurrencyMode": 1})
    opened = response.json()
    job = opened["id"]
    for _ in range(2):
        await bulk.ended(job, await bulk.add(job, [*LEAD, {"LastName": "A"}]))

    closed = await bulk.send("POST", f"/{job}", json={"state": "Closed"})

    assert response.status_code == 201
    assert opened == {
        **opened,
        "state": "Open",
        "concurrencyMode": "Serial",
        "contentType": "JSON",
        "apiVersion": 59.0,
        "numberBatchesTotal": 0,
        "externalIdFieldName": None,
        "createdDate": "2026-03-17T09:30:00.000+0000",
    }
    assert closed.json() == (await bulk.send("GET", f"/{job[:15]}")).json()
    assert closed.json() == {
        **opened,
        "state": "Closed",
        "numberBatchesCompleted": 2,
        "numberBatchesTotal": 2,
        "numberRecordsProcessed": 4,
        "numberRecordsFailed": 2,
        "totalProcessingTime": 4,
        "apiActiveProcessingTime": 4,
    }
    assert refused(await bulk.send("POST", f"/{job}/batch", json=LEAD)) == (400, "InvalidJobState")
    again = await bulk.send("POST", f"/{job}", json={"state": "Closed"})
    assert (refused(again), again.json()["exceptionMessage"]) == (
        (400, "InvalidJobState"),
        "Closing already Closed Job not allowed",
    )


async def test_xml_is_spoken_with_who_speaks_xml(bulk: BulkClient) -> None:
    headers = {"Content-Type": "application/xml; charset=utf-8"}
    response = await bulk.send("POST", content=xml_job(operation="insert", object="Lead"), headers=headers)
    job = text_in(response, "id")
    batch = await bulk.add(job, f'<sObjects xmlns="{NAMESPACE}"/>', "XML")
    await bulk.ended(job, batch)

    listed = await bulk.send("GET", f"/{job}/batch", headers={"Content-Type": "application/json"})

    assert (response.status_code, response.headers["Content-Type"]) == (201, "application/xml")
    assert text_in(response, "contentType") == "XML"
    assert text_in(response, "createdDate") == "2026-03-17T09:30:00.000Z"
    assert "externalIdFieldName" not in response.text
    assert f"<batchInfo><id>{batch}</id><jobId>{job}</jobId><state>Failed</state>" in listed.text
    closed = await bulk.send("POST", f"/{job}", content=xml_job(state="Closed"), headers={"Content-Type": "text/csv"})
    assert text_in(closed, "state") == "Closed"


@pytest.mark.parametrize(
    ("headers", "content_type", "form"),
    [
        ({"Content-Type": "application/json"}, "JSON", "application/json"),
        ({"Content-Type": "application/json"}, "CSV", "application/xml"),
        ({"Content-Type": "application/xml; charset=UTF-8"}, "JSON", "application/xml"),
        ({}, "JSON", "application/json"),
        ({}, "CSV", "application/xml"),
        ({"Accept": "application/json"}, "XML", "application/xml"),
    ],
)
async def test_a_job_is_shown_in_the_form_of_its_content(
    bulk: BulkClient, headers: dict[str, str], content_type: str, form: str
) -> None:
    job = await bulk.open(content_type=content_type)

    answers = [await bulk.send("GET", f"/{job}{path}", headers=headers) for path in ("", "/batch", "/batch/751")]

    assert [(answer.status_code, answer.headers["Content-Type"]) for answer in answers] == [
        (200, form),
        (200, form),
        (400, form),
    ]


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ({}, "application/xml"),
        ({"Content-Type": "application/json"}, "application/json"),
        ({"Content-Type": "text/csv", "Accept": "application/json"}, "application/xml"),
        ({"Accept": "application/json, */*"}, "application/json"),
    ],
)
async def test_without_a_job_the_caller_says_the_form(bulk: BulkClient, headers: dict[str, str], form: str) -> None:
    response = await bulk.send("GET", "/750000000000001", headers=headers)

    assert (response.status_code, response.headers["Content-Type"]) == (400, form)
    assert "InvalidJob" in response.text


async def test_a_job_that_is_aborted_leaves_what_waits(bulk: BulkClient) -> None:
    await bulk.org.change_org(bulk_seconds=60)
    job = await bulk.open()
    batch = await bulk.add(job, LEAD)

    info = (await bulk.send("POST", f"/{job}", json={"state": "Aborted"})).json()

    assert (info["state"], info["numberBatchesTotal"]) == ("Aborted", 0)
    assert (await bulk.ended(job, batch)).json()["state"] == "NotProcessed"
    assert refused(await bulk.results(job, batch)) == (400, "InvalidBatch")
    assert refused(await bulk.send("POST", f"/{job}", json={"state": "Aborted"})) == (400, "InvalidJobState")


async def test_a_batch_that_waits_has_no_results_yet(bulk: BulkClient) -> None:
    await bulk.org.change_org(bulk_seconds=60)
    job = await bulk.open()
    batch = await bulk.add(job, LEAD)

    assert refused(await bulk.results(job, batch)) == (400, "InvalidBatch")
    assert (await bulk.send("GET", f"/{job}/batch/{batch}")).json()["state"] == "Queued"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"operation": "INSERT"}, "InvalidJob"),
        ({"operation": None}, "InvalidJob"),
        ({"object": "Nope"}, "InvalidEntity"),
        ({"object": None}, "InvalidEntity"),
        ({"object": "LeadHistory"}, "InvalidEntity"),
        ({"contentType": "ZIP_CSV"}, "InvalidJob"),
        ({"contentType": "csv"}, "InvalidJob"),
        ({"concurrencyMode": "Fast"}, "InvalidJob"),
        ({"operation": "upsert"}, "InvalidJob"),
        ({"operation": "upsert", "externalIdFieldName": "Nope__c"}, "InvalidJob"),
        ({"operation": "upsert", "externalIdFieldName": 1}, "InvalidJob"),
        ({"externalIdFieldName": "Id"}, "InvalidJob"),
        ({"operation": []}, "ClientInputError"),
    ],
)
async def test_a_job_that_makes_no_sense_is_refused(bulk: BulkClient, wish: dict[str, Any], code: str) -> None:
    assert refused(await bulk.send("POST", json={**NEW_JOB, **wish})) == (400, code)


@pytest.mark.parametrize(
    ("media_type", "content", "code"),
    [
        ("application/json", "{", "ClientInputError"),
        ("application/json", "[]", "ClientInputError"),
        ("application/json", b"\xff", "ClientInputError"),
        ("application/json", "", "ClientInputError"),
        ("application/xml", "<jobInfo>", "InvalidXML"),
        ("application/xml", "", "InvalidXML"),
        ("application/xml", '<!DOCTYPE a [<!ENTITY b "c">]><jobInfo>&b;</jobInfo>', "InvalidXML"),
    ],
)
async def test_a_job_that_cannot_be_read_is_refused(
    bulk: BulkClient, media_type: str, content: str | bytes, code: str
) -> None:
    response = await bulk.send("POST", content=content, headers={"Content-Type": media_type})

    assert (response.status_code, code in response.text) == (400, True)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"state": "Open"}, "InvalidJobState"),
        ({}, "InvalidJobState"),
        ({"state": "Closed", "operation": "insert"}, "InvalidJob"),
    ],
)
async def test_only_the_state_of_a_job_is_changed(bulk: BulkClient, wish: dict[str, str], code: str) -> None:
    job = await bulk.open()

    assert refused(await bulk.send("POST", f"/{job}", json=wish)) == (400, code)


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/services/async/59.0/jobs", "InvalidUrl"),
        ("DELETE", "/services/async/59.0/job/750", "InvalidUrl"),
        ("GET", "/services/async/v59.0/job/750", "InvalidUrl"),
        ("GET", "/services/async", "InvalidUrl"),
        ("GET", "/services/async/99.0/job/750", "InvalidVersion"),
        ("GET", "/services/async/7.0/job/750", "InvalidVersion"),
        ("GET", "/services/async/59.0/job/750", "InvalidJob"),
    ],
)
async def test_what_is_not_there_is_refused(bulk: BulkClient, method: str, path: str, code: str) -> None:
    headers = {**bulk.org.bearer, "Accept": "application/json"}

    assert refused(await bulk.org.http.request(method, path, headers=headers)) == (400, code)


async def test_batches_are_of_the_version_of_their_job(bulk: BulkClient) -> None:
    job = await bulk.open()
    headers = {"X-SFDC-Session": bulk.org.access_token}

    response = await bulk.org.http.post(f"/services/async/60.0/job/{job}/batch", headers=headers, json=LEAD)

    assert refused(response) == (400, "InvalidVersion")


@pytest.mark.parametrize("headers", [{}, {"X-SFDC-Session": "nobody"}, {"Authorization": "Bearer nobody"}])
async def test_who_is_not_logged_in_is_refused(bulk: BulkClient, headers: dict[str, str]) -> None:
    response = await bulk.org.http.post(PATH, json=NEW_JOB, headers=headers)

    assert refused(response) == (400, "InvalidSessionId")
    assert response.json()["exceptionMessage"] == "Invalid session id"


async def test_a_session_may_be_ended_by_a_fault(bulk: BulkClient) -> None:
    await bulk.org.faults({"operation": "bulk1.create", "kind": "expire_session"})

    response = await bulk.send("POST", content=xml_job(operation="insert"))

    assert response.status_code == 400
    assert "<exceptionCode>InvalidSessionId</exceptionCode>" in response.text
    assert (await bulk.org.send("GET", "/limits")).status_code == 401


async def test_faults_and_limits_are_told_by_the_codes_of_this_api(bulk: BulkClient) -> None:
    await bulk.org.faults({"operation": "bulk1.info", "kind": "status", "status": 503, "error_code": "Unknown"})
    job = await bulk.open()

    assert refused(await bulk.send("GET", f"/{job}")) == (503, "Unknown")
    await bulk.org.change_org(daily_api_limit=1)
    assert refused(await bulk.send("GET", f"/{job}/batch")) == (400, "ExceededQuota")


async def test_batches_count_towards_the_limit_of_the_day(bulk: BulkClient) -> None:
    job = await bulk.open()
    await bulk.add(job, LEAD)

    limits = (await bulk.org.send("GET", "/limits")).json()

    assert limits["DailyBulkApiBatches"] == {"Max": 15000, "Remaining": 14999}


async def test_jobs_of_both_versions_have_ids_of_their_own(bulk: BulkClient) -> None:
    response = await bulk.org.send("POST", "/jobs/ingest", json={"object": "Lead", "operation": "insert"})

    assert response.json()["id"] != await bulk.open()


async def test_a_batch_may_be_compressed(bulk: BulkClient) -> None:
    job = await bulk.open(content_type="CSV")
    headers = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    sent = await bulk.send("POST", f"/{job}/batch", content=gzip.compress(b"LastName,Company\nA,B\n"), headers=headers)

    await bulk.ended(job, text_in(sent, "id"))

    assert await bulk.org.names("Company = 'B'") == ["A"]


async def test_serial_batches_are_worked_off_one_after_the_other(bulk: BulkClient) -> None:
    job = await bulk.open(concurrencyMode="Serial")
    batches = [await bulk.add(job, [{"LastName": f"{place}", "Company": "A"}] * 600) for place in range(3)]

    for batch in batches:
        await bulk.ended(job, batch)

    names = [record["LastName"] for record in await bulk.org.query("SELECT LastName FROM Lead ORDER BY Id")]
    assert names == [*["0"] * 600, *["1"] * 600, *["2"] * 600]
