"""Where the links of describe lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from infra.simulator.schema.objects import STANDARD_OBJECTS
from infra.simulator.setup.settings import SetUpName
from tests.infra.simulator.conftest import REST, OrgClient, error_of

ONLY_BELOW_RECORDS = {each.name for each in STANDARD_OBJECTS if each.filtered_by or not each.queryable}
"""What cannot be asked for without saying of which records."""


@pytest.mark.parametrize("setup", get_args(SetUpName))
async def test_every_link_of_every_describe_leads_somewhere(org: OrgClient, setup: str) -> None:
    await org.create("Account", Name="Acme")
    await org.create("Contact", LastName="Okafor")
    await org.create("Opportunity", Name="Rollout", StageName="Prospecting", CloseDate="2026-11-30")
    await org.create()
    await org.change_org(setup=setup)

    for name in [each["name"] for each in (await org.send("GET", "/sobjects")).json()["sobjects"]]:
        described = (await org.send("GET", f"/sobjects/{name}/describe")).json()
        records = [] if name in ONLY_BELOW_RECORDS else await org.query(f"SELECT Id FROM {name} LIMIT 1")
        for link in _links(described):
            if "{ID}" in link and not records:
                continue
            response = await org.send("GET", link.removeprefix(REST).format(ID=records and records[0]["Id"]))
            assert response.status_code == 200, (link, response.text)


async def test_each_record_type_has_its_own_layout_where_there_are_several(org: OrgClient) -> None:
    await org.change_org(setup="global")

    answer = (await org.send("GET", "/sobjects/Lead/describe/layouts")).json()

    partner = next(each for each in answer["recordTypeMappings"] if each["developerName"] == "Partner")
    statuses = next(each for each in partner["picklistsForRecordType"] if each["picklistName"] == "Status")
    layout = await org.send("GET", partner["urls"]["layout"].removeprefix(REST))
    assert (answer["layouts"], answer["recordTypeSelectorRequired"]) == (None, [True])
    assert layout.json()["id"] == partner["layoutId"]
    assert {value["value"]: value["defaultValue"] for value in statuses["picklistValues"]} == {
        "Working": False,
        "Partner Review": True,
        "Partner Won": False,
        "Lost": False,
    }


async def test_every_link_of_the_list_of_objects_is_one_of_its_describe(org: OrgClient) -> None:
    listed = (await org.send("GET", "/sobjects")).json()["sobjects"]

    for each in listed:
        described = (await org.send("GET", f"/sobjects/{each['name']}/describe")).json()
        assert {**described, **each, "urls": described["urls"]} == described
        assert each["urls"].items() <= described["urls"].items()


@pytest.mark.parametrize("setup", get_args(SetUpName))
async def test_every_reference_is_a_child_relationship_of_where_it_leads(org: OrgClient, setup: str) -> None:
    await org.change_org(setup=setup)
    names = [each["name"] for each in (await org.send("GET", "/sobjects")).json()["sobjects"]]
    all_described = {name: (await org.send("GET", f"/sobjects/{name}/describe")).json() for name in names}

    leading = {
        (target, name, field["name"])
        for name, described in all_described.items()
        for field in described["fields"]
        for target in field["referenceTo"]
    }
    children = [
        (name, child["childSObject"], child["field"])
        for name, described in all_described.items()
        for child in described["childRelationships"]
    ]
    assert sorted(children) == sorted(leading)


async def test_what_the_user_may_not_see_is_no_child(org: OrgClient) -> None:
    await org.change_org(profile={"name": "Seller", "objects": {"Contact": "hidden"}})

    account = (await org.send("GET", "/sobjects/Account/describe")).json()
    below = await org.send("GET", f"/sobjects/Account/{await org.create('Account', Name='Acme')}/Contacts")

    assert "Contact" not in {child["childSObject"] for child in account["childRelationships"]}
    assert error_of(below) == (404, "NOT_FOUND")


async def test_every_scope_of_a_describe_can_be_used(org: OrgClient) -> None:
    described = (await org.send("GET", "/sobjects/Lead/describe")).json()
    await org.create(LastName="Mine")
    [queue] = await org.query("SELECT Id FROM Group WHERE Type = 'Queue'")
    await org.create(LastName="Queued", OwnerId=queue["Id"])

    found = [
        [each["LastName"] for each in await org.query(f"SELECT LastName FROM Lead USING SCOPE {scope['name']}")]
        for scope in described["supportedScopes"]
    ]

    assert found == [["Mine", "Queued"], ["Mine"]]


async def test_what_has_no_pages_has_no_layouts(org: OrgClient) -> None:
    described = (await org.send("GET", "/sobjects/LeadStatus/describe")).json()

    assert (described["layoutable"], "layouts" in described["urls"]) == (False, False)
    for path in ("describe/layouts", "describe/compactLayouts", "listviews", "quickActions"):
        assert error_of(await org.send("GET", f"/sobjects/LeadStatus/{path}")) == (404, "NOT_FOUND")


async def test_a_layout_shows_the_fields_that_can_be_written_and_what_is_below(org: OrgClient) -> None:
    await org.change_org(custom_fields=[{"name": "Score__c", "object": "Account", "required": True}])

    answer = (await org.send("GET", "/sobjects/Account/describe/layouts")).json()

    [layout] = answer["layouts"]
    items = [item for row in layout["editLayoutSections"][0]["layoutRows"] for item in row["layoutItems"]]
    shown = {item["layoutComponents"][0]["value"]: item for item in items}
    assert {"Name", "BillingAddress", "Industry", "Score__c"} <= shown.keys()
    assert not {"BillingCity", "CreatedDate", "Id"} & shown.keys()
    assert (shown["Score__c"]["required"], shown["Industry"]["required"]) == (True, False)
    assert {"Contacts", "Opportunities"} <= {related["name"] for related in layout["relatedLists"]}
    assert [mapping["layoutId"] for mapping in answer["recordTypeMappings"]] == [layout["id"]]


async def test_every_related_list_of_a_layout_has_a_name_of_its_own(org: OrgClient) -> None:
    listed = (await org.send("GET", "/sobjects")).json()["sobjects"]

    for name in [each["name"] for each in listed if each["layoutable"]]:
        [layout] = (await org.send("GET", f"/sobjects/{name}/describe/layouts")).json()["layouts"]
        names = [related["name"] for related in layout["relatedLists"]]
        assert all(names)
        assert len(set(names)) == len(names)


async def test_a_name_and_an_address_stand_for_their_parts(org: OrgClient) -> None:
    [layout] = (await org.send("GET", "/sobjects/Lead/describe/layouts")).json()["layouts"]

    items = [item for row in layout["editLayoutSections"][0]["layoutRows"] for item in row["layoutItems"]]
    shown = {item["layoutComponents"][0]["value"]: item for item in items}
    parts = {
        name: [part["value"] for part in shown[name]["layoutComponents"][0]["components"]]
        for name in ("Name", "Address")
    }
    assert parts["Name"] == ["LastName", "FirstName", "Salutation"]
    assert {"Street", "City", "Country"} <= set(parts["Address"])
    assert (shown["Name"]["required"], shown["Address"]["required"]) == (True, False)
    assert shown["Name"]["editableForNew"]


async def test_users_have_a_layout_of_their_own_for_other_clients(org: OrgClient) -> None:
    described = (await org.send("GET", "/sobjects/User/describe")).json()
    [named] = described["namedLayoutInfos"]

    found = await org.send("GET", named["urls"]["layout"].removeprefix(REST))
    unknown = await org.send("GET", "/sobjects/User/describe/namedLayouts/Nope")

    assert found.json()["layouts"][0]["id"].startswith("00h")
    assert error_of(unknown) == (404, "NOT_FOUND")


async def test_the_compact_layouts_of_several_objects_come_together(org: OrgClient) -> None:
    found = (await org.send("GET", "/compactLayouts", params={"q": "Account,lead"})).json()
    primary = (await org.send("GET", "/sobjects/Lead/describe/compactLayouts/primary")).json()

    assert [*found] == ["Account", "Lead"]
    assert found["Lead"] == primary
    assert [item["label"] for item in primary["fieldItems"]][:3] == ["Full Name", "Title", "Company"]


def _links(content: Any) -> Iterator[str]:
    """Every path to REST resources, however deep."""
    if isinstance(content, str) and content.startswith(REST):
        yield content
    elif isinstance(content, (dict, list)):
        for value in content.values() if isinstance(content, dict) else content:
            yield from _links(value)
