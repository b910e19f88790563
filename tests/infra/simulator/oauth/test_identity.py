"""Who is logged in."""

from __future__ import annotations

import pytest

from tests.infra.simulator.conftest import OrgClient


async def test_userinfo_tells_user_and_org(org: OrgClient) -> None:
    response = await org.http.get("/services/oauth2/userinfo", headers=org.bearer)

    claims = response.json()
    [user] = await org.query("SELECT Id FROM User WHERE Username = 'demo@example.com'")
    [organization] = await org.query("SELECT Id FROM Organization")
    assert (claims["user_id"], claims["organization_id"]) == (user["Id"], organization["Id"])
    assert (claims["preferred_username"], claims["name"]) == ("demo@example.com", "Demo User")


async def test_the_identity_url_of_the_resource_index_leads_to_the_user(org: OrgClient) -> None:
    url = (await org.send("GET", "/")).json()["identity"]

    response = await org.http.get(url, params={"oauth_token": org.access_token, "format": "json"})

    assert (response.json()["id"], response.json()["email"]) == (url, "demo@example.com")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
async def test_without_a_live_session_nobody_is_told(org: OrgClient, headers: dict[str, str]) -> None:
    response = await org.http.get("/services/oauth2/userinfo", headers=headers)

    assert (response.status_code, response.text.endswith("_OAuth_Token")) == (403, True)


async def test_the_identity_of_others_is_not_told(org: OrgClient) -> None:
    url = (await org.send("GET", "/")).json()["identity"]
    other = url.replace("/005", "/00X")

    response = await org.http.get(other, params={"oauth_token": org.access_token})

    assert (response.status_code, response.text) == (403, "Wrong_Org")


async def test_the_org_tells_what_it_is_and_whose_profile_a_user_has(org: OrgClient) -> None:
    wanted = "Name, InstanceName, IsSandbox, TrialExpirationDate, NamespacePrefix, OrganizationType"
    [organization] = await org.query(f"SELECT {wanted} FROM Organization")
    [profile] = await org.query(
        "SELECT name FROM Profile WHERE Id IN (SELECT ProfileId FROM User WHERE username = 'demo@example.com')"
    )

    del organization["attributes"]
    assert [*organization.values()] == ["Demo Org", "SIM1", False, None, None, "Developer Edition"]
    assert profile["Name"] == "System Administrator"
