"""Several requests in one call."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.infra.simulator.conftest import REST, OrgClient, error_of

NEW_LEAD = {"LastName": "Okafor", "Company": "Acme", "Email": "ada@example.com"}


def sub(reference: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    request = {"referenceId": reference, "method": method, "url": REST + path}
    return request if body is None else {**request, "body": body}


async def composite(org: OrgClient, *subrequests: dict[str, Any], all_or_none: bool = False) -> httpx.Response:
    return await org.send("POST", "/composite", json={"allOrNone": all_or_none, "compositeRequest": list(subrequests)})


async def test_a_lead_is_created_and_read_back_in_one_call(org: OrgClient) -> None:
    response = await composite(
        org,
        sub("new", "POST", "/sobjects/Lead", NEW_LEAD),
        sub("read", "GET", "/sobjects/Lead/@{new.id}"),
    )

    created, read = response.json()["compositeResponse"]
    assert (created["httpStatusCode"], created["referenceId"]) == (201, "new")
    assert created["httpHeaders"]["Location"].endswith(created["body"]["id"])
    assert read["body"] == await org.read(created["body"]["id"])
    stats = await org.stats()
    assert stats["by_operation"] == {"composite": 1, "lead.create": 1, "lead.get": 2}
    assert stats["api_calls"] == 2


async def test_leads_and_statuses_are_looked_up_in_one_call(org: OrgClient) -> None:
    lead_id = await org.create(Email="ada@example.com")

    response = await composite(
        org,
        sub("leads", "GET", "/query?q=SELECT+Id+FROM+Lead+WHERE+Email+%3D+%27ada%40example.com%27"),
        sub("statuses", "GET", "/query/?q=SELECT MasterLabel FROM LeadStatus WHERE IsConverted = true"),
        sub("again", "GET", "/sobjects/Lead/@{leads.records[0].Id}?fields=Email"),
    )

    leads, statuses, again = (part["body"] for part in response.json()["compositeResponse"])
    assert [lead["Id"] for lead in leads["records"]] == [lead_id]
    assert [status["MasterLabel"] for status in statuses["records"]] == ["Closed - Converted"]
    assert again["Email"] == "ada@example.com"


async def test_without_all_or_none_what_succeeded_stands(org: OrgClient) -> None:
    response = await composite(
        org,
        sub("bad", "POST", "/sobjects/Lead", {"LastName": "Okafor"}),
        sub("lost", "GET", "/sobjects/Lead/@{bad.id}"),
        sub("good", "POST", "/sobjects/Lead", NEW_LEAD),
    )

    bad, lost, good = response.json()["compositeResponse"]
    assert (response.status_code, bad["httpStatusCode"], good["httpStatusCode"]) == (200, 400, 201)
    assert lost["body"] == [
        {
            "message": "Invalid reference specified. No value for bad.id found in bad.",
            "errorCode": "PROCESSING_HALTED",
        }
    ]
    assert (await org.stats())["leads"] == 1


async def test_with_all_or_none_one_failure_undoes_everything(org: OrgClient) -> None:
    response = await composite(
        org,
        sub("good", "POST", "/sobjects/Lead", NEW_LEAD),
        sub("bad", "POST", "/sobjects/Lead", {"LastName": "Okafor"}),
        sub("never", "POST", "/sobjects/Lead", NEW_LEAD),
        all_or_none=True,
    )

    codes = [part["body"][0]["errorCode"] for part in response.json()["compositeResponse"]]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    assert (await org.stats())["leads"] == 0
    assert await org.ledger() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"compositeRequest": {}},
        {"compositeRequest": [{"method": "GET"}]},
        {"compositeRequest": [sub("a b", "GET", "/limits")]},
        {"compositeRequest": [sub("a", "GET", "/limits"), sub("a", "GET", "/limits")]},
        {"compositeRequest": [{**sub("a", "GET", "/limits"), "httpHeaders": {"Authorization": "x"}}]},
        {"compositeRequest": [sub(f"r{number}", "GET", "/limits") for number in range(26)]},
        {"compositeRequest": [sub(f"r{number}", "GET", "/query?q=x") for number in range(6)]},
    ],
)
async def test_a_malformed_composite_request_is_refused_as_a_whole(org: OrgClient, body: dict[str, Any]) -> None:
    response = await org.send("POST", "/composite", json=body)

    assert response.status_code == 400
    assert response.json()[0]["errorCode"] in ("INVALID_INPUT", "JSON_PARSER_ERROR")


async def test_subrequests_have_headers_of_their_own(org: OrgClient) -> None:
    await org.create(**NEW_LEAD)
    await org.change_org(duplicate_rule="alert")
    overriding = {"httpHeaders": {"Sforce-Duplicate-Rule-Header": "allowSave=true"}}

    response = await composite(
        org,
        sub("refused", "POST", "/sobjects/Lead", NEW_LEAD),
        {**sub("saved", "POST", "/sobjects/Lead", NEW_LEAD), **overriding},
    )

    assert [part["httpStatusCode"] for part in response.json()["compositeResponse"]] == [400, 201]


async def test_a_composite_request_cannot_hold_another(org: OrgClient) -> None:
    response = await composite(org, sub("inner", "POST", "/composite", {"compositeRequest": []}))

    assert response.json()["compositeResponse"][0]["httpStatusCode"] == 404


async def test_an_answer_lost_inside_leaves_the_work_done(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "drop_after", "times": 1})

    with pytest.raises(httpx.RemoteProtocolError):
        await composite(
            org, sub("new", "POST", "/sobjects/Lead", NEW_LEAD), sub("read", "GET", "/sobjects/Lead/@{new.id}")
        )

    assert (await org.stats())["leads"] == 1


@pytest.mark.parametrize(("all_or_none", "leads"), [(False, 1), (True, 0)])
async def test_a_connection_lost_inside_leaves_what_was_done_before(
    org: OrgClient, all_or_none: bool, leads: int
) -> None:
    await org.faults({"operation": "lead.get", "kind": "drop_before", "times": 1})

    with pytest.raises(httpx.RemoteProtocolError):
        await composite(
            org,
            sub("new", "POST", "/sobjects/Lead", NEW_LEAD),
            sub("read", "GET", "/sobjects/Lead/@{new.id}"),
            sub("more", "POST", "/sobjects/Lead", NEW_LEAD),
            all_or_none=all_or_none,
        )

    assert (await org.stats())["leads"] == leads


async def test_an_error_scripted_for_a_subrequest_is_its_answer(org: OrgClient) -> None:
    locked = {"kind": "status", "status": 400, "error_code": "UNABLE_TO_LOCK_ROW", "message": "locked"}
    await org.faults({"operation": "lead.create", "times": 1, **locked})

    response = await composite(org, sub("new", "POST", "/sobjects/Lead", NEW_LEAD))

    [part] = response.json()["compositeResponse"]
    assert part["body"] == [{"message": "locked", "errorCode": "UNABLE_TO_LOCK_ROW"}]
    assert error_of(httpx.Response(part["httpStatusCode"], json=part["body"])) == (400, "UNABLE_TO_LOCK_ROW")


async def test_a_reference_may_be_encoded_with_its_url(org: OrgClient) -> None:
    read = sub("read", "GET", "/sobjects/Lead/@%7Bnew.id%7D")

    response = await composite(org, sub("new", "POST", "/sobjects/Lead", NEW_LEAD), read)

    assert [part["httpStatusCode"] for part in response.json()["compositeResponse"]] == [201, 200]
