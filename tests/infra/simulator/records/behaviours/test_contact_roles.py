"""The parts that contacts have in deals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import OrgClient, error_of
from tests.infra.simulator.soap.requests import lead_convert, merge
from tests.infra.simulator.soap.test_conversion import convert

DEAL = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-04-01"}


async def roles(org: OrgClient) -> list[tuple[str, bool]]:
    """Who has a role, the earliest first, and whether it is the primary one."""
    found = await org.query("SELECT ContactId, IsPrimary FROM OpportunityContactRole ORDER BY Id")
    return [(role["ContactId"], role["IsPrimary"]) for role in found]


async def primary_contact(org: OrgClient, deal: str) -> Any:
    return (await org.read(deal, "Opportunity"))["ContactId"]


async def test_a_converted_lead_has_the_primary_role_in_its_deal(org: OrgClient) -> None:
    [result] = await convert(org, lead_convert(await org.create()))

    inner = "SELECT OpportunityId, ContactId, Role, IsPrimary FROM OpportunityContactRoles"
    [deal] = await org.query(f"SELECT Id, ContactId, ({inner}) FROM Opportunity")
    [contact] = await org.query(f"SELECT Id, ({inner}), (SELECT Id FROM Opportunities) FROM Contact")
    [role] = deal["OpportunityContactRoles"]["records"]
    assert (deal["ContactId"], deal["Id"]) == (result["contactId"], result["opportunityId"])
    assert (role["ContactId"], role["OpportunityId"]) == (contact["Id"], deal["Id"])
    assert (role["Role"], role["IsPrimary"]) == (None, True)
    assert contact["OpportunityContactRoles"]["records"] == [role]
    assert [each["Id"] for each in contact["Opportunities"]["records"]] == [deal["Id"]]


async def test_a_conversion_without_a_deal_gives_no_role(org: OrgClient) -> None:
    await convert(org, lead_convert(await org.create(), doNotCreateOpportunity="true"))

    assert await roles(org) == []


@pytest.mark.parametrize("already", ["nobody", "somebody else", "the contact"])
async def test_a_deal_that_a_lead_joins_keeps_its_primary_contact(org: OrgClient, already: str) -> None:
    account = await org.create("Account", Name="Acme")
    own, other = [await org.create("Contact", LastName=name, AccountId=account) for name in ("Own", "Other")]
    first = {"nobody": None, "somebody else": other, "the contact": own}[already]
    deal = await org.create("Opportunity", **DEAL, AccountId=account, ContactId=first)

    joined = {"accountId": account, "contactId": own, "opportunityId": deal}
    await convert(org, lead_convert(await org.create(), **joined))

    expected = {"nobody": [(own, True)], "somebody else": [(other, True), (own, False)], "the contact": [(own, True)]}
    assert await roles(org) == expected[already]
    assert await primary_contact(org, deal) == (other if already == "somebody else" else own)


async def test_a_deal_has_one_primary_contact_and_tells_who_it_is(org: OrgClient) -> None:
    first, second = [await org.create("Contact", LastName=name) for name in ("First", "Second")]
    deal = await org.create("Opportunity", **DEAL, ContactId=first)
    role = await org.create("OpportunityContactRole", OpportunityId=deal, ContactId=second, Role="Evaluator")

    told = [await primary_contact(org, deal)]
    for write in ({"json": {"IsPrimary": True}}, {"json": {"IsPrimary": False}}, {"json": {"IsPrimary": True}}):
        await org.send("PATCH", f"/sobjects/OpportunityContactRole/{role}", **write)
        told.append(await primary_contact(org, deal))
    await org.send("DELETE", f"/sobjects/OpportunityContactRole/{role}")
    told.append(await primary_contact(org, deal))

    assert told == [first, second, None, second, None]
    assert await roles(org) == [(first, False)]
    assert await org.query(f"SELECT Id FROM Opportunity WHERE ContactId = '{second}'") == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"OpportunityId": "{deal}"}, "REQUIRED_FIELD_MISSING"),
        ({"ContactId": "{contact}"}, "REQUIRED_FIELD_MISSING"),
        ({"OpportunityId": "{contact}", "ContactId": "{contact}"}, "MALFORMED_ID"),
    ],
)
async def test_a_role_is_that_of_a_contact_in_a_deal(org: OrgClient, fields: dict[str, str], code: str) -> None:
    ids = {"contact": await org.create("Contact", LastName="Ada"), "deal": await org.create("Opportunity", **DEAL)}

    given = {name: value.format(**ids) for name, value in fields.items()}
    refused = await org.send("POST", "/sobjects/OpportunityContactRole", json=given)

    assert error_of(refused) == (400, code)


@pytest.mark.parametrize("above", ["Contact", "Opportunity"])
async def test_a_role_goes_with_its_contact_and_with_its_deal(org: OrgClient, above: str) -> None:
    contact = await org.create("Contact", LastName="Ada")
    deal = await org.create("Opportunity", **DEAL, ContactId=contact)
    gone = {"Contact": contact, "Opportunity": deal}[above]

    await org.send("DELETE", f"/sobjects/{above}/{gone}")
    left = await roles(org)
    await org.soap(f"<undelete><ids>{gone}</ids></undelete>")

    assert (left, await roles(org)) == ([], [(contact, True)])


async def test_a_deal_has_one_primary_contact_when_another_is_put_back(org: OrgClient) -> None:
    first, second = [await org.create("Contact", LastName=name) for name in ("First", "Second")]
    deal = await org.create("Opportunity", **DEAL, ContactId=first)
    await org.send("DELETE", f"/sobjects/Contact/{first}")
    await org.create("OpportunityContactRole", OpportunityId=deal, ContactId=second, IsPrimary=True)

    await org.soap(f"<undelete><ids>{first}</ids></undelete>")

    assert sorted(is_primary for _, is_primary in await roles(org)) == [False, True]


async def test_the_roles_of_a_contact_go_to_the_one_it_is_merged_into(org: OrgClient) -> None:
    master, other = [await org.create("Contact", LastName="Ada") for _ in range(2)]
    deal = await org.create("Opportunity", **DEAL, ContactId=other)

    await org.soap(merge(master, other, object_name="Contact"))

    assert (await roles(org), await primary_contact(org, deal)) == ([(master, True)], master)
