"""What REST tells about the org as a whole: limits, counts, tabs, actions."""

from __future__ import annotations

import pytest

from tests.infra.simulator.conftest import REST, OrgClient, error_of


async def test_limits_tell_what_is_left(org: OrgClient) -> None:
    await org.change_org(daily_api_limit=10)

    first, second = [(await org.send("GET", "/limits")).json() for _ in range(2)]

    assert [each["DailyApiRequests"] for each in (first, second)] == [
        {"Max": 10, "Remaining": 9},
        {"Max": 10, "Remaining": 8},
    ]
    assert set(first) >= {
        "ConcurrentAsyncGetReportInstances",
        "DailyBulkApiBatches",
        "DailyBulkV2QueryFileStorageMB",
        "DailyBulkV2QueryJobs",
        "DataStorageMB",
        "FileStorageMB",
        "HourlyTimeBasedWorkflow",
        "MassEmail",
        "SingleEmail",
    }
    assert all(0 < limit["Remaining"] <= limit["Max"] for limit in first.values())


@pytest.mark.parametrize("path", ["/limits/recordCount", "/limits/recordCount?sObjects=lead,Account,Contact,Nope__c"])
async def test_records_are_counted_object_by_object(org: OrgClient, path: str) -> None:
    gone, *_ = [await org.create() for _ in range(3)]
    await org.create("Account", Name="A")
    await org.send("DELETE", f"/sobjects/Lead/{gone}")

    counts = {each["name"]: each["count"] for each in (await org.send("GET", path)).json()["sObjects"]}

    assert (counts["Lead"], counts["Account"]) == (2, 1)
    assert "Contact" not in counts
    assert ("User" in counts) == ("?" not in path)


async def test_objects_have_tabs_and_a_theme(org: OrgClient) -> None:
    tabs = (await org.send("GET", "/tabs")).json()
    items = (await org.send("GET", "/theme")).json()["themeItems"]

    lead = next(tab for tab in tabs if tab["sobjectName"] == "Lead")
    assert (lead["label"], lead["name"], lead["url"]) == ("Leads", "standard-Lead", "http://salesforce.test/00Q/o")
    assert {item["name"] for item in items} == {tab["sobjectName"] for tab in tabs}
    assert all(item["colors"] and item["icons"] for item in items)
    assert "User" not in {item["name"] for item in items}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"standard": f"{REST}/actions/standard", "custom": f"{REST}/actions/custom"}),
        ("/custom/flow", {"actions": []}),
    ],
)
async def test_actions_are_listed_by_kind(org: OrgClient, path: str, body: object) -> None:
    assert (await org.send("GET", f"/actions{path}")).json() == body


async def test_the_one_standard_action_gives_leads_to_whom_the_rule_says(org: OrgClient) -> None:
    queue = (await org.query("SELECT Id FROM Group WHERE Type = 'Queue' LIMIT 1"))[0]["Id"]
    lead_id, other = await org.create(), await org.create()
    await org.change_org(assignment_owner_id=queue)
    [action] = (await org.send("GET", "/actions/standard")).json()["actions"]
    path = action["url"].removeprefix(REST)
    inputs = [{"leadId": lead_id}, {"leadId": "nonsense"}, {}]

    shown = (await org.send("GET", path)).json()
    run = await org.send("POST", path, json={"inputs": inputs}, headers={"Sforce-Auto-Assign": "FALSE"})

    assert (shown["name"], [each["name"] for each in shown["inputs"]]) == (action["name"], ["leadId"])
    assert run.status_code == 200
    assert [(each["isSuccess"], (each["errors"] or [{}])[0].get("statusCode")) for each in run.json()] == [
        (True, None),
        (False, "MALFORMED_ID"),
        (False, "MISSING_ARGUMENT"),
    ]
    assert ((await org.read(lead_id))["OwnerId"], (await org.read(other))["OwnerId"] != queue) == (queue, True)


@pytest.mark.parametrize(
    ("version", "body", "status", "code"),
    [
        ("53.0", {"inputs": [{"leadId": "x"}]}, 404, "NOT_FOUND"),
        ("54.0", {}, 400, "JSON_PARSER_ERROR"),
        ("54.0", {"inputs": []}, 400, "JSON_PARSER_ERROR"),
        ("54.0", {"inputs": ["x"]}, 400, "JSON_PARSER_ERROR"),
        ("54.0", {"inputs": [{"leadId": "x"}] * 21}, 400, "EXCEEDED_ID_LIMIT"),
    ],
)
async def test_the_standard_action_wants_up_to_twenty_leads(
    org: OrgClient, version: str, body: object, status: int, code: str
) -> None:
    path = "/actions/standard/invocableApplyLeadAssignmentRules"

    response = await org.send("POST", path, json=body, version=version)

    assert error_of(response) == (status, code)


async def test_an_action_of_which_nothing_succeeded_has_failed(org: OrgClient) -> None:
    body = {"inputs": [{"leadId": {"a": 1}}]}

    response = await org.send("POST", "/actions/standard/invocableApplyLeadAssignmentRules", json=body)

    assert (response.status_code, response.json()[0]["isSuccess"]) == (400, False)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["standard/convertLead", "standard/Nope", "custom/flow/Nope", "custom/apex/Convert"])
async def test_there_is_no_action_that_converts_a_lead(org: OrgClient, method: str, path: str) -> None:
    body = {"json": {"inputs": [{"leadId": await org.create()}]}} if method == "POST" else {}

    response = await org.send(method, f"/actions/{path}", **body)

    assert (response.status_code, response.json()) == (
        404,
        [{"message": "Invalid Action Type", "errorCode": "NOT_FOUND"}],
    )


async def test_every_resource_the_index_names_is_there(org: OrgClient) -> None:
    index = (await org.send("GET", "/")).json()
    paths = [url.removeprefix(REST) for name, url in index.items() if name != "identity"]

    statuses = {path: (await org.send("GET", path)).status_code for path in paths}

    # These want a query, a search, objects or a subresource.
    wanting = dict.fromkeys(("/query", "/queryAll", "/search", "/parameterizedSearch", "/compactLayouts"), 400)
    assert {path: status for path, status in statuses.items() if status != 200} == {
        **wanting,
        "/composite": 405,
        "/jobs": 404,
    }
