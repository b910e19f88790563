"""Values come back as an org stores them, and the gateway knows which of them stand already.

One table for both sides, so that neither drifts from the fact sheet, 12.1.
"""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.comparison import differences, taken
from domain.values.inputs import LeadSync
from domain.values.lead import Lead
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.description import described_lead_in
from tests.infra.simulator.bulk.jobs import ingested
from tests.infra.simulator.conftest import OrgClient, error_of

CUSTOM = [
    {"name": "Text__c", "length": 10},
    {"name": "Long__c", "type": "textarea", "length": 1000},
    {"name": "Pick__c", "type": "picklist", "values": ["Gold", "Silver"]},
    {"name": "Only__c", "type": "picklist", "values": ["Gold", "Silver"], "restricted": True},
    {"name": "Many__c", "type": "multipicklist", "values": ["Red", "Green", "Blue"]},
    {"name": "Few__c", "type": "multipicklist", "values": ["Red", "Green", "Blue"], "restricted": True},
    {"name": "Flag__c", "type": "boolean"},
    {"name": "Whole__c", "type": "double", "precision": 5, "scale": 0},
    {"name": "Number__c", "type": "double", "precision": 6, "scale": 2},
    {"name": "Money__c", "type": "currency", "precision": 18, "scale": 2},
    {"name": "Share__c", "type": "percent", "precision": 5, "scale": 1},
    {"name": "Day__c", "type": "date"},
    {"name": "Moment__c", "type": "datetime"},
    {"name": "Clock__c", "type": "time"},
    {"name": "Phone__c", "type": "phone"},
    {"name": "Site__c", "type": "url"},
    {"name": "Mail__c", "type": "email"},
    {"name": "Geo__c", "type": "location", "scale": 4},
]

SAME, WRITTEN, REFUSED = "unchanged", "written again", "refused"
"""What a sync of the gateway makes of a value that was sent before."""

STORED: list[tuple[str, Any, Any, str]] = [
    ("Text__c", "  two words ", "two words", SAME),
    ("Text__c", "Ünï 😀", "Ünï 😀", SAME),
    ("Text__c", 42, "42", SAME),
    ("Long__c", "one\ntwo", "one\r\ntwo", SAME),
    ("Long__c", "one\rtwo\r\nthree", "one\r\ntwo\r\nthree", SAME),
    ("Street", "one\r\ntwo", "one\ntwo", SAME),
    ("Pick__c", "gold", "Gold", SAME),
    ("Pick__c", "Bronze", "Bronze", SAME),
    ("LeadSource", "phone INQUIRY", "Phone Inquiry", SAME),
    ("Only__c", "SILVER", "Silver", SAME),
    ("Many__c", "blue;Red", "Red;Blue", SAME),
    ("Many__c", "Violet; Green ;green", "Green;Violet", SAME),
    ("Few__c", "Green;Red", "Red;Green", SAME),
    ("Flag__c", True, True, SAME),
    ("Flag__c", False, False, SAME),
    ("Flag__c", "true", True, SAME),
    ("Whole__c", 12, 12.0, SAME),
    ("Whole__c", "12", 12.0, SAME),
    ("Whole__c", 12.5, 13.0, SAME),
    ("Number__c", 1.005, 1.01, SAME),
    ("Number__c", -2.345, -2.35, SAME),
    ("Number__c", "1e2", 100.0, SAME),
    ("Money__c", 99.999, 100.0, SAME),
    ("Share__c", 12.25, 12.3, SAME),
    ("AnnualRevenue", 1000, 1000.0, SAME),
    ("NumberOfEmployees", "250", 250, SAME),
    ("Day__c", "2026-11-27", "2026-11-27", SAME),
    ("Day__c", "2026-11-27T23:30:00-05:00", "2026-11-28", SAME),
    ("Moment__c", "2026-11-27T07:10:17.123Z", "2026-11-27T07:10:17.000+0000", SAME),
    ("Moment__c", "2026-11-27T09:10:17+02:00", "2026-11-27T07:10:17.000+0000", SAME),
    ("Moment__c", "2026-11-27T07:10:17", "2026-11-27T07:10:17.000+0000", SAME),
    ("Clock__c", "07:10:17.5Z", "07:10:17.500Z", SAME),
    ("Phone__c", "(030) 12-34", "(030) 12-34", SAME),
    ("Site__c", "Example.com/A", "Example.com/A", SAME),
    ("Mail__c", "Ada@Example.COM", "ada@example.com", SAME),
    ("Email", "Ada@Example.COM", "ada@example.com", SAME),
    ("Email", "a..a@test.jp", "a..a@test.jp", SAME),
    ("Email", "a..@test.jp", "a..@test.jp", SAME),
    ("Email", "info@xn--mnchen-3ya.de", "info@xn--mnchen-3ya.de", SAME),
    ("Email", "ada@example.com.invalid", "ada@example.com.invalid", SAME),
]
"""Field, what is sent, what is stored, and what the gateway makes of it. Where it does not say `unchanged`, the gateway
still compares as text."""

TURNED_DOWN: list[tuple[str, Any, str]] = [
    ("Text__c", "12345678901", "STRING_TOO_LONG"),
    ("Long__c", "x" * 998 + "\n\n", ""),
    ("Long__c", "x" * 997 + "\n" + "x" + "\n" + "x", "STRING_TOO_LONG"),
    ("Text__c", {"a": 1}, "JSON_PARSER_ERROR"),
    ("Text__c", ["a"], "JSON_PARSER_ERROR"),
    ("Only__c", "Bronze", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
    ("Few__c", "Red;Violet", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
    ("Flag__c", None, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
    ("Flag__c", "1", "JSON_PARSER_ERROR"),
    ("Flag__c", "0", "JSON_PARSER_ERROR"),
    ("Flag__c", 1, "JSON_PARSER_ERROR"),
    ("Flag__c", "yes", "JSON_PARSER_ERROR"),
    ("Flag__c", "", "JSON_PARSER_ERROR"),
    ("Number__c", "twelve", "JSON_PARSER_ERROR"),
    ("Number__c", True, "JSON_PARSER_ERROR"),
    ("Number__c", "1,5", "JSON_PARSER_ERROR"),
    ("Number__c", 10_000, "NUMBER_OUTSIDE_VALID_RANGE"),
    ("Number__c", 9_999.995, "NUMBER_OUTSIDE_VALID_RANGE"),
    ("Number__c", "1e999", "NUMBER_OUTSIDE_VALID_RANGE"),
    ("NumberOfEmployees", 12.5, "JSON_PARSER_ERROR"),
    ("NumberOfEmployees", 100_000_000, "NUMBER_OUTSIDE_VALID_RANGE"),
    ("Latitude", 90.1, "NUMBER_OUTSIDE_VALID_RANGE"),
    ("Longitude", -180.1, "NUMBER_OUTSIDE_VALID_RANGE"),
    ("Geo__Latitude__s", -91, "NUMBER_OUTSIDE_VALID_RANGE"),
    ("Geo__Longitude__s", "181", "NUMBER_OUTSIDE_VALID_RANGE"),
    ("Day__c", "27.11.2026", "JSON_PARSER_ERROR"),
    ("Day__c", "2026-02-30", "JSON_PARSER_ERROR"),
    ("Moment__c", "2026-11-27", "JSON_PARSER_ERROR"),
    ("Moment__c", "tomorrow", "JSON_PARSER_ERROR"),
    ("Clock__c", "25:00:00", "JSON_PARSER_ERROR"),
    ("Email", ".a@test.jp", "INVALID_EMAIL_ADDRESS"),
    ("Email", "ä@example.com", "INVALID_EMAIL_ADDRESS"),
    ("Email", "a@münchen.de", "INVALID_EMAIL_ADDRESS"),
    ("Email", "a@b", "INVALID_EMAIL_ADDRESS"),
    ("Email", "a b@example.com", "INVALID_EMAIL_ADDRESS"),
    ("OwnerId", "somebody", "MALFORMED_ID"),
]

BLANK = [name for name in dict.fromkeys(row[0] for row in STORED) if name not in ("Flag__c", "LastName")]


@pytest.fixture
async def typed(org: OrgClient) -> OrgClient:
    await org.change_org(custom_fields=CUSTOM)
    return org


@pytest.mark.parametrize(("field", "sent", "stored", "gateway"), STORED)
async def test_a_value_is_stored_as_an_org_stores_it(
    typed: OrgClient, field: str, sent: Any, stored: Any, gateway: str
) -> None:
    lead_id = await typed.create(**{field: sent})

    record = await typed.read(lead_id)

    assert (record[field], type(record[field])) == (stored, type(stored))
    assert await synced_again(typed, field, sent, stored) == gateway


@pytest.mark.parametrize(("field", "sent", "code"), TURNED_DOWN)
async def test_a_value_that_does_not_fit_is_refused(typed: OrgClient, field: str, sent: Any, code: str) -> None:
    response = await typed.send("POST", "/sobjects/Lead", json={"LastName": "Okafor", "Company": "Acme", field: sent})

    assert (error_of(response) if code else response.status_code) == ((400, code) if code else 201)


@pytest.mark.parametrize("field", BLANK)
@pytest.mark.parametrize("blank", ["", "   ", None])
async def test_blank_clears_a_field(typed: OrgClient, field: str, blank: str | None) -> None:
    filled = {name: sent for name, sent, *_ in STORED}
    lead_id = await typed.create(**{field: filled[field]})

    response = await typed.send("PATCH", f"/sobjects/Lead/{lead_id}", json={field: blank})

    assert response.status_code == 204
    assert (await typed.read(lead_id))[field] is None


@pytest.mark.parametrize("protocol", ["json", "xml", "csv"])
@pytest.mark.parametrize(
    ("text", "forms"), [("true", "json xml csv"), ("1", "xml csv"), ("0", "xml csv"), ("yes", "csv"), ("maybe", "")]
)
async def test_a_checkbox_is_as_strict_as_its_protocol(typed: OrgClient, protocol: str, text: str, forms: str) -> None:
    taken = protocol in forms.split()
    flag = text in ("true", "1", "yes")

    if protocol == "json":
        await typed.send("POST", "/sobjects/Lead", json={"LastName": "A", "Company": "B", "Flag__c": text})
    elif protocol == "xml":
        fields = f"<LastName>A</LastName><Company>B</Company><Flag__c>{text}</Flag__c>"
        await typed.soap(f"<create><sObjects><type>Lead</type>{fields}</sObjects></create>")
    else:
        await ingested(typed, f"LastName,Company,Flag__c\nA,B,{text}\n")

    assert [lead["Flag__c"] for lead in await typed.query("SELECT Flag__c FROM Lead")] == ([flag] if taken else [])


async def test_an_org_may_allow_addresses_outside_ascii(org: OrgClient) -> None:
    await org.change_org(email_internationalization=True)

    lead_id = await org.create(Email="ä@münchen.de")

    assert (await org.read(lead_id))["Email"] == "ä@münchen.de"


async def test_references_are_told_with_eighteen_characters(org: OrgClient) -> None:
    owner_id = (await org.query("SELECT Id FROM User ORDER BY Username LIMIT 1"))[0]["Id"]

    lead_id = await org.create(OwnerId=owner_id[:15])

    assert (await org.read(lead_id))["OwnerId"] == owner_id


async def synced_again(typed: OrgClient, field: str, sent: Any, stored: Any) -> str:
    """What the gateway's sync does with a value that was sent before."""
    described = described_lead_in(Answer(200, (await typed.send("GET", "/sobjects/Lead/describe")).json()))
    ours = {"Email": "email", "LeadSource": "source", "Street": "street"}
    ours |= {"AnnualRevenue": "annual_revenue", "NumberOfEmployees": "number_of_employees"}
    values: dict[str, Any] = {"email": "ada@example.com"}
    values |= {ours[field]: sent} if field in ours else {"custom_fields": {field: sent}}
    kept = {ours[field]: stored} if field in ours else {"custom_fields": {field: stored}}
    try:
        wish = LeadSync(**values)
    except ValidationError:
        return REFUSED
    lead = Lead(id="00Q000000000001AAA", **{"email": wish.email, **kept})
    return WRITTEN if differences(taken(wish.sent(), described), lead, described) else SAME


@pytest.mark.parametrize(
    ("field", "text"),
    [("Flag__c", "maybe"), ("Number__c", "twelve"), ("Day__c", "27.11.2026"), ("Moment__c", "tomorrow")],
)
async def test_in_xml_text_of_another_type_is_a_fault_of_the_field(typed: OrgClient, field: str, text: str) -> None:
    lead = f"<LastName>Okafor</LastName><Company>Acme</Company><{field}>{text}</{field}>"

    over_soap = await typed.soap(f"<create><sObjects><type>Lead</type>{lead}</sObjects></create>")
    xml = {"Content-Type": "application/xml"}
    over_rest = await typed.send("POST", "/sobjects/Lead", content=f"<Lead>{lead}</Lead>", headers=xml)

    assert "<statusCode>INVALID_TYPE_ON_FIELD_IN_RECORD</statusCode>" in over_soap.text
    assert error_of(over_rest) == (400, "INVALID_TYPE_ON_FIELD_IN_RECORD")
