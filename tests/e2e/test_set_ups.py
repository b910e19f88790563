"""The gateway's story on orgs of all set-ups: real processes, real sockets, each org built from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_demo import Rest
from tests.support.processes import process
from tests.support.running_demo import running_demo

ADA = {"email": "ada@example.com", "last_name": "Okafor"}
CUSTOM = {
    "Region__c": "APAC",
    "Tier__c": "gold",
    "Score__c": 12.34,
    "acme__Segment__c": "Banks",
    "acme__Consent__c": "yes",
}


@dataclass(frozen=True)
class Story:
    """What is special about one org."""

    setup: str
    settings: dict[str, str]
    sent: dict[str, Any]
    """What its leads have besides an email and a name."""
    there: dict[str, Any]
    """What is stored of that."""
    working: str
    """One of its statuses."""
    converted: str
    account_kind: str = "business"
    conversion: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Any] = field(default_factory=dict)
    """What its leads do not have."""
    besides: str = ""
    """What its file says besides the set-up."""


STORIES = {
    "classic": Story(
        "classic",
        {},
        {"company": "Acme", "country": "Atlantis", "salutation": "dr.", "fax": "1", "annual_revenue": 1234.56},
        {"country": "Atlantis", "salutation": "Dr.", "fax": "1", "annual_revenue": 1235},
        "Working - Contacted",
        "Closed - Converted",
        refused={"record_type": "Partner"},
    ),
    "modern": Story(
        "modern",
        {"LEAD_STATUS_OBJECTED": "Unqualified"},
        {"company": "Acme", "country": "us", "state_code": "CA", "has_opted_out_of_email": True},
        {"country": "United States", "country_code": "US", "state": "California", "has_opted_out_of_email": True},
        "Contacted",
        "Qualified",
        refused={"country": "Atlantis"},
    ),
    "person_accounts": Story(
        "person_accounts",
        {"LEAD_DEFAULT_COMPANY": ""},
        {"do_not_call": True, "has_opted_out_of_fax": False, "country": "Atlantis"},
        {"company": None, "do_not_call": True, "has_opted_out_of_fax": False},
        "Working - Contacted",
        "Closed - Converted",
        account_kind="person",
        refused={"state_code": "CA"},
    ),
    "persons, places and currencies": Story(
        "person_accounts",
        {"LEAD_DEFAULT_COMPANY": ""},
        {"country_code": "us", "state": "texas", "currency": "usd", "annual_revenue": 10.5},
        {"company": None, "country": "United States", "state_code": "TX", "currency": "USD"},
        "Working - Contacted",
        "Closed - Converted",
        account_kind="person",
        refused={"state": "Bavaria"},
        besides="state_country_picklists: true\ncurrencies: [{code: EUR, corporate: true}, {code: USD, rate: 1.1}]\n",
    ),
    "global": Story(
        "global",
        # The org has two converted statuses; its default record type offers the second one only.
        {"LEAD_STATUS_OBJECTED": "Lost"},
        {"company": "Acme", "country": "Japan", "currency": "jpy", "custom_fields": CUSTOM},
        {"country_code": "JP", "currency": "JPY", "record_type": "Direct"},
        "Working",
        "Won",
        refused={"currency": "DEM"},
    ),
    "global, with a record type": Story(
        "global",
        {"LEAD_STATUS_OBJECTED": "Lost", "LEAD_STATUS_CONVERTED": "Won"},
        {"company": "Acme", "record_type": "partner", "source": "Partner Referral", "custom_fields": CUSTOM},
        {"record_type": "Partner", "currency": "EUR", "source": "Partner Referral"},
        "Partner Review",
        "Partner Won",
        conversion={"match_existing": True},
        refused={"record_type": "Internal"},
    ),
}


@pytest.mark.parametrize("name", STORIES)
async def test_a_lead_is_led_through_its_whole_life_on_every_set_up(tmp_path: Path, name: str) -> None:
    story = STORIES[name]
    (tmp_path / "org.yaml").write_text(f"setup: {story.setup}\n{story.besides}")
    lead = ADA | story.sent

    with running_demo(tmp_path, "--org", "org.yaml", settings=story.settings) as demo:
        assert "Not right for this org" not in demo.process.printed
        async with Rest(demo) as gateway:
            assert (await gateway.call("salesforce_list_leads"))["count"] == 25
            with pytest.raises(AssertionError, match=next(iter(story.refused))):
                await gateway.call("salesforce_sync_lead", **lead | story.refused)

            lead_id = await _is_synced(gateway, lead)
            stored = await gateway.call("salesforce_get_lead", lead_id)
            assert {name: stored[name] for name in story.there} == story.there
            if "custom_fields" in lead:
                kept = {"Region__c": "APAC", "Tier__c": "Gold", "Score__c": 12.3, "acme__Consent__c": True}
                assert kept.items() <= stored["custom_fields"].items()
            listed = await gateway.call("salesforce_list_leads", email=lead["email"], fields=",".join(story.there))
            assert story.there.items() <= listed["leads"][0].items()

            working = await gateway.call("salesforce_update_lead_status", lead_id, status=story.working)
            assert working["status"] == story.working
            twin = await gateway.call("salesforce_create_lead", **lead | {"email": "bea@example.com", "title": "CTO"})
            merged = await gateway.call("salesforce_merge_leads", lead_id, others=[twin["id"]])
            assert (merged["merged_ids"], merged["changed_fields"]) == ([twin["id"]], ["title"])
            objected = await gateway.call("salesforce_sync_lead", **lead, status="objected")
            assert objected["status"] == story.settings.get("LEAD_STATUS_OBJECTED", "Closed - Not Converted")

            await _is_converted(gateway, lead, lead_id, story)
            await gateway.call("salesforce_delete_lead", lead_id)


def test_a_demo_says_which_settings_do_not_fit_its_org(tmp_path: Path) -> None:
    (tmp_path / "org.yaml").write_text("setup: modern\n")
    # What is for a real org is none of the demo's.
    (tmp_path / ".env").write_text("LEAD_STATUS_OBJECTED=Unqualified\nLEAD_EXTERNAL_ID_FIELD=Nope__c\n")

    with running_demo(tmp_path, "--org", "org.yaml", "--leads", "0") as demo:
        told = [line for line in demo.process.printed.splitlines() if "Not right for this org" in line]

    [line] = told
    assert "LEAD_STATUS_OBJECTED: 'Closed - Not Converted' is none of New, Contacted" in line


async def _is_synced(gateway: Rest, lead: dict[str, Any]) -> str:
    """Brought in, found unchanged, changed, found unchanged: with the Id of the lead."""
    syncs = [await gateway.call("salesforce_sync_lead", **each) for each in (lead, lead, lead | {"phone": "2"}, lead)]
    assert [each["action"] for each in syncs] == ["created", "unchanged", "updated", "unchanged"]
    assert syncs[2]["changed_fields"] == ["phone"]
    lead_id: str = syncs[0]["lead_id"]
    return lead_id


async def _is_converted(gateway: Rest, lead: dict[str, Any], lead_id: str, story: Story) -> None:
    options: dict[str, Any] = {"conversion": story.conversion} if story.conversion else {}
    converted = await gateway.call("salesforce_sync_lead", **lead, status="scheduled", **options)
    assert (converted["lead_id"], converted["status"]) == (lead_id, story.converted)
    conversion = converted["conversion"]
    assert (conversion["account_kind"], conversion["already_converted"]) == (story.account_kind, False)

    repeated = await gateway.call("salesforce_sync_lead", **lead, status="scheduled", **options)
    assert (repeated["action"], repeated["reason"]) == ("skipped", "lead_already_converted")
    again = await gateway.call("salesforce_convert_lead", lead_id, **story.conversion)
    for later in (repeated["conversion"], again):
        assert later["already_converted"]
        assert [later[name] for name in ("account_id", "contact_id")] == [
            conversion["account_id"],
            conversion["contact_id"],
        ]
    of_contact = {**ADA, "phone": "3", "on_converted": "update_contact"}
    updates = [await gateway.call("salesforce_sync_lead", **of_contact) for _ in range(2)]
    assert [each["action"] for each in updates] == ["updated", "unchanged"]


@pytest.mark.parametrize(
    ("text", "named"),
    [("setup: futuristic", "futuristic"), ("[1, 2]", "settings"), ("latency_ms: slow", "latency_ms"), ("a: [", "YAML")],
)
@pytest.mark.parametrize("command", ["simulator", "demo"])
def test_a_set_up_that_makes_no_sense_is_one_clear_message(tmp_path: Path, command: str, text: str, named: str) -> None:
    (tmp_path / "org.yaml").write_text(text)

    with process(command, "--port", "0", "--org", "org.yaml", cwd=tmp_path) as running:
        assert running.end() == 2

    assert named in running.printed
    assert "Traceback" not in running.printed
