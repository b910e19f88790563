"""The public linter for what clients and registries read: whether a folder with such files has findings."""

import sys
from pathlib import Path

from tests.support.processes import finished

_CONFIG = """
rules:
  mcp-valid-json:
    additional-placeholders: [refreshed-at-the-first-call, demo-refresh-token]
"""


def findings(folder: Path, *rules: str) -> str:
    """What the linter says by these rules; empty when all is well."""
    (folder / ".skillsaw.yaml").write_text(_CONFIG)
    command = [sys.executable, "-m", "skillsaw", "lint", "--strict", "--quiet", "--no-plugins", "--no-custom-rules"]
    chosen = [option for rule in rules for option in ("--rule", rule)]
    done = finished([*command, *chosen, folder])
    return done.stdout + done.stderr if done.returncode else ""
