"""Deleted leads come back, and leads that are there twice become one."""

import httpx

from tests.support.gateway import GatewayClient
from tests.support.leads import failure, insert
from tests.support.org import Org


async def test_a_deleted_lead_comes_back_once(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org)
    await rest.delete(f"/v1/leads/{lead_id}")

    restored = (await rest.post(f"/v1/leads/{lead_id}/restore")).json()["data"]
    again = (await rest.post(f"/v1/leads/{lead_id}/restore")).json()["data"]

    assert restored == {"lead_id": lead_id, "restored": True, "email": "ada@example.com", "duplicates": []}
    assert again == {**restored, "restored": False}
    assert (await rest.get("/v1/leads/ada@example.com")).json()["data"]["id"] == lead_id
    assert [effect["op"] for effect in await org.ledger()] == ["create", "delete", "undelete"]


async def test_a_restored_lead_tells_who_has_its_email_now(rest: GatewayClient, org: Org) -> None:
    first = await insert(rest, org)
    await rest.delete(f"/v1/leads/{first}")
    second = await insert(rest, org)

    assert (await rest.post(f"/v1/leads/{first}/restore")).json()["data"]["duplicates"] == [second]


async def test_what_was_never_there_can_not_come_back(rest: GatewayClient) -> None:
    failure(await rest.post("/v1/leads/00Q000000000999AAA/restore"), 404, "LEAD_NOT_FOUND")
    failure(await rest.post("/v1/leads/ada@example.com/restore"), 422, "VALIDATION_ERROR")


async def test_a_lost_answer_leaves_no_doubt_that_the_lead_is_back(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org)
    await rest.delete(f"/v1/leads/{lead_id}")
    await org.fault("soap.undelete", "drop_after", times=1)

    assert (await rest.post(f"/v1/leads/{lead_id}/restore")).json()["data"]["restored"] is True


async def test_duplicates_are_found_in_two_calls(rest: GatewayClient, org: Org) -> None:
    first, second, third = [await insert(rest, org) for _ in range(3)]
    bola = [await insert(rest, org, Email="bola@example.com") for _ in range(2)]
    await insert(rest, org, Email="chi@example.com")
    await insert(rest, org, Email=None)
    before = await org.api_calls()

    found = (await rest.get("/v1/leads/duplicates")).json()["data"]
    few = (await rest.get("/v1/leads/duplicates?limit=1")).json()["data"]
    blank = (await rest.get("/v1/leads/duplicates?limit=")).json()["data"]

    assert [group["email"] for group in found["groups"]] == ["ada@example.com", "bola@example.com"]
    assert [[lead["id"] for lead in group["leads"]] for group in found["groups"]] == [[first, second, third], bola]
    assert (found["count"], found["more"]) == (2, False)
    assert (few["count"], few["more"]) == (1, True)
    assert blank == found
    assert await org.api_calls() - before == 6


async def test_converted_leads_are_no_duplicates(rest: GatewayClient, org: Org) -> None:
    first = await insert(rest, org)
    await rest.post(f"/v1/leads/{first}/convert")
    await insert(rest, org)

    assert (await rest.get("/v1/leads/duplicates")).json()["data"] == {"groups": [], "count": 0, "more": False}


async def test_others_are_merged_into_a_lead_that_keeps_its_own_values(rest: GatewayClient, org: Org) -> None:
    await org.change(custom_fields=[{"name": "Segment__c", "type": "string", "length": 40}])
    master = await insert(rest, org, Phone="1")
    second = await insert(rest, org, Phone="2", City="Lagos", Description="<b>&amp;</b>")
    third = await insert(rest, org, City="Kyiv", Segment__c="Big", NumberOfEmployees=7)
    merge = {"others": [second, third[:15]]}

    planned = (await rest.post(f"/v1/leads/{master}/merge?dry_run=1", json=merge)).json()["data"]
    merged = (await rest.post(f"/v1/leads/{master}/merge", json=merge)).json()["data"]

    assert (planned["action"], [lead["id"] for lead in planned["matched"]]) == ("merge", [master, second, third])
    assert {change["field"]: change["after"] for change in planned["changes"]} == {
        "description": "<b>&amp;</b>",
        "city": "Lagos",
        "number_of_employees": 7,
        "custom_fields.Segment__c": "Big",
    }
    assert merged == {
        "lead_id": master,
        "merged_ids": [second, third],
        "changed_fields": [change["field"] for change in planned["changes"]],
        "filled_from": {second: ["city", "description"], third: ["number_of_employees", "custom_fields.Segment__c"]},
        "already_merged": False,
    }
    lead = (await rest.get("/v1/leads/ada@example.com")).json()["data"]
    assert (lead["id"], lead["phone"], lead["city"], lead["number_of_employees"]) == (master, "1", "Lagos", 7)
    assert lead["duplicates"] == []
    assert lead["description"] == "<b>&amp;</b>"


async def test_nothing_is_filled_when_that_is_not_wanted(rest: GatewayClient, org: Org) -> None:
    master, other = await insert(rest, org), await insert(rest, org, City="Lagos")

    merged = await rest.post(f"/v1/leads/{master}/merge", json={"others": [other], "fill_empty": False})

    assert merged.json()["data"]["changed_fields"] == []
    assert (await rest.get(f"/v1/leads/{master}")).json()["data"]["city"] is None


async def test_what_can_not_be_merged_is_named(rest: GatewayClient, org: Org) -> None:
    master, other = await insert(rest, org), await insert(rest, org)
    converted = await insert(rest, org, Email="bola@example.com")
    await rest.post(f"/v1/leads/{converted}/convert")
    before = await org.ledger()

    async def merge(lead: str, *others: str) -> httpx.Response:
        return await rest.post(f"/v1/leads/{lead}/merge", json={"others": others})

    assert converted in failure(await merge(master, converted), 409, "LEAD_CONVERTED")["message"]
    assert "00Q000000000999" in failure(await merge(master, "00Q000000000999"), 404, "LEAD_NOT_FOUND")["message"]
    failure(await merge(master, master[:15]), 422, "VALIDATION_ERROR")
    failure(await merge(master, other, other), 422, "VALIDATION_ERROR")
    failure(await merge(master), 422, "VALIDATION_ERROR")
    failure(await merge("ada@example.com", other), 409, "AMBIGUOUS_LEAD")
    assert await org.ledger() == before


async def test_a_merge_that_was_done_before_is_told_and_not_done_again(rest: GatewayClient, org: Org) -> None:
    master, second, third = [await insert(rest, org) for _ in range(3)]
    merge = {"others": [second, third[:15]]}
    await rest.post(f"/v1/leads/{master}/merge", json=merge)
    before, calls = await org.ledger(), await org.api_calls()

    again = (await rest.post(f"/v1/leads/{master}/merge", json=merge)).json()["data"]
    calls = await org.api_calls() - calls
    planned = (await rest.post(f"/v1/leads/{master}/merge?dry_run=1", json=merge)).json()["data"]

    assert again == {
        "lead_id": master,
        "merged_ids": [second, third],
        "changed_fields": [],
        "already_merged": True,
    }
    assert calls == 3
    assert (planned["action"], planned["lead_id"], planned["changes"]) == ("unchanged", master, [])
    assert await org.ledger() == before


async def test_a_lead_that_was_merged_into_another_or_deleted_is_not_found(rest: GatewayClient, org: Org) -> None:
    first, second, third, fourth = [await insert(rest, org) for _ in range(4)]
    await rest.post(f"/v1/leads/{first}/merge", json={"others": [second]})
    await rest.delete(f"/v1/leads/{third}")

    for lead, others in ((fourth, [second]), (first, [third]), (first, [second, fourth]), (first, [second, third])):
        failure(await rest.post(f"/v1/leads/{lead}/merge", json={"others": others}), 404, "LEAD_NOT_FOUND")


async def test_a_merge_is_sent_once_and_looked_up_when_its_answer_is_lost(rest: GatewayClient, org: Org) -> None:
    master, other = await insert(rest, org), await insert(rest, org)
    await org.fault("soap.merge", "drop_before", times=1)
    failure(await rest.post(f"/v1/leads/{master}/merge", json={"others": [other]}), 504, "OUTCOME_UNKNOWN")

    await org.fault("soap.merge", "drop_after", times=1)
    merged = await rest.post(f"/v1/leads/{master}/merge", json={"others": [other]})

    assert merged.json()["data"]["merged_ids"] == [other]
    assert [effect["op"] for effect in await org.ledger()].count("merge") == 1
