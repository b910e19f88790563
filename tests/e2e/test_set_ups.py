"""The gateway's story on orgs of all set-ups: real processes, real sockets, each org built from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_demo import Rest
from tests.support.processes import process
from tests.support.running_demo import running_demo

STORIES: dict[str, dict[str, Any]] = {
    "classic": {"working": "Working - Contacted", "objected": "Closed - Not Converted", "country": "Atlantis"},
    "modern": {"working": "Contacted", "objected": "Unqualified", "country": "Germany"},
    "person_accounts": {"working": "Working - Contacted", "objected": "Closed - Not Converted", "country": "Atlantis"},
    "global": {
        "working": "Working",
        "objected": "Lost",
        # The org has two converted statuses, and the default record type offers the second one only.
        "converted": "Won",
        "country": "Japan",
        "custom": {"Region__c": "APAC", "Tier__c": "Gold", "Score__c": 12.3, "acme__Segment__c": "Banks"},
    },
}


@pytest.mark.parametrize("setup", STORIES)
async def test_a_lead_is_led_through_its_whole_life_on_every_set_up(tmp_path: Path, setup: str) -> None:
    (tmp_path / "org.yaml").write_text(f"setup: {setup}\n")
    story = STORIES[setup]
    settings = {"LEAD_STATUS_OBJECTED": story["objected"], "LEAD_STATUS_CONVERTED": story.get("converted", "")}
    custom = {"custom_fields": story["custom"]} if "custom" in story else {}
    lead = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme", "country": story["country"], **custom}

    with running_demo(tmp_path, "--org", "org.yaml", settings=settings) as demo:
        async with Rest(demo) as gateway:
            assert (await gateway.call("salesforce_list_leads"))["count"] == 25

            created = await gateway.call("salesforce_sync_lead", **lead)
            again = await gateway.call("salesforce_sync_lead", **lead)
            changed = await gateway.call("salesforce_sync_lead", **{**lead, "phone": "2"})
            assert [each["action"] for each in (created, again, changed)] == ["created", "unchanged", "updated"]

            stored = await gateway.call("salesforce_get_lead", created["lead_id"])
            assert stored["country"] == story["country"]
            assert {name: stored["custom_fields"][name] for name in story.get("custom", {})} == story.get("custom", {})

            working = await gateway.call("salesforce_update_lead_status", created["lead_id"], status=story["working"])
            assert working["status"] == story["working"]
            objected = await gateway.call("salesforce_sync_lead", email=lead["email"], status="objected")
            assert objected["status"] == story["objected"]

            scheduled = await gateway.call("salesforce_sync_lead", email=lead["email"], status="scheduled")
            assert scheduled["conversion"]["contact_id"]
            second = await gateway.call("salesforce_create_lead", **{**lead, "email": "bea@example.com"})
            assert (await gateway.call("salesforce_delete_lead", second["id"]))["deleted"] is True


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
