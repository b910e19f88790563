"""The recipes of docs/simulator.md, run as they are written there."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from tests import ROOT
from tests.support.http_client import http_client
from tests.support.processes import PATIENCE, environment, finished, process
from tests.support.served_org import ServedOrg
from tests.support.simulator_control import Control

DOCUMENT = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return DOCUMENT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def blocks(language: str, text: str) -> list[str]:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return found


FLOWS = ["client credentials", "refresh token", "JWT bearer"]
SIMULATOR, SHARED, *GRANTS, RUN, CALL = blocks("bash", section("A gateway that logs in itself"))
FIXTURES, EXAMPLE = blocks("python", section("In your own tests"))
NEEDS_3_11 = pytest.mark.skipif(sys.version_info < (3, 11), reason="aiosalesforce needs Python 3.11 or newer")
[ORG] = blocks("yaml", section("An org like yours"))
RESELLER = "SELECT Id FROM RecordType WHERE DeveloperName = 'Reseller'"
SIMPLE_SALESFORCE, AIOSALESFORCE, IN_PROCESS = blocks("python", section("Pointing a client at it"))


@pytest.fixture(scope="module")
def org_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the simulator of the recipe answers; on a free port, instead of the default one."""
    _, *arguments = SIMULATOR.split()
    with process(*arguments, "--port", "0", cwd=tmp_path_factory.mktemp("org")) as org:
        yield org.url()


def run(text: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A shell that was given these lines, with `salesforce-mcp` in its path."""
    command = cwd / "bin" / "salesforce-mcp"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m api "$@"\n')
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), os.environ["PATH"]])
    return finished(
        ["sh", "-ec", text],
        cwd=cwd,
        env={**environment({}), "PATH": path, "PYTHONPATH": str(ROOT)},
        timeout=2 * PATIENCE,
    )


def pasted(text: str, cwd: Path) -> str:
    """What a shell prints for these lines, which have to succeed."""
    shell = run(text, cwd)
    assert shell.returncode == 0, shell.stdout + shell.stderr
    return shell.stdout


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is missing: apt-get install openssl")
@pytest.mark.parametrize(("grant", "flow"), [*zip(GRANTS, FLOWS, strict=True)], ids=FLOWS)
def test_each_way_to_log_in_works_as_it_is_written(org_url: str, tmp_path: Path, grant: str, flow: str) -> None:
    lines = (SHARED + grant).replace("http://127.0.0.1:3334", org_url)
    check, serve = RUN.splitlines()
    assert serve == "salesforce-mcp serve"

    printed = pasted(f"{lines}\n{check}\necho ---\nenv", tmp_path)
    told, _, variables = printed.partition("---\n")
    settings = dict(re.findall(r"^((?:SF|MCP|GATEWAY)_\w+)=(.*)$", variables, re.MULTILINE))
    with process("serve", cwd=tmp_path, settings={**settings, "MCP_PORT": "0"}) as gateway:
        address = gateway.wait_for(r"active at (127\.0\.0\.1:\d+)")[1]
        answer = json.loads(pasted(CALL.replace("127.0.0.1:3333", address), tmp_path))

    assert f"(SF_AUTH_MODE=service), by {flow}." in told
    assert "Nothing is missing." in told
    assert len(answer["data"]["leads"]) == 2


def own_tests(cwd: Path, fixtures: str) -> subprocess.CompletedProcess[str]:
    """The tests of somebody else's project, run."""
    (cwd / "conftest.py").write_text(fixtures)
    (cwd / "test_integration.py").write_text(EXAMPLE)
    return run(f'"{sys.executable}" -m pytest -q -p no:cacheprovider --rootdir . -c /dev/null', cwd)


def test_the_fixture_for_the_tests_of_others_works_as_it_is_written(tmp_path: Path) -> None:
    tests = own_tests(tmp_path, FIXTURES)

    assert "1 passed" in tests.stdout


@pytest.mark.parametrize(
    ("written", "mistaken", "told"),
    [
        ('"salesforce-mcp"', '"salesforce-nothing"', "there is no command salesforce-nothing"),
        ('"--port", "0"', '"--port", "0", "--org", "no-org.yaml"', "the simulator did not start"),
        ('"--port", "0"', '"--port", "0", "--org", "no-org.yaml"', "no-org.yaml: can not be read"),
    ],
)
def test_the_fixture_says_why_the_simulator_does_not_start(
    tmp_path: Path, written: str, mistaken: str, told: str
) -> None:
    tests = own_tests(tmp_path, FIXTURES.replace(written, mistaken))

    assert "1 error" in tests.stdout
    assert told in tests.stdout


@pytest.mark.parametrize(
    ("snippet", "last", "printed"),
    [
        pytest.param(SIMPLE_SALESFORCE, "print(sf.Lead.describe()['keyPrefix'])", "00Q", id="simple-salesforce"),
        pytest.param(
            AIOSALESFORCE,
            "    print(await salesforce.sobject.create('Lead', {'LastName': 'Okafor', 'Company': 'Acme'}))",
            "00Q",
            id="aiosalesforce",
            marks=NEEDS_3_11,
        ),
        pytest.param(IN_PROCESS, "print((await http.get('/_sim/stats')).json())", "'leads': 25", id="in process"),
    ],
)
def test_each_python_client_works_as_it_is_written(
    served: ServedOrg, tmp_path: Path, snippet: str, last: str, printed: str
) -> None:
    for written, here in [(".simulator-tls/ca.pem", str(served.authority)), ("http://127.0.0.1:3335", served.proxy)]:
        snippet = snippet.replace(written, here)
    body = indent(snippet + last, "    ")
    (tmp_path / "client.py").write_text(f"import asyncio\nasync def main():\n{body}\nasyncio.run(main())\n")

    assert printed in pasted(f'"{sys.executable}" client.py', tmp_path)


def test_the_org_of_the_file_is_there_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "my-org.yaml").write_text(ORG)
    command = section("An org like yours").partition("`salesforce-mcp ")[2].partition("`")[0].split()
    lead = {"LastName": "Okafor", "Company": "Acme", "Segment__c": "Small", "AnnualRevenue": 100, "LeadSource": "Other"}
    told = "Number__c, Worth__c, Status, Industry, CurrencyIsoCode, RecordType.Name, Owner.Name"

    with process(*command, "--port", "0", cwd=tmp_path) as org:
        control = Control(org.url())
        with http_client(f"{control.url}/services/data/v59.0/", headers=control.session()) as http:
            [reseller] = http.get("query", params={"q": RESELLER}).json()["records"]
            created = http.post(
                "sobjects/Lead", json={**lead, "RecordTypeId": reseller["Id"], "Industry": "Technology"}
            )
            refused = http.post("sobjects/Lead", json={**lead, "LastName": "Test"})
            stored = http.get("query", params={"q": f"SELECT {told} FROM Lead"}).json()["records"]

    assert (created.status_code, refused.json()[0]["message"]) == (201, "No test leads.")
    assert [_plain(record) for record in stored] == [
        {
            "Number__c": f"L-{datetime.now(timezone.utc).year}-0001",
            "Worth__c": 20,
            "Status": "Applied",
            "Industry": "Technology",
            "CurrencyIsoCode": "EUR",
            "RecordType": {"Name": "Reseller Lead"},
            "Owner": {"Name": "Reseller Desk"},
        }
    ]


def _plain(record: Any) -> Any:
    """The record without its attributes."""
    if not isinstance(record, dict):
        return record
    return {name: _plain(value) for name, value in record.items() if name != "attributes"}
