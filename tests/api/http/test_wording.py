"""What is said about wrong values: plain sentences, the same over REST and MCP, without a library's words."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.http.wording import message
from tests.support.gateway import GatewayClient
from tests.support.leads import ADA
from tests.support.org import Org

LEADS = "/v1/leads"
ONE = "/v1/leads/ada@example.com"
A_MOMENT = "must be a date and time, such as 2026-01-31T09:00:00Z"
CUSTOM_FIELDS = "custom fields are named by their API name, which ends with __c or __s"
A_LEAD = "must be the Salesforce Id of a lead (15 or 18 characters, beginning with 00Q)"
DELETED = (
    f"{A_LEAD}, not an email: deleted leads can not be searched. The answer to the deletion gave the Id as lead_id; a "
    "person finds it in Salesforce's recycle bin"
)

ROUTES = {
    "sync_lead": ("POST", f"{LEADS}/sync"),
    "list_leads": ("GET", LEADS),
    "merge_leads": ("POST", f"{ONE}/merge"),
    "convert_lead": ("POST", f"{ONE}/convert"),
    "restore_lead": ("POST", f"{ONE}/restore"),
    "update_lead_status": ("PUT", f"{ONE}/status"),
}
SAID: list[tuple[str, dict[str, Any], str]] = [
    ("sync_lead", {"annual_revenue": -1}, "must be 0 or more"),
    ("sync_lead", {"annual_revenue": 1e18}, "must be less than 1000000000000000000"),
    ("sync_lead", {"number_of_employees": 10**9}, "must be 99999999 or less"),
    ("sync_lead", {"assign": "perhaps"}, "must be true or false"),
    ("sync_lead", {"assign": ""}, "must be true or false"),
    ("sync_lead", {"assign": 2}, "must be true or false"),
    ("sync_lead", {"do_not_call": []}, "must be true or false"),
    ("sync_lead", {"number_of_employees": "7.5"}, "must be a whole number, such as 12"),
    ("sync_lead", {"number_of_employees": True}, "must be a whole number, such as 12"),
    ("sync_lead", {"annual_revenue": "much"}, "must be a number, such as 12.5"),
    ("sync_lead", {"annual_revenue": False}, "must be a number, such as 12.5"),
    ("sync_lead", {"custom_fields": "Gold"}, 'must be an object, such as {"Segment__c": "Enterprise"}'),
    ("sync_lead", {"campaign": "Spring Webinar"}, 'must be an object, such as {"name": "Spring Webinar"}'),
    ("sync_lead", {"campaign.name": "Fair"}, 'goes into the object campaign: {"campaign": {"name": …}}'),
    ("sync_lead", {"conversion": []}, 'must be an object, such as {"match_existing": true}'),
    ("sync_lead", {"on_converted": "maybe"}, "must be one of: skip, update_contact, create"),
    ("sync_lead", {"custom_fields": {"Segment": 1}}, CUSTOM_FIELDS),
    ("sync_lead", {"phone": "1" * 41}, "must have at most 40 characters"),
    ("sync_lead", {"email": 7}, "must be text"),
    ("sync_lead", {"owner_id": "me"}, "must be the Id of a user (005…) or a queue (00G…)"),
    ("list_leads", {"limit": "many"}, "must be a whole number, such as 12"),
    ("list_leads", {"created_after": "yesterday"}, A_MOMENT),
    ("list_leads", {"created_after": "2026-13-01"}, A_MOMENT),
    ("list_leads", {"fields": ["email"] * 101}, "must have at most 100 items"),
    ("list_leads", {"cursor": "x" * 401}, "must have at most 400 characters"),
    ("merge_leads", {"others": ["bea@example.com"]}, f"{A_LEAD}; salesforce_get_lead tells the Id of an email"),
    ("merge_leads", {"others": ["00Q000000000001"] * 3}, "must have at most 2 items"),
    ("merge_leads", {"others": 7}, "must be a list"),
    ("merge_leads", {"others": ""}, "must not be empty"),
    ("merge_leads", {"others": "00Q000000000001,,me"}, f"{A_LEAD}; salesforce_get_lead tells the Id of an email"),
    ("merge_leads", {"others": [7]}, "must be text"),
    ("convert_lead", {"owner_id": "00G000000000001"}, "must be the Id of a user (005…)"),
    ("restore_lead", {}, DELETED),
    ("update_lead_status", {"status": ""}, "must not be empty"),
]


@pytest.mark.parametrize(("tool", "wrong", "said"), SAID)
async def test_the_same_is_said_over_rest_and_mcp(
    rest: GatewayClient, org: Org, tool: str, wrong: dict[str, Any], said: str
) -> None:
    method, path = ROUTES[tool]
    arguments = {**ADA, **wrong} if tool == "sync_lead" else wrong
    lead = {"lead": "ada@example.com"} if path.startswith(ONE) else {}
    place: dict[str, Any] = {"params": arguments} if method == "GET" else {"json": arguments or None}

    over_rest = await rest.request(method, path, **place)
    over_mcp = await rest.call_tool(f"salesforce_{tool}", arguments | lead)

    assert [detail["message"] for detail in over_rest.json()["details"]] == [said]
    assert (over_mcp.structured_content or {})["details"] == over_rest.json()["details"]
    assert await org.api_calls() == 0


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ([], "body", 'must be an object, such as {"email": "ada@example.com"}'),
        ("x", "body", 'must be an object, such as {"email": "ada@example.com"}'),
        (ADA | {"custom_fields": []}, "custom_fields", 'must be an object, such as {"Segment__c": "Enterprise"}'),
        (
            ADA | {"custom_fields": {"Segment__c": {}}},
            "custom_fields.Segment__c",
            "must be text, a finite number, true, false or null",
        ),
        (ADA | {"annual_revenue": "much"}, "annual_revenue", "must be a number, such as 12.5"),
    ],
)
async def test_another_kind_of_value_is_told_which_one(rest: GatewayClient, body: Any, field: str, said: str) -> None:
    answer = await rest.post(f"{LEADS}/sync", content=json.dumps(body), headers={"Content-Type": "application/json"})

    assert answer.json()["details"] == [{"field": field, "message": said}]


async def test_every_pattern_has_words(rest: GatewayClient) -> None:
    document = (await rest.get("/openapi.json")).json()

    found = list(patterns(document))
    silent = [
        (name, pattern)
        for name, pattern in found
        if name != "custom_fields"
        and "right form"
        in message(
            {"type": "string_pattern_mismatch", "loc": ("x", name), "msg": "", "ctx": {"pattern": pattern}}, (), ()
        )
    ]
    assert silent == []
    assert {name for name, _ in found} >= {"lead", "others", "owner_id", "Idempotency-Key"}


def patterns(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every pattern of a schema in an OpenAPI document, with the name of the parameter or field that has it."""
    if isinstance(value, list):
        for each in value:
            yield from patterns(each, name)
    elif isinstance(value, dict):
        name = value["name"] if "in" in value else name
        for key, inner in value.items():
            if key == "pattern" and isinstance(inner, str):
                yield name, inner
            yield from patterns(inner, name if re.match(r"schema|anyOf|items", key) else key)
