"""jsforce, as it is, against the simulator: the tests themselves are in jsforce/org.test.mjs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.processes import PATIENCE, finished
from tests.support.served_org import ServedOrg

HERE = Path(__file__).parent / "jsforce"
NODE, NPM = shutil.which("node"), shutil.which("npm")


@pytest.fixture(scope="module")
def jsforce() -> Path:
    """The folder with jsforce installed, in the versions of the lock file."""
    if NODE is None or NPM is None:
        pytest.skip("jsforce needs node and npm")
    installed = HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        done = finished([NPM, "ci", "--no-audit", "--no-fund"], cwd=HERE, timeout=5 * PATIENCE)
        if done.returncode:
            pytest.skip(f"npm could not install jsforce: {done.stderr[-300:]}")
    return HERE


@pytest.mark.timeout(8 * PATIENCE)
def test_jsforce_cannot_tell(jsforce: Path, served: ServedOrg) -> None:
    simulator = {"SIMULATOR_URL": served.url, "SIMULATOR_PROXY": served.proxy}
    environment = {**os.environ, **simulator, "NODE_EXTRA_CA_CERTS": str(served.authority), "NO_COLOR": "1"}

    command = [str(NODE), "--test", "--test-reporter=spec", "org.test.mjs"]
    done = finished(command, cwd=jsforce, env=environment, timeout=2 * PATIENCE)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
