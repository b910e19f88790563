"""Postman's own runner on our collection."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.e2e.processes import PATIENCE
from tests.postman.__main__ import FILE as COLLECTION
from tests.support.node import NEWMAN, NODE


def newman(folder: Path, **variables: str) -> dict[str, Any]:
    """What Postman's own runner reports of a run."""
    report = folder / "report.json"
    command: list[str | Path] = [NODE, NEWMAN, "run", COLLECTION, "--reporters", "json"]
    command += ["--reporter-json-export", report]
    for name, value in variables.items():
        command += ["--env-var", f"{name}={value}"]
    subprocess.run(command, capture_output=True, timeout=PATIENCE)
    run: dict[str, Any] = json.loads(report.read_text())["run"]
    return run
