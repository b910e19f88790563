"""Validation rules, triggers and locks, whichever way a record is written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of
from tests.infra.simulator.records import writing
from tests.infra.simulator.records.writing import SAVING, Problems, Way

HOT = {"Rating": "Hot"}
VALIDATION = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
NEEDS_PHONE = {
    "name": "Hot_leads_have_a_phone",
    "formula": 'AND(ISPICKVAL(Rating, "Hot"), ISBLANK(Phone))',
    "message": "A hot lead needs a phone number.",
    "field": "Phone",
}
NEEDS_CITY = {"name": "c", "condition": "Rating = 'Hot' AND City = null", "message": "Where is it?"}


@pytest.mark.parametrize("name", SAVING)
async def test_whoever_breaks_several_rules_hears_of_all_of_them(org: OrgClient, name: str) -> None:
    inactive = {**NEEDS_CITY, "name": "i", "active": False}
    await org.change_org(validation_rules=[NEEDS_PHONE, NEEDS_CITY, inactive])
    lead_id = await org.create()
    before = await org.read(lead_id)

    problems = await SAVING[name](org, lead_id, HOT)

    told = [(VALIDATION, "A hot lead needs a phone number.", ["Phone"]), (VALIDATION, "Where is it?", [])]
    assert problems == (told[:1] if name == "bulk" else told)
    assert await org.read(lead_id) == before
    assert await org.query("SELECT Id FROM Lead WHERE Rating = 'Hot'") == []


@pytest.mark.parametrize("name", SAVING)
async def test_who_breaks_no_rule_is_saved(org: OrgClient, name: str) -> None:
    await org.change_org(validation_rules=[NEEDS_PHONE, NEEDS_CITY])
    lead_id = await org.create()

    assert await SAVING[name](org, lead_id, {**HOT, "Phone": "1", "City": "Lagos"}) == []


@pytest.mark.parametrize(
    ("formula", "refused_on_create", "refused_on_update"),
    [
        ("ISNEW()", True, False),
        ('ISCHANGED(Rating) && ISPICKVAL(PRIORVALUE(Rating), "Warm")', False, True),
        ("$User.Username <> 'demo@example.com'", False, False),
        ("$Profile.Name = 'System Administrator'", True, True),
        ("Owner:User.Username = $User.Username && NOT(ISNEW())", False, True),
        ("OwnerId = $User.Id && LEN($User.Id) = 15", True, True),
        ("DATEVALUE(CreatedDate) = TODAY()", True, True),
        ("ISBLANK(Owner:Queue.Name)", True, True),
    ],
)
async def test_a_rule_sees_the_change_the_user_and_the_time(
    org: OrgClient, formula: str, refused_on_create: bool, refused_on_update: bool
) -> None:
    lead_id = await org.create(Rating="Warm")
    await org.change_org(validation_rules=[{"name": "r", "formula": formula, "message": "no"}])

    created = await writing.create(org, "", HOT)
    updated = await writing.update(org, lead_id, HOT)

    assert (bool(created), bool(updated)) == (refused_on_create, refused_on_update)


async def test_a_formula_without_a_value_refuses_the_record(org: OrgClient) -> None:
    rule = {"name": "Share", "formula": "100 / NumberOfEmployees > 5", "message": "no"}
    await org.change_org(validation_rules=[rule])

    response = await org.send("POST", "/sobjects/Lead", json={"LastName": "A", "Company": "B", "NumberOfEmployees": 0})

    assert error_of(response) == (400, "FORMULA_EXPRESSION_INVALID")
    assert await org.query("SELECT Id FROM Lead") == []


@pytest.mark.parametrize(
    "settings",
    [
        {"validation_rules": [{**NEEDS_PHONE, "condition": "Rating = 'Hot'"}]},
        {"validation_rules": [{"name": "r", "message": "no"}]},
        {"triggers": [{"name": "T", "events": [], "message": "no"}]},
        {"triggers": [{"name": "T", "events": ["before undelete"], "message": "no"}]},
        {"triggers": [{"name": "not a name", "events": ["before insert"], "message": "no"}]},
        {"triggers": [{"name": "T", "events": ["before insert"], "message": "no", "formula": "ISNEW("}]},
        {"approval_locks": [{}]},
        {"approval_locks": [{"object": "Account", "formula": "Company = 'x'"}]},
        {"assignment_rules": [{"name": "a"}, {"name": "b"}]},
        {"assignment_rules": [{"name": "a", "entries": [{"owner": "nobody"}]}]},
        {"assignment_rules": [{"name": "a", "entries": [{"owner": None, "formula": "1"}]}]},
        {"assignment_rules": [{"name": "a", "entries": [{"owner": None, "criteria": [
            {"field": "Description", "operator": "contains", "value": "x"}]}]}]},
        {"assignment_rules": [{"name": "a", "entries": [{"owner": None, "criteria": [
            {"field": "Nope", "operator": "equals", "value": "x"}]}]}]},
        {"assignment_rules": [{"name": "a", "entries": [{"owner": None, "criteria": [
            {"field": "AnnualRevenue", "operator": "greaterThan", "value": "5 OR Id != null"}]}]}]},
    ],
)  # fmt: skip
async def test_a_setting_that_makes_no_sense_is_refused_and_named(org: OrgClient, settings: dict[str, Any]) -> None:
    response = await org.http.patch("/_sim/org", json=settings)

    [name] = settings
    assert response.status_code == 400
    assert name in response.json()["error"]
    assert await writing.create(org, "", HOT) == []


def trigger(*events: str, **options: Any) -> dict[str, Any]:
    return {"name": "LeadGuard", "events": events, "message": "not this one", **options}


EVENTS: list[tuple[str, Way, list[str]]] = [
    ("create", writing.create, ["before insert", "after insert"]),
    ("update", writing.update, ["before update", "after update"]),
    ("upsert", writing.upsert, ["before insert", "after insert"]),
    ("collection", writing.collection, ["before update", "after update"]),
    ("bulk", writing.bulk, ["before update", "after update"]),
    ("soap", writing.soap, ["before update", "after update"]),
    ("merge", writing.merge, ["before update", "after update", "before delete", "after delete"]),
    ("convert", writing.convert, ["before update", "after update"]),
    ("delete", writing.delete, ["before delete", "after delete"]),
    ("undelete", writing.undelete, ["after undelete"]),
]
ALL_EVENTS = sorted({event for _, _, events in EVENTS for event in events})


@pytest.mark.parametrize("event", ALL_EVENTS)
@pytest.mark.parametrize(("name", "way", "events"), EVENTS, ids=[name for name, _, _ in EVENTS])
async def test_a_trigger_refuses_what_it_is_there_for_and_nothing_else(
    org: OrgClient, name: str, way: Way, events: list[str], event: str
) -> None:
    lead_id = await org.create()
    if event not in ("before insert", "after insert"):
        await org.change_org(triggers=[trigger(event)])
    else:
        # What the way prepares for itself is no matter of the trigger.
        await org.change_org(triggers=[trigger(event, formula="NOT(BEGINS(LastName, 'Other'))")])
    before = await org.read(lead_id)

    problems = await way(org, lead_id, HOT)

    blocked_by_deletion = name == "undelete" and event.endswith("delete") and event != "after undelete"
    if blocked_by_deletion:
        assert problems != []
    else:
        assert problems == ([(VALIDATION, "not this one", [])] if event in events else [])
    if event in events and name != "undelete":
        assert await org.read(lead_id) == before


async def test_triggers_of_accounts_contacts_and_opportunities_run_at_conversion(org: OrgClient) -> None:
    refusals: dict[str, Problems] = {}
    for object_name in ("Account", "Contact", "Opportunity"):
        lead_id = await org.create()
        await org.change_org(triggers=[trigger("before insert", object=object_name, message=object_name)])
        refusals[object_name] = await writing.convert(org, lead_id, {})

    assert refusals == {name: [(VALIDATION, name, [])] for name in ("Account", "Contact", "Opportunity")}
    assert await org.query("SELECT Id FROM Account") == []
    assert await org.query("SELECT Id FROM Lead WHERE IsConverted = true") == []


async def test_rules_are_asked_about_the_lead_that_is_converted_and_what_it_becomes(org: OrgClient) -> None:
    rules = {
        "Lead": "IsConverted && ISBLANK(Phone)",
        "Account": "ISBLANK(BillingCity)",
        "Contact": "ISBLANK(Email)",
        "Opportunity": "ISPICKVAL(LeadSource, '')",
    }
    lead_id = await org.create()
    given = {"Phone": "1", "City": "Lagos", "Email": "ada@example.com", "LeadSource": "Web"}
    told = []
    for (object_name, formula), (field, value) in zip(rules.items(), given.items(), strict=True):
        await org.change_org(
            validation_rules=[{"name": "r", "object": object_name, "formula": formula, "message": object_name}]
        )
        told += [message for _, message, _ in await writing.convert(org, lead_id, {})]
        await writing.update(org, lead_id, {field: value})

    assert told == [*rules]
    assert await writing.convert(org, lead_id, {}) == []


async def test_a_merge_updates_the_master_even_without_values(org: OrgClient) -> None:
    master = await org.create()
    await org.change_org(triggers=[trigger("after update")])

    assert await writing.merge(org, master, {}) == [(VALIDATION, "not this one", [])]


@pytest.mark.parametrize("way", [{"formula": 'ISPICKVAL(Rating, "Hot")'}, {"condition": "Rating = 'Hot'"}])
async def test_rules_see_what_the_user_does_not(org: OrgClient, way: dict[str, str]) -> None:
    lead_id = await org.create(Rating="Hot")
    hidden = {"name": "p", "fields": {"Lead.Rating": "hidden"}}
    await org.change_org(profile=hidden, validation_rules=[{"name": "r", "message": "no", **way}])

    assert await writing.update(org, lead_id, {"City": "Lagos"}) == [(VALIDATION, "no", [])]


async def test_rules_are_for_any_object_that_is_written(org: OrgClient) -> None:
    text = "ISBLANK(TEXT(Priority)) || BEGINS(Subject, 'x')"
    await org.change_org(validation_rules=[{"name": "r", "object": "task", "formula": text, "message": "no"}])

    refused = await org.send("POST", "/sobjects/Task", json={"Subject": "x", "Priority": "High"})
    saved = await org.send("POST", "/sobjects/Task", json={"Subject": "Call", "Priority": "High"})

    assert error_of(refused) == (400, VALIDATION)
    assert saved.status_code == 201


async def test_rules_know_record_types(org: OrgClient) -> None:
    rule = {"name": "r", "formula": 'RecordType.DeveloperName = "Partner"', "message": "no"}
    types = [{"object": "Lead", "name": name} for name in ("Partner", "Direct")]
    await org.change_org(record_types=types, validation_rules=[rule])
    ids = {each["DeveloperName"]: each["Id"] for each in await org.query("SELECT Id, DeveloperName FROM RecordType")}

    assert await writing.create(org, "", {"RecordTypeId": ids["Partner"]}) == [(VALIDATION, "no", [])]
    assert await writing.create(org, "", {"RecordTypeId": ids["Direct"]}) == []


async def test_a_trigger_that_breaks_tells_where(org: OrgClient) -> None:
    broken = trigger("before insert", kind="exception", message="Attempt to de-reference a null object")
    await org.change_org(triggers=[trigger("before insert", field="Rating"), broken])

    [(code, message, fields)] = await writing.create(org, "", HOT)

    assert (code, fields) == ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", [])
    assert message == (
        "LeadGuard: execution of BeforeInsert\n\ncaused by: System.NullPointerException: Attempt to de-reference "
        "a null object\n\nTrigger.LeadGuard: line 1, column 1"
    )


async def test_a_trigger_comes_before_the_rules(org: OrgClient) -> None:
    await org.change_org(triggers=[trigger("before insert", field="Rating")], validation_rules=[NEEDS_PHONE])

    assert await writing.create(org, "", HOT) == [(VALIDATION, "not this one", ["Rating"])]


CHANGING = [
    ("update", writing.update),
    ("collection", writing.collection),
    ("bulk", writing.bulk),
    ("soap", writing.soap),
    ("merge", writing.merge),
    ("convert", writing.convert),
    ("delete", writing.delete),
]


@pytest.mark.parametrize("lock", [{"formula": 'ISPICKVAL(Rating, "Warm")'}, {"condition": "Rating = 'Warm'"}])
@pytest.mark.parametrize(("name", "way"), CHANGING, ids=[name for name, _ in CHANGING])
async def test_a_record_that_waits_for_an_approval_is_locked(
    org: OrgClient, name: str, way: Way, lock: dict[str, str]
) -> None:
    await org.change_org(approval_locks=[lock])
    locked, free = await org.create(Rating="Warm"), await org.create()

    assert await way(org, locked, HOT) == [("ENTITY_IS_LOCKED", "the entity is locked for editing", [])]
    assert await way(org, free, HOT) == []
