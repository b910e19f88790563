"""Set-ups: what an org is built of, and what its records then may hold."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.simulator.server.app import create_simulator
from infra.simulator.setup.set_up_files import read_changes
from infra.simulator.setup.setting_checks import SetUpError
from tests.infra.simulator.conftest import OrgClient, error_of, http_of

PARTNER_SET_UP: dict[str, Any] = {
    "lead_statuses": [{"name": "New", "is_default": True}, {"name": "Review"}, {"name": "Won", "is_converted": True}],
    "lead_processes": [{"name": "Partner", "statuses": ["Review", "Won"]}],
    "picklists": {"Lead.Rating": {"values": ["Hot", "Warm", "Cold"], "restricted": True}},
    "record_types": [
        {"object": "Lead", "name": "Direct", "default": True},
        {"object": "Lead", "name": "Partner", "lead_process": "Partner", "picklists": {"Rating": ["Hot", "Warm"]}},
        {"object": "Lead", "name": "Internal", "available": False},
        {"object": "Account", "name": "Customer"},
    ],
}


async def record_types(org: OrgClient) -> dict[str, str]:
    return {row["DeveloperName"]: row["Id"] for row in await org.query("SELECT Id, DeveloperName FROM RecordType")}


async def described(org: OrgClient, name: str = "Lead") -> dict[str, Any]:
    body: dict[str, Any] = (await org.send("GET", f"/sobjects/{name}/describe")).raise_for_status().json()
    return body


async def field(org: OrgClient, name: str, of: str = "Lead") -> dict[str, Any] | None:
    return next((each for each in (await described(org, of))["fields"] if each["name"] == name), None)


async def tried(org: OrgClient, **fields: Any) -> httpx.Response:
    return await org.send("POST", "/sobjects/Lead", json={"LastName": "Okafor", "Company": "Acme", **fields})


@pytest.mark.parametrize(
    ("setup", "status", "has"),
    [
        ("classic", "Open - Not Contacted", {"CountryCode": False, "CurrencyIsoCode": False, "RecordTypeId": False}),
        ("modern", "New", {"CountryCode": True, "CurrencyIsoCode": False, "RecordTypeId": False}),
        ("person_accounts", "Open - Not Contacted", {"CountryCode": False, "RecordTypeId": False}),
        ("global", "New", {"CountryCode": True, "CurrencyIsoCode": True, "RecordTypeId": True, "Region__c": True}),
    ],
)
async def test_a_set_up_decides_what_a_lead_has(org: OrgClient, setup: str, status: str, has: dict[str, bool]) -> None:
    await org.change_org(setup=setup)
    required = {"Region__c": "EMEA"} if setup == "global" else {}

    lead = await org.read(await org.create(**required))

    names = {each["name"] for each in (await described(org))["fields"]}
    assert lead["Status"] == status
    assert {name: name in names for name in has} == has
    assert lead.keys() - {"attributes"} == names


async def test_another_set_up_keeps_how_the_org_behaves_and_drops_how_it_was_built(org: OrgClient) -> None:
    await org.change_org(setup="global", daily_api_limit=77, duplicate_rule="block")

    answer = await org.http.patch("/_sim/org", json={"setup": "classic"})

    settings = answer.json()
    assert (settings["setup"], settings["record_types"], settings["currencies"]) == ("classic", [], [])
    assert (settings["daily_api_limit"], settings["duplicate_rule"]) == (77, "block")


async def test_other_settings_may_come_with_a_set_up(org: OrgClient) -> None:
    await org.change_org(setup="modern", custom_fields=[{"name": "Segment__c"}])

    assert await field(org, "Segment__c")
    assert await field(org, "CountryCode")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"setup": "futuristic"}, "setup"),
        ({"record_types": [{"object": "Nothing", "name": "A"}]}, "Nothing"),
        ({"record_types": [{"object": "Lead", "name": "A", "lead_process": "None"}]}, "None"),
        ({"record_types": [{"object": "Lead", "name": "A", "picklists": {"Rating": ["Tepid"]}}]}, "Tepid"),
        ({"record_types": [{"object": "Lead", "name": n, "default": True} for n in "AB"]}, "default"),
        (
            {
                "lead_processes": [{"name": "P", "statuses": ["Nope"]}],
                "record_types": [{"object": "Lead", "name": "A", "lead_process": "P"}],
            },
            "Nope",
        ),
        ({"picklists": {"Lead.Nothing": ["a"]}}, "Nothing"),
        ({"picklists": {"Lead.Company": ["a"]}}, "Lead.Company"),
        ({"picklists": {"Lead.Rating": {"values": ["a"], "controlling_field": "Company"}}}, "Company"),
        (
            {
                "picklists": {
                    "Lead.Rating": {"values": [{"value": "a", "valid_for": ["x"]}], "controlling_field": "Industry"}
                }
            },
            "x",
        ),
        ({"currencies": [{"code": "EUR"}]}, "corporate"),
        ({"profile": {"name": "P", "fields": {"Lead.LastName": "hidden"}}}, "Lead.LastName"),
        ({"profile": {"name": "P", "fields": {"Lead.Nothing": "hidden"}}}, "Nothing"),
        ({"profile": {"name": "P", "objects": {"Nothing": "hidden"}}}, "Nothing"),
        ({"queues": [{"name": "Q", "developer_name": "Q", "objects": ["LeadStatus"]}]}, "LeadStatus"),
        ({"custom_fields": [{"name": "To__c", "type": "reference"}]}, "to"),
        ({"custom_fields": [{"name": "To__c", "type": "reference", "to": "Nothing"}]}, "Nothing"),
        ({"custom_fields": [{"name": "To__c", "type": "reference", "to": "LeadHistory"}]}, "LeadHistory"),
        ({"custom_fields": [{"name": "A__c"}, {"name": "a__c"}]}, "twice"),
        ({"custom_fields": [{"name": "A__c", "type": "picklist", "values": ["a", "A"]}]}, "twice"),
        ({"custom_fields": [{"name": "A__c", "type": "multipicklist", "values": ["a;b"]}]}, "semicolon"),
        ({"custom_fields": [{"name": "A__c", "values": ["a"]}]}, "only a picklist"),
        ({"custom_fields": [{"name": "A__c", "length": 300}]}, "255"),
        ({"custom_fields": [{"name": "A__c", "type": "boolean", "required": True}]}, "checkbox"),
        ({"custom_fields": [{"name": "A__c", "type": "location", "unique": True}]}, "unique"),
        ({"custom_fields": [{"name": "A__c", "type": "textarea", "external_id": True}]}, "external id"),
        ({"lead_statuses": [{"name": "A", "is_default": True}]}, "is_converted"),
        ({"lead_statuses": [{"name": n, "is_default": n == "A", "is_converted": True} for n in "Aa"]}, "twice"),
        ({"lead_processes": [{"name": "P", "statuses": ["Nope"]}]}, "Nope"),
        ({"lead_processes": [{"name": "P", "statuses": ["Closed - Converted"], "default": "Nope"}]}, "Nope"),
        ({"record_types": [{"object": name, "name": name} for name in ("Lead", "lead")]}, "twice"),
        ({"record_types": [{"object": "User", "name": "A"}]}, "User"),
        ({"record_types": [{"object": "Lead", "name": "A", "default": True, "active": False}]}, "default"),
        ({"picklists": {"Lead.Status": ["New"]}}, "lead_statuses"),
        ({"currencies": [{"code": "EUR", "corporate": True}, {"code": "EUR"}]}, "twice"),
        ({"currencies": [{"code": "EUR", "corporate": True, "rate": 2}]}, "rate"),
        ({"countries": [{"code": "DE", "name": name} for name in ("Germany", "Deutschland")]}, "twice"),
        ({"users": [{"username": name, "last_name": "A"} for name in ("a@b", "A@B")]}, "twice"),
        ({"users": [{"username": "Demo@example.com", "last_name": "A"}]}, "Demo@example.com"),
        ({"users": [{"username": "a@b", "last_name": "A", "role": "Jester"}]}, "Jester"),
        ({"queues": [{"name": "Q", "developer_name": name} for name in "Qq"]}, "twice"),
        ({"validation_rules": [{"name": "A", "formula": "TRUE", "message": "no"}] * 2}, "twice"),
        ({"custom_fields": [{"name": "A__c", "scale": 5, "precision": 3, "type": "double"}]}, "scale"),
    ],
)
async def test_a_set_up_that_makes_no_sense_is_refused_and_nothing_changes(
    org: OrgClient, changes: dict[str, Any], named: str
) -> None:
    before = await described(org)

    answer = await org.http.patch("/_sim/org", json=changes)

    assert (answer.status_code, named in answer.text) == (400, True), answer.text
    assert await described(org) == before
    assert await org.create()


async def test_an_org_is_built_from_a_file_and_another_one_likewise(tmp_path: Path) -> None:
    files = {"a.yaml": "setup: modern\ncustom_fields: [{name: Segment__c}]\n", "b.json": '{"setup": "modern"}'}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        simulator = create_simulator(set_up=read_changes(tmp_path / name), db=tmp_path / f"{name}.db")
        simulator.close()

    assert read_changes(tmp_path / "b.json") == json.loads((tmp_path / "b.json").read_text())


@pytest.mark.parametrize("text", ["- a\n- b\n", "{", "1: 2\n", "\x00"])
def test_a_file_that_holds_no_settings_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "org.yaml").write_text(text)

    with pytest.raises(SetUpError):
        read_changes(tmp_path / "org.yaml")


@pytest.mark.parametrize(
    ("name", "why"), [("none.yaml", "No such file"), (".", "Is a directory"), ("classic", "`setup: classic`")]
)
def test_a_file_that_can_not_be_read_is_told(name: str, why: str) -> None:
    with pytest.raises(SetUpError, match=why):
        read_changes(Path(name))


async def test_a_record_type_decides_where_a_lead_begins_and_what_it_may_hold(org: OrgClient) -> None:
    await org.change_org(**PARTNER_SET_UP)
    types = await record_types(org)

    direct, partner = await org.create(), await org.create(RecordTypeId=types["Partner"])

    assert ((await org.read(direct))["RecordTypeId"], (await org.read(direct))["Status"]) == (types["Direct"], "New")
    assert (await org.read(partner))["Status"] == "Review"
    refused = await org.send("PATCH", f"/sobjects/Lead/{partner}", json={"Rating": "cold"})
    assert error_of(refused) == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    assert (await org.send("PATCH", f"/sobjects/Lead/{direct}", json={"Rating": "cold"})).status_code == 204


@pytest.mark.parametrize("name", ["Internal", "Customer"])
async def test_a_record_type_that_the_user_cannot_use_is_refused(org: OrgClient, name: str) -> None:
    await org.change_org(**PARTNER_SET_UP)
    type_id = (await record_types(org))[name]

    response = await tried(org, RecordTypeId=type_id)

    [problem] = response.json()
    assert (response.status_code, problem["errorCode"]) == (400, "INVALID_CROSS_REFERENCE_KEY")
    assert (problem["message"], problem["fields"]) == (
        f"Record Type ID: this ID value isn't valid for the user: {type_id}",
        ["RecordTypeId"],
    )


async def test_describe_names_the_record_types(org: OrgClient) -> None:
    await org.change_org(**PARTNER_SET_UP)

    infos = {info["developerName"]: info for info in (await described(org))["recordTypeInfos"]}

    assert [*infos] == ["Direct", "Partner", "Internal", "Master"]
    assert [infos[name]["available"] for name in infos] == [True, True, False, True]
    assert [infos[name]["defaultRecordTypeMapping"] for name in infos] == [True, False, False, False]
    processes = await org.query("SELECT Name FROM BusinessProcess WHERE TableEnumOrId = 'Lead'")
    assert [process["Name"] for process in processes] == ["Partner"]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"Country": "germany"}, ("Germany", "DE", None, None)),
        ({"CountryCode": "de"}, ("Germany", "DE", None, None)),
        ({"Country": "United States", "State": "california"}, ("United States", "US", "California", "CA")),
        ({"CountryCode": "US", "StateCode": "CA"}, ("United States", "US", "California", "CA")),
        ({"Country": "US", "StateCode": "TX"}, ("United States", "US", "Texas", "TX")),
        ({"Country": None}, (None, None, None, None)),
    ],
)
async def test_labels_and_codes_of_an_address_say_the_same(
    org: OrgClient, given: dict[str, str], stored: tuple[str | None, ...]
) -> None:
    await org.change_org(state_country_picklists=True)

    lead = await org.read(await org.create(**given))

    assert tuple(lead[name] for name in ("Country", "CountryCode", "State", "StateCode")) == stored
    assert (lead["Address"] or {}).get("countryCode") == stored[1]


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"Country": "Atlantis"}, "Country"),
        ({"CountryCode": "XX"}, "Country"),
        ({"Country": "Germany", "State": "California"}, "State"),
        ({"Country": "Germany", "StateCode": "CA"}, "State"),
        ({"State": "California"}, "State"),
    ],
)
async def test_a_place_that_is_on_no_list_is_refused(org: OrgClient, given: dict[str, str], at: str) -> None:
    await org.change_org(state_country_picklists=True)

    response = await tried(org, **given)

    [problem] = response.json()
    assert (problem["errorCode"], problem["fields"]) == ("FIELD_INTEGRITY_EXCEPTION", [at])


async def test_a_state_stays_only_while_its_country_does(org: OrgClient) -> None:
    await org.change_org(state_country_picklists=True)
    lead_id = await org.create(Country="United States", State="Texas")

    moved = await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Country": "Germany"})
    with_state = await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Country": "Germany", "State": None})

    assert error_of(moved) == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert with_state.status_code == 204


async def test_states_depend_on_countries_in_describe(org: OrgClient) -> None:
    await org.change_org(
        state_country_picklists=True,
        countries=[
            {"code": "DE", "name": "Germany"},
            {"code": "US", "name": "USA", "states": [{"code": "CA", "name": "Cal"}]},
        ],
    )

    code = await field(org, "StateCode")

    assert code is not None
    assert (code["dependentPicklist"], code["controllerName"]) == (True, "CountryCode")
    assert [(c["value"], c["label"], c["validFor"]) for c in code["picklistValues"]] == [("CA", "Cal", "QAAA")]


async def test_records_have_the_corporate_currency_unless_they_say_another(org: OrgClient) -> None:
    await org.change_org(setup="global")

    euro = await org.read(await org.create(Region__c="EMEA"))
    dollar = await org.read(await org.create(Region__c="AMER", CurrencyIsoCode="usd"))
    refused = [await tried(org, Region__c="EMEA", CurrencyIsoCode=code) for code in ("DEM", "ABC")]

    assert (euro["CurrencyIsoCode"], dollar["CurrencyIsoCode"]) == ("EUR", "USD")
    assert [error_of(answer)[1] for answer in refused] == ["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"] * 2
    rates = await org.query("SELECT IsoCode, ConversionRate, IsCorporate FROM CurrencyType WHERE IsActive = true")
    assert {rate["IsoCode"]: rate["ConversionRate"] for rate in rates} == {"EUR": 1.0, "USD": 1.1, "JPY": 160.0}


async def test_what_the_profile_hides_is_not_there_and_what_it_locks_cannot_be_written(org: OrgClient) -> None:
    lead_id = await org.create(Rating="Hot", Industry="Media")
    await org.change_org(
        profile={
            "name": "Lead Integration",
            "fields": {"Lead.Rating": "hidden", "Lead.Industry": "read_only", "Lead.Title": "hidden"},
            "objects": {"Opportunity": "hidden", "Contact": "read_only"},
        },
        permission_sets=[{"name": "Titles", "fields": {"Lead.Title": "full"}}],
    )

    lead = await org.read(lead_id)

    assert ("Rating" in lead, lead["Industry"], "Title" in lead) == (False, "Media", True)
    assert error_of(await org.ask("SELECT Rating FROM Lead")) == (400, "INVALID_FIELD")
    assert error_of(await tried(org, Rating="Hot"))[1] == "INVALID_FIELD"
    assert error_of(await tried(org, Industry="Media"))[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert error_of(await org.ask("SELECT Id FROM Opportunity")) == (400, "INVALID_TYPE")
    assert (await org.send("GET", "/sobjects/Opportunity/describe")).status_code == 404
    assert (await described(org, "Contact"))["createable"] is False
    [user] = await org.query("SELECT Profile.Name FROM User WHERE Username = 'demo@example.com'")
    assert user["Profile"]["Name"] == "Lead Integration"


async def test_a_user_who_is_gone_owns_nothing_new(org: OrgClient) -> None:
    await org.change_org(users=[{"username": "gone@example.com", "last_name": "Gone", "active": False}])
    [gone] = await org.query("SELECT Id, IsActive FROM User WHERE Username = 'gone@example.com'")

    response = await tried(org, OwnerId=gone["Id"])

    [problem] = response.json()
    assert (problem["errorCode"], gone["IsActive"]) == ("INACTIVE_OWNER_OR_USER", False)
    assert gone["Id"][:15] in problem["message"]


async def test_a_queue_owns_only_what_it_is_for(org: OrgClient) -> None:
    await org.change_org(queues=[{"name": "Opps", "developer_name": "Opps", "objects": ["Opportunity"]}])
    [queue] = await org.query("SELECT Id FROM Group WHERE DeveloperName = 'Opps'")
    [leads] = await org.query("SELECT Id FROM Group WHERE DeveloperName = 'Lead_Queue'")

    assert error_of(await tried(org, OwnerId=queue["Id"]))[1] == "FIELD_INTEGRITY_EXCEPTION"
    assert (await tried(org, OwnerId=leads["Id"])).status_code == 201


async def test_a_queue_stays_the_same_while_others_come_and_go(org: OrgClient) -> None:
    north, south = ({"name": name, "developer_name": name} for name in ("North", "South"))
    await org.change_org(queues=[north, {**south, "objects": ["Lead", "Opportunity"]}])
    ids = {each["DeveloperName"]: each["Id"] for each in await org.query("SELECT Id, DeveloperName FROM Group")}
    lead_id = await org.create(OwnerId=ids["South"])

    await org.change_org(queues=[south])

    [queue] = await org.query("SELECT Id, (SELECT SobjectType FROM QueueSobjects) FROM Group WHERE Name = 'South'")
    assert (await org.read(lead_id))["OwnerId"] == queue["Id"]
    assert [each["SobjectType"] for each in queue["QueueSobjects"]["records"]] == ["Lead"]
    assert error_of(await tried(org, OwnerId=ids["North"]))[1] == "FIELD_INTEGRITY_EXCEPTION"
    assert (await tried(org, OwnerId=ids["Lead_Queue"])).status_code == 201


async def test_lookups_locations_and_encrypted_text_work_as_fields(org: OrgClient) -> None:
    await org.change_org(
        custom_fields=[
            {"name": "Partner__c", "type": "reference", "to": "Account", "child_relationship": "Partner_Leads"},
            {"name": "Place__c", "type": "location", "scale": 6},
            {"name": "Secret__c", "type": "encryptedstring", "length": 20},
            {"name": "Story__c", "type": "textarea", "html": True, "length": 32768},
        ]
    )
    account_id = await org.create("Account", Name="Acme")

    lead_id = await org.create(
        Partner__c=account_id[:15], Place__Latitude__s=52.5, Place__Longitude__s="13.4", Secret__c="hidden"
    )

    lead = await org.read(lead_id)
    assert (lead["Partner__c"], lead["Secret__c"]) == (account_id, "******")
    assert lead["Place__c"] == {"latitude": 52.5, "longitude": 13.4}
    [found] = await org.query("SELECT Partner__r.Name, (SELECT Id FROM Histories) FROM Lead")
    assert found["Partner__r"]["Name"] == "Acme"
    [account] = await org.query("SELECT Id, (SELECT LastName FROM Partner_Leads__r) FROM Account")
    assert account["Partner_Leads__r"]["totalSize"] == 1
    assert error_of(await org.ask("SELECT Id FROM Lead WHERE Secret__c = 'x'")) == (400, "INVALID_FIELD")
    assert error_of(await org.ask("SELECT Id FROM Lead WHERE Story__c = 'x'")) == (400, "INVALID_FIELD")


async def test_names_may_be_written_in_another_case_and_are_told_as_they_are_spelled(org: OrgClient) -> None:
    await org.change_org(
        person_accounts=True,
        custom_objects=[{"name": "Visit__c"}],
        custom_fields=[
            {"name": "Grade__c", "type": "picklist", "values": ["A", "B"]},
            {"name": "Rank__c", "type": "picklist", "values": ["1"], "controlling_field": "grade__c"},
            {"name": "Visit__c", "type": "reference", "to": "visit__C"},
            {"name": "Long__c", "object": "visit__c", "type": "formula", "formula": "LEN(Name)", "returns": "double"},
        ],
        record_types=[{"object": "account", "name": "Person", "person": True}],
    )

    visit = await org.read(await org.create("Visit__c", Name="Fair"), "Visit__c")

    rank, reference = await field(org, "Rank__c"), await field(org, "Visit__c")
    [length] = await org.query("SELECT DurableId FROM FieldDefinition WHERE QualifiedApiName = 'Long__c'")
    assert rank is not None
    assert reference is not None
    assert (visit["Long__c"], rank["controllerName"], reference["referenceTo"]) == (4, "Grade__c", ["Visit__c"])
    assert length["DurableId"].startswith("Visit__c.00N")


FORMULAS = ["ISBLANK(Phone)", 'RecordType.DeveloperName = "Partner"', 'ISPICKVAL(Status, "Nope")', "IsConverted"]


@pytest.mark.parametrize("formula", FORMULAS)
async def test_formulas_work_where_there_are_record_types(org: OrgClient, formula: str) -> None:
    await org.change_org(**PARTNER_SET_UP)

    await org.change_org(
        validation_rules=[{"name": "A", "formula": f"AND({formula}, FALSE)", "message": "No."}],
        triggers=[{"name": "B", "events": ["before insert"], "formula": f"AND({formula}, FALSE)", "message": "No."}],
        approval_locks=[{"formula": f"AND({formula}, FALSE)"}],
        assignment_rules=[{"name": "C", "entries": [{"formula": formula, "owner": None}]}],
        custom_fields=[{"name": "D__c", "type": "formula", "returns": "boolean", "formula": formula}],
    )

    lead = await org.read(await org.create(RecordTypeId=(await record_types(org))["Partner"]))
    assert lead["D__c"] is (formula in FORMULAS[:2])


SILENT: list[tuple[dict[str, Any], str]] = [
    ({"picklists": {"Lead.Status": ["a"]}}, "lead_statuses"),
    ({"history_fields": ["Nope"]}, "Nope"),
    ({"converted_fields": {"Nope__c": "Contact.Nope__c"}}, "Nope__c"),
    (
        {
            "custom_fields": [{"name": "A__c", "type": "date"}, {"name": "A__c", "object": "Contact"}],
            "converted_fields": {"A__c": "Contact.A__c"},
        },
        "does not fit",
    ),
    ({"record_types": [{"object": "Lead", "name": "A"}, {"object": "Lead", "name": "a"}]}, "twice"),
    ({"lead_statuses": [{"name": n, "is_default": n == "A", "is_converted": True} for n in "Aa"]}, "twice"),
    ({"queues": [{"name": n, "developer_name": "Q"} for n in "AB"]}, "twice"),
    ({"queues": [{"name": "Q", "developer_name": "Lead_Queue"}]}, "Lead_Queue"),
    ({"countries": [{"code": "DE", "name": n} for n in "AB"]}, "twice"),
    ({"countries": [{"code": "DE", "name": "D", "states": [{"code": "X", "name": n} for n in "AB"]}]}, "twice"),
    ({"users": [{"username": "A@b.co", "last_name": n} for n in "AB"][:1] * 2}, "twice"),
    ({"users": [{"username": "demo@example.com", "last_name": "A"}]}, "demo@example.com"),
    ({"currencies": [{"code": "EUR", "corporate": True}, {"code": "EUR"}]}, "twice"),
    ({"currencies": [{"code": "EUR", "corporate": True, "rate": 2}]}, "corporate"),
    ({"custom_fields": [{"name": "A__c", "length": 256}]}, "255"),
    ({"custom_fields": [{"name": "A__c", "type": "email", "values": ["a"]}]}, "only a picklist"),
    ({"custom_fields": [{"name": "A__c", "type": "boolean", "external_id": True}]}, "external id"),
    ({"custom_fields": [{"name": "A__c", "returns": "double"}]}, "formula field"),
    ({"custom_fields": [{"name": "A__c", "formula": "1"}]}, "formula field"),
    ({"custom_fields": [{"name": "A__c", "type": "formula", "formula": "1"}]}, "formula field"),
    ({"custom_fields": [{"name": n, "type": "reference", "to": "Account"} for n in ("A__c", "B__c")]}, "has Leads__r"),
]


@pytest.mark.parametrize(("changes", "named"), SILENT)
async def test_nothing_that_an_org_would_not_take_is_taken_in_silence(
    org: OrgClient, changes: dict[str, Any], named: str
) -> None:
    answer = await org.http.patch("/_sim/org", json=changes)

    assert (answer.status_code, named in answer.json()["error"]) == (400, True), answer.text
    assert answer.json()["field"] or "corporate" in named


WORDS: list[tuple[str, list[str]]] = [
    ("validaton_rules: []", ["validaton_rules", "did you mean validation_rules?"]),
    ("custom_fields: [{name: A__c, restriced: true}]", ["custom_fields.0", "did you mean restricted?"]),
    ("custom_fields: [{name: Segment}]", ["custom_fields.0.name", "such as Segment__c"]),
    ("custom_fields: [{name: A__c, type: picklist, values: [2024]}]", ["values.0", "put 2024 in quotes"]),
    ("custom_fields: [{name: A__c, label: 5}]", ["custom_fields.0.label", "put 5 in quotes"]),
    ("custom_fields:", ["custom_fields", "must be a list"]),
    ("currencies: EUR", ["currencies", "must be a list"]),
    ("currencies: [{code: EUR, corporate: true}, {code: USD, rate: 1,1}]", ["currencies.1", "there is no 1"]),
    ("currencies: [{code: eur}]", ["currencies.0.code", "such as EUR"]),
    ("latency_ms: fast", ["latency_ms", "must be a number"]),
    ("soap_login: maybe", ["soap_login", "true or false"]),
    ("record_types: [{object: Lead, name: A, picklists: {Industri: [x]}}]", ["A", "did you mean Industry?"]),
    ("record_types: [{object: Lead, name: A, picklists: {Rating: [Tepid]}}]", ["Tepid", "it has Hot, Warm, Cold"]),
    ("record_types: [{object: Leads, name: A}]", ["did you mean Lead?"]),
    ("record_types: [{name: A}]", ["record_types.0.object", "is missing"]),
    ("custom_fields: [{name: A__c, type: picklist, controlling_field: Industri}]", ["Lead.A__c", "checkbox Industri"]),
    ("profile: {name: P, fields: {Rating: hidden}}", ["profile.fields", "such as Lead.Rating"]),
    ("permission_sets: [{name: P, fields: {Lead.Ratin: full}}]", ["permission_sets.0.fields", "did you mean Rating?"]),
    ("permission_sets: [{name: P, objects: {Leads: full}}]", ["permission_sets.0.objects", "did you mean Lead?"]),
    ("profile: {name: P, fields: {Lead.Rating: invisible}}", ["profile.fields.Lead.Rating", "'hidden'"]),
    ("a: 1\na: 2", ["a is there twice"]),
    ("custom_fields: [{name: A}, {name: B}]", ["custom_fields.0.name", "custom_fields.1.name"]),
]


@pytest.mark.parametrize(("text", "said"), WORDS)
def test_a_mistake_in_a_file_is_told_with_its_place_and_what_is_right(
    tmp_path: Path, text: str, said: list[str]
) -> None:
    (tmp_path / "org.yaml").write_text(text)

    with pytest.raises(SetUpError) as refused:
        create_simulator(set_up=read_changes(tmp_path / "org.yaml"))

    assert [words for words in said if words not in str(refused.value)] == [], str(refused.value)
    assert not {"Input should", "Value error", "tuple", "dictionary"} & {str(refused.value)}


def test_words_that_mean_no_in_other_yaml_are_text(tmp_path: Path) -> None:
    (tmp_path / "org.yaml").write_text("values: [Yes, No, on, Off, y]\ncode: NO\nflag: true\n")

    read = read_changes(tmp_path / "org.yaml")

    assert read == {"values": ["Yes", "No", "on", "Off", "y"], "code": "NO", "flag": True}


async def test_sample_leads_fit_an_org_that_knows_few_countries() -> None:
    set_up = {"state_country_picklists": True, "countries": [{"code": "DE", "name": "Germany"}]}

    create_simulator(set_up=set_up, leads=10).close()


async def test_sample_leads_that_the_org_refuses_are_named() -> None:
    trigger = {"name": "No", "events": ["before insert"], "message": "Not today."}

    with pytest.raises(SetUpError, match=r"Amara Okafor .*--leads 0.*Not today"):
        create_simulator(set_up={"triggers": [trigger]}, leads=10)


async def test_the_latency_of_an_org_survives_a_restart(tmp_path: Path) -> None:
    db = tmp_path / "org.db"
    create_simulator(db=db, set_up={"latency_ms": 7}).close()

    with closing(create_simulator(db=db)) as simulator:
        async with http_of(simulator) as http:
            assert (await http.patch("/_sim/org", json={})).json()["latency_ms"] == 7
