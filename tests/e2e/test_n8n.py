"""n8n's Salesforce node, as it is, against the simulator: the tests themselves are in n8n/org.test.mjs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.processes import PATIENCE, finished
from tests.support.served_org import ServedOrg

HERE = Path(__file__).parent / "n8n"
NODE = shutil.which("node")
INSTALLED = (HERE / "node_modules" / "n8n-nodes-base").exists()
needs_n8n = pytest.mark.skipif(NODE is None or not INSTALLED, reason="n8n's nodes are missing: make clients")


@needs_n8n
@pytest.mark.timeout(3 * PATIENCE)
def test_n8n_cannot_tell(served: ServedOrg) -> None:
    proxy = {"HTTPS_PROXY": served.proxy, "NO_PROXY": "127.0.0.1"}
    simulator = {"SIMULATOR_URL": served.url, "NODE_EXTRA_CA_CERTS": str(served.authority), "NO_COLOR": "1"}

    command = [str(NODE), "--test", "--test-reporter=spec", "org.test.mjs"]
    done = finished(command, cwd=HERE, env={**os.environ, **proxy, **simulator}, timeout=2 * PATIENCE)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
