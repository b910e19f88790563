"""Clients that are Node packages, in the versions of their lock files."""

import pytest

from tests import ROOT

_TESTS = ROOT / "tests"
NODE = _TESTS / "conformance" / "node_modules" / "node" / "bin" / "node"
PACKAGES = _TESTS / "connect" / "node_modules"
NEWMAN = PACKAGES / "newman" / "bin" / "newman.js"
INSPECTOR = PACKAGES / "@modelcontextprotocol" / "inspector" / "clients" / "launcher" / "build" / "index.js"
SF = _TESTS / "e2e" / "sf" / "node_modules" / "@salesforce" / "cli" / "bin" / "run.js"
N8N = _TESTS / "e2e" / "n8n"

needs_sf = pytest.mark.skipif(
    not (NODE.exists() and SF.exists()), reason="Salesforce's command line is missing: make clients"
)
needs_n8n = pytest.mark.skipif(
    not (NODE.exists() and (N8N / "node_modules" / "n8n-nodes-base").exists()),
    reason="n8n's nodes are missing: make clients",
)
needs_clients = pytest.mark.skipif(
    not (NODE.exists() and NEWMAN.exists() and INSPECTOR.exists()),
    reason="Postman's runner and the Inspector are missing: make clients",
)
