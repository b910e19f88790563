"""Postman's own runner on our collection."""

import json
from pathlib import Path
from typing import Any

from tests.postman.__main__ import FILE as COLLECTION
from tests.support.node import NEWMAN, NODE
from tests.support.processes import finished


def newman(folder: Path, **variables: str) -> dict[str, Any]:
    """What Postman's own runner reports of a run."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    command: list[str | Path] = [NODE, NEWMAN, "run", COLLECTION, "--reporters", "json"]
    command += ["--reporter-json-export", report]
    for name, value in variables.items():
        command += ["--env-var", f"{name}={value}"]
    done = finished(command)
    assert report.exists(), done.stderr
    run: dict[str, Any] = json.loads(report.read_text())["run"]
    return run
