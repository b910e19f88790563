"""n8n's Salesforce node, as it is, against the simulator: the tests themselves are in n8n/org.test.mjs."""

from __future__ import annotations

import os

import pytest

from tests.support.node import N8N, NODE, needs_n8n
from tests.support.processes import PATIENCE, finished
from tests.support.served_org import ServedOrg


@needs_n8n
@pytest.mark.timeout(3 * PATIENCE)
def test_n8n_cannot_tell(served: ServedOrg) -> None:
    proxy = {"HTTPS_PROXY": served.proxy, "NO_PROXY": "127.0.0.1"}
    simulator = {"SIMULATOR_URL": served.url, "NODE_EXTRA_CA_CERTS": str(served.authority), "NO_COLOR": "1"}

    command = [str(NODE), "--test", "--test-reporter=spec", "org.test.mjs"]
    done = finished(command, cwd=N8N, env={**os.environ, **proxy, **simulator}, timeout=2 * PATIENCE)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
