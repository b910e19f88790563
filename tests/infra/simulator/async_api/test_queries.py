"""Queries of Bulk API 1.0: their results in three forms, and in chunks."""

from __future__ import annotations

import pytest

from tests.infra.simulator.async_api.conftest import NAMESPACE, BulkClient, text_in
from tests.infra.simulator.conftest import Clock

SOQL = "SELECT Id, LastName, CreatedDate, Owner.Name, IsConverted FROM Lead"


async def test_json_is_as_rest_has_it_but_for_dates(bulk: BulkClient) -> None:
    lead_id = await bulk.org.create()

    [record] = (await bulk.found(SOQL)).json()

    assert record == {
        "attributes": {"type": "Lead", "url": f"/services/data/v59.0/sobjects/Lead/{lead_id}"},
        "Id": lead_id,
        "LastName": "Okafor",
        "CreatedDate": 1773739800000,
        "Owner": {"attributes": record["Owner"]["attributes"], "Name": "Demo User"},
        "IsConverted": False,
    }


async def test_csv_has_a_header_and_quotes_everything(bulk: BulkClient) -> None:
    lead_id = await bulk.org.create()

    response = await bulk.found(SOQL, "CSV")

    assert response.text == (
        '"Id","LastName","CreatedDate","Owner.Name","IsConverted"\n'
        f'"{lead_id}","Okafor","2026-03-17T09:30:00.000Z","Demo User","false"\n'
    )
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


async def test_xml_tells_the_id_twice(bulk: BulkClient) -> None:
    lead_id = await bulk.org.create()

    response = await bulk.found("SELECT Id, LastName, Title, Owner.Name FROM Lead", "XML")

    assert response.text.partition("<records")[2] == (
        f' xsi:type="sObject"><type>Lead</type><Id>{lead_id}</Id><Id>{lead_id}</Id><LastName>Okafor</LastName>'
        '<Title xsi:nil="true" /><Owner xsi:type="sObject"><type>Name</type><Id xsi:nil="true" />'
        "<Name>Demo User</Name></Owner></records></queryResult>"
    )
    assert f'xmlns="{NAMESPACE}"' in response.text


@pytest.mark.parametrize(
    ("content_type", "nothing"),
    [("JSON", "[]"), ("CSV", "Records not found for this query"), ("XML", "/>")],
)
async def test_a_query_may_find_nothing(bulk: BulkClient, content_type: str, nothing: str) -> None:
    assert (await bulk.found(SOQL, content_type)).text.endswith(nothing)


async def test_only_query_all_finds_what_was_deleted_and_that_for_two_weeks(bulk: BulkClient, clock: Clock) -> None:
    lead_id = await bulk.org.create()
    await bulk.org.send("DELETE", f"/sobjects/Lead/{lead_id}")

    found = [(await bulk.found("SELECT Id FROM Lead", operation=each)).json() for each in ("query", "queryAll")]
    clock.move(days=16)
    await bulk.org.log_in_again()
    later = (await bulk.found("SELECT Id FROM Lead", operation="queryAll")).json()

    assert [len(records) for records in [*found, later]] == [0, 1, 0]


@pytest.mark.parametrize(
    ("soql", "told"),
    [
        ("SELECT Nope FROM Lead", "INVALID_FIELD: "),
        ("SELECT", "MALFORMED_QUERY: "),
        ("", "MALFORMED_QUERY: "),
        ("SELECT COUNT(Id) FROM Lead", "FUNCTIONALITY_NOT_ENABLED: "),
        ("SELECT Address FROM Lead", "FUNCTIONALITY_NOT_ENABLED: Selecting compound data not supported in Bulk Query"),
        (
            "SELECT Id FROM Contact",
            "INVALID_TYPE_FOR_OPERATION: The root entity of the requested query (Contact) does not match "
            "the entity of the requested Bulk API Job (Lead).",
        ),
    ],
)
async def test_a_query_that_makes_no_sense_fails_its_batch(bulk: BulkClient, soql: str, told: str) -> None:
    job, batch = await bulk.run("query", soql)

    info = (await bulk.send("GET", f"/{job}/batch/{batch}")).json()

    assert info["state"] == "Failed"
    assert info["stateMessage"].startswith(f"InvalidBatch : Failed to process query: {told}")


async def test_results_are_asked_for_by_their_id(bulk: BulkClient) -> None:
    job, batch = await bulk.run("query", SOQL)

    response = await bulk.send("GET", f"/{job}/batch/{batch}/result/752000000000001")

    assert (response.status_code, response.json()["exceptionCode"]) == (400, "InvalidBatch")


async def chunks(bulk: BulkClient, soql: str, header: str) -> tuple[list[str], list[list[str]]]:
    """The states of all batches of a query, and the last names found by those that were processed."""
    job, _ = await bulk.run("query", soql, headers={"Sforce-Enable-PKChunking": header})
    states: list[str] = []
    names: list[list[str]] = []
    for each in [info["id"] for info in (await bulk.send("GET", f"/{job}/batch")).json()["batchInfo"]]:
        states.append((await bulk.ended(job, each)).json()["state"])
        if states[-1] == "Completed":
            [result] = (await bulk.results(job, each)).json()
            records = (await bulk.send("GET", f"/{job}/batch/{each}/result/{result}")).json()
            names.append([record["LastName"] for record in records])
    return states, names


@pytest.mark.parametrize(
    ("condition", "header", "found"),
    [
        ("", "chunkSize=2", [["0", "1"], ["2", "3"], ["4"]]),
        ("WHERE LastName = '1' OR Company = 'No WHERE'", "true; chunkSize=2", [["1"], [], []]),
        ("WHERE LastName > '2'", "TRUE", [["3", "4"]]),
    ],
)
async def test_a_query_is_split_by_ids(bulk: BulkClient, condition: str, header: str, found: list[list[str]]) -> None:
    for number in range(5):
        await bulk.org.create(LastName=str(number))

    states, names = await chunks(bulk, f"SELECT LastName FROM Lead {condition}", header)

    assert states == ["NotProcessed", *["Completed"] * len(found)]
    assert names == found


async def test_chunks_begin_where_the_caller_says(bulk: BulkClient) -> None:
    lead_ids = [await bulk.org.create(LastName=str(number)) for number in range(3)]

    _, names = await chunks(bulk, "SELECT LastName FROM Lead", f"chunkSize=1, startRow={lead_ids[1]}")

    assert names == [["1"], ["2"]]


@pytest.mark.parametrize(
    "condition", ["ORDER BY LastName", "LIMIT 5", "WHERE Id != null", "WHERE NOT (OwnerId = null)", "FOR VIEW"]
)
async def test_some_clauses_allow_no_chunks(bulk: BulkClient, condition: str) -> None:
    await bulk.org.create()

    states, names = await chunks(bulk, f"SELECT LastName FROM Lead {condition}", "chunkSize=1")

    assert (states, names) == (["Completed"], [["Okafor"]])


@pytest.mark.parametrize("header", ["false", "", "parent=Lead; false"])
async def test_chunks_are_made_only_if_wanted(bulk: BulkClient, header: str) -> None:
    states, _ = await chunks(bulk, "SELECT LastName FROM Lead", header)

    assert states == ["Completed"]


async def test_an_empty_table_is_one_chunk(bulk: BulkClient) -> None:
    assert await chunks(bulk, "SELECT LastName FROM Lead", "true") == (["NotProcessed", "Completed"], [[]])


@pytest.mark.parametrize("header", ["chunkSize=0", "chunkSize=many", "startRow=1", "chunkSize"])
async def test_chunks_that_make_no_sense_are_refused(bulk: BulkClient, header: str) -> None:
    body = {"operation": "query", "object": "Lead", "contentType": "JSON"}

    response = await bulk.send("POST", json=body, headers={"Sforce-Enable-PKChunking": header})

    assert (response.status_code, response.json()["exceptionCode"]) == (400, "ClientInputError")


async def test_a_query_that_takes_too_long_fails_as_documented(bulk: BulkClient) -> None:
    await bulk.org.faults({"operation": "bulk1.query", "kind": "status", "error_code": "QUERY_TIMEOUT", "message": "!"})

    job, batch = await bulk.run("query", SOQL, "CSV")

    info = await bulk.send("GET", f"/{job}/batch/{batch}")
    assert text_in(info, "stateMessage") == "InvalidBatch : Failed to process query: QUERY_TIMEOUT: !"
