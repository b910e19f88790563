"""The control interface."""

from __future__ import annotations

from contextlib import closing
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.simulator.server.app import Simulator, create_simulator
from tests.infra.simulator.conftest import Clock, OrgClient, http_of, logged_in


async def test_the_stats_tell_leads_apart(org: OrgClient) -> None:
    for email in ("a@example.com", "A@example.com", "b@example.com", None):
        await org.create(Email=email)
    gone = await org.create(Email="b@example.com")
    await org.send("DELETE", f"/sobjects/Lead/{gone}")

    stats = await org.stats()

    assert (stats["leads"], stats["open_leads"], stats["converted_leads"]) == (4, 4, 0)
    assert stats["duplicate_emails"] == {"a@example.com": 2}
    assert (stats["effects"], stats["api_calls"]) == (6, 6)
    assert stats["by_operation"] == {"lead.create": 5, "lead.delete": 1}


async def test_the_ledger_tells_what_was_written_in_order(org: OrgClient) -> None:
    lead_id = await org.create(Email="A@example.com")
    await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Phone": "1", "Title": None})
    await org.send("PATCH", f"/sobjects/Lead/{lead_id}", json={"Email": "nonsense"})
    await org.send("DELETE", f"/sobjects/Lead/{lead_id}")

    created, updated, deleted = await org.ledger()

    assert created == {
        "seq": 1,
        "at": "2026-03-17T09:30:00.000+0000",
        "op": "create",
        "object": "Lead",
        "id": lead_id,
        "fields": {"LastName": "Okafor", "Company": "Acme", "Email": "a@example.com"},
    }
    assert (updated["op"], updated["fields"]) == ("update", {"Phone": "1", "Title": None})
    assert (deleted["op"], deleted["fields"]) == ("delete", {})
    assert await org.ledger(after=2) == [deleted]


async def test_each_session_belongs_to_one_org(org: OrgClient) -> None:
    other_org = (await org.http.post("/_sim/orgs")).json()["org"]
    other = await logged_in(org.http, org=other_org)
    lead_id = await org.create()
    await other.create(LastName="Elsewhere")

    assert [lead["LastName"] for lead in await other.query("SELECT LastName FROM Lead")] == ["Elsewhere"]
    assert (await other.send("GET", f"/sobjects/Lead/{lead_id}")).status_code == 404
    assert (await org.http.get("/_sim/stats", params={"org": other_org})).json()["leads"] == 1
    assert (await org.stats())["leads"] == 1


async def test_a_session_may_have_a_refresh_token_that_is_known_beforehand_once(org: OrgClient) -> None:
    wanted = {"refresh_token": "known-beforehand"}

    given = await org.http.post("/_sim/sessions", json=wanted)
    again = await org.http.post("/_sim/sessions", json=wanted)

    assert given.json()["refresh_token"] == "known-beforehand"
    assert (again.status_code, again.json()["field"]) == (409, "refresh_token")
    form = {"grant_type": "refresh_token", "client_id": "demo-client", "client_secret": "demo-secret", **wanted}
    assert (await org.http.post("/services/oauth2/token", data=form)).status_code == 200


async def test_the_statuses_of_an_org_can_be_changed(org: OrgClient) -> None:
    await org.change_org(
        lead_statuses=[{"name": "New", "is_default": True}, {"name": "Won", "is_converted": True}, {"name": "Lost"}]
    )

    lead_id = await org.create()

    statuses = await org.query("SELECT MasterLabel, IsConverted FROM LeadStatus ORDER BY SortOrder")
    assert [(status["MasterLabel"], status["IsConverted"]) for status in statuses] == [
        ("New", False),
        ("Won", True),
        ("Lost", False),
    ]
    assert (await org.read(lead_id))["Status"] == "New"


async def test_a_reset_empties_the_org_and_leaves_its_sessions(org: OrgClient) -> None:
    await org.create()
    await org.faults({"operation": "*", "kind": "html"})
    await org.http.patch("/_sim/org", json={"daily_api_limit": 5, "custom_fields": [{"name": "Score__c"}]})

    response = await org.http.post("/_sim/reset")

    assert response.status_code == 204
    assert (await org.stats())["leads"] == 0
    assert await org.ledger() == []
    assert (await org.send("GET", "/limits")).json()["DailyApiRequests"]["Max"] == 15_000
    await org.create()


async def test_objects_may_have_custom_fields_of_the_same_name(org: OrgClient) -> None:
    both = [{"name": "Score__c"}, {"name": "score__c", "object": "Account", "type": "double", "unique": True}]
    await org.change_org(custom_fields=both)
    await org.create(Score__c="high")
    account_id = await org.create("Account", Name="Acme", score__c=7.5)
    await org.create("Contact", LastName="Okafor", AccountId=account_id)

    [lead] = await org.query("SELECT Score__c FROM Lead WHERE Score__c = 'HIGH'")
    [contact] = await org.query("SELECT Account.Score__c FROM Contact WHERE Account.Score__c > 7")

    assert (lead["Score__c"], contact["Account"]["score__c"]) == ("high", 7.5)


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/_sim/sessions", {"org": 5}, "org"),
        ("POST", "/_sim/sessions", {"nope": 5}, "nope"),
        ("POST", "/_sim/sessions", {"refresh_token": "with blanks"}, "refresh_token"),
        ("POST", "/_sim/faults", {}, "rules"),
        ("POST", "/_sim/faults", {"rules": [{"operation": "query", "kind": "magic"}]}, "rules.0"),
        ("POST", "/_sim/faults", {"rules": [{"operation": "query", "kind": "delay"}]}, "rules.0.delay.seconds"),
        ("POST", "/_sim/faults", {"rules": [{"operation": "query", "kind": "html", "x": 1}]}, "rules.0.html.x"),
        ("PATCH", "/_sim/org", {"colour": "red"}, "colour"),
        ("PATCH", "/_sim/org", {"latency_ms": -1}, "latency_ms"),
        ("PATCH", "/_sim/org", {"custom_fields": [{"name": "Score"}]}, "custom_fields.0.name"),
        ("PATCH", "/_sim/org", {"custom_fields": [{"name": "A__c"}, {"name": "a__c"}]}, "custom_fields.1.name"),
        ("PATCH", "/_sim/org", {"lead_statuses": [{"name": "New"}]}, None),
        ("GET", "/_sim/ledger?after=x", None, "after"),
    ],
)
async def test_bad_input_is_told_which_field_is_wrong(
    org: OrgClient, method: str, path: str, body: Any, field: str | None
) -> None:
    response = await org.http.request(method, path, json=body)

    assert response.status_code == 400
    assert (response.json()["field"], bool(response.json()["error"])) == (field, True)


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("POST sessions", {}),
        ("GET stats", None),
        ("GET ledger", None),
        ("POST faults", {"rules": [{"operation": "*", "kind": "html"}]}),
        ("DELETE faults", {}),
        ("POST expire-sessions", {}),
        ("PATCH org", {}),
        ("POST reset", {}),
    ],
)
async def test_every_call_is_for_the_org_that_query_or_body_names(org: OrgClient, call: str, body: Any) -> None:
    method, path = call.split()
    unknown = {"org": "00DA1000000zzzz"}

    answers = [await org.http.request(method, f"/_sim/{path}", params=unknown, json=body)]
    if body is not None:
        answers.append(await org.http.request(method, f"/_sim/{path}", json={**body, **unknown}))

    assert {(answer.status_code, answer.json()["field"]) for answer in answers} == {(404, "org")}


async def test_only_callers_on_this_machine_are_answered(simulator: Simulator) -> None:
    transport = httpx.ASGITransport(simulator, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://salesforce.test") as stranger:
        response = await stranger.post("/_sim/sessions")

    assert response.status_code == 403


async def test_what_is_in_a_file_survives_a_restart(tmp_path: Path, clock: Clock) -> None:
    with closing(create_simulator(db=tmp_path / "org.db", leads=3, clock=clock)) as simulator:
        before = await logged_in(http_of(simulator))
        await before.change_org(custom_fields=[{"name": "Score__c"}], daily_api_limit=99)
        lead_id = await before.create(Score__c="high")
        other_org = (await before.http.post("/_sim/orgs")).json()["org"]

    with closing(create_simulator(db=tmp_path / "org.db", leads=3, clock=clock)) as simulator:
        after = await logged_in(http_of(simulator))
        after.access_token = before.access_token

        assert (await after.read(lead_id))["Score__c"] == "high"
        assert (await after.stats())["leads"] == 4
        assert (await after.http.post("/_sim/sessions", json={"org": other_org})).status_code == 200
        assert (await after.create()) > lead_id


async def test_sample_leads_are_always_the_same(clock: Clock) -> None:
    async def samples() -> list[dict[str, Any]]:
        with closing(create_simulator(leads=200, clock=clock)) as simulator:
            async with http_of(simulator) as http:
                org = await logged_in(http)
                return await org.query("SELECT Name, Email, Company, Status FROM Lead ORDER BY Id")

    first = await samples()

    assert await samples() == first
    assert len({lead["Email"] for lead in first}) == 200
    assert {lead["Email"].split("@")[1] for lead in first} == {"example.com"}
    assert len({lead["Name"] for lead in first}) > 100


@pytest.mark.parametrize(
    ("caller", "networks", "status"),
    [
        ("127.0.0.1", [], 200),
        ("::1", [], 200),
        ("172.17.0.1", [], 403),
        ("172.17.0.1", ["172.16.0.0/12"], 200),
        ("192.168.0.1", ["172.16.0.0/12"], 403),
        ("fd00::1", ["172.16.0.0/12", "fd00::/8"], 200),
        ("testclient", ["0.0.0.0/0"], 403),
    ],
)
async def test_only_this_machine_and_the_networks_named_may_control_it(
    caller: str, networks: list[str], status: int
) -> None:
    with closing(create_simulator(control_from=[ip_network(each) for each in networks])) as simulator:
        transport = httpx.ASGITransport(simulator, client=(caller, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://salesforce.test") as http:
            assert (await http.get("/_sim/stats")).status_code == status


@pytest.mark.parametrize(
    ("operation", "nearest"),
    [
        ("lead.creat", "lead.create"),
        ("Lead.create", "lead.create"),
        ("leed.update", "lead.update"),
        ("token.refreshed", "token.refresh"),
        ("soap.convertlead", "soap.convertLead"),
        ("bulk1.inserts", "bulk1.insert"),
        ("nothing of the kind", ""),
    ],
)
async def test_a_fault_of_an_operation_that_there_is_not_is_refused_with_the_nearest(
    org: OrgClient, operation: str, nearest: str
) -> None:
    answer = await org.http.post("/_sim/faults", json={"rules": [{"operation": operation, "kind": "drop_before"}]})

    body = answer.json()
    assert (answer.status_code, body["field"]) == (400, "rules.0.operation")
    assert (f"did you mean {nearest}?" in body["error"]) == bool(nearest)


async def test_rules_and_settings_can_be_looked_at(org: OrgClient) -> None:
    await org.faults({"operation": "lead.create", "kind": "delay", "seconds": 0, "times": 3})
    await org.change_org(daily_api_limit=77)
    for _ in range(2):
        await org.create()

    [rule] = (await org.http.get("/_sim/faults")).json()["rules"]
    settings = (await org.http.get("/_sim/org")).json()

    assert (rule["operation"], rule["times"], rule["fired"]) == ("lead.create", 3, 2)
    assert settings["daily_api_limit"] == 77
    assert settings == (await org.http.patch("/_sim/org", json={})).json()


async def test_reset_takes_each_org_back_to_how_it_began(http: httpx.AsyncClient) -> None:
    other = (await http.post("/_sim/orgs", json={"setup": "modern", "daily_api_limit": 7})).json()
    await http.patch("/_sim/org", json={**other, "setup": "global"})

    await http.post("/_sim/reset", json=other)

    settings = (await http.get("/_sim/org", params=other)).json()
    assert (settings["setup"], settings["daily_api_limit"]) == ("modern", 7)
    assert (await http.get("/_sim/org")).json()["setup"] == "classic"


async def test_a_reset_to_what_makes_no_sense_by_itself_changes_nothing(tmp_path: Path) -> None:
    rule = {"name": "R", "formula": 'ISBLANK(TEXT(Segment__c)) && LastName = "x"', "message": "no"}
    segment = {"name": "Segment__c", "type": "picklist", "values": ["A"]}
    with closing(create_simulator(db=tmp_path / "org.db")) as simulator:
        async with http_of(simulator) as http:
            await http.patch("/_sim/org", json={"custom_fields": [segment]})
            await (await logged_in(http)).create(Segment__c="A")
    with closing(create_simulator(db=tmp_path / "org.db", set_up={"validation_rules": [rule]})) as simulator:
        async with http_of(simulator) as http:
            org = await logged_in(http)

            refused = await http.post("/_sim/reset")

            assert (refused.status_code, "Segment__c" in refused.text) == (400, True)
            assert [lead["Segment__c"] for lead in await org.query("SELECT Segment__c FROM Lead")] == ["A"]
            await org.read(await org.create(Segment__c="A"))
