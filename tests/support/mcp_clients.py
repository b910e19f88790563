"""MCP clients that others wrote, as programs; tests/clients has them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.support.every_tool import Step
from tests.support.processes import PATIENCE, finished

PROGRAMS = ROOT / "tests" / "clients"
ENVIRONMENTS = ROOT / ".venv-clients"
NODE = ROOT / "tests" / "conformance" / "node_modules" / "node" / "bin" / "node"
NPM_PACKAGES = PROGRAMS / "node_modules" / "@modelcontextprotocol"


@dataclass(frozen=True)
class Client:
    """A client program, and what it needs to run."""

    program: str
    interpreter: Path
    package: Path

    def visit(self, server: dict[str, Any], era: str, steps: Sequence[Step], **more: Any) -> dict[str, Any]:
        """What the client says about the server, and about each call.

        `server` is a `url` with `headers`, or a `command` with `args`, `env` and `cwd`; `more` are prompts to `get` and
        resources to `read`.
        """
        if not (self.interpreter.exists() and self.package.exists()):
            pytest.skip(f"{self.program} needs packages that are not here: make clients")
        calls = [{"tool": step.tool, "arguments": step.arguments} for step in steps]
        task = {"server": server, "era": era, "calls": calls, "get": [], "read": [], **more}
        run = finished(
            [self.interpreter, PROGRAMS / self.program],
            stdin=json.dumps(task),
            # Nothing of what is set here, a proxy say, may matter to the client or the server it starts.
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            timeout=2 * PATIENCE,
        )
        assert (run.returncode, run.stderr) == (0, "")
        report: dict[str, Any] = json.loads(run.stdout)
        return report


TYPESCRIPT_1 = Client("sdk_v1.mjs", NODE, NPM_PACKAGES / "sdk")
TYPESCRIPT_2 = Client("sdk_v2.mjs", NODE, NPM_PACKAGES / "client")
PYTHON_1 = Client("mcp_1.py", ENVIRONMENTS / "mcp-1" / "bin" / "python", ENVIRONMENTS / ".installed")
PYTHON_2 = Client("mcp_2.py", Path(sys.executable), PROGRAMS)
FASTMCP = Client("fast_mcp.py", ENVIRONMENTS / "fastmcp" / "bin" / "python", ENVIRONMENTS / ".installed")
