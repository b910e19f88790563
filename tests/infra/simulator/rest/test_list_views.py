"""List views: which there are, and what they list."""

from __future__ import annotations

import pytest

from infra.simulator.schema.list_views import list_views
from infra.simulator.schema.objects import STANDARD_OBJECTS
from tests.infra.simulator.conftest import REST, Clock, OrgClient, error_of

OBJECTS = {sobject.name: sobject for sobject in STANDARD_OBJECTS}
VIEWED = [name for name, sobject in OBJECTS.items() if list_views(sobject, OBJECTS.get)]


@pytest.mark.parametrize("name", VIEWED)
async def test_every_list_view_can_be_described_and_run_as_the_query_it_is(org: OrgClient, name: str) -> None:
    views = (await org.send("GET", f"/sobjects/{name}/listviews")).json()["listviews"]

    assert len({view["id"] for view in views}) == len(views) > 0
    for view in views:
        shown = await org.send("GET", view["url"].removeprefix(REST))
        described = (await org.send("GET", view["describeUrl"].removeprefix(REST))).json()
        result = (await org.send("GET", view["resultsUrl"].removeprefix(REST))).json()
        explained = (await org.send("GET", "/query", params={"explain": view["id"]})).json()
        assert shown.json() == view
        assert result["size"] == len(await org.query(described["query"]))
        assert result["columns"] == described["columns"]
        assert explained["sourceQuery"] == described["query"]


async def test_open_leads_are_listed_with_what_tells_them_apart(org: OrgClient) -> None:
    await org.create(LastName="Baker", Status="Working - Contacted")
    await org.create(LastName="Adams", IsConverted=True)
    await org.create(LastName="Adams", FirstName="Eve", IsUnreadByOwner=True)

    everybody = (await org.send("GET", "/sobjects/Lead/listviews/AllOpenLeads/results")).json()
    unread = (await org.send("GET", "/sobjects/Lead/listviews/MyUnreadLeads/results")).json()

    rows = [{cell["fieldNameOrPath"]: cell["value"] for cell in row["columns"]} for row in everybody["records"]]
    assert [row["Name"] for row in rows] == ["Baker", "Eve Adams"]
    assert (rows[0]["Status"], rows[0]["Owner.Alias"]) == ("Working - Contacted", "demo")
    assert [row["columns"][0]["value"] for row in unread["records"]] == ["Eve Adams"]


async def test_what_was_looked_at_last_is_listed_first(org: OrgClient, clock: Clock) -> None:
    for name in ("First", "Second", "Never"):
        lead_id = await org.create(LastName=name)
        clock.move(minutes=1)
        if name != "Never":
            await org.read(lead_id)

    seen = (await org.send("GET", "/sobjects/Lead/listviews/RecentlyViewedLeads/results")).json()

    assert [row["columns"][0]["value"] for row in seen["records"]] == ["Second", "First"]


async def test_a_list_comes_in_portions(org: OrgClient) -> None:
    for number in range(30):
        await org.create(LastName=f"L{number:02}")
    path = "/sobjects/Lead/listviews/AllOpenLeads/results"

    first = (await org.send("GET", path)).json()
    rest = (await org.send("GET", path, params={"limit": "100", "offset": "25"})).json()

    assert (first["size"], rest["size"]) == (25, 5)
    assert rest["records"][0]["columns"][0]["value"] == "L25"
    for wrong in ({"limit": "-1"}, {"offset": "2001"}, {"limit": "many"}):
        assert error_of(await org.send("GET", path, params=wrong)) == (400, "INVALID_REQUEST_PARAMETER")


@pytest.mark.parametrize("hidden", ["Account", "User"])
@pytest.mark.parametrize("name", ["Contact", "Opportunity"])
async def test_a_list_shows_no_names_of_what_the_user_does_not_see(org: OrgClient, name: str, hidden: str) -> None:
    await org.change_org(profile={"name": "Seller", "objects": {hidden: "hidden"}})

    listed = await org.send("GET", f"/sobjects/{name}/listviews/All{OBJECTS[name].plural}/results")

    paths = {column["fieldNameOrPath"] for column in listed.json()["columns"]}
    seen = {"AccountId", "Owner.Alias"} if hidden == "Account" else {"Account.Name", "OwnerId"}
    assert paths & {"AccountId", "Account.Name", "OwnerId", "Owner.Alias"} == seen


async def test_there_is_no_list_by_a_field_that_the_user_does_not_see(org: OrgClient) -> None:
    before = (await org.send("GET", "/sobjects/Lead/listviews")).json()["listviews"]
    await org.change_org(profile={"name": "Seller", "fields": {"Lead.IsUnreadByOwner": "hidden"}})

    after = (await org.send("GET", "/sobjects/Lead/listviews")).json()["listviews"]

    assert after == [view for view in before if view["developerName"] != "MyUnreadLeads"]


async def test_an_unknown_list_view_is_not_found(org: OrgClient) -> None:
    for path in ("Nope", "00B000000000000AAA", "Nope/describe", "Nope/results"):
        assert error_of(await org.send("GET", f"/sobjects/Lead/listviews/{path}")) == (404, "NOT_FOUND")
