"""Singer's tap, as it is, extracts leads from the simulator: only the proxy and the trusted authority are set."""

from __future__ import annotations

import json
import os
import ssl
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.support.http_client import http_client
from tests.support.processes import PATIENCE, finished
from tests.support.served_org import ServedOrg

TAP = ROOT / ".venv-clients" / "singer" / "bin" / "tap-salesforce"

Message = dict[str, Any]


class Tap:
    """The tap with its configuration, for one of the two APIs it knows."""

    def __init__(self, org: ServedOrg, directory: Path, api: str) -> None:
        session = org.control.ask("POST", "sessions")
        self._org = org
        self._directory = directory
        settings = {
            "client_id": "demo-client",
            "client_secret": "demo-secret",
            "refresh_token": session["refresh_token"],
            "start_date": "2020-01-01T00:00:00Z",
            "select_fields_by_default": True,
            "api_type": api,
        }
        self._config = self._file("config", settings)

    def discovered(self) -> dict[str, Any]:
        catalog: dict[str, Any] = json.loads(self._run("--discover"))
        return catalog

    def extracted(self, catalog: dict[str, Any], state: Any = None) -> list[Message]:
        """The messages about leads, which are selected, since the state."""
        for stream in catalog["streams"]:
            [about] = [each["metadata"] for each in stream["metadata"] if each["breadcrumb"] == []]
            about["selected"] = stream["stream"] == "Lead"
            if keys := about.get("valid-replication-keys"):
                about.update({"replication-method": "INCREMENTAL", "replication-key": keys[0]})
        known = ["--state", str(self._file("state", state))] if state else []
        printed = self._run("--properties", str(self._file("catalog", catalog)), *known)
        return [json.loads(line) for line in printed.splitlines()]

    def _file(self, name: str, content: Any) -> Path:
        path = self._directory / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def _run(self, *arguments: str) -> str:
        environment = {**os.environ, "HTTPS_PROXY": self._org.proxy, "REQUESTS_CA_BUNDLE": str(self._org.authority)}
        command = [str(TAP), "--config", str(self._config), *arguments]
        run = finished(command, env=environment, cwd=self._directory, timeout=3 * PATIENCE)
        assert run.returncode == 0, run.stderr[-3000:]
        return run.stdout


@pytest.fixture(params=["REST", "BULK"])
def tap(request: pytest.FixtureRequest, served: ServedOrg, tmp_path: Path) -> Tap:
    """The tap; the org is new."""
    if not TAP.exists():
        pytest.skip("Singer's tap is not here: make clients")
    return Tap(served, tmp_path, request.param)


def records(messages: list[Message]) -> list[dict[str, Any]]:
    return [message["record"] for message in messages if message["type"] == "RECORD"]


def state_after(messages: list[Message]) -> dict[str, Any]:
    """The last state, which the next extraction begins with."""
    state: dict[str, Any] = [message["value"] for message in messages if message["type"] == "STATE"][-1]
    return state


class Leads:
    """Someone who works with the leads meanwhile, over REST."""

    def __init__(self, org: ServedOrg) -> None:
        self._options = {
            "verify": ssl.create_default_context(cafile=org.authority),
            "trust_env": False,
            "headers": org.control.session(),
        }
        self._url = f"{org.url}/services/data/v59.0/sobjects/"

    def send(self, method: str, path: str, **fields: Any) -> Any:
        """The answer, which has to be a success."""
        with http_client(self._url, **self._options) as http:
            answer = http.request(method, path, json=fields).raise_for_status()
        return answer.json() if answer.content else None

    def add(self, **fields: Any) -> str:
        lead_id: str = self.send("POST", "Lead", Company="Acme", **fields)["id"]
        return lead_id


@pytest.fixture
def leads(tap: Tap, served: ServedOrg) -> Leads:
    return Leads(served)


def test_leads_are_extracted_and_later_those_that_changed(tap: Tap, leads: Leads) -> None:
    first = leads.add(LastName="Okafor", Description='a,\n"\u00fc"', NumberOfEmployees=3)
    second = leads.add(LastName="Sato")
    catalog = tap.discovered()

    messages = tap.extracted(catalog)
    leads.send("PATCH", f"Lead/{first}", Title="CEO")
    leads.send("DELETE", f"Lead/{second}")
    again = tap.extracted(catalog, state_after(messages))
    ahead = state_after(messages)
    ahead["bookmarks"]["Lead"]["SystemModstamp"] = "2100-01-01T00:00:00.000000Z"

    found = {lead["Id"]: lead for lead in records(messages)}
    assert found.keys() == {first, second}
    assert (found[first]["NumberOfEmployees"], found[first]["Description"].split()) == (3, ["a,", '"\u00fc"'])
    assert {lead["Id"]: (lead["Title"], lead["IsDeleted"]) for lead in records(again)} == {
        first: ("CEO", False),
        second: (None, True),
    }
    assert records(tap.extracted(catalog, ahead)) == []


@pytest.mark.parametrize("tap", ["BULK"], indirect=True)
def test_a_query_that_takes_too_long_is_tried_again_in_chunks(tap: Tap, leads: Leads, served: ServedOrg) -> None:
    lead_ids = {leads.add(LastName=str(number)) for number in range(3)}
    timeout = {"operation": "bulk1.queryAll", "kind": "status", "error_code": "QUERY_TIMEOUT", "message": "too long"}
    served.control.ask("POST", "faults", {"rules": [{**timeout, "times": 1}]})

    messages = tap.extracted(tap.discovered())

    assert {lead["Id"] for lead in records(messages)} == lead_ids
    assert served.control.stats()["by_operation"]["bulk1.queryAll"] == 3
