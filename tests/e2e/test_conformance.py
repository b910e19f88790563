"""The protocol's own conformance runner against the gateway, in both of its lines and for both eras."""

import asyncio
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from api.main import gateway
from domain.values.session import Session
from tests import ROOT
from tests.support.gateway import GatewayClient, headers_of, settings
from tests.support.listening import listening
from tests.support.org import Org
from tests.support.processes import started_in_loop

PACKAGES = ROOT / "tests" / "conformance" / "node_modules"
NODE = PACKAGES / "node" / "bin" / "node"
STABLE = PACKAGES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
NEXT = PACKAGES / "conformance-next" / "dist" / "index.js"

pytestmark = pytest.mark.skipif(
    not (NODE.exists() and STABLE.exists() and NEXT.exists()),
    reason="the runner is missing: npm ci --prefix tests/conformance",
)


@dataclass(frozen=True)
class Reason:
    """Why a scenario says nothing about this server, and what of its failure shows that it is so."""

    why: str
    seen: str


FIXTURE = Reason(
    "calls a tool, prompt or resource of the runner's own example server",
    "There is no such|Tool '[a-z0-9_]+' not found|Prerequisite failed|Expected InputRequiredResult",
)
NO_LOGGING = Reason("the server offers no logging, which the protocol is giving up", "Method not found")
NO_PUSH = Reason("there are no sessions here, so nothing is pushed to a client later", "Method not found")
NOT_APPLICABLE = {
    "tools-call-with-logging": NO_LOGGING,
    "logging-set-level": NO_LOGGING,
    "resources-subscribe": NO_PUSH,
    "resources-unsubscribe": NO_PUSH,
    "tools-call-": FIXTURE,
    "json-schema-2020-12": FIXTURE,
    "elicitation-sep": FIXTURE,
    "resources-read-": FIXTURE,
    "resources-templates-read": FIXTURE,
    "prompts-get-": FIXTURE,
    "input-required-result-": FIXTURE,
}
"""Scenarios by the beginning of their name."""

NO_EXTENSIONS = ("tasks-", "sep-2640-skills-")
"""Scenarios of the protocol's extensions, none of which the server offers."""

LISTS = {"completion-complete", "tools-list", "resources-list", "prompts-list"}
SUMMER_2025 = LISTS | {"server-initialize", "ping"}
AUTUMN_2025 = SUMMER_2025 | {"server-sse-polling", "server-sse-multiple-streams", "dns-rebinding-protection"}
SUMMER_2026 = LISTS | {
    "server-stateless",
    "server-sse-multiple-streams",
    "dns-rebinding-protection",
    "caching",
    "http-header-validation",
    "http-custom-header-server-validation",
    "sep-2164-resource-not-found",
    "input-required-result-missing-input-response",
    "input-required-result-unsupported-methods",
    "input-required-result-ignore-extra-params",
    "input-required-result-validate-input",
}
APPLICABLE = {
    (STABLE, "2025-06-18"): SUMMER_2025,
    (STABLE, "2025-11-25"): AUTUMN_2025,
    (NEXT, "2025-03-26"): {"server-session-lifecycle"},
    (NEXT, "2025-06-18"): SUMMER_2025 | {"server-session-lifecycle"},
    (NEXT, "2025-11-25"): AUTUMN_2025 | {"server-session-lifecycle"},
    (NEXT, "2026-07-28"): SUMMER_2026,
}
"""By runner and revision the scenarios that pass. The line 0.1 has none for servers of the revision 2026-07-28."""


class SignedIn:
    """Adds a caller's session to each request, since the runner can not."""

    def __init__(self, app: ASGIApp, session: Session) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers_of(session).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], *self._headers]}
        await self._app(scope, receive, send)


@pytest.mark.parametrize(
    ("runner", "revision"), APPLICABLE, ids=[f"{runner.parts[-3]} {revision}" for runner, revision in APPLICABLE]
)
async def test_every_scenario_that_applies_passes(
    org: Org, session: Session, tmp_path: Path, runner: Path, revision: str
) -> None:
    app = SignedIn(gateway(settings(), salesforce=org.transport), session)
    async with listening(app) as url:
        # The runner waits one second for some answers, however busy the machine is.
        for attempt in map(str, range(3)):
            folder = tmp_path / attempt
            printed = await said_by(
                runner, "server", "--url", f"{url}/mcp", "--suite", "all", "--spec-version", revision, "-o", folder
            )
            failures = {scenario: problems(checks) for scenario, checks in results(folder).items()}
            passed = {scenario for scenario, found in failures.items() if not found}
            if passed == APPLICABLE[runner, revision]:
                break

    assert passed == APPLICABLE[runner, revision], printed
    failed = {scenario: found for scenario, found in failures.items() if found}
    assert {scenario: found for scenario, found in failed.items() if not excused(scenario, found[0])} == {}


async def test_no_revision_of_the_runners_is_left_out() -> None:
    scenarios = {runner: scenarios_in(await said_by(runner, "list", "--server")) for runner in (STABLE, NEXT)}

    revisions = {(runner, each) for runner, listed in scenarios.items() for each in set().union(*listed.values())}
    assert revisions == {*APPLICABLE, (NEXT, "extension")}
    extensions = [name for name, revisions in scenarios[NEXT].items() if "extension" in revisions]
    assert [name for name in extensions if not name.startswith(NO_EXTENSIONS)] == []


async def test_what_excuses_a_scenario_is_not_offered(rest: GatewayClient) -> None:
    for mode in ("legacy", "auto"):
        async with rest.mcp(mode=mode) as client:
            offered = client.server_capabilities
        assert offered.logging is None
        assert offered.resources is not None
        assert not offered.resources.subscribe
        assert not offered.extensions


async def said_by(runner: Path, *arguments: str | Path) -> str:
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    async with started_in_loop(NODE, runner, *arguments, **pipes) as run:
        printed, _ = await run.communicate()
        return printed.decode()


def scenarios_in(listing: str) -> dict[str, set[str]]:
    """The revisions of each scenario, from lines like `  - ping [2025-06-18,2025-11-25]`."""
    return {name: set(revisions.split(",")) for name, revisions in re.findall(r"- (\S+) \[(.*)\]", listing)}


def results(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The checks of each scenario; the folders are named `server-<scenario>-<time>`."""
    found = {_FOLDER.fullmatch(file.parent.name): json.loads(file.read_text()) for file in folder.rglob("checks.json")}
    return {name[1]: checks for name, checks in found.items() if name}


_FOLDER = re.compile(r"server-(.+?)-\d{4}-\d\d-\d\dT.*")


def problems(checks: list[dict[str, Any]]) -> list[str]:
    """What failed, besides what the runner itself calls untestable without its own example tools."""
    return [
        f"{check['id']}: {check.get('errorMessage')}"
        for check in checks
        if check["status"] == "FAILURE" and not (check.get("details") or {}).get("untestable")
    ]


def excused(scenario: str, problem: str) -> bool:
    """Whether the scenario does not apply, and failed because of that."""
    reason = next((reason for name, reason in NOT_APPLICABLE.items() if scenario.startswith(name)), None)
    return reason is not None and re.search(reason.seen, problem) is not None
