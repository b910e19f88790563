"""The protocol's own conformance runner against the gateway, in both of its lines and for both eras."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from api.main import gateway
from domain.session import Session
from tests.support.gateway import headers_of, settings
from tests.support.listening import listening
from tests.support.org import Org

PACKAGES = Path(__file__).parent.parent / "conformance" / "node_modules"
NODE = PACKAGES / "node" / "bin" / "node"
STABLE = PACKAGES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
NEXT = PACKAGES / "conformance-next" / "dist" / "index.js"

pytestmark = pytest.mark.skipif(
    not (NODE.exists() and STABLE.exists() and NEXT.exists()),
    reason="the runner is missing: npm ci --prefix tests/conformance",
)

FIXTURE = "calls a tool, prompt or resource of the runner's own example server"
NO_PUSH = "there are no sessions here, so nothing is pushed to a client later"
NOT_APPLICABLE = {
    "tools-call-": FIXTURE,
    "json-schema-2020-12": FIXTURE,
    "elicitation-sep": FIXTURE,
    "resources-read-": FIXTURE,
    "resources-templates-read": FIXTURE,
    "prompts-get-": FIXTURE,
    "http-custom-header-server-validation": FIXTURE,
    "input-required-result-": FIXTURE,
    "logging-set-level": NO_PUSH,
    "resources-subscribe": NO_PUSH,
    "resources-unsubscribe": NO_PUSH,
    "server-session-lifecycle": NO_PUSH,
}
"""Scenarios by the beginning of their name, and why they say nothing about this server."""

PASSED_ALL_THE_SAME = {
    "input-required-result-missing-input-response",
    "input-required-result-unsupported-methods",
    "input-required-result-ignore-extra-params",
    "input-required-result-validate-input",
}


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
    ("runner", "revision", "at_least"),
    [
        (STABLE, "2025-11-25", {"server-initialize", "ping", "tools-list", "prompts-list", "dns-rebinding-protection"}),
        (NEXT, "2025-11-25", {"server-initialize", "tools-list", "resources-list", "completion-complete"}),
        (NEXT, "2026-07-28", {"server-stateless", "caching", "http-header-validation", "sep-2164-resource-not-found"}),
    ],
    ids=["0.1 2025-11-25", "0.2 2025-11-25", "0.2 2026-07-28"],
)
async def test_every_scenario_that_applies_passes(
    org: Org, session: Session, tmp_path: Path, runner: Path, revision: str, at_least: set[str]
) -> None:
    app = SignedIn(gateway(settings(), salesforce=org.transport), session)
    async with listening(app) as url:
        command: list[str | Path] = [
            NODE,
            runner,
            "server",
            "--url",
            f"{url}/mcp",
            "--suite",
            "all",
            "--spec-version",
            revision,
            "-o",
            tmp_path,
        ]
        run = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        printed, _ = await run.communicate()

    failures = {scenario: problems(checks) for scenario, checks in results(tmp_path).items()}
    passed = {scenario for scenario, found in failures.items() if not found}
    assert at_least <= passed, printed.decode()
    applicable = {scenario: found for scenario, found in failures.items() if applies(scenario)}
    assert {scenario: found for scenario, found in applicable.items() if found} == {}


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


def applies(scenario: str) -> bool:
    return scenario in PASSED_ALL_THE_SAME or not scenario.startswith(tuple(NOT_APPLICABLE))
