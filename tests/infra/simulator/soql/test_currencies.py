"""SOQL: amounts in an org with several currencies."""

from __future__ import annotations

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of

CURRENCIES = [
    {"code": "EUR", "corporate": True},
    {"code": "USD", "rate": 1.25},
    {"code": "JPY", "rate": 200, "decimals": 0},
    {"code": "DEM", "rate": 2, "active": False},
]


@pytest.fixture
async def amounts(org: OrgClient) -> OrgClient:
    """Leads worth 1,000 EUR, 800 EUR and 100 EUR, and one of unknown worth."""
    await org.change_org(currencies=CURRENCIES)
    for code, revenue in (("EUR", 1000), ("USD", 1000), ("JPY", 20_000), ("EUR", None)):
        await org.create(LastName=f"{code} {revenue}", AnnualRevenue=revenue, CurrencyIsoCode=code)
    return org


async def test_an_amount_with_a_currency_is_compared_by_its_worth(amounts: OrgClient) -> None:
    assert await amounts.names("AnnualRevenue > 900") == ["EUR 1000", "JPY 20000", "USD 1000"], "a bare number as it is"
    assert await amounts.names("AnnualRevenue >= EUR800") == ["EUR 1000", "USD 1000"]
    assert await amounts.names("AnnualRevenue > usd1000.00") == ["EUR 1000"]
    assert await amounts.names("AnnualRevenue IN (USD1250, JPY20000)") == ["EUR 1000", "JPY 20000"]


async def test_amounts_are_shown_and_summed_in_the_currency_of_the_user(amounts: OrgClient) -> None:
    leads = await amounts.query(
        "SELECT AnnualRevenue, convertCurrency(AnnualRevenue) c, FORMAT(AnnualRevenue) f, "
        "FORMAT(convertCurrency(AnnualRevenue)) fc FROM Lead ORDER BY LastName"
    )
    [total] = await amounts.query("SELECT SUM(AnnualRevenue) s, FORMAT(MIN(AnnualRevenue)) m FROM Lead")
    groups = await amounts.query(
        "SELECT CurrencyIsoCode c FROM Lead GROUP BY CurrencyIsoCode HAVING MAX(AnnualRevenue) < USD1100 ORDER BY "
        "MAX(AnnualRevenue)"
    )

    assert [(lead["AnnualRevenue"], lead["c"], lead["f"], lead["fc"]) for lead in leads] == [
        (1000, 1000, "EUR 1,000", "EUR 1,000"),
        (None, None, None, None),
        (20_000, 100, "JPY 20,000", "EUR 100"),
        (1000, 800, "USD 1,000", "EUR 800"),
    ]
    assert (total["s"], total["m"]) == (1900, "EUR 100")
    assert [group["c"] for group in groups] == ["JPY", "USD"]


@pytest.mark.parametrize("literal", ["DEM5", "XYZ5", "CHF1.5"])
async def test_a_currency_the_org_does_not_use_is_refused(amounts: OrgClient, literal: str) -> None:
    response = await amounts.ask(f"SELECT Id FROM Lead WHERE AnnualRevenue = {literal}")

    assert error_of(response) == (400, "INVALID_FIELD")
    assert response.json()[0]["message"].endswith("is no active currency of this organization")


async def test_an_org_with_one_currency_knows_that_one(org: OrgClient) -> None:
    await org.create(AnnualRevenue=5)

    assert await org.names("AnnualRevenue = USD5") == ["Okafor"]
    assert error_of(await org.ask("SELECT Id FROM Lead WHERE AnnualRevenue = EUR5")) == (400, "INVALID_FIELD")
    assert error_of(await org.ask("SELECT Id FROM Lead WHERE LastName = USD5")) == (400, "INVALID_FIELD")
