"""Permission sets as records."""

from __future__ import annotations

from tests.infra.simulator.conftest import OrgClient


async def test_every_user_has_the_permission_set_of_their_profile(org: OrgClient) -> None:
    found = await org.query(
        "SELECT Assignee.Username, PermissionSet.Profile.Name, PermissionSet.IsOwnedByProfile "
        "FROM PermissionSetAssignment ORDER BY Assignee.Username"
    )

    assert [each["PermissionSet"]["IsOwnedByProfile"] for each in found] == [True, True]
    assert {each["Assignee"]["Username"]: each["PermissionSet"]["Profile"]["Name"] for each in found} == {
        "demo@example.com": "System Administrator",
        "seller1@example.com": "Standard User",
    }


async def test_the_permission_sets_of_the_settings_are_those_of_the_user(org: OrgClient) -> None:
    await org.change_org(permission_sets=[{"name": "Lead API"}, {"name": "Reports (all)"}])
    query = "SELECT Name, Label, (SELECT Assignee.Username FROM Assignments) FROM PermissionSet WHERE IsCustom = true"
    found = {each["Label"]: each for each in await org.query(query)}
    await org.change_org(permission_sets=[])

    assert [each["Name"] for each in found.values()] == ["Lead_API", "Reports_all"]
    assert found["Lead API"]["Assignments"]["records"][0]["Assignee"]["Username"] == "demo@example.com"
    assert await org.query(query) == []
