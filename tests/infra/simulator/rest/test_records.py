"""Records over REST: what is stored, what comes back, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of


async def test_a_created_lead_can_be_read_back_by_both_forms_of_its_id(org: OrgClient) -> None:
    lead_id = await org.create(FirstName="Ada", LastName="Okafor", Email="Ada@Example.COM", NumberOfEmployees="12")

    lead = await org.read(lead_id[:15])

    assert lead["attributes"] == {"type": "Lead", "url": f"/services/data/v59.0/sobjects/Lead/{lead_id}"}
    assert (lead["Id"], lead["Name"], lead["Email"]) == (lead_id, "Ada Okafor", "ada@example.com")
    assert (lead["NumberOfEmployees"], lead["Status"], lead["IsConverted"]) == (12, "Open - Not Contacted", False)
    assert lead["CreatedDate"] == "2026-03-17T09:30:00.000+0000"
    assert await org.read(lead_id) == lead


async def test_the_answer_to_a_creation_says_where_the_record_is(org: OrgClient) -> None:
    response = await org.send("POST", "/sobjects/lead/", json={"LastName": "Okafor", "Company": "Acme"})

    created = response.json()
    assert created == {"id": created["id"], "success": True, "errors": []}
    assert response.headers["Location"] == f"/services/data/v59.0/sobjects/Lead/{created['id']}"
    assert response.headers["Sforce-Limit-Info"] == "api-usage=1/15000"


async def test_text_is_trimmed_and_line_ends_become_those_of_the_field(org: OrgClient) -> None:
    lead_id = await org.create(LastName="  Okafor ", Title="   ", Description="one\ntwo\r\n", Street="one\r\ntwo")

    lead = await org.read(lead_id)

    assert (lead["LastName"], lead["Title"]) == ("Okafor", None)
    assert (lead["Description"], lead["Street"]) == ("one\r\ntwo", "one\ntwo")
    assert lead["Address"]["street"] == "one\ntwo"


async def test_only_the_fields_asked_for_come_back_with_the_id_at_the_end(org: OrgClient) -> None:
    lead_id = await org.create(Email="a@example.com")

    response = await org.send("GET", f"/sobjects/Lead/{lead_id}?fields=email,Company")

    assert [*response.json()] == ["attributes", "Email", "Company", "Id"]


async def test_an_update_changes_what_was_sent_and_null_clears(org: OrgClient, clock: Any) -> None:
    lead_id = await org.create(FirstName="Ada", Phone="1", Title="CEO")
    clock.move(minutes=5)

    response = await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"firstname": "Eve", "Phone": None})

    lead = await org.read(lead_id)
    assert (response.status_code, response.content) == (204, b"")
    assert (lead["Name"], lead["Phone"], lead["Title"]) == ("Eve Okafor", None, "CEO")
    assert (lead["CreatedDate"], lead["LastModifiedDate"]) == (
        "2026-03-17T09:30:00.000+0000",
        "2026-03-17T09:35:00.000+0000",
    )


async def test_a_deleted_lead_is_gone_and_says_so(org: OrgClient) -> None:
    lead_id = await org.create()

    deleted = await org.send("DELETE", f"/sobjects/Lead/{lead_id}")

    assert deleted.status_code == 204
    for method in ("GET", "DELETE"):
        assert error_of(await org.send(method, f"/sobjects/Lead/{lead_id}")) == (404, "ENTITY_IS_DELETED")
    assert await org.query("SELECT Id FROM Lead") == []


async def test_required_fields_are_named_together(org: OrgClient) -> None:
    response = await org.send("POST", "/sobjects/Lead", json={"FirstName": "Ada", "Company": " "})

    assert response.json() == [
        {
            "message": "Required fields are missing: [LastName, Company]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["LastName", "Company"],
        }
    ]


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"Email": "123"}, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: 123"),
        ({"City": "x" * 41}, "STRING_TOO_LONG", f"City: data value too large: {'x' * 41} (max length=40)"),
        ({"Nope__c": 1}, "INVALID_FIELD", "No such column 'Nope__c' on sobject of type Lead"),
        ({"CleanStatus": "x"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Clean Status: bad value for restricted"),
        (
            {"CreatedDate": "2020-01-01"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: CreatedDate.",
        ),
        ({"OwnerId": "abc"}, "MALFORMED_ID", "Owner ID: id value of incorrect type: abc"),
        ({"OwnerId": "001A10000000001"}, "MALFORMED_ID", "Owner ID: id value of incorrect type: 001A10000000001"),
        ({"OwnerId": "005A1000000zzzz"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
        ({"NumberOfEmployees": "many"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of int from VALUE_STRING"),
        ({"NumberOfEmployees": 10**9}, "NUMBER_OUTSIDE_VALID_RANGE", "Employees: value outside of valid range"),
        ({"EmailBouncedDate": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update"),
        ({"IsConverted": "perhaps"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of boolean"),
        ({"Company": {"a": 1}}, "JSON_PARSER_ERROR", "Cannot deserialize instance of string from START_OBJECT"),
    ],
)
async def test_what_does_not_fit_is_refused(org: OrgClient, fields: dict[str, Any], code: str, message: str) -> None:
    response = await org.send("POST", "/sobjects/Lead", json={"LastName": "Okafor", "Company": "Acme", **fields})

    assert error_of(response) == (400, code)
    assert response.json()[0]["message"].startswith(message)
    assert (await org.stats())["leads"] == 0


async def test_several_broken_fields_are_all_told(org: OrgClient) -> None:
    lead_id = await org.create()

    response = await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Email": "x", "City": "y" * 41})

    assert [problem["fields"] for problem in response.json()] == [["Email"], ["City"]]


async def test_a_picklist_that_is_not_restricted_takes_any_value(org: OrgClient) -> None:
    lead_id = await org.create(Status="Something else", LeadSource="A friend")

    assert (await org.read(lead_id))["Status"] == "Something else"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/sobjects/Lead/23foo", 404, "NOT_FOUND"),
        ("GET", "/sobjects/Lead/001A10000000001", 400, "MALFORMED_ID"),
        ("GET", "/sobjects/Lead/00QA1000000zzzz", 404, "NOT_FOUND"),
        ("DELETE", "/sobjects/Lead/00QA1000000zzzz", 404, "INVALID_CROSS_REFERENCE_KEY"),
        ("GET", "/sobjects/Nope/describe", 404, "NOT_FOUND"),
        ("GET", "/nonsense", 404, "NOT_FOUND"),
        ("PUT", "/sobjects/Lead", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/sobjects/LeadStatus/01JA10000000001", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/sobjects/Lead/%2e%2e", 404, "NOT_FOUND"),
    ],
)
async def test_nonsense_is_answered_as_nonsense(org: OrgClient, method: str, path: str, status: int, code: str) -> None:
    assert error_of(await org.send(method, path)) == (status, code)


@pytest.mark.parametrize(
    "body",
    ["", "{", "{jhh", "[]", "NaN", '"x"', '{"LastName": NaN}', '{"LastName": "\\ud800"}', "[" * 100_000, b"\xff"],
)
async def test_a_body_that_is_no_json_object_is_refused(org: OrgClient, body: str | bytes) -> None:
    headers = {"Content-Type": "application/json"}

    response = await org.send("POST", "/sobjects/Lead", content=body, headers=headers)

    assert error_of(response) == (400, "JSON_PARSER_ERROR")


async def test_a_body_of_another_type_is_refused(org: OrgClient) -> None:
    response = await org.send("POST", "/sobjects/Lead", content="x", headers={"Content-Type": "text/plain"})

    assert error_of(response) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_the_describe_tells_what_a_lead_can_hold(org: OrgClient) -> None:
    described = (await org.send("GET", "/sobjects/Lead/describe")).json()

    fields = {field["name"]: field for field in described["fields"]}
    required = [n for n, f in fields.items() if f["createable"] and not f["nillable"] and not f["defaultedOnCreate"]]
    assert (described["keyPrefix"], len(fields)) == ("00Q", 58)
    assert required == ["LastName", "Company"]
    assert (fields["Email"]["type"], fields["Email"]["length"], fields["Email"]["byteLength"]) == ("email", 80, 240)
    assert [(value["value"], value["defaultValue"]) for value in fields["Status"]["picklistValues"]] == [
        ("Open - Not Contacted", True),
        ("Working - Contacted", False),
        ("Closed - Converted", False),
        ("Closed - Not Converted", False),
    ]


async def test_a_session_that_is_over_or_unknown_is_refused(org: OrgClient, clock: Any) -> None:
    clock.move(hours=1)
    assert (await org.send("GET", "/limits")).status_code == 200
    clock.move(hours=1.5)
    assert (await org.send("GET", "/limits")).status_code == 200, "each use prolongs the session"
    clock.move(hours=2.1)

    expired = await org.send("GET", "/limits")
    unknown = await org.send("GET", "/limits", headers={"Authorization": "Bearer nonsense"})

    assert expired.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    assert error_of(unknown) == (401, "INVALID_SESSION_ID")
    assert error_of(await org.send("GET", "/limits", headers={"Authorization": "Basic x"})) == (
        401,
        "INVALID_AUTH_HEADER",
    )


async def test_the_list_of_versions_needs_no_session_and_costs_nothing(org: OrgClient) -> None:
    response = await org.http.get("/services/data/")

    assert {"label": "Winter '24", "url": "/services/data/v59.0", "version": "59.0"} in response.json()
    assert (await org.stats())["api_calls"] == 0


async def test_a_retired_version_is_gone(org: OrgClient) -> None:
    response = await org.send("GET", "/limits", version="29.0")

    assert error_of(response) == (410, "UNSUPPORTED_API_VERSION")


async def test_an_alerting_duplicate_rule_can_be_overridden_and_a_blocking_one_cannot(org: OrgClient) -> None:
    first = await org.create(Email="a@example.com")
    twin = {"LastName": "Someone", "Company": "Else", "Email": "A@example.com"}
    override = {"Sforce-Duplicate-Rule-Header": "allowSave=true; runAsCurrentUser=true"}

    await org.change_org(duplicate_rule="alert")
    refused = await org.send("POST", "/sobjects/Lead", json=twin)
    saved = await org.send("POST", "/sobjects/Lead", json=twin, headers=override)
    await org.change_org(duplicate_rule="block")
    blocked = await org.send("POST", "/sobjects/Lead", json=twin, headers=override)

    [problem] = refused.json()
    [match] = problem["duplicateResult"]["matchResults"]
    assert (refused.status_code, problem["errorCode"]) == (400, "DUPLICATES_DETECTED")
    assert match["matchRecords"][0]["record"]["Id"] == first
    assert saved.status_code == 201
    assert blocked.json()[0]["duplicateResult"]["allowSave"] is False


async def test_the_assignment_rule_chooses_the_owner_unless_it_is_turned_off(org: OrgClient) -> None:
    [queue] = await org.query("SELECT Id FROM Group")
    await org.change_org(assignment_owner_id=queue["Id"])
    lead = {"LastName": "Okafor", "Company": "Acme"}

    assigned = await org.create()
    kept = await org.send("POST", "/sobjects/Lead", json=lead, headers={"Sforce-Auto-Assign": "FALSE"})

    assert (await org.read(assigned))["OwnerId"] == queue["Id"]
    assert (await org.read(kept.json()["id"]))["OwnerId"].startswith("005")


async def test_custom_fields_hold_what_their_type_allows(org: OrgClient) -> None:
    await org.create()
    await org.change_org(
        custom_fields=[{"name": "Score__c", "type": "int"}, {"name": "Key__c", "unique": True, "external_id": True}]
    )

    lead_id = await org.create(Score__c=5, Key__c="k1")
    taken = await org.send("POST", "/sobjects/Lead", json={"LastName": "B", "Company": "C", "Key__c": "K1"})

    assert (await org.read(lead_id))["Score__c"] == 5
    assert error_of(taken) == (400, "DUPLICATE_VALUE")
    assert [lead["Score__c"] for lead in await org.query("SELECT Score__c FROM Lead ORDER BY Score__c")] == [None, 5]
