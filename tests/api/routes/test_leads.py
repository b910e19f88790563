"""Leads over REST, from the request to the org and back."""

from typing import Any

import httpx
import pytest

from tests.support.gateway import GatewayClient
from tests.support.leads import ADA, failure
from tests.support.org import Org

NOT_THE_STATUS = "not set here; use salesforce_update_lead_status (PUT /v1/leads/{lead}/status) or salesforce_sync_lead"


async def created(rest: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A lead that was created just now."""
    response = await rest.post("/v1/leads", json={**ADA, **fields})
    assert response.status_code == 201, response.text
    lead: dict[str, Any] = response.json()["data"]
    return lead


async def test_a_created_lead_comes_back_whole(rest: httpx.AsyncClient) -> None:
    response = await rest.post("/v1/leads", json=ADA, headers={"X-Correlation-ID": "abc-1"})

    assert response.headers["X-Correlation-ID"] == "abc-1"
    body = response.json()
    assert (body["success"], body["correlation_id"], body["status_code"]) == (True, "abc-1", 201)
    lead = body["data"]
    assert ADA.items() <= lead.items()
    assert lead["name"] == "Ada Okafor"
    assert lead["status"] == "Open - Not Contacted"
    assert lead["is_converted"] is False
    assert lead["created_at"].endswith("Z")
    assert lead["url"].endswith(f"/lightning/r/Lead/{lead['id']}/view")


async def test_a_lead_is_got_by_id_and_by_email_with_one_call(rest: httpx.AsyncClient, org: Org) -> None:
    lead = await created(rest)

    for ref in (lead["id"], lead["id"][:15], "ADA@example.com"):
        before = await org.api_calls()
        got = (await rest.get(f"/v1/leads/{ref}")).json()["data"]
        assert lead.items() <= got.items()
        assert await org.api_calls() - before == 1


async def test_by_email_the_others_with_it_are_named(rest: httpx.AsyncClient, org: Org) -> None:
    lead = await created(rest)
    assert (await rest.get("/v1/leads/ada@example.com")).json()["data"]["duplicates"] == []
    assert "duplicates" not in (await rest.get(f"/v1/leads/{lead['id']}")).json()["data"]


async def test_only_what_is_sent_changes_and_null_clears(rest: httpx.AsyncClient, org: Org) -> None:
    lead = await created(rest)

    response = await rest.patch("/v1/leads/ada@example.com", json={"phone": None, "city": "Lagos"})

    assert (response.json()["data"]["phone"], response.json()["data"]["city"]) == (None, "Lagos")
    effect = (await org.ledger())[-1]
    assert (effect["op"], effect["id"], effect["fields"]) == ("update", lead["id"], {"Phone": None, "City": "Lagos"})


async def test_a_deleted_lead_is_not_found(rest: httpx.AsyncClient) -> None:
    lead = await created(rest)

    response = await rest.delete("/v1/leads/ada@example.com")

    assert response.json()["data"] == {"lead_id": lead["id"], "deleted": True}
    for method in ("GET", "DELETE"):
        failure(await rest.request(method, f"/v1/leads/{lead['id']}"), 404, "LEAD_NOT_FOUND")


async def test_a_second_open_lead_with_an_email_is_refused(rest: httpx.AsyncClient) -> None:
    lead = await created(rest)

    body = failure(await rest.post("/v1/leads", json={**ADA, "email": "Ada@Example.com"}), 409, "LEAD_ALREADY_EXISTS")

    assert body["details"] == [{"lead_id": lead["id"]}]
    assert lead["id"] in body["message"]


async def test_a_list_is_filtered_sorted_and_paged(rest: httpx.AsyncClient) -> None:
    ids = [(await created(rest, email=f"{number}@example.com", company="Acme"))["id"] for number in range(3)]
    await created(rest, email="other@example.com", company="Globex")

    page = (await rest.get("/v1/leads", params={"company": "acme", "sort": "created_at", "limit": 2})).json()["data"]
    rest_of_it = await rest.get(
        "/v1/leads", params={"company": "acme", "sort": "created_at", "limit": 2, "cursor": page["next_cursor"]}
    )

    assert ([lead["id"] for lead in page["leads"]], page["count"]) == (ids[:2], 2)
    last = rest_of_it.json()["data"]
    assert ([lead["id"] for lead in last["leads"]], last["next_cursor"]) == (ids[2:], None)


async def test_a_list_has_only_the_fields_that_were_asked_for(rest: httpx.AsyncClient) -> None:
    await created(rest)

    [lead] = (await rest.get("/v1/leads?fields=email,phone,url")).json()["data"]["leads"]
    alone = (await rest.get(f"/v1/leads/{lead['id']}?fields=email,phone,url")).json()["data"]

    assert lead.keys() == {"id", "email", "phone", "url"}
    assert lead == alone
    body = failure(await rest.get("/v1/leads?fields=fone"), 422, "VALIDATION_ERROR")
    assert "did you mean phone?" in body["message"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"sort": "size"}, "sort"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"owner_id": "me"}, "owner_id"),
        ({"statsu": "Open"}, "statsu"),
        ({"created_after": "2026-01-02", "created_before": "2026-01-01"}, "created_after"),
        ({"modified_after": "2026-01-01T02:00:00", "modified_before": "2026-01-01T03:00:00+02:00"}, "modified_after"),
    ],
)
async def test_a_wrong_filter_is_named(rest: httpx.AsyncClient, params: dict[str, str], field: str) -> None:
    body = failure(await rest.get("/v1/leads", params=params), 422, "VALIDATION_ERROR")

    assert [detail["field"] for detail in body["details"]] == [field]


@pytest.mark.parametrize("status", ["open", "Nope", "Scheduled", "objected", ""])
async def test_a_status_the_org_does_not_have_is_refused_and_not_an_empty_list(
    rest: httpx.AsyncClient, org: Org, status: str
) -> None:
    await created(rest)
    before = await org.api_calls()

    body = failure(await rest.get("/v1/leads", params={"status": status}), 422, "INVALID_STATUS")

    assert await org.api_calls() - before == 2
    [detail] = body["details"]
    assert detail["field"] == "status"
    assert detail["allowed"] == [
        "Open - Not Contacted",
        "Working - Contacted",
        "Closed - Converted",
        "Closed - Not Converted",
    ]
    assert ("stands for 'Closed - Not Converted'" in body["message"]) is (status == "objected")


async def test_a_status_is_looked_up_only_when_nothing_is_found(rest: httpx.AsyncClient, org: Org) -> None:
    await created(rest)

    async def listed(**params: str) -> tuple[int, int]:
        """How many leads, for how many calls."""
        before = await org.api_calls()
        count = (await rest.get("/v1/leads", params=params)).json()["data"]["count"]
        return count, await org.api_calls() - before

    assert await listed(status="open - not contacted") == (1, 1)
    assert await listed(status="WORKING - contacted") == (0, 2)
    assert await listed(company="Nobody") == (0, 1)


@pytest.mark.parametrize(
    ("draft", "details"),
    [
        ({}, {"last_name": "field required"}),
        ({**ADA, "email": "ada"}, {"email": None}),
        ({**ADA, "emial": "x"}, {"emial": "there is no such field here; did you mean email?"}),
        ({**ADA, "LastName": "x"}, {"LastName": "there is no such field here; did you mean last_name?"}),
        ({**ADA, "Segment__c": "x"}, {"Segment__c": 'custom fields go under custom_fields: {"Segment__c": …}'}),
        ({**ADA, "custom_fields": {"Segment": "x"}}, {"custom_fields.Segment": None}),
        ({**ADA, "custom_fields": {"Segment__c": {}}}, {"custom_fields.Segment__c": None}),
        ({**ADA, "company": "x" * 256}, {"company": "must have at most 255 characters"}),
        ({**ADA, "number_of_employees": "many"}, {"number_of_employees": None}),
        (
            {**ADA, "status": "scheduled"},
            {"status": NOT_THE_STATUS},
        ),
        ([], {"body": None}),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_written(
    rest: httpx.AsyncClient, org: Org, draft: Any, details: dict[str, str | None]
) -> None:
    body = failure(await rest.post("/v1/leads", json=draft), 422, "VALIDATION_ERROR")

    told = {detail["field"]: detail["message"] for detail in body["details"]}
    assert told.keys() == details.keys()
    for field, message in details.items():
        assert message in (None, told[field])
    assert await org.ledger() == []


async def test_an_unknown_custom_field_is_named_with_the_nearest(rest: httpx.AsyncClient, org: Org) -> None:
    await org.change(custom_fields=[{"name": "Segment__c", "type": "string", "length": 40}])

    body = failure(
        await rest.post("/v1/leads", json={**ADA, "custom_fields": {"Segmnt__c": "x"}}), 422, "SALESFORCE_REJECTED"
    )

    assert "did you mean Segment__c?" in body["message"]
    assert body["details"][0]["field"] == "custom_fields.Segmnt__c"


async def test_custom_fields_are_written_and_read(rest: httpx.AsyncClient, org: Org) -> None:
    await org.change(custom_fields=[{"name": "Segment__c", "type": "string", "length": 40}])

    lead = await created(rest, custom_fields={"Segment__c": "Enterprise"})

    assert lead["custom_fields"] == {"Segment__c": "Enterprise"}


@pytest.mark.parametrize(
    "ref", ["00Q", "003000000000001", "ada", "ada@", "..", "%2e%2e", "a%5Cb@example.com", "x" * 200]
)
async def test_what_is_neither_an_id_nor_an_email_is_refused(rest: httpx.AsyncClient, org: Org, ref: str) -> None:
    before = await org.api_calls()

    response = await rest.get(f"/v1/leads/{ref}")

    assert response.status_code in (404, 422)
    assert await org.api_calls() == before


async def test_a_status_converts_objects_or_is_set(rest: httpx.AsyncClient, org: Org) -> None:
    lead = await created(rest)
    path = f"/v1/leads/{lead['id']}/status"

    working = (await rest.put(path, json={"status": "Working - Contacted"})).json()["data"]
    again = (await rest.put(path, json={"status": "Working - Contacted"})).json()["data"]
    objected = (await rest.put(path, json={"status": "objected"})).json()["data"]
    scheduled = (await rest.put(path, json={"status": "scheduled"})).json()["data"]

    assert (working["action"], working["status"]) == ("updated", "Working - Contacted")
    assert again["action"] == "unchanged"
    assert (objected["status"], objected["conversion"]) == ("Closed - Not Converted", None)
    assert scheduled["status"] == "Closed - Converted"
    assert scheduled["conversion"]["account_id"].startswith("001")
    failure(await rest.put(path, json={"status": "objected"}), 409, "LEAD_CONVERTED")
    failure(await rest.patch(f"/v1/leads/{lead['id']}", json={"phone": "2"}), 409, "LEAD_CONVERTED")


async def test_an_unknown_status_names_the_allowed_ones(rest: httpx.AsyncClient) -> None:
    await created(rest)

    body = failure(await rest.put("/v1/leads/ada@example.com/status", json={"status": "Nope"}), 422, "INVALID_STATUS")

    assert "Working - Contacted" in body["details"][0]["allowed"]
    assert "scheduled" in body["message"]


async def test_a_lead_is_converted_once_and_says_so_again(rest: httpx.AsyncClient, org: Org) -> None:
    lead = await created(rest)

    first = (await rest.post("/v1/leads/ada@example.com/convert", json={"create_opportunity": True})).json()["data"]
    again = (await rest.post(f"/v1/leads/{lead['id']}/convert")).json()["data"]

    assert (first["already_converted"], again["already_converted"]) == (False, True)
    assert first["opportunity_id"].startswith("006")
    assert {**first, "already_converted": True} == again
    assert [effect["op"] for effect in await org.ledger() if effect["op"] == "convert"] == ["convert"]


async def test_the_org_tells_its_fields_and_statuses(rest: httpx.AsyncClient, org: Org) -> None:
    before = await org.api_calls()

    description = (await rest.get("/v1/lead-fields")).json()["data"]

    fields = {field["name"]: field for field in description["fields"]}
    assert fields["last_name"]["required"]
    assert not fields["phone"]["required"]
    assert "Web" in [value["value"] for value in fields["source"]["values"]]
    assert description["scheduled_status"] == "Closed - Converted"
    assert await org.api_calls() - before == 1


async def test_the_org_tells_who_is_calling(rest: httpx.AsyncClient) -> None:
    about = (await rest.get("/v1/org")).json()["data"]

    assert about["caller"]["username"] == "demo@example.com"
    assert about["org_id"].startswith("00D")
    assert about["api_usage"]["limit"] == 15_000
    assert about["permissions"]["create_leads"] is True
    assert (about["read_only"], about["tools"]) == (False, None)


@pytest.mark.parametrize("path", ["/v1/leads", "/v1/leads/ada@example.com"])
async def test_a_name_that_somebody_made_up_does_not_come_back_whole(rest: httpx.AsyncClient, path: str) -> None:
    response = await rest.get(path, params={"fields": "Q" * 40_000})

    assert response.status_code == 422
    assert len(response.text) < 2_500


async def test_a_lead_without_an_email_is_created_read_changed_and_deleted_by_its_id(
    rest: GatewayClient, org: Org
) -> None:
    nobody = {"last_name": "Okafor", "company": "Acme"}
    created = (await rest.post("/v1/leads", json=nobody)).json()["data"]
    over_mcp = (await rest.call_tool("salesforce_create_lead", {**nobody, "email": None})).structured_content
    path = f"/v1/leads/{created['id']}"

    changed = (await rest.patch(path, json={"title": "CTO"})).json()["data"]
    closed = (await rest.put(f"{path}/status", json={"status": "objected"})).json()["data"]

    assert (created["email"], over_mcp["data"]["email"]) == (None, None)
    assert (await org.stats())["open_leads"] == 2
    assert (changed["title"], closed["action"]) == ("CTO", "updated")
    assert (await rest.get(path)).json()["data"]["status"] == "Closed - Not Converted"
    assert (await rest.delete(path)).json()["data"]["deleted"] is True


async def test_a_sync_needs_something_to_find_the_lead_by(rest: GatewayClient, org: Org) -> None:
    refused = (await rest.post("/v1/leads/sync", json={"last_name": "Okafor", "email": " "})).json()

    assert (refused["code"], refused["details"]) == (
        "VALIDATION_ERROR",
        [{"field": "email", "message": "field required"}],
    )


KEPT_OTHERWISE = {
    "email": ("Ada@Acme.com", "ada@acme.com"),
    "annual_revenue": (1234.567, 1235),
    "industry": ("banking", "Banking"),
    "salutation": ("ms.", "Ms."),
}
"""As sent, and as Salesforce keeps it."""


@pytest.mark.parametrize("field", KEPT_OTHERWISE)
async def test_a_lost_answer_is_found_whatever_salesforce_makes_of_a_value(
    rest: httpx.AsyncClient, org: Org, field: str
) -> None:
    sent, kept = KEPT_OTHERWISE[field]
    await org.fault("lead.create", "drop_after", times=1)
    await org.fault("lead.update", "drop_after")

    lead = await created(rest, **{field: sent})
    changed = await rest.patch(f"/v1/leads/{lead['id']}", json={field: sent})

    assert lead[field] == kept
    assert (changed.status_code, changed.json()["data"][field]) == (200, kept)
    assert (await org.stats())["open_leads"] == 1


async def test_a_lead_without_an_email_whose_answer_is_lost_is_to_be_searched_for(
    rest: httpx.AsyncClient, org: Org
) -> None:
    await org.fault("lead.create", "drop_after", times=1)

    body = failure(await rest.post("/v1/leads", json={"last_name": "Okafor"}), 504, "OUTCOME_UNKNOWN")

    assert "search for it with salesforce_list_leads" in body["message"]
    assert (await rest.get("/v1/leads", params={"search": "Okafor"})).json()["data"]["count"] == 1
