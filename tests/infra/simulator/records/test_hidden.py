"""Objects and fields that the user does not see still do their work."""

from __future__ import annotations

import pytest

from infra.simulator.schema.objects import STANDARD_OBJECTS
from infra.simulator.server.app import create_simulator
from tests.infra.simulator.conftest import OrgClient
from tests.infra.simulator.records import writing
from tests.infra.simulator.soap.requests import merge

OTHERS = [each.name for each in STANDARD_OBJECTS if each.name not in ("Lead", "Account", "CurrencyType")]
"""What a new org can hide; it has one currency only."""


def hiding(*names: str) -> dict[str, object]:
    return {"name": "Seller", "objects": dict.fromkeys(names, "hidden")}


@pytest.mark.parametrize("name", OTHERS)
async def test_leads_and_accounts_are_written_whatever_else_is_hidden(org: OrgClient, name: str) -> None:
    lead_id = await org.create()
    account_id, other_id = await org.create("Account", Name="Acme"), await org.create("Account", Name="Globex")
    await org.create("Contact", LastName="Okafor", AccountId=other_id)
    await org.change_org(profile=hiding(name))

    ways = (writing.update, writing.merge, writing.undelete, writing.delete)
    problems = [await way(org, lead_id, {"Status": "Working - Contacted"}) for way in ways]
    merged = await org.soap(merge(account_id, other_id, object_name="Account"))

    assert problems == [[], [], [], []]
    assert "<success>true</success>" in merged.text


async def test_a_merge_moves_what_the_user_does_not_see(org: OrgClient) -> None:
    account_id, other_id = await org.create("Account", Name="Acme"), await org.create("Account", Name="Globex")
    contact_id = await org.create("Contact", LastName="Okafor", AccountId=other_id)
    await org.change_org(profile=hiding("Contact"))

    await org.soap(merge(account_id, other_id, object_name="Account"))
    await org.change_org(profile={"name": "Administrator"})

    assert (await org.read(contact_id, "Contact"))["AccountId"] == account_id


async def test_the_history_of_a_lead_is_kept_for_those_who_see_it(org: OrgClient) -> None:
    lead_id = await org.create()
    await org.change_org(profile=hiding("LeadHistory"))

    await writing.update(org, lead_id, {"Status": "Working - Contacted"})
    await org.change_org(profile={"name": "Administrator"})

    assert await org.query("SELECT NewValue FROM LeadHistory") != []


async def test_hidden_fields_are_filled_by_salesforce(org: OrgClient) -> None:
    fields = [{"name": "Number__c", "type": "auto_number", "display_format": "L-{0000}"}]
    hidden = {"name": "Seller", "fields": dict.fromkeys(("Lead.DoNotCall", "Lead.Number__c"), "hidden")}
    await org.change_org(custom_fields=fields, profile=hidden)

    lead_id = await org.create()
    await org.change_org(profile={"name": "Administrator"})

    lead = await org.read(lead_id)
    assert (lead["DoNotCall"], lead["Number__c"]) == (False, "L-0001")


def test_an_org_may_hide_its_leads_from_the_start() -> None:
    create_simulator(leads=1, set_up={"profile": hiding("Lead")}).close()


async def test_what_the_user_does_not_see_is_deleted_and_put_back_with_its_lead(org: OrgClient) -> None:
    lead_id = await org.create()
    note_id = await org.create("Note", ParentId=lead_id, Title="n")
    await org.change_org(profile=hiding("Note"))

    await writing.delete(org, lead_id, {})
    await org.change_org(profile={"name": "Administrator"})
    gone = await org.query("SELECT Id FROM Note")
    await writing.undelete(org, lead_id, {})

    assert gone == []
    assert (await org.read(note_id, "Note"))["ParentId"] == lead_id


async def test_nothing_is_put_back_below_what_is_deleted_and_hidden(org: OrgClient) -> None:
    lead_id = await org.create()
    note_id = await org.create("Note", ParentId=lead_id, Title="n")
    await org.send("DELETE", f"/sobjects/Note/{note_id}")
    await writing.delete(org, lead_id, {})
    await org.change_org(profile=hiding("Lead"))

    refused = await org.soap(f"<undelete><ids>{note_id}</ids></undelete>")

    assert "<statusCode>UNDELETE_FAILED</statusCode>" in refused.text


async def test_a_hidden_value_that_is_unique_keeps_its_record_in_the_bin(org: OrgClient) -> None:
    await org.change_org(unique_external_id="Key__c")
    lead_id = await org.create(Key__c="k")
    await writing.delete(org, lead_id, {})
    await org.create(Key__c="K")
    await org.change_org(profile={"name": "Seller", "fields": {"Lead.Key__c": "hidden"}})

    refused = await writing.undelete(org, lead_id, {})

    assert [code for code, _, _ in refused] == ["DUPLICATE_VALUE"]
