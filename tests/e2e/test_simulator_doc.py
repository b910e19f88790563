"""The recipe for a gateway that logs in itself, run by a shell as docs/simulator.md has it."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT
from tests.support.processes import PATIENCE, environment, finished, process

DOCUMENT = (ROOT / "docs" / "simulator.md").read_text()
RECIPE = DOCUMENT.partition("## A gateway that logs in itself")[2].partition("\n## ")[0]
FLOWS = ["client credentials", "refresh token", "JWT bearer"]
SIMULATOR, SHARED, *GRANTS, RUN, CALL = re.findall(r"```bash\n(.*?)```", RECIPE, re.DOTALL)


@pytest.fixture(scope="module")
def org_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the simulator of the recipe answers; on a free port, instead of the default one."""
    _, *arguments = SIMULATOR.split()
    with process(*arguments, "--port", "0", cwd=tmp_path_factory.mktemp("org")) as org:
        yield org.wait_for(r"http://127\.0\.0\.1:\d+").group()


def pasted(text: str, cwd: Path) -> str:
    """What a shell prints for these lines, with `salesforce-mcp` in its path."""
    command = cwd / "bin" / "salesforce-mcp"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m api "$@"\n')
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), os.environ["PATH"]])
    run = finished(
        ["sh", "-ec", text],
        cwd=cwd,
        env={**environment({}), "PATH": path, "PYTHONPATH": str(ROOT)},
        timeout=2 * PATIENCE,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


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


def test_the_fixture_for_the_tests_of_others_works_as_it_is_written(tmp_path: Path) -> None:
    recipe = DOCUMENT.partition("## In your own tests")[2].partition("\n## ")[0]
    fixtures, example = re.findall(r"```python\n(.*?)```", recipe, re.DOTALL)
    (tmp_path / "conftest.py").write_text(fixtures)
    (tmp_path / "test_integration.py").write_text(example)

    printed = pasted(f'"{sys.executable}" -m pytest -q -p no:cacheprovider --rootdir . -c /dev/null', tmp_path)

    assert "1 passed" in printed
