"""Who owns a lead after a write: whom it names, or whom a rule chooses that it asked for, and nobody else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.leads import ADA, failure, insert
from tests.support.org import Org

Syncs = Callable[..., Awaitable[httpx.Response]]

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
        await rest.post("/v1/leads/sync", json={**ADA, **wrong, "email": "bola@example.com"}),
        await rest.patch(f"/v1/leads/{lead_id}", json={"city": "Lagos", **wrong}),
        await rest.patch(f"/v1/leads/{lead_id}", json={"city": "@{saved.id}", **wrong}),
    ):
        [detail] = failure(response, 422, "VALIDATION_ERROR")["details"]
        assert detail["field"] == "assignment_rule_id"
        assert "no assignment rule 01Q000000000999AAA" in detail["message"]

    failure(await rest.patch("/v1/leads/00Q000000000999", json={"city": "Lagos", **wrong}), 404, "LEAD_NOT_FOUND")
    assert await org.ledger() == before


@pytest.fixture(params=["email", "external id"])
async def ada(request: pytest.FixtureRequest, org: Org, session: Session) -> AsyncIterator[Syncs]:
    """Syncs of one lead, found by its email or by an external id."""
    if request.param == "email":
        async with client_of(org.transport, session) as client:
            yield lambda **fields: client.post("/v1/leads/sync", json={**ADA, **fields})
        return
    await org.change(custom_fields=[{"name": "Key__c", "unique": True, "external_id": True, "length": 40}])
    async with client_of(org.transport, session, lead_external_id_field="Key__c") as client:
        yield lambda **fields: client.post("/v1/leads/sync", json={**ADA, "external_id": "A-1", **fields})


@pytest.mark.parametrize(
    ("asked", "owner"), [({"assign": True}, "queue"), ({"assignment_rule_id": "Sales"}, "seller"), ({}, "me")]
)
async def test_a_sync_assigns_a_lead_when_it_creates_it_and_never_again(
    ada: Syncs, org: Org, rules: dict[str, str], owners: dict[str, str], asked: dict[str, Any], owner: str
) -> None:
    wish = _with_ids(asked, rules, owners)

    created = (await ada(**wish)).json()["data"]
    lead_id = created["lead_id"]
    of_the_rule = await owner_of(org, lead_id)
    await ada(owner_id=owners["seller"])
    again = (await ada(**wish)).json()["data"]
    changed = (await ada(**wish, title="CTO")).json()["data"]

    assert of_the_rule == owners[owner]
    assert ("owner_id" in created["changed_fields"], created.get("owner_id")) == (
        (True, owners[owner]) if asked else (False, None)
    )
    assert (again["action"], changed["action"], changed["changed_fields"]) == ("unchanged", "updated", ["title"])
    assert "owner_id" not in changed
    assert await owner_of(org, lead_id) == owners["seller"]


async def test_a_plan_says_that_a_rule_may_choose_the_owner(
    rest: GatewayClient, org: Org, rules: dict[str, str]
) -> None:
    async def note(method: str, path: str, **body: Any) -> tuple[str, str | None]:
        plan = (await rest.request(method, f"/v1/leads/{path}?dry_run=true", json=body)).json()["data"]
        return plan["action"], plan.get("note")

    said = "An assignment rule of the org may choose another owner."
    assert await note("POST", "sync", **ADA) == ("create", None)
    assert await note("POST", "sync", **ADA, assign=True) == ("create", said)
    assert await note("POST", "sync", **ADA, assignment_rule_id=rules["Sales"]) == ("create", said)
    lead_id = await insert(rest, org)
    assert await note("POST", "sync", **ADA, assign=True) == ("update", None)
    assert await note("PATCH", lead_id, city="Lagos") == ("update", None)
    assert await note("PATCH", lead_id, city="Lagos", assign=True) == ("update", said)
    assert await note("PATCH", lead_id, company="Acme", assign=True) == ("update", said)


async def owner_of(org: Org, lead_id: str) -> str:
    [lead] = await org.query(f"SELECT OwnerId FROM Lead WHERE Id = '{lead_id}'")
    owner_id: str = lead["OwnerId"]
    return owner_id
