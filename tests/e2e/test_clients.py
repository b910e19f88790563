"""MCP clients that others wrote call every tool of a real gateway, on a real simulated org."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.support.every_tool import OPERATIONS, OUTCOME, Beginning, Step, leads_at_the_beginning, steps
from tests.support.http_client import http_client
from tests.support.mcp_clients import FASTMCP, PROGRAMS, PYTHON_1, PYTHON_2, TYPESCRIPT_1, TYPESCRIPT_2, Client
from tests.support.processes import process
from tests.support.simulator_control import Control, insert

OLDER, NEWEST = "2025-11-25", "2026-07-28"

NEWEST_ERA = [
    pytest.param(TYPESCRIPT_1, "legacy", OLDER, id="typescript-1"),
    pytest.param(TYPESCRIPT_2, "auto", NEWEST, id="typescript-2"),
    pytest.param(PYTHON_1, "legacy", OLDER, id="python-1"),
    pytest.param(PYTHON_2, "auto", NEWEST, id="python-2"),
    pytest.param(FASTMCP, "auto", NEWEST, id="fastmcp"),
]
OLDER_ERA = [
    pytest.param(TYPESCRIPT_2, "legacy", OLDER, id="typescript-2-older"),
    pytest.param(PYTHON_2, "legacy", OLDER, id="python-2-older"),
    pytest.param(FASTMCP, "legacy", OLDER, id="fastmcp-older"),
]


class Salesforce:
    """The simulator, its session and what is in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http, self._control = http_client(url), Control(url)
        session = self._control.ask("POST", "sessions")
        self.headers = {"Authorization": f"Bearer {session['access_token']}"}
        self._http.headers.update(self.headers)

    def close(self) -> None:
        self._http.close()

    def settings(self) -> dict[str, str]:
        """With which a gateway finds it."""
        return {
            "SF_INSTANCE_URL": self.url,
            "SF_TRUSTED_ORIGINS": self.url,
            "SF_CLIENT_ID": "demo-client",
            "SF_CLIENT_SECRET": "demo-secret",
            "REQUIRE_CONFIRMATION": "1",
        }

    def add(self, record: dict[str, Any], kind: str = "Lead") -> str:
        """The Id of a new record."""
        return insert(self.url, self.headers, kind, **record)

    def operations(self) -> list[str]:
        """What was done to leads, from the beginning; a merge's own deletions are part of it."""
        return [effect["op"] for effect in self._control.ledger() if effect["object"] == "Lead"]

    def leads(self, visit: str, there: Beginning) -> dict[str, dict[str, Any]]:
        """The leads of one visit by their names, the deleted ones too."""
        query = f"SELECT Id, Email, Title, Phone, IsConverted, IsDeleted FROM Lead WHERE Email LIKE '%@{visit}.%'"
        answer = self._http.get("/services/data/v59.0/queryAll", params={"q": query}).raise_for_status()
        names = {lead_id: name for name, lead_id in asdict(there).items()}
        records = answer.json()["records"]
        return {names.get(record["Id"], record["Email"].partition("@")[0]): record for record in records}


@pytest.fixture(scope="module")
def salesforce(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Salesforce]:
    with process("simulator", "--port", "0", cwd=tmp_path_factory.mktemp("org")) as running:
        org = Salesforce(running.url())
        yield org
        org.close()


@pytest.fixture(scope="module")
def over_http(salesforce: Salesforce, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Where clients find a gateway, and with which session."""
    settings = {**salesforce.settings(), "MCP_HOST": "127.0.0.1", "MCP_PORT": "0"}
    with process("serve", cwd=tmp_path_factory.mktemp("gateway"), settings=settings) as running:
        port = running.wait_for(r"active at 127\.0\.0\.1:(\d+)")[1]
        yield {"url": f"http://127.0.0.1:{port}/mcp", "headers": salesforce.headers}
        assert "Traceback" not in running.printed


@pytest.mark.parametrize(("client", "era", "revision"), [*NEWEST_ERA, *OLDER_ERA])
def test_every_tool_works_over_http(
    salesforce: Salesforce, over_http: dict[str, Any], client: Client, era: str, revision: str
) -> None:
    check_every_tool(salesforce, client, over_http, era, revision)


@pytest.mark.parametrize(("client", "era", "revision"), NEWEST_ERA)
def test_every_tool_works_over_stdio(
    salesforce: Salesforce, tmp_path: Path, client: Client, era: str, revision: str
) -> None:
    env = {**salesforce.settings(), "LOG_LEVEL": "WARNING"}
    command = {"command": sys.executable, "args": ["-m", "api", "stdio"], "env": env, "cwd": str(tmp_path)}

    check_every_tool(salesforce, client, command, era, revision)


def check_every_tool(salesforce: Salesforce, client: Client, server: dict[str, Any], era: str, revision: str) -> None:
    visit = f"{client.program.replace('_', '-').replace('.', '-')}-{era}-{'http' if 'url' in server else 'stdio'}"
    campaign = salesforce.add({"Name": visit, "IsActive": True}, "Campaign")
    bello, kim, kim_again = map(salesforce.add, leads_at_the_beginning(visit))
    there = Beginning(bello, kim, kim_again, campaign)
    before = salesforce.operations()
    every = steps(visit, there)

    report = client.visit(
        server,
        era,
        every,
        get=[{"name": "qualify_lead", "arguments": {"lead": "ada@example.com"}}],
        read=["salesforce://lead-statuses", f"salesforce://leads/{there.kim}"],
    )

    assert report["revision"] == revision
    assert set(report["tools"]) == {step.tool for step in every}
    assert len(report["prompts"]) == 4
    assert report["resources"] == ["salesforce://lead-fields", "salesforce://lead-statuses"]
    assert report["templates"] == ["salesforce://leads/{lead}"]
    assert "ada@example.com" in report["prompt_texts"][0]
    assert "Closed - Not Converted" in report["resource_texts"][0]
    assert there.kim in report["resource_texts"][1]
    for step, call in zip(every, report["calls"], strict=True):
        check(step, call)
    # The older revisions need a session to ask, which only stdio has.
    can_ask = revision == NEWEST or "command" in server
    assert len(report["asked"]) == (sum(step.asks for step in every) if can_ask else 0)
    assert salesforce.operations()[len(before) :] == OPERATIONS
    leads = salesforce.leads(visit, there)
    assert {name: {field: leads[name][field] for field in fields} for name, fields in OUTCOME.items()} == OUTCOME


def check(step: Step, call: dict[str, Any]) -> None:
    """The client accepted the answer, and it is the right one."""
    assert "refused" not in call, (step, call)
    answer = call["answer"]
    assert (call["is_error"], answer.get("code")) == (step.code is not None, step.code), (step, answer)
    data = answer.get("data", {})
    assert {name: data.get(name) for name in step.data} == step.data
    assert step.mentions in call["text"]


@pytest.mark.parametrize("client", [TYPESCRIPT_1, TYPESCRIPT_2], ids=lambda client: client.program)
def test_a_failure_in_its_own_shape_is_accepted_by_clients_that_check_failures_too(
    over_http: dict[str, Any], client: Client
) -> None:
    report = client.visit({**over_http, "headers": {}}, "auto", [Step("salesforce_get_org", {})])

    [call] = report["calls"]
    assert (call["is_error"], call["answer"]["error"]["code"]) == (True, "AUTHENTICATION_REQUIRED")


@pytest.mark.parametrize(
    "client", [TYPESCRIPT_1, TYPESCRIPT_2, PYTHON_1, PYTHON_2, FASTMCP], ids=lambda client: client.program
)
def test_a_client_would_not_accept_an_answer_against_its_schema(client: Client) -> None:
    liar = {"command": sys.executable, "args": [str(PROGRAMS / "liar.py")], "env": {}, "cwd": str(PROGRAMS)}

    report = client.visit(liar, "legacy", [Step("lie", {})])

    assert re.search("not of type 'integer'|must be integer", report["calls"][0]["refused"])
