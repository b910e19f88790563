"""What an org tells about its objects and fields when it is queried."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import REST, OrgClient, error_of

FIELDS: list[dict[str, Any]] = [
    {"name": "Score__c", "type": "double", "precision": 5, "scale": 1},
    {"name": "Key__c", "length": 40, "unique": True, "external_id": True},
    {"name": "Story__c", "type": "textarea", "length": 4000},
    {"name": "acme__Likes__c", "type": "multipicklist", "values": ["A", "B"]},
]


async def _types(org: OrgClient, name: str) -> dict[str, str]:
    query = f"SELECT QualifiedApiName, DataType FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = '{name}'"
    return {each["QualifiedApiName"]: each["DataType"] for each in await org.query(query)}


async def test_objects_are_told_about_with_what_can_be_done_with_them(org: OrgClient) -> None:
    query = "SELECT QualifiedApiName, Label, PluralLabel, KeyPrefix, IsQueryable, IsEverCreatable FROM EntityDefinition"
    found = {each["QualifiedApiName"]: each for each in await org.query(query)}
    listed = (await org.send("GET", "/sobjects")).json()["sobjects"]

    assert {each["name"]: each["keyPrefix"] for each in listed} == {
        name: each["KeyPrefix"] for name, each in found.items()
    }
    assert (found["Lead"]["PluralLabel"], found["Lead"]["IsEverCreatable"]) == ("Leads", True)
    assert (found["LeadStatus"]["IsQueryable"], found["LeadStatus"]["IsEverCreatable"]) == (True, False)


async def test_types_are_told_in_the_words_of_the_set_up(org: OrgClient) -> None:
    await org.change_org(custom_fields=FIELDS)

    types = await _types(org, "Lead")

    told = ("Company", "Email", "Status", "AnnualRevenue", "NumberOfEmployees", "Description", "OwnerId", "CreatedDate")
    assert [types[name] for name in told] == [
        "Text(255)",
        "Email",
        "Picklist",
        "Currency(18, 0)",
        "Number(8, 0)",
        "Long Text Area(32000)",
        "Lookup(Group,User)",
        "Date/Time",
    ]
    assert [types[name] for name in ("Name", "Address", "IsConverted")] == ["Name", "Address", "Checkbox"]
    assert [types[str(field["name"])] for field in FIELDS] == [
        "Number(4, 1)",
        "Text(40) (External ID) (Unique Case Insensitive)",
        "Long Text Area(4000)",
        "Picklist (Multi-Select)",
    ]


async def test_a_change_of_the_org_is_told_at_once(org: OrgClient) -> None:
    before = await _types(org, "Lead")
    await org.change_org(custom_fields=FIELDS)
    after = await _types(org, "Lead")
    await org.change_org(custom_fields=[])

    assert after.keys() - before.keys() == {field["name"] for field in FIELDS}
    assert await _types(org, "Lead") == before


async def test_parts_of_compound_fields_are_particles_and_no_definitions(org: OrgClient) -> None:
    particles = await org.query(
        "SELECT QualifiedApiName, FieldDefinitionId, FieldDefinition.DataType FROM EntityParticle "
        "WHERE EntityDefinition.QualifiedApiName = 'Lead' AND IsComponent = true"
    )

    found = {each["QualifiedApiName"]: each for each in particles}
    assert found["Street"]["FieldDefinition"]["DataType"] == "Address"
    assert found["FirstName"]["FieldDefinitionId"] == "Lead.Name"
    assert not found.keys() & (await _types(org, "Lead")).keys()
    wholes = await org.query(
        "SELECT Name FROM EntityParticle WHERE EntityDefinitionId = 'Lead' AND IsCompound = true ORDER BY Name"
    )
    assert [each["Name"] for each in wholes] == ["Address", "Name"]


async def test_a_particle_says_what_describe_says(org: OrgClient) -> None:
    described = (await org.send("GET", "/sobjects/Opportunity/describe")).json()["fields"]
    query = "SELECT FIELDS(ALL) FROM EntityParticle WHERE EntityDefinitionId = 'Opportunity' LIMIT 200"

    particles = {each["Name"]: each for each in await org.query(query)}

    assert particles.keys() == {field["name"] for field in described}
    for field in described:
        particle = particles[field["name"]]
        assert (particle["DataType"], particle["Length"], particle["Scale"]) == (
            field["type"],
            field["length"],
            field["scale"],
        )
        assert (particle["IsCreatable"], particle["IsNillable"], particle["IsApiSortable"]) == (
            field["createable"],
            field["nillable"],
            field["sortable"],
        )


async def test_a_custom_field_is_named_without_its_ending_and_its_namespace(org: OrgClient) -> None:
    await org.change_org(custom_fields=FIELDS)

    [field] = await org.query(
        "SELECT DurableId, DeveloperName, NamespacePrefix, EntityDefinition.KeyPrefix FROM FieldDefinition "
        "WHERE QualifiedApiName = 'acme__likes__c'"
    )

    [owner] = await org.query("SELECT DeveloperName FROM FieldDefinition WHERE DurableId = 'Lead.OwnerId'")
    assert (field["DeveloperName"], field["NamespacePrefix"]) == ("Likes", "acme")
    assert owner["DeveloperName"] == "Owner"
    assert field["DurableId"].startswith("Lead.00N")
    assert field["EntityDefinition"]["KeyPrefix"] == "00Q"


@pytest.mark.parametrize(("name", "namespace"), [("Place__c", None), ("acme__Place__c", "acme")])
async def test_the_parts_of_a_place_are_of_its_namespace(org: OrgClient, name: str, namespace: str | None) -> None:
    await org.change_org(custom_fields=[{"name": name, "type": "location"}])

    found = await org.query("SELECT Name, DeveloperName, NamespacePrefix FROM EntityParticle WHERE IsComponent = true")

    parts = {each["DeveloperName"]: each["NamespacePrefix"] for each in found if each["Name"].endswith("__s")}
    assert parts == {"Place__Latitude": namespace, "Place__Longitude": namespace}


async def test_an_object_lists_its_fields(org: OrgClient) -> None:
    query = "SELECT Label, (SELECT QualifiedApiName FROM Fields) FROM EntityDefinition WHERE QualifiedApiName = 'Lead'"

    [lead] = await org.query(query)

    assert {each["QualifiedApiName"] for each in lead["Fields"]["records"]} == (await _types(org, "Lead")).keys()


async def test_a_definition_can_be_read_at_its_url(org: OrgClient) -> None:
    [lead] = await org.query("SELECT Label FROM EntityDefinition WHERE DurableId = 'Lead'")

    read = await org.send("GET", lead["attributes"]["url"].removeprefix(REST))

    assert (read.status_code, read.json()["QualifiedApiName"]) == (200, "Lead")
    assert error_of(await org.send("GET", "/sobjects/EntityDefinition/Nope")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/query", "/tooling/query"])
async def test_definitions_can_be_asked_for_over_both_apis(org: OrgClient, path: str) -> None:
    query = "SELECT Label FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Lead' LIMIT 3"

    answer = await org.send("GET", path, params={"q": query})

    assert answer.json()["totalSize"] == 3


async def test_tooling_knows_nothing_but_definitions(org: OrgClient) -> None:
    for query, code in (
        ("SELECT Id FROM Lead", "INVALID_TYPE"),
        ("SELECT Id FROM ApexClass", "INVALID_TYPE"),
        ("SELECT", "MALFORMED_QUERY"),
        ("", "MALFORMED_QUERY"),
    ):
        assert error_of(await org.send("GET", "/tooling/query", params={"q": query})) == (400, code)
