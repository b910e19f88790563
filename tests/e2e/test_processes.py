"""What tests start ends with them, whatever happens to them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT
from tests.support.browser import needs_chromium
from tests.support.processes import PATIENCE, finished, process, started, until
from tests.support.redis_server import needs_redis

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks processes up in /proc")

FAMILY = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) > 1:
    print("ready", flush=True)
    time.sleep(600)
subprocess.run([sys.executable, __file__, "child"])
"""
"""A program that takes no hint, and has a child that holds its output."""

TESTS = """
import time
from pathlib import Path

from tests.support.browser import browser_page
from tests.support.processes import process
from tests.support.redis_server import redis_server

def wait(name):
    (Path(__file__).parent / name).touch()
    time.sleep(600)

def test_a_command(tmp_path):
    with process("simulator", "--port", "0", cwd=tmp_path) as org:
        org.wait_for("A Salesforce org answers")
        wait("command")

def test_a_browser():
    with browser_page():
        wait("browser")

def test_redis(tmp_path):
    with redis_server(tmp_path):
        wait("redis")
"""


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the environment of everything holds that is started from now on, unless it works in that folder."""
    monkeypatch.setenv("STARTED_BY", str(tmp_path))
    return str(tmp_path)


def running(mark: str) -> list[str]:
    """The command lines of the processes with the mark; the watchdog of this run may be one of them."""
    lines = [_command_line(folder, mark) for folder in Path("/proc").glob("[0-9]*")]
    return [line for line in lines if line and "watchdog" not in line]


def _command_line(folder: Path, mark: str) -> str:
    try:
        # Redis overwrites its environment.
        has_mark = mark.encode() in (folder / "environ").read_bytes() or mark in os.readlink(folder / "cwd")
        return (folder / "cmdline").read_text().replace("\0", " ") if has_mark else ""
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


def test_what_fails_leaves_nothing(tmp_path: Path, mark: str) -> None:
    program = tmp_path / "family.py"
    program.write_text(FAMILY)

    def fail() -> None:
        with started([sys.executable, program], stdout=subprocess.PIPE) as family:
            assert family.stdout
            assert family.stdout.readline() == b"ready\n"
            assert len(running(mark)) == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    until(lambda: not running(mark))


def test_what_takes_too_long_leaves_nothing(tmp_path: Path, mark: str) -> None:
    program = tmp_path / "family.py"
    program.write_text(FAMILY)

    with pytest.raises(subprocess.TimeoutExpired):
        finished([sys.executable, program], timeout=1)

    until(lambda: not running(mark))


def test_workers_end_with_what_started_them(tmp_path: Path, mark: str) -> None:
    settings = {"MCP_HOST": "127.0.0.1", "MCP_PORT": "0", "REDIS_URL": "redis://127.0.0.1:1"}
    with process("serve", "--workers", "2", cwd=tmp_path, settings=settings) as gateway:
        gateway.wait_for("(?s)(Server active.*){2}")

    until(lambda: not running(mark))


@needs_chromium
@needs_redis
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_nothing(tmp_path: Path, mark: str, number: signal.Signals) -> None:
    (tmp_path / "test_samples.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    options = ["-n", "3", "-p", "no:cacheprovider", "--basetemp", str(tmp_path / "base")]
    run = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with started(run, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, **quiet) as tests:
        until(lambda: {each.name for each in tmp_path.iterdir()} >= {"command", "browser", "redis"})
        lines = running(mark)
        assert [
            name for name in ("simulator", "chromium", "redis-server") if not any(name in each for each in lines)
        ] == []

        # To all of the group, as a terminal does.
        os.killpg(tests.pid, number)
        tests.wait(PATIENCE)

        until(lambda: not running(mark))


def test_what_is_killed_while_it_prints_is_read_to_the_end(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__main__.py").write_text("while True:\n    print('x' * 1000, flush=True)\n")

    for _ in range(20):
        with process(cwd=tmp_path) as chatty:
            chatty.wait_for("x")
