"""Many records in one call: collections and trees."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.infra.simulator.conftest import OrgClient, error_of

PATH = "/composite/sobjects"


def lead(**fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, "LastName": "Okafor", "Company": "Acme", **fields}


def nameless() -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, "LastName": "Okafor"}


async def post(org: OrgClient, *records: dict[str, Any], all_or_none: bool = False) -> list[dict[str, Any]]:
    response = await org.send("POST", PATH, json={"allOrNone": all_or_none, "records": list(records)})
    assert response.status_code == 200, response.text
    results: list[dict[str, Any]] = response.json()
    return results


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [result["errors"][0]["statusCode"] if result["errors"] else None for result in results]


async def test_each_record_succeeds_or_fails_by_itself(org: OrgClient) -> None:
    first, second, third = await post(org, lead(LastName="A"), nameless(), {**lead(), "attributes": {"type": "lead"}})

    assert first == {"id": first["id"], "success": True, "errors": []}
    assert second == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Company]",
                "fields": ["Company"],
            }
        ],
    }
    assert (await org.read(first["id"]))["LastName"] == "A"
    stats = await org.stats()
    assert (stats["leads"], stats["by_operation"]["collections.create"], stats["api_calls"]) == (2, 1, 2)
    assert third["success"]


async def test_all_or_none_undoes_what_would_have_succeeded(org: OrgClient) -> None:
    results = await post(org, lead(), nameless(), all_or_none=True)

    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert "id" not in results[0]
    assert (await org.stats())["leads"] == 0


async def test_records_are_changed_and_deleted_by_their_ids(org: OrgClient) -> None:
    lead_id, account_id = await org.create(), await org.create("Account", Name="Acme")
    changes = [
        {"attributes": {"type": "Lead"}, "Id": lead_id[:15], "Title": "CEO"},
        {"attributes": {"type": "Account"}, "id": account_id, "Phone": "1"},
        {"attributes": {"type": "Lead"}, "Title": "CEO"},
        {"attributes": {"type": "Lead"}, "id": account_id, "Title": "CEO"},
    ]

    changed = (await org.send("PATCH", PATH, json={"records": changes})).json()
    title = (await org.read(lead_id))["Title"]
    deleted = (await org.send("DELETE", f"{PATH}?ids={lead_id},{account_id},nonsense,{lead_id}")).json()

    assert codes(changed) == [None, None, "MISSING_ARGUMENT", "MALFORMED_ID"]
    assert (changed[0]["id"], title) == (lead_id, "CEO")
    assert codes(deleted) == [None, None, "MALFORMED_ID", "ENTITY_IS_DELETED"]
    assert [result.get("id") for result in deleted] == [lead_id, account_id, None, lead_id]


async def test_a_delete_of_all_or_none_puts_everything_back(org: OrgClient) -> None:
    lead_id = await org.create()

    deleted = await org.send("DELETE", f"{PATH}?ids={lead_id},00QA1000000zzzz&allOrNone=true")

    assert codes(deleted.json()) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_CROSS_REFERENCE_KEY"]
    assert (await org.stats())["leads"] == 1


async def test_records_are_created_or_changed_by_an_external_id(org: OrgClient) -> None:
    await org.change_org(unique_external_id="Key__c")
    known = await org.create(Key__c="1")
    records = [lead(Key__c="1", Title="CEO"), lead(Key__c="2"), {**nameless(), "Key__c": "3"}, lead()]

    results = (await org.send("PATCH", f"{PATH}/Lead/Key__c", json={"records": records})).json()

    assert codes(results) == [None, None, "REQUIRED_FIELD_MISSING", "MISSING_ARGUMENT"]
    assert [result["created"] for result in results] == [False, True, True, True]
    assert (results[0]["id"], (await org.read(known))["Title"]) == (known, "CEO")
    assert (await org.stats())["leads"] == 2


async def test_an_upsert_by_id_creates_where_none_is_given(org: OrgClient) -> None:
    lead_id = await org.create()

    records = [lead(Id=lead_id, Title="CEO"), lead(Id=None), lead()]
    results = (await org.send("PATCH", f"{PATH}/Lead/Id", json={"records": records})).json()

    assert [result["created"] for result in results] == [False, True, True]
    assert (await org.stats())["leads"] == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_records_are_read_by_their_ids_and_null_stands_for_what_is_not_there(org: OrgClient, method: str) -> None:
    lead_id, gone, account_id = await org.create(Title="CEO"), await org.create(), await org.create("Account", Name="A")
    await org.send("DELETE", f"/sobjects/Lead/{gone}")
    named = [lead_id[:15], gone, account_id, "nonsense"]
    if method == "GET":
        response = await org.send("GET", f"{PATH}/Lead?ids={','.join(named)}&fields=Id,Title")
    else:
        response = await org.send("POST", f"{PATH}/Lead", json={"ids": named, "fields": ["Id", "Title"]})

    found, *others = response.json()
    assert (found["Id"], found["Title"], found["attributes"]["type"]) == (lead_id, "CEO", "Lead")
    assert others == [None, None, None]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", PATH, {}, (400, "INVALID_INPUT")),
        ("POST", PATH, {"records": [1]}, (400, "INVALID_INPUT")),
        ("POST", PATH, {"records": [{"LastName": "x"}]}, (400, "INVALID_INPUT")),
        ("POST", PATH, {"records": [{"attributes": {"type": "Nope"}}]}, (404, "NOT_FOUND")),
        ("POST", PATH, {"records": [lead()] * 201}, (400, "EXCEEDED_ID_LIMIT")),
        ("POST", PATH, {"records": [lead(), {"attributes": {"type": "Account"}}] * 6}, (400, "INVALID_INPUT")),
        ("PATCH", f"{PATH}/Lead/Id", {"records": [{"attributes": {"type": "Account"}}]}, (400, "INVALID_INPUT")),
        ("PATCH", f"{PATH}/Lead/Nope__c", {"records": [lead()]}, (404, "NOT_FOUND")),
        ("DELETE", PATH, None, (400, "INVALID_INPUT")),
        ("DELETE", f"{PATH}?ids={','.join(['x'] * 201)}", None, (400, "EXCEEDED_ID_LIMIT")),
        ("GET", f"{PATH}/Lead?ids=x", None, (400, "INVALID_INPUT")),
        ("GET", f"{PATH}/Lead?ids=x&fields=Nope", None, (400, "INVALID_FIELD")),
        ("POST", f"{PATH}/Lead", {"ids": "x", "fields": ["Id"]}, (400, "INVALID_INPUT")),
        ("POST", f"{PATH}/Lead", {"ids": ["x"] * 2001, "fields": ["Id"]}, (400, "EXCEEDED_ID_LIMIT")),
    ],
)
async def test_a_malformed_collection_is_refused_as_a_whole(
    org: OrgClient, method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    response = await org.send(method, path, json=body) if body is not None else await org.send(method, path)

    assert error_of(response) == expected
    assert (await org.stats())["leads"] == 0


async def test_a_locked_row_fails_alone(org: OrgClient) -> None:
    await org.faults({"operation": "collections.create", "kind": "lock_row", "rows": [1], "times": 1})

    results = await post(org, lead(), lead(), lead())

    assert codes(results) == [None, "UNABLE_TO_LOCK_ROW", None]
    assert (await org.stats())["leads"] == 2


async def test_a_locked_row_of_a_collection_inside_a_composite_fails_alone(org: OrgClient) -> None:
    await org.faults({"operation": "collections.create", "kind": "lock_row", "times": 1})
    url = "/services/data/v59.0/composite/sobjects"
    sub = {"method": "POST", "url": url, "referenceId": "many", "body": {"records": [lead(), lead()]}}

    response = await org.send("POST", "/composite", json={"compositeRequest": [sub]})

    [part] = response.json()["compositeResponse"]
    assert codes(part["body"]) == ["UNABLE_TO_LOCK_ROW", None]


async def test_a_composite_of_all_or_none_undoes_a_collection_with_a_failure(org: OrgClient) -> None:
    url = "/services/data/v59.0/composite/sobjects"
    good = {"method": "POST", "url": url, "referenceId": "good", "body": {"records": [lead()]}}
    bad = {"method": "POST", "url": url, "referenceId": "bad", "body": {"records": [lead(), nameless()]}}

    response = await org.send("POST", "/composite", json={"allOrNone": True, "compositeRequest": [good, bad]})

    first, second = response.json()["compositeResponse"]
    assert first["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert codes(second["body"]) == [None, "REQUIRED_FIELD_MISSING"]
    assert (await org.stats())["leads"] == 0


def tree(*children: dict[str, Any]) -> dict[str, Any]:
    account = {"attributes": {"type": "Account", "referenceId": "account"}, "Name": "Acme"}
    return {"records": [{**account, "Contacts": {"records": list(children)}}]}


def contact(reference: str, **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Contact", "referenceId": reference}, **fields}


async def test_a_tree_is_created_with_all_that_hangs_below(org: OrgClient) -> None:
    response = await org.send("POST", "/composite/tree/Account", json=tree(contact("c1", LastName="Okafor")))

    body = response.json()
    created = {result["referenceId"]: result["id"] for result in body["results"]}
    assert (response.status_code, body["hasErrors"]) == (201, False)
    assert (await org.read(created["c1"], "Contact"))["AccountId"] == created["account"]


async def test_a_tree_with_a_failure_leaves_nothing(org: OrgClient) -> None:
    wrong = tree(contact("c1", LastName="Okafor"), contact("c2"))

    response = await org.send("POST", "/composite/tree/Account", json=wrong)

    [result] = response.json()["results"]
    assert (response.status_code, response.json()["hasErrors"], result["referenceId"]) == (400, True, "c2")
    assert result["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert await org.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"records": []},
        {"records": [{"Name": "x"}]},
        tree({"attributes": {"type": "Lead", "referenceId": "x"}}),
        tree(contact("c1", LastName="A"), contact("c1", LastName="B")),
        tree(*(contact(f"c{number}", LastName="A") for number in range(200))),
    ],
)
async def test_a_malformed_tree_is_refused(org: OrgClient, body: dict[str, Any]) -> None:
    assert error_of(await org.send("POST", "/composite/tree/Account", json=body)) == (400, "INVALID_INPUT")


async def test_a_batch_answers_each_part_and_counts_it(org: OrgClient) -> None:
    requests = [
        {"method": "POST", "url": "v59.0/sobjects/Lead", "richInput": {"LastName": "A", "Company": "B"}},
        {"method": "GET", "url": "/services/data/v59.0/limits"},
        {"method": "GET", "url": "v59.0/sobjects/Nope"},
        {"method": "POST", "url": "v59.0/composite", "richInput": {}},
    ]

    response = await org.send("POST", "/composite/batch", json={"batchRequests": requests})

    body = response.json()
    assert (response.status_code, body["hasErrors"]) == (200, True)
    assert [result["statusCode"] for result in body["results"]] == [201, 200, 404, 404]
    assert (await org.stats())["api_calls"] == 4


async def test_a_batch_may_stop_at_the_first_error(org: OrgClient) -> None:
    requests = [{"method": "GET", "url": f"v59.0/{path}"} for path in ("limits", "nope", "limits")]

    response = await org.send("POST", "/composite/batch", json={"batchRequests": requests, "haltOnError": True})

    results = response.json()["results"]
    assert [result["statusCode"] for result in results] == [200, 404, 412]
    assert results[2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"


async def test_the_allowance_may_run_out_inside_a_batch(org: OrgClient) -> None:
    await org.change_org(daily_api_limit=2)
    requests = [{"method": "GET", "url": "v59.0/limits"}] * 3

    response = await org.send("POST", "/composite/batch", json={"batchRequests": requests})

    assert [result["statusCode"] for result in response.json()["results"]] == [200, 200, 403]


@pytest.mark.parametrize(
    "entries", [None, [], [1], [{"method": "GET"}], [{"method": "GET", "url": "v59.0/limits"}] * 26]
)
async def test_a_malformed_batch_is_refused(org: OrgClient, entries: Any) -> None:
    response = await org.send("POST", "/composite/batch", json={"batchRequests": entries})

    assert error_of(response) == (400, "INVALID_INPUT")


async def test_an_answer_lost_inside_a_batch_loses_the_whole_answer(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "drop_after", "times": 1})
    requests = [{"method": "POST", "url": "v59.0/sobjects/Lead", "richInput": {"LastName": "A", "Company": "B"}}]

    with pytest.raises(httpx.RemoteProtocolError):
        await org.send("POST", "/composite/batch", json={"batchRequests": requests})

    assert (await org.stats())["leads"] == 1


def graph(name: str, **fields: Any) -> dict[str, Any]:
    node = {"method": "POST", "url": "/services/data/v59.0/sobjects/Lead", "referenceId": "new", "body": fields}
    again = {"method": "GET", "url": "/services/data/v59.0/sobjects/Lead/@{new.id}", "referenceId": "read"}
    return {"graphId": name, "compositeRequest": [node, again]}


async def test_each_graph_happens_altogether_or_not_at_all(org: OrgClient) -> None:
    graphs = [graph("good", LastName="A", Company="B"), graph("bad", LastName="A")]

    response = await org.send("POST", "/composite/graph", json={"graphs": graphs})

    good, bad = response.json()["graphs"]
    assert (good["graphId"], good["isSuccessful"], bad["isSuccessful"]) == ("good", True, False)
    assert [part["httpStatusCode"] for part in good["graphResponse"]["compositeResponse"]] == [201, 200]
    failures = [part["body"][0]["errorCode"] for part in bad["graphResponse"]["compositeResponse"]]
    assert failures == ["REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    assert (await org.stats())["leads"] == 1


async def test_after_fourteen_failed_graphs_no_more_are_tried(org: OrgClient) -> None:
    graphs = [graph(f"bad{number}", LastName="A") for number in range(15)] + [graph("good", LastName="A", Company="B")]

    response = await org.send("POST", "/composite/graph", json={"graphs": graphs})

    assert [answer["isSuccessful"] for answer in response.json()["graphs"]] == [False] * 16
    assert (await org.stats())["leads"] == 0


@pytest.mark.parametrize(
    "graphs",
    [None, [], [{"compositeRequest": []}], [graph("a"), graph("a")], [graph(str(number)) for number in range(76)]],
)
async def test_a_malformed_graph_request_is_refused(org: OrgClient, graphs: Any) -> None:
    assert error_of(await org.send("POST", "/composite/graph", json={"graphs": graphs})) == (400, "INVALID_INPUT")


@pytest.mark.parametrize("keys", [("k1", "K1"), ("k1", " k1 ")])
async def test_a_call_naming_a_record_twice_by_its_key_writes_neither(org: OrgClient, keys: tuple[str, str]) -> None:
    await org.change_org(unique_external_id="Key__c")
    lead = {"attributes": {"type": "Lead"}, "LastName": "Okafor", "Company": "Acme"}
    records = [{**lead, "Key__c": key} for key in (*keys, "k2")]

    response = await org.send("PATCH", "/composite/sobjects/Lead/Key__c", json={"records": records})

    *twins, other = response.json()
    assert [twin["errors"][0]["statusCode"] for twin in twins] == ["DUPLICATE_VALUE"] * 2
    assert twins[0]["errors"][0]["message"] == "Duplicate external id specified: k1"
    assert (other["success"], await org.names("Key__c LIKE 'k%'")) == (True, ["Okafor"])


async def test_a_call_that_names_a_record_twice_by_its_id_changes_nothing(org: OrgClient) -> None:
    lead_id = await org.create(Title="Buyer")
    records = [{"attributes": {"type": "Lead"}, "id": name, "Title": "x"} for name in (lead_id, lead_id[:15])]

    response = await org.send("PATCH", "/composite/sobjects", json={"records": records})

    problems = [each["errors"][0]["message"] for each in response.json()]
    assert problems == [f"Duplicate id specified: {lead_id}"] * 2
    assert (await org.read(lead_id))["Title"] == "Buyer"
