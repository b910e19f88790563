"""Objects that the user does not see still do their work."""

from __future__ import annotations

import pytest

from infra.simulator.schema.objects import STANDARD_OBJECTS
from infra.simulator.server.app import create_simulator
from tests.infra.simulator.conftest import OrgClient
from tests.infra.simulator.records import writing

OTHERS = [each.name for each in STANDARD_OBJECTS if each.name not in ("Lead", "Account", "CurrencyType")]
"""What a new org can hide; it has one currency only."""


def hiding(*names: str) -> dict[str, object]:
    return {"name": "Seller", "objects": dict.fromkeys(names, "hidden")}


async def merged(org: OrgClient, account_id: str, other_id: str) -> str:
    master = f"<masterRecord><type>Account</type><Id>{account_id}</Id></masterRecord>"
    request = f"<request>{master}<recordToMergeIds>{other_id}</recordToMergeIds></request>"
    return (await org.soap(f"<merge>{request}</merge>")).text


@pytest.mark.parametrize("name", OTHERS)
async def test_leads_and_accounts_are_written_whatever_else_is_hidden(org: OrgClient, name: str) -> None:
    lead_id = await org.create()
    account_id, other_id = await org.create("Account", Name="Acme"), await org.create("Account", Name="Globex")
    await org.create("Contact", LastName="Okafor", AccountId=other_id)
    await org.change_org(profile=hiding(name))

    ways = (writing.update, writing.merge, writing.undelete, writing.delete)
    problems = [await way(org, lead_id, {"Status": "Working - Contacted"}) for way in ways]

    assert problems == [[], [], [], []]
    assert "<success>true</success>" in await merged(org, account_id, other_id)


async def test_a_merge_moves_what_the_user_does_not_see(org: OrgClient) -> None:
    account_id, other_id = await org.create("Account", Name="Acme"), await org.create("Account", Name="Globex")
    contact_id = await org.create("Contact", LastName="Okafor", AccountId=other_id)
    await org.change_org(profile=hiding("Contact"))

    await merged(org, account_id, other_id)
    await org.change_org(profile={"name": "Administrator"})

    assert (await org.read(contact_id, "Contact"))["AccountId"] == account_id


async def test_the_history_of_a_lead_is_kept_for_those_who_see_it(org: OrgClient) -> None:
    lead_id = await org.create()
    await org.change_org(profile=hiding("LeadHistory"))

    await writing.update(org, lead_id, {"Status": "Working - Contacted"})
    await org.change_org(profile={"name": "Administrator"})

    assert await org.query("SELECT NewValue FROM LeadHistory") != []


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
