"""What Salesforce refuses is told in its own words, with the field it names; only a missing lead is called that."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import httpx
import pytest

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.leads import ADA, insert
from tests.support.org import Org

ABOUT_OTHERS = ["NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]
EMAIL = "/v1/leads/ada@example.com"
RESULT = """<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns="urn:partner.soap.sforce.com"><soapenv:Body><{operation}Response><result><errors>{fields}
 <message>{message}</message><statusCode>{code}</statusCode></errors><success>false</success></result>
 </{operation}Response></soapenv:Body></soapenv:Envelope>"""


class RefusingOverSoap(httpx.AsyncBaseTransport):
    """An org that says this of every record it is asked about over SOAP."""

    def __init__(self, org: Org, operation: str, code: str, message: str, fields: Sequence[str] = ()) -> None:
        self._org = org
        names = "".join(f"<fields>{name}</fields>" for name in fields)
        self._body = RESULT.format(operation=operation, code=code, message=escape(message), fields=names)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "/Soap/" in request.url.path:
            return httpx.Response(200, text=self._body)
        return await self._org.transport.handle_async_request(request)


async def told_by(rest: GatewayClient, method: str, path: str, body: Any) -> dict[str, Any]:
    told: dict[str, Any] = (await rest.request(method, path, json=body)).json()
    return told


@pytest.mark.parametrize("code", ABOUT_OTHERS)
@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize(("name", "field"), [("OwnerId", "owner_id"), ("Ref__c", "custom_fields.Ref__c")])
async def test_a_save_that_refers_to_what_is_not_there_is_refused_for_that_field(
    rest: GatewayClient, org: Org, code: str, status: int, name: str, field: str
) -> None:
    await insert(rest, org)
    fault = {"status": status, "error_code": code, "message": "Ref: no such thing", "fields": [name]}
    for operation in ("lead.create", "lead.update"):
        await org.fault(operation, "status", **fault)

    updated = await told_by(rest, "PATCH", EMAIL, {"phone": "2"})
    synced = await told_by(rest, "POST", "/v1/leads/sync", {**ADA, "phone": "2"})
    created = await told_by(rest, "POST", "/v1/leads", {**ADA, "email": "bola@example.com"})

    for told in (updated, synced, created):
        assert (told["status_code"], told["code"]) == (422, "SALESFORCE_REJECTED")
        assert "Ref: no such thing" in told["message"]
        assert told["details"] == [{"field": field, "message": "Ref: no such thing", "code": code}]


@pytest.mark.parametrize("code", ABOUT_OTHERS)
async def test_a_lead_that_can_be_read_is_not_called_missing(rest: GatewayClient, org: Org, code: str) -> None:
    lead_id = await insert(rest, org)
    await org.fault("lead.update", "status", status=404, error_code=code, message="not found", fields=[])

    told = await told_by(rest, "PATCH", f"/v1/leads/{lead_id}", {"phone": "2"})

    assert (told["code"], told["details"][0]["code"]) == ("SALESFORCE_REJECTED", code)


RECORD_TYPE = "Record Type ID: this ID value isn't valid for the user: 012000000000001AAA"


@pytest.mark.parametrize("code", ["NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"])
@pytest.mark.parametrize(
    ("message", "fields", "field"),
    [
        (RECORD_TYPE, ["RecordTypeId"], "record_type"),
        (RECORD_TYPE, [], None),
        ("invalid cross reference id", ["OwnerId"], "owner_id"),
        ("entity is deleted", ["Segment__c"], "custom_fields.Segment__c"),
    ],
)
async def test_a_conversion_that_another_record_stops_is_no_missing_lead(
    rest: GatewayClient, org: Org, session: Session, code: str, message: str, fields: list[str], field: str | None
) -> None:
    await insert(rest, org)
    async with client_of(RefusingOverSoap(org, "convertLead", code, message, fields), session) as stopped:
        converted = await told_by(stopped, "POST", f"{EMAIL}/convert", {})
        status_set = await told_by(stopped, "PUT", f"{EMAIL}/status", {"status": "scheduled"})
        synced = await told_by(stopped, "POST", "/v1/leads/sync", {**ADA, "status": "scheduled"})

    for told in (converted, status_set, synced):
        assert (told["status_code"], told["code"]) == (422, "CONVERSION_REJECTED")
        assert message in told["message"]
        path = "conversion." if field == "owner_id" and told is not converted else ""
        assert told["details"][0] == {"field": field and path + field, "message": message, "code": code}


@pytest.mark.parametrize("named", [["account_id"], ["account_id", "contact_id"], ["owner_id"]])
async def test_a_record_that_is_not_there_is_looked_for_among_those_that_were_named(
    rest: GatewayClient, org: Org, named: list[str]
) -> None:
    await insert(rest, org)
    prefixes = {"account_id": "001", "contact_id": "003", "owner_id": "005"}
    options = {name: f"{prefixes[name]}000000000999" for name in named}

    converted = await told_by(rest, "POST", f"{EMAIL}/convert", options)
    synced = await told_by(rest, "POST", "/v1/leads/sync", {**ADA, "status": "scheduled", "conversion": options})

    for told, path in ((converted, ""), (synced, "conversion.")):
        assert told["code"] == "CONVERSION_REJECTED"
        names = [path + name for name in named]
        assert [detail["field"] for detail in told["details"] if "field" in detail] == names
        assert f"{' or '.join(names)} names a record that is not there" in told["message"]


@pytest.mark.parametrize("code", ABOUT_OTHERS)
async def test_a_conversion_of_a_lead_that_is_gone_says_so(
    rest: GatewayClient, org: Org, session: Session, code: str
) -> None:
    lead_id = await insert(rest, org)
    async with client_of(RefusingOverSoap(org, "convertLead", code, "gone"), session) as stopped:
        told = await told_by(stopped, "POST", f"{EMAIL}/convert", {})

    assert (told["code"], lead_id in told["message"]) == ("LEAD_NOT_FOUND", True)


async def test_a_merge_with_a_lead_that_is_gone_names_all_it_can_be(
    rest: GatewayClient, org: Org, session: Session
) -> None:
    ids = [await insert(rest, org), await insert(rest, org)]
    async with client_of(RefusingOverSoap(org, "merge", "ENTITY_IS_DELETED", "entity is deleted"), session) as stopped:
        gone = await told_by(stopped, "POST", f"/v1/leads/{ids[0]}/merge", {"others": ids[1:]})
    refusing = RefusingOverSoap(org, "merge", "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ["OwnerId"])
    async with client_of(refusing, session) as stopped:
        refused = await told_by(stopped, "POST", f"/v1/leads/{ids[0]}/merge", {"others": ids[1:]})

    assert (gone["code"], all(each in gone["message"] for each in ids)) == ("LEAD_NOT_FOUND", True)
    assert (refused["code"], refused["details"][0]["field"]) == ("SALESFORCE_REJECTED", "owner_id")


async def test_a_contact_that_can_not_take_a_value_is_not_called_missing_or_converted(
    rest: GatewayClient, org: Org
) -> None:
    await rest.post("/v1/leads/sync", json={**ADA, "status": "scheduled"})
    change = {**ADA, "phone": "2", "on_converted": "update_contact"}
    told = []
    for code in (*ABOUT_OTHERS, "CANNOT_UPDATE_CONVERTED_LEAD"):
        fault = {"status": 400, "error_code": code, "message": "no such thing", "fields": ["ReportsToId"]}
        await org.fault("contact.update", "status", times=1, **fault)
        told.append(await told_by(rest, "POST", "/v1/leads/sync", change))

    assert {each["code"] for each in told} == {"SALESFORCE_REJECTED"}
    assert all("no such thing" in each["message"] for each in told)


async def test_a_new_lead_is_not_called_converted(rest: GatewayClient, org: Org) -> None:
    fault = {"status": 400, "error_code": "CANNOT_UPDATE_CONVERTED_LEAD", "message": "cannot reference converted lead"}
    await org.fault("lead.create", "status", **fault)

    told = await told_by(rest, "POST", "/v1/leads", ADA)

    assert (told["code"], "cannot reference converted lead" in told["message"]) == ("SALESFORCE_REJECTED", True)


async def test_an_open_lead_is_not_called_converted(rest: GatewayClient, org: Org) -> None:
    await insert(rest, org)
    fault = {"status": 400, "error_code": "CANNOT_UPDATE_CONVERTED_LEAD", "message": "cannot reference converted lead"}
    await org.fault("lead.update", "status", **fault)

    told = await told_by(rest, "PATCH", EMAIL, {"phone": "2"})

    assert (told["code"], "cannot reference converted lead" in told["message"]) == ("SALESFORCE_REJECTED", True)


async def test_what_a_user_may_not_do_is_told_with_the_field(rest: GatewayClient, org: Org) -> None:
    code, message = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient access rights on cross-reference id"
    await org.fault("lead.create", "status", status=400, error_code=code, message=message, fields=["OwnerId"])

    told = await told_by(rest, "POST", "/v1/leads", ADA)

    assert (told["code"], told["details"]) == (
        "PERMISSION_DENIED",
        [{"field": "owner_id", "message": message, "code": code}],
    )


async def test_what_is_hidden_from_the_user_is_called_that(rest: GatewayClient, org: Org) -> None:
    await rest.post("/v1/leads/sync", json={**ADA, "status": "scheduled"})
    await org.change(profile={"name": "Integration", "fields": {"Contact.MailingCity": "hidden"}})
    field = await told_by(rest, "POST", "/v1/leads/sync", {**ADA, "city": "Kyiv", "on_converted": "update_contact"})
    await org.change(profile={"name": "Integration", "objects": {"Lead": "hidden"}})
    leads = [(await rest.get(path)).json() for path in ("/v1/leads", EMAIL)]
    described = (await rest.get("/v1/lead-fields")).json()

    assert (field["code"], field["details"][0]["field"]) == ("SALESFORCE_REJECTED", "city")
    assert "hides it from this user" in field["message"]
    assert {each["code"] for each in leads} == {"PERMISSION_DENIED"}
    assert all("GET /v1/org" in each["message"] for each in (*leads, described))


@pytest.mark.parametrize("operation", ["lead.create", "lead.update"])
async def test_an_answer_stays_small_however_much_salesforce_finds_wrong(
    rest: GatewayClient, org: Org, operation: str
) -> None:
    if operation == "lead.update":
        await insert(rest, org)
    names = [f"{'F' * 200}{place}__c" for place in range(1_000)]
    fault = {"status": 400, "error_code": "C" * 10_000, "message": "wrong " * 10_000, "fields": names}
    await org.fault(operation, "status", **fault)

    over_rest = await rest.post("/v1/leads/sync", json=ADA)

    assert over_rest.json()["code"] == "SALESFORCE_REJECTED"
    assert len(over_rest.content) < 8_000


@pytest.mark.parametrize("length", [300, 80_000])
@pytest.mark.parametrize("name", ["company", "website", "custom_fields.Segment__c"])
async def test_a_value_that_is_too_long_does_not_come_back(
    rest: GatewayClient, org: Org, length: int, name: str
) -> None:
    await org.change(custom_fields=[{"name": "Segment__c"}])
    value = "x" * length
    custom = name.removeprefix("custom_fields.")
    sent = {**ADA, **({"custom_fields": {custom: value}} if custom != name else {name: value})}

    over_rest = await rest.post("/v1/leads/sync", json=sent)
    over_mcp = await rest.call_tool("salesforce_sync_lead", sent)

    assert over_rest.status_code == 422
    assert name in over_rest.text
    for answer in (over_rest.text, over_mcp.model_dump_json()):
        assert len(answer) < 2_000
        assert "xxxxxxxxxx" not in answer
