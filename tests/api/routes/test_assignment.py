"""Who owns a lead after a write: whom it names, or whom a rule chooses that it asked for, and nobody else."""

from typing import Any

import pytest

from tests.support.gateway import GatewayClient
from tests.support.leads import ADA, failure, insert
from tests.support.org import Org

QUEUE, SELLER = "Lead_Queue", "seller1@example.com"
TO_THE_QUEUE = {"name": "All", "entries": [{"owner": QUEUE}]}
TO_THE_SELLER = {"name": "Sales", "active": False, "entries": [{"owner": SELLER}]}


@pytest.fixture
async def rules(rest: GatewayClient, org: Org) -> dict[str, str]:
    """The Ids of the org's rules: the active one gives leads to a queue, the other one to a seller."""
    await org.change(assignment_rules=[TO_THE_QUEUE, TO_THE_SELLER])
    found = await org.query("SELECT Id, Name FROM AssignmentRule")
    return {rule["Name"]: rule["Id"] for rule in found}


@pytest.fixture
async def owners(rest: GatewayClient, org: Org) -> dict[str, str]:
    """The Ids of who may own leads."""
    [me] = await org.query("SELECT Id FROM User WHERE Username = 'demo@example.com'")
    [seller] = await org.query(f"SELECT Id FROM User WHERE Username = '{SELLER}'")
    [queue] = await org.query(f"SELECT Id FROM Group WHERE DeveloperName = '{QUEUE}'")
    return {"me": me["Id"], "seller": seller["Id"], "queue": queue["Id"]}


CREATES: list[tuple[dict[str, Any], str]] = [
    ({}, "queue"),
    ({"assign": True}, "queue"),
    ({"assign": False}, "me"),
    ({"assignment_rule_id": "Sales"}, "seller"),
    ({"assignment_rule_id": "Sales", "assign": True}, "seller"),
    ({"assignment_rule_id": ""}, "queue"),
    ({"owner_id": "seller"}, "seller"),
    ({"owner_id": "seller", "assign": True}, "seller"),
]


@pytest.mark.parametrize(("asked", "owner"), CREATES)
async def test_a_new_lead_belongs_to_whom_it_names_or_a_rule_chooses(
    rest: GatewayClient, rules: dict[str, str], owners: dict[str, str], asked: dict[str, Any], owner: str
) -> None:
    created = await rest.post("/v1/leads", json={**ADA, **_with_ids(asked, rules, owners)})

    assert created.json()["data"]["owner_id"] == owners[owner]


UPDATES: list[tuple[dict[str, Any], str]] = [
    ({}, "me"),
    ({"assign": False}, "me"),
    ({"assign": True}, "queue"),
    ({"assignment_rule_id": "Sales"}, "seller"),
    ({"owner_id": "seller", "assign": True}, "seller"),
]


@pytest.mark.parametrize(("asked", "owner"), UPDATES)
async def test_a_change_takes_the_lead_from_its_owner_only_when_that_is_asked_for(
    rest: GatewayClient, org: Org, rules: dict[str, str], owners: dict[str, str], asked: dict[str, Any], owner: str
) -> None:
    lead_id = await insert(rest, org, OwnerId=owners["me"])
    await rest.patch(f"/v1/leads/{lead_id}", json={"owner_id": owners["me"]})

    changed = await rest.patch(f"/v1/leads/{lead_id}", json={"city": "Lagos", **_with_ids(asked, rules, owners)})

    assert (changed.json()["data"]["city"], changed.json()["data"]["owner_id"]) == ("Lagos", owners[owner])


def _with_ids(asked: dict[str, Any], rules: dict[str, str], owners: dict[str, str]) -> dict[str, Any]:
    return {name: {**rules, **owners}.get(value, value) for name, value in asked.items()}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"assignment_rule_id": "01Q000000000001AAA", "assign": False}, "needs assign: true"),
        ({"assignment_rule_id": "01Q000000000001AAA", "owner_id": "005000000000001AAA"}, "owner_id says who owns"),
        ({"assignment_rule_id": "Sales"}, "must be the Id of an assignment rule (01Q…)"),
    ],
)
async def test_a_rule_that_can_not_decide_is_refused(rest: GatewayClient, asked: dict[str, str], said: str) -> None:
    for response in (
        await rest.post("/v1/leads", json={**ADA, **asked}),
        await rest.post("/v1/leads/sync", json={**ADA, **asked}),
        await rest.patch("/v1/leads/ada@example.com", json={"city": "Lagos", **asked}),
    ):
        [detail] = failure(response, 422, "VALIDATION_ERROR")["details"]
        assert detail["field"] == "assignment_rule_id"
        assert said in detail["message"]


async def test_a_rule_that_does_not_exist_is_named_and_nothing_is_written(rest: GatewayClient, org: Org) -> None:
    lead_id = await insert(rest, org)
    before = await org.ledger()
    wrong = {"assignment_rule_id": "01Q000000000999AAA"}

    for response in (
        await rest.post("/v1/leads", json={**ADA, **wrong, "email": "bola@example.com"}),
        await rest.patch(f"/v1/leads/{lead_id}", json={"city": "Lagos", **wrong}),
    ):
        [detail] = failure(response, 422, "VALIDATION_ERROR")["details"]
        assert detail["field"] == "assignment_rule_id"
        assert "no assignment rule 01Q000000000999AAA" in detail["message"]

    failure(await rest.patch("/v1/leads/00Q000000000999", json={"city": "Lagos", **wrong}), 404, "LEAD_NOT_FOUND")
    assert await org.ledger() == before
