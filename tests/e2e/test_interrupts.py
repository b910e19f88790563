"""Ctrl-C while a command is still being loaded."""

import sys
from pathlib import Path

import pytest

from tests.support.processes import environment, finished

INTERRUPTED = """
import importlib.abc, runpy, signal, sys

module = sys.argv.pop(1)

class Interrupt(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == module:
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                pass  # as some libraries do while they are imported

sys.meta_path.insert(0, Interrupt())
runpy.run_module("api", run_name="__main__")
"""
"""Runs the command line, and is interrupted when it comes to import a module."""


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("stdio", "api.commands.cli"),
        ("stdio", "infra.settings"),
        ("stdio", "redis"),
        ("serve", "fastapi"),
        ("demo", "mcp"),
    ],
)
def test_an_interrupt_while_a_command_is_loaded_ends_it_quietly(tmp_path: Path, command: str, module: str) -> None:
    interrupted = [sys.executable, "-c", INTERRUPTED, module, command]
    run = finished(interrupted, cwd=tmp_path, env=environment({}))

    assert (run.returncode, run.stdout, run.stderr) == (130, "", "")
