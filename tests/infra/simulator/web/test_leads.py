"""Web-to-Lead."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.infra.simulator.conftest import OrgClient, logged_in

PATH = "/servlet/servlet.WebToLead?encoding=UTF-8"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REFUSED = "true Exception:common.exception.SalesforceGenericException"


async def org_id(org: OrgClient) -> str:
    [organization] = await org.query("SELECT Id FROM Organization")
    return str(organization["Id"])


async def send(org: OrgClient, path: str = PATH, **fields: Any) -> httpx.Response:
    """The form as a visitor's browser sends it; a field may have many values."""
    form = {"oid": await org_id(org), "last_name": "Okafor", "company": "Acme", **fields}
    return await org.http.post(path, content=urlencode(form, doseq=True), headers=FORM)


async def only_lead(org: OrgClient) -> dict[str, Any]:
    [found] = await org.query("SELECT Id FROM Lead")
    return await org.read(found["Id"])


async def test_a_form_becomes_a_lead_without_a_session_or_an_api_call(org: OrgClient) -> None:
    before = (await org.stats())["api_calls"]

    response = await send(
        org,
        first_name="Ada",
        last_name="Müller",
        email="ADA@example.com",
        URL="https://example.com",
        mobile="1",
        zip="12345",
        country="Germany",
        lead_source="Web",
        employees="12",
        emailOptOut="1",
        submit="Send",
    )

    stats = await org.stats()
    lead = await only_lead(org)
    assert (response.status_code, response.headers["Is-Processed"]) == (200, "true")
    assert (stats["api_calls"] - before, stats["by_operation"]["web_to_lead"]) == (1, 1)
    names = ("Name", "Email", "Website", "MobilePhone", "PostalCode", "LeadSource", "NumberOfEmployees")
    values = ["Ada Müller", "ada@example.com", "https://example.com", "1", "12345", "Web", 12]
    assert [lead[name] for name in names] == values
    assert (lead["HasOptedOutOfEmail"], lead["Status"]) == (True, "Open - Not Contacted")


async def test_the_assignment_rule_chooses_who_owns_it(org: OrgClient) -> None:
    [queue] = await org.query("SELECT Id FROM Group WHERE Type = 'Queue' LIMIT 1")
    await org.change_org(assignment_owner_id=queue["Id"])

    await send(org)

    lead = await only_lead(org)
    assert (lead["OwnerId"], lead["IsUnreadByOwner"]) == (queue["Id"], True)


async def test_custom_fields_go_by_their_ids_or_their_names(org: OrgClient) -> None:
    fields: list[dict[str, Any]] = [
        {"name": "Other__c", "object": "Contact"},
        {"name": "Segment__c"},
        {"name": "Since__c", "type": "date"},
        {"name": "Topics__c", "type": "multipicklist", "values": ["A", "B", "C"]},
        {"name": "Agreed__c", "type": "boolean"},
    ]
    await org.change_org(custom_fields=fields)
    soql = "SELECT DurableId FROM FieldDefinition WHERE EntityDefinitionId = 'Lead' AND QualifiedApiName = 'Segment__c'"
    [definition] = await org.query(soql)
    segment_id = definition["DurableId"].removeprefix("Lead.")
    custom: dict[str, Any] = {"topics__C": ["C", "", "A"], "Since__c": "3/17/2026", "Agreed__c": "on"}
    unknown = {"00NA10000000009": "x", "Other__c": "x", "IsConverted": "1"}
    custom |= {segment_id: "Gold", **unknown}

    response = await send(org, **custom)

    lead = await only_lead(org)
    assert response.headers["Is-Processed"] == "true"
    found = [lead[name] for name in ("Segment__c", "Topics__c", "Since__c", "Agreed__c", "IsConverted")]
    assert found == ["Gold", "A;C", "2026-03-17", True, False]


@pytest.mark.parametrize(("status", "kept"), [("", "Sent"), ("Responded", "Responded")])
async def test_a_lead_may_become_a_member_of_a_campaign(org: OrgClient, status: str, kept: str) -> None:
    campaign = await org.create("Campaign", Name="Fair")

    await send(org, Campaign_ID=campaign, member_status=status)

    [member] = await org.query("SELECT LeadId, CampaignId, Status FROM CampaignMember")
    lead = await only_lead(org)
    assert (member["LeadId"], member["CampaignId"], member["Status"]) == (lead["Id"], campaign, kept)


@pytest.mark.parametrize(
    ("fields", "settings"),
    [
        ({"last_name": ""}, {}),
        ({"oid": ""}, {}),
        ({"oid": "00D000000000001"}, {}),
        ({"email": "nonsense"}, {}),
        ({"company": "x" * 300}, {}),
        ({"employees": "many"}, {}),
        ({"Campaign_ID": "701000000000001"}, {}),
        ({}, {"validation_rules": [{"name": "No", "condition": "LastName != null", "message": "no"}]}),
    ],
)
async def test_what_cannot_be_a_lead_is_refused_in_silence(
    org: OrgClient, fields: dict[str, str], settings: dict[str, Any]
) -> None:
    await org.change_org(**settings)

    response = await send(org, **fields, retURL="https://example.com/thanks")

    assert (response.status_code, response.headers["Location"]) == (302, "https://example.com/thanks")
    assert response.headers["Is-Processed"] == REFUSED
    assert (await org.stats())["leads"] == 0


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://example.com/thanks?a=1&b=2", "https://example.com/thanks?a=1&b=2"),
        ("http://example.com/dänke", "http://example.com/d%C3%A4nke"),
        ("https://example.com/\r\nSet-Cookie: a=b", "https://example.com/%0D%0ASet-Cookie:%20a=b"),
        ("javascript:alert(1)", None),
        ("//example.com", None),
        ("example.com", None),
        ("https://", None),
        ("http://[", None),
        ("", None),
    ],
)
async def test_the_visitor_is_led_to_pages_of_the_web_only(org: OrgClient, url: str, location: str | None) -> None:
    response = await send(org, retURL=url)

    assert (response.status_code, response.headers.get("Location")) == (302 if location else 200, location)
    assert (await org.stats())["leads"] == 1


async def test_debugging_shows_where_the_form_would_lead(org: OrgClient) -> None:
    response = await send(org, debug="1", debugEmail="a@example.com", retURL="https://example.com/?a=1&b='<")

    assert response.status_code == 200
    assert "https://example.com/?a=1&amp;b=&#x27;%3C" in response.text


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("UTF-8", "utf-8"), ("Shift_JIS", "shift_jis"), ("EUC-JP", "euc_jp"), ("idna", "utf-8"), ("nonsense", "utf-8")],
)
async def test_names_come_in_the_encoding_of_the_form(org: OrgClient, encoding: str, codec: str) -> None:
    form = {"oid": await org_id(org), "last_name": "山田", "company": "会社"}

    await org.http.post(
        f"/servlet/servlet.WebToLead?encoding={encoding}", content=urlencode(form, encoding=codec), headers=FORM
    )

    lead = await only_lead(org)
    assert (lead["LastName"], lead["Company"]) == ("山田", "会社")


async def test_each_form_says_which_org_it_is_for(org: OrgClient) -> None:
    other_id = (await org.http.post("/_sim/orgs")).json()["org"]
    other = await logged_in(org.http, org=other_id)

    await send(org, oid=other_id[:15])

    assert (await org.stats())["leads"] == 0
    assert len(await other.query("SELECT Id FROM Lead")) == 1


@pytest.mark.parametrize(
    ("rule", "status", "leads"),
    [
        ({"kind": "status", "status": 503}, 503, 0),
        ({"kind": "html"}, 503, 0),
        ({"kind": "expire_session"}, 200, 0),
        ({"kind": "lock_row"}, 400, 0),
    ],
)
async def test_forms_meet_faults_too(org: OrgClient, rule: dict[str, Any], status: int, leads: int) -> None:
    await org.faults({"operation": "web_to_lead", "times": 1, **rule})

    response = await send(org)

    assert (response.status_code, (await org.stats())["leads"]) == (status, leads)


@pytest.mark.parametrize("content", [b"\xff\xfe=\x00&=&&;", b"oid=%ff&last_name=%00", b"{}", b"", b"&" * 5000])
async def test_any_body_is_a_form_or_refused_in_silence(org: OrgClient, content: bytes) -> None:
    response = await org.http.post(PATH, content=content, headers=FORM)

    assert (response.status_code, response.headers["Is-Processed"]) == (200, REFUSED)
