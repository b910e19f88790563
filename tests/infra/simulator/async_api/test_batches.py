"""Batches of Bulk API 1.0: records in, and what became of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.async_api.conftest import NAMESPACE, SENT_AS, BulkClient, text_in

TWO_LEADS: dict[str, Any] = {
    "JSON": [{"attributes": {"type": "Lead"}, "LastName": "Okafor", "Company": "Acme"}, {"LastName": "Sato"}],
    "CSV": "LastName,Company\r\nOkafor,Acme\r\nSato,\r\n",
    "XML": f"""<?xml version="1.0" encoding="UTF-8"?><sObjects xmlns="{NAMESPACE}">
        <sObject><LastName>Okafor</LastName><Company>Acme</Company></sObject>
        <sObject><LastName>Sato</LastName></sObject></sObjects>""",
}
MISSING = "Required fields are missing: [Company]"


@pytest.mark.parametrize("content_type", TWO_LEADS)
async def test_each_record_is_told_apart_in_the_order_they_came(bulk: BulkClient, content_type: str) -> None:
    job, batch = await bulk.run("insert", TWO_LEADS[content_type], content_type)

    response = await bulk.results(job, batch)

    [lead] = await bulk.org.query("SELECT Id, LastName FROM Lead")
    wanted = {
        "JSON": [
            {"success": True, "created": True, "id": lead["Id"], "errors": []},
            {
                "success": False,
                "created": False,
                "id": None,
                "errors": [
                    {
                        "statusCode": "REQUIRED_FIELD_MISSING",
                        "message": MISSING,
                        "fields": ["Company"],
                        "extendedErrorDetails": None,
                    }
                ],
            },
        ],
        "CSV": f'"Id","Success","Created","Error"\n"{lead["Id"]}","true","true",""\n'
        f'"","false","false","REQUIRED_FIELD_MISSING:{MISSING}:Company --"\n',
        "XML": f"<result><id>{lead['Id']}</id><success>true</success><created>true</created></result>"
        f"<result><errors><fields>Company</fields><message>{MISSING}</message>"
        "<statusCode>REQUIRED_FIELD_MISSING</statusCode></errors>"
        "<success>false</success><created>false</created></result></results>",
    }
    assert response.headers["Content-Type"] == SENT_AS[content_type]
    if content_type == "JSON":
        assert response.json() == wanted["JSON"]
    else:
        assert response.text.endswith(str(wanted[content_type]))
    assert lead["LastName"] == "Okafor"


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("CSV", "Id,Title,Phone\n{id},,#N/A\n"),
        ("JSON", '[{{"Id": "{id}", "Phone": null}}]'),
        (
            "XML",
            '<sObjects xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><sObject><Id>{id}</Id>'
            '<Title></Title><Phone xsi:nil="true"/></sObject></sObjects>',
        ),
    ],
)
async def test_every_form_leaves_a_field_and_clears_one(bulk: BulkClient, content_type: str, content: str) -> None:
    lead_id = await bulk.org.create(Title="CEO", Phone="1")

    await bulk.run("update", content.format(id=lead_id), content_type)

    lead = await bulk.org.read(lead_id)
    assert (lead["Title"], lead["Phone"]) == ("CEO", None)


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("CSV", "LastName,Company,Owner.Username\nOkafor,Acme,{name}\n"),
        ("JSON", '[{{"LastName": "Okafor", "Company": "Acme", "Owner": {{"type": "User", "Username": "{name}"}}}}]'),
        (
            "XML",
            "<sObjects><sObject><LastName>Okafor</LastName><Company>Acme</Company><Owner><sObject><type>User</type>"
            "<Username>{name}</Username></sObject></Owner></sObject></sObjects>",
        ),
    ],
)
@pytest.mark.parametrize(("username", "created"), [("demo@example.com", 1), ("nobody@example.com", 0)])
async def test_a_parent_is_named_by_a_key_in_every_form(
    bulk: BulkClient, content_type: str, content: str, username: str, created: int
) -> None:
    await bulk.run("insert", content.format(name=username), content_type)

    assert await bulk.org.names("Owner.Username = 'demo@example.com'") == ["Okafor"] * created


async def test_leads_are_upserted_by_an_external_id(bulk: BulkClient) -> None:
    await bulk.org.change_org(unique_external_id="Key__c")
    known = await bulk.org.create(Key__c="1")
    leads = [{"Key__c": "1", "Title": "CEO"}, {"Key__c": "2", "LastName": "Sato", "Company": "Acme"}]

    job, batch = await bulk.run("upsert", leads, externalIdFieldName="key__c")

    results = (await bulk.results(job, batch)).json()
    assert [(result["success"], result["created"]) for result in results] == [(True, False), (True, True)]
    assert (results[0]["id"], (await bulk.org.read(known))["Title"]) == (known, "CEO")


@pytest.mark.parametrize(("operation", "left"), [("delete", 1), ("hardDelete", 0)])
async def test_leads_are_deleted_softly_or_for_good(bulk: BulkClient, operation: str, left: int) -> None:
    lead_id = await bulk.org.create()

    job, batch = await bulk.run(operation, [{"Id": lead_id}, {"Id": "00Q000000000001AAA"}])

    results = (await bulk.results(job, batch)).json()
    assert [result["success"] for result in results] == [True, False]
    everything = await bulk.org.send("GET", "/queryAll", params={"q": "SELECT Id FROM Lead"})
    assert everything.json()["totalSize"] == left


@pytest.mark.parametrize(("field", "code"), [("Email", "INVALID_EMAIL_ADDRESS"), ("Owner.Username", "INVALID_FIELD")])
async def test_a_failed_update_tells_which_record_it_was(bulk: BulkClient, field: str, code: str) -> None:
    lead_id = await bulk.org.create()

    job, batch = await bulk.run("update", f"Id,{field}\n{lead_id},nonsense\n", "CSV")

    assert f'"{lead_id}","false","false","{code}:' in (await bulk.results(job, batch)).text


@pytest.mark.parametrize(
    ("content_type", "content", "told"),
    [
        ("CSV", "LastName,Nope\nA,1\n", "Field name not found : Nope"),
        ("CSV", '\ufeff"LastName",Company\nA,B\n', "Field name not found"),
        ("CSV", "LastName,Company\nA\n", "row 1 has 1 columns"),
        ("CSV", "LastName,Company\n", "Records not found"),
        ("CSV", "", "Records not found"),
        ("CSV", b"LastName\n\xff\n", "not UTF-8"),
        ("CSV", "LastName\n" + "A\n" * 10_001, "10000"),
        ("JSON", '[{"LastName": "A", "Nope": 1}]', "Field name not found : Nope"),
        ("JSON", '[{"LastName": "A", "Nope": {}}]', "Field name not found : Nope"),
        ("JSON", '[{"LastName": "A", "Nope": {"Id": 1}}]', "Field name not found : Nope.Id"),
        ("JSON", '{"LastName": "A"}', "no list of records"),
        ("JSON", "[1]", "no list of records"),
        ("JSON", "[NaN]", "no number"),
        ("JSON", "[" * 100_000, "Failed to parse JSON"),
        ("JSON", "[]", "Records not found"),
        ("XML", "<sObjects><sObject><Nope>1</Nope></sObject></sObjects>", "Field name not found : Nope"),
        ("XML", "<sObjects><sObject><Owner><Id>1</Id></Owner></sObject></sObjects>", "Field name not found : Owner"),
        ("XML", "<records/>", "no sObjects"),
        ("XML", "<sObjects>", "Failed to parse XML"),
        ("XML", '<!DOCTYPE a [<!ENTITY b "c">]><sObjects>&b;</sObjects>', "Failed to parse XML"),
    ],
)
async def test_a_batch_that_cannot_be_read_fails_as_a_whole(
    bulk: BulkClient, content_type: str, content: Any, told: str
) -> None:
    job, batch = await bulk.run("insert", content, content_type)

    info, results = await bulk.send("GET", f"/{job}/batch/{batch}"), await bulk.results(job, batch)

    message = info.json()["stateMessage"] if content_type == "JSON" else text_in(info, "stateMessage")
    assert message.startswith("InvalidBatch : ")
    assert told in message
    assert (results.status_code, "Records not processed" in results.text) == (400, True)
    assert (await bulk.org.stats())["leads"] == 0


@pytest.mark.parametrize("owner", [{"Nope": "1"}, {"Username": {}}, {"Username": ["a"]}, {"Username": 1}])
async def test_a_parent_that_is_not_there_fails_its_record(bulk: BulkClient, owner: dict[str, Any]) -> None:
    leads = [{"LastName": "A", "Company": "B", "Owner": owner}, {"LastName": "C", "Company": "D"}]

    job, batch = await bulk.run("insert", leads)

    results = (await bulk.results(job, batch)).json()
    assert [result["success"] for result in results] == [False, True]


async def test_deletions_need_ids(bulk: BulkClient) -> None:
    job, batch = await bulk.run("delete", [{"LastName": "A"}])

    info = (await bulk.send("GET", f"/{job}/batch/{batch}")).json()
    assert (info["state"], info["stateMessage"]) == ("Failed", "InvalidBatch : the Id column is missing")


async def test_a_deletion_without_an_id_quotes_none(bulk: BulkClient) -> None:
    job, batch = await bulk.run("delete", "Id\n#N/A\n", "CSV")

    assert '"","false","false","MALFORMED_ID:malformed id :Id --"' in (await bulk.results(job, batch)).text


async def test_what_was_sent_can_be_read_again(bulk: BulkClient) -> None:
    job, batch = await bulk.run("insert", TWO_LEADS["CSV"], "CSV")

    response = await bulk.send("GET", f"/{job}/batch/{batch}/request")

    assert (response.text, response.headers["Content-Type"]) == (TWO_LEADS["CSV"], "text/csv")


async def test_a_locked_row_fails_alone_and_another_fault_fails_the_batch(bulk: BulkClient) -> None:
    leads = [{"LastName": str(number), "Company": "Acme"} for number in range(401)]
    await bulk.org.faults(
        {"operation": "bulk1.insert", "kind": "lock_row", "rows": [3, 400], "times": 1},
        {"operation": "bulk1.insert", "kind": "status", "error_code": "TooManyLockFailure", "message": "locked"},
    )

    job, first = await bulk.run("insert", leads)
    second = await bulk.add(job, leads)

    results = (await bulk.results(job, first)).json()
    assert [place for place, result in enumerate(results) if not result["success"]] == [3, 400]
    assert results[400]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    info = (await bulk.ended(job, second)).json()
    assert (info["state"], info["stateMessage"]) == ("Failed", "TooManyLockFailure : locked")
    assert (await bulk.org.stats())["by_operation"]["bulk1.insert"] == 2


async def test_a_batch_may_hold_ten_megabytes(bulk: BulkClient) -> None:
    job = await bulk.open(content_type="CSV")

    sent = [
        await bulk.send("POST", f"/{job}/batch", content=b" " * size, headers={"Content-Type": "text/csv"})
        for size in (10_000_000, 10_000_001)
    ]

    assert [response.status_code for response in sent] == [201, 400]
    assert text_in(sent[1], "exceptionCode") == "InvalidBatch"


async def test_a_batch_must_be_of_the_type_of_its_job(bulk: BulkClient) -> None:
    job = await bulk.open(content_type="CSV")

    response = await bulk.send("POST", f"/{job}/batch", content="{}", headers={"Content-Type": "application/json"})

    assert (response.status_code, text_in(response, "exceptionCode")) == (400, "InvalidBatch")


async def test_the_assignment_rule_runs_only_for_a_job_that_names_one(bulk: BulkClient) -> None:
    await bulk.org.change_org(assignment_owner_id=(await bulk.org.query("SELECT Id FROM Group"))[0]["Id"])
    lead = [{"LastName": "Okafor", "Company": "Acme"}]

    await bulk.run("insert", lead)
    [rule] = await bulk.org.query("SELECT Id FROM AssignmentRule")
    await bulk.run("insert", lead, assignmentRuleId=rule["Id"])

    owners = [record["Owner"]["Type"] for record in await bulk.org.query("SELECT Owner.Type FROM Lead ORDER BY Id")]
    assert owners == ["User", "Queue"]
