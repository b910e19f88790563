"""Fields that follow from others."""

from __future__ import annotations

from typing import Any

import pytest

from infra.simulator.schema.opportunity import FORECASTS, STAGES, Stage
from tests.infra.simulator.conftest import Clock, OrgClient
from tests.infra.simulator.soap.requests import convert_lead, lead_convert


async def _sale(org: OrgClient, **fields: Any) -> str:
    defaults = {"Name": "Rollout", "StageName": "Prospecting", "CloseDate": "2026-11-30"}
    return await org.create("Opportunity", **{**defaults, **fields})


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
async def test_the_stage_of_an_opportunity_says_how_likely_it_is(org: OrgClient, stage: Stage) -> None:
    sale = await org.read(await _sale(org, StageName=stage.name, Amount=1000), "Opportunity")

    assert (sale["Probability"], sale["ExpectedRevenue"]) == (stage.probability, stage.probability * 10)
    assert (sale["IsClosed"], sale["IsWon"]) == (stage.is_closed, stage.is_won)
    assert (sale["ForecastCategoryName"], sale["ForecastCategory"]) == (stage.forecast, FORECASTS[stage.forecast])


async def test_what_is_said_of_an_opportunity_counts_until_its_stage_changes(org: OrgClient, clock: Clock) -> None:
    sale_id = await _sale(org, Amount=200, Probability=30, ForecastCategoryName="Best Case")
    said = await org.read(sale_id, "Opportunity")
    clock.move(minutes=5)

    await org.send("PATCH", f"/sobjects/Opportunity/{sale_id}", json={"StageName": "Closed Won"})

    moved = await org.read(sale_id, "Opportunity")
    assert (said["ExpectedRevenue"], said["ForecastCategory"], said["LastStageChangeDate"]) == (60, "BestCase", None)
    assert (moved["ExpectedRevenue"], moved["ForecastCategory"], moved["IsWon"]) == (200, "Closed", True)
    assert moved["LastStageChangeDate"] == "2026-03-17T09:35:00.000+0000"


async def test_the_close_date_says_the_fiscal_period_and_counts_when_it_is_put_off(org: OrgClient) -> None:
    sale_id = await _sale(org, CloseDate="2026-11-30")
    for day in ("2026-11-02", "2026-12-01", "2026-12-31", "2027-01-01"):
        await org.send("PATCH", f"/sobjects/Opportunity/{sale_id}", json={"CloseDate": day})

    sale = await org.read(sale_id, "Opportunity")

    assert (sale["Fiscal"], sale["FiscalYear"], sale["FiscalQuarter"]) == ("2027 1", 2027, 1)
    assert sale["PushCount"] == 2


async def test_a_stage_the_org_does_not_know_is_kept_and_says_nothing(org: OrgClient) -> None:
    sale = await org.read(await _sale(org, StageName="Dreaming"), "Opportunity")

    assert (sale["StageName"], sale["Probability"], sale["ExpectedRevenue"]) == ("Dreaming", 0, None)
    assert (sale["ForecastCategoryName"], sale["IsClosed"]) == ("Pipeline", False)


async def test_the_stages_of_the_set_up_are_records_and_the_first_is_that_of_a_conversion(org: OrgClient) -> None:
    stages = {"values": [{"value": "Talking"}, {"value": "Closed Won"}], "restricted": True}
    await org.change_org(picklists={"Opportunity.StageName": stages})
    lead_id = await org.create()

    query = "SELECT ApiName, IsActive, IsWon, DefaultProbability FROM OpportunityStage ORDER BY SortOrder"
    found = [(each["ApiName"], each["IsWon"], each["DefaultProbability"]) for each in await org.query(query)]
    await org.soap(convert_lead(lead_convert(lead_id)))

    [sale] = await org.query("SELECT StageName, Probability FROM Opportunity")
    assert found == [("Talking", False, 0), ("Closed Won", True, 100)]
    assert (sale["StageName"], sale["Probability"]) == ("Talking", 0)


async def test_users_have_a_profile_a_role_and_a_manager(org: OrgClient) -> None:
    [seller] = await org.query(
        "SELECT Profile.Name, Profile.UserLicense.Name, UserRole.Name, UserRole.ParentRole.Name, Manager.Name "
        "FROM User WHERE LastName = 'Seller'"
    )

    assert (seller["Profile"]["Name"], seller["Profile"]["UserLicense"]["Name"]) == ("Standard User", "Salesforce")
    assert (seller["UserRole"]["Name"], seller["UserRole"]["ParentRole"]["Name"]) == ("Sales Representative", "CEO")
    assert seller["Manager"]["Name"] == "Demo User"


async def test_queues_say_which_objects_they_own(org: OrgClient) -> None:
    [queue] = await org.query("SELECT Queue.Name, Queue.Type FROM QueueSobject WHERE SobjectType = 'Lead'")

    assert (queue["Queue"]["Name"], queue["Queue"]["Type"]) == ("Lead Queue", "Queue")
