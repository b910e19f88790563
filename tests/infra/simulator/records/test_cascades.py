"""What hangs below a record goes where the record goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of
from tests.infra.simulator.soap.requests import merge

BELOW: list[tuple[str, dict[str, Any]]] = [
    ("CampaignMember", {"CampaignId": "{campaign}", "LeadId": "{lead}"}),
    ("Task", {"WhoId": "{lead}"}),
    ("Event", {"WhoId": "{lead}", "StartDateTime": "2026-03-16T10:00:00Z", "DurationInMinutes": 5}),
    ("Note", {"ParentId": "{lead}", "Title": "n"}),
    ("Attachment", {"ParentId": "{lead}", "Name": "a.txt", "Body": "YQ=="}),
    ("ContentDocumentLink", {"LinkedEntityId": "{lead}", "ContentDocumentId": "{document}"}),
]


@pytest.fixture
async def ids(org: OrgClient) -> dict[str, str]:
    version = await org.create("ContentVersion", PathOnClient="a.txt", VersionData="YQ==")
    return {
        "lead": await org.create(),
        "campaign": await org.create("Campaign", Name="Fair"),
        "document": (await org.read(version, "ContentVersion"))["ContentDocumentId"],
    }


@pytest.mark.parametrize(("name", "fields"), BELOW)
async def test_it_is_deleted_with_its_lead_and_put_back_with_it(
    org: OrgClient, ids: dict[str, str], name: str, fields: dict[str, Any]
) -> None:
    below = await org.create(name, **{key: str(value).format(**ids) for key, value in fields.items()})

    await org.send("DELETE", f"/sobjects/Lead/{ids['lead']}")
    gone = await org.send("GET", f"/sobjects/{name}/{below}")
    await org.soap(f"<undelete><ids>{ids['lead']}</ids></undelete>")

    assert error_of(gone) == (404, "ENTITY_IS_DELETED")
    assert (await org.read(below, name))["IsDeleted"] is False


@pytest.mark.parametrize(("name", "fields"), BELOW)
async def test_it_goes_to_the_lead_that_its_lead_is_merged_into(
    org: OrgClient, ids: dict[str, str], name: str, fields: dict[str, Any]
) -> None:
    below = await org.create(name, **{key: str(value).format(**ids) for key, value in fields.items()})
    master = await org.create()

    answer = await org.soap(merge(master, ids["lead"]))

    record = await org.read(below, name)
    assert master in (record.get(key) for key, value in fields.items() if value == "{lead}")
    assert f"<updatedRelatedIds>{below}</updatedRelatedIds>" in answer.text


_NEEDED: dict[str, dict[str, Any]] = {
    "Lead": {},
    "Account": {"Name": "Globex"},
    "Contact": {"LastName": "Smith"},
    "Opportunity": {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-04-01"},
    "Campaign": {"Name": "Fair"},
    "Visit__c": {},
}
_CUSTOM = [(name, f"Its_{target.removesuffix('__c')}__c", target) for name in _NEEDED for target in _NEEDED]
LOOKUPS = [
    ("Account", "ParentId", "Account"),
    ("Contact", "ReportsToId", "Contact"),
    ("Campaign", "ParentId", "Campaign"),
    ("Opportunity", "CampaignId", "Campaign"),
    *_CUSTOM,
]


@pytest.fixture
async def lookups(org: OrgClient) -> OrgClient:
    """An org in which every kind of record may look up to every kind of record."""
    fields = [{"object": name, "name": field, "type": "reference", "to": target} for name, field, target in _CUSTOM]
    await org.change_org(custom_objects=[{"name": "Visit__c"}], custom_fields=fields)
    return org


@pytest.mark.parametrize(("name", "field", "target"), LOOKUPS)
async def test_a_lookup_is_empty_while_its_record_is_deleted(
    lookups: OrgClient, name: str, field: str, target: str
) -> None:
    above = await lookups.create(target, **_NEEDED[target])
    other = await lookups.create(target, **_NEEDED[target])
    below, turned = [await lookups.create(name, **_NEEDED[name], **{field: above}) for _ in range(2)]

    await lookups.send("DELETE", f"/sobjects/{target}/{above}")
    cleared = [(await lookups.read(each, name))[field] for each in (below, turned)]
    await lookups.send("PATCH", f"/sobjects/{name}/{turned}", json={field: other})
    await lookups.soap(f"<undelete><ids>{above}</ids></undelete>")

    assert cleared == [None, None]
    assert [(await lookups.read(each, name))[field] for each in (below, turned)] == [above, other]
    changes = [each["fields"] for each in await lookups.ledger() if each["op"] == "update" and each["id"] == below]
    assert changes == [{field: None}, {field: above}]


async def test_campaigns_that_end_up_in_a_circle_can_still_be_read_and_are_no_parents(org: OrgClient) -> None:
    top = await org.create("Campaign", Name="Top")
    middle = await org.create("Campaign", Name="Middle", ParentId=top)
    low = await org.create("Campaign", Name="Low", ParentId=middle)
    await org.send("DELETE", f"/sobjects/Campaign/{middle}")
    await org.send("PATCH", f"/sobjects/Campaign/{top}", json={"ParentId": low})

    await org.soap(f"<undelete><ids>{middle}</ids></undelete>")

    assert (await org.read(low, "Campaign"))["ParentId"] == middle
    refused = await org.send("POST", "/sobjects/Campaign", json={"Name": "New", "ParentId": low})
    assert error_of(refused) == (400, "CIRCULAR_DEPENDENCY")


async def test_what_was_deleted_before_stays_deleted(org: OrgClient) -> None:
    lead = await org.create()
    note = await org.create("Note", ParentId=lead, Title="n")
    await org.send("DELETE", f"/sobjects/Note/{note}")
    await org.send("DELETE", f"/sobjects/Lead/{lead}")

    await org.soap(f"<undelete><ids>{lead}</ids></undelete>")

    assert error_of(await org.send("GET", f"/sobjects/Note/{note}")) == (404, "ENTITY_IS_DELETED")


async def test_the_link_of_a_file_to_its_owner_can_be_put_back(org: OrgClient, ids: dict[str, str]) -> None:
    of_file = f"ContentDocumentId = '{ids['document']}'"
    [link] = await org.query(f"SELECT Id FROM ContentDocumentLink WHERE {of_file}")
    await org.send("DELETE", f"/sobjects/ContentDocumentLink/{link['Id']}")

    answer = await org.soap(f"<undelete><ids>{link['Id']}</ids></undelete>")

    assert "<success>true</success>" in answer.text


async def test_who_has_become_a_member_again_is_not_put_back_as_one(org: OrgClient, ids: dict[str, str]) -> None:
    member = {"CampaignId": ids["campaign"], "LeadId": ids["lead"]}
    first = await org.create("CampaignMember", **member)
    await org.send("DELETE", f"/sobjects/CampaignMember/{first}")
    second = await org.create("CampaignMember", **member)

    refused = await org.soap(f"<undelete><ids>{first}</ids></undelete>")

    assert "<statusCode>DUPLICATE_VALUE</statusCode>" in refused.text
    assert [each["Id"] for each in await org.query("SELECT Id FROM CampaignMember")] == [second]


async def test_a_lead_and_its_double_are_one_member_after_the_merge(org: OrgClient, ids: dict[str, str]) -> None:
    master = await org.create()
    kept = await org.create("CampaignMember", CampaignId=ids["campaign"], LeadId=master)
    await org.create("CampaignMember", CampaignId=ids["campaign"], LeadId=ids["lead"])

    await org.soap(merge(master, ids["lead"]))

    assert [member["Id"] for member in await org.query("SELECT Id FROM CampaignMember")] == [kept]


async def test_an_account_takes_its_contacts_and_deals_and_what_hangs_below_them(org: OrgClient) -> None:
    account = await org.create("Account", Name="Globex")
    contact = await org.create("Contact", LastName="Smith", AccountId=account)
    deal = {"StageName": "Prospecting", "CloseDate": "2026-04-01", "AccountId": account}
    await org.create("Opportunity", Name="Deal", **deal)
    await org.create("Task", WhoId=contact)
    names = ("Account", "Contact", "Opportunity", "Task")

    await org.send("DELETE", f"/sobjects/Account/{account}")
    gone = [await org.query(f"SELECT Id FROM {name}") for name in names]
    await org.soap(f"<undelete><ids>{account}</ids></undelete>")

    assert gone == [[], [], [], []]
    assert [len(await org.query(f"SELECT Id FROM {name}")) for name in names] == [1, 1, 1, 1]
