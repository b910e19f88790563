"""No container engine runs here, so both files are read and their steps done by hand in an empty directory."""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import ROOT
from tests.support.http_client import get
from tests.support.processes import PATIENCE, finished, process

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def steps(instruction: str) -> list[str]:
    return re.findall(rf"^{instruction} (.*)$", DOCKERFILE, re.MULTILINE)


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return services


@pytest.mark.timeout(6 * PATIENCE)
def test_what_the_image_holds_is_enough_to_serve(tmp_path: Path) -> None:
    venv, app = tmp_path / "venv", tmp_path / "app"
    app.mkdir()
    copied = [source for source, target in (step.split() for step in steps("COPY") if "--from" not in step)]
    for source in copied:
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, app / source)
    installs = [step.replace("/opt/venv", str(venv)) for step in steps("RUN") if "venv" in step]
    for step in installs:
        command = step.replace("python -m venv", f"{sys.executable} -m venv").replace("--no-cache-dir", "--quiet")
        done = finished(["sh", "-c", command], cwd=app, timeout=5 * PATIENCE)
        assert done.returncode == 0, done.stderr

    start = [*json.loads(steps("ENTRYPOINT")[0]), *json.loads(steps("CMD")[-1])]
    assert start[:3] == ["python", "-m", "api"]
    settings = {"MCP_HOST": "127.0.0.1", "MCP_PORT": "0"}
    with process(*start[3:], cwd=app, python=str(venv / "bin/python"), settings=settings) as gateway:
        port = gateway.wait_for(r"Salesforce MCP Server active at 127\.0\.0\.1:(\d+)")[1]
        assert "swagger-ui" in get(f"http://127.0.0.1:{port}/docs").text
        assert gateway.stop() == 0


def test_only_what_the_image_copies_is_sent_to_the_engine() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert kept == {step.split()[0] for step in steps("COPY") if "--from" not in step}


def test_the_image_runs_without_root() -> None:
    assert steps("USER") == ["gateway"]
    assert steps("EXPOSE") == ["3333"]


def test_the_simulator_starts_only_when_asked_for() -> None:
    services = compose()

    assert services["gateway"]["ports"] == ["3333:3333"]
    assert "profiles" not in services["gateway"]
    assert services["simulator"]["profiles"] == ["simulator"]


def test_the_simulators_command_is_one(tmp_path: Path) -> None:
    command = compose()["simulator"]["command"]
    on_a_free_port = [*command, "--port", "0"]

    with process(*on_a_free_port, cwd=tmp_path) as org:
        org.wait_for("A Salesforce org answers at http://0.0.0.0:")
        assert org.stop() == 0
