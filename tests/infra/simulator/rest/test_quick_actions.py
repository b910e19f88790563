"""Quick actions: what they make, and beside what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import REST, OrgClient, error_of


@pytest.mark.parametrize("place", ["", "/sobjects/Account"])
async def test_every_action_is_listed_with_links_that_lead_somewhere(org: OrgClient, place: str) -> None:
    account_id = await org.create("Account", Name="Acme")

    actions = (await org.send("GET", f"{place}/quickActions")).json()

    assert {"NewLead", "NewContact", "NewAccount", "NewOpportunity"} <= {action["name"] for action in actions}
    for action in actions:
        for url in action["urls"].values():
            response = await org.send("GET", url.removeprefix(REST).format(ID=account_id))
            assert response.status_code == 200, url


async def test_an_action_makes_a_record_beside_the_one_it_is_used_on(org: OrgClient) -> None:
    account_id = await org.create("Account", Name="Acme")
    path = "/sobjects/Account/quickActions/NewContact"

    defaults = (await org.send("GET", f"{path}/defaultValues/{account_id}")).json()
    described = (await org.send("GET", f"{path}/describe")).json()
    answer = await org.send("POST", path, json={"contextId": account_id, "record": {"LastName": "Okafor"}})

    made = answer.json()
    contact = await org.read(made["id"], "Contact")
    assert (defaults["AccountId"], defaults["LeadSource"]) == (account_id, None)
    assert (described["targetSobjectType"], described["targetParentField"]) == ("Contact", "AccountId")
    assert (answer.status_code, made["success"], made["contextId"]) == (201, True, account_id)
    assert (contact["LastName"], contact["AccountId"]) == ("Okafor", account_id)


@pytest.mark.parametrize(
    ("action", "body", "status", "code"),
    [
        ("Nope", {}, 404, "NOT_FOUND"),
        ("NewContact", {}, 400, "REQUIRED_FIELD_MISSING"),
        ("NewContact", {"contextId": "Acme", "record": {"LastName": "Okafor"}}, 400, "MALFORMED_ID"),
        ("NewContact", {"contextId": "001000000000001AAA", "record": {}}, 404, "INVALID_CROSS_REFERENCE_KEY"),
        ("NewContact", {"contextId": 1}, 400, "INVALID_INPUT"),
        ("NewContact", {"record": []}, 400, "REQUIRED_FIELD_MISSING"),
        ("NewContact", {"record": ["Okafor"]}, 400, "INVALID_INPUT"),
    ],
)
async def test_a_wrong_action_is_refused(
    org: OrgClient, action: str, body: dict[str, Any], status: int, code: str
) -> None:
    assert error_of(await org.send("POST", f"/quickActions/{action}", json=body)) == (status, code)
