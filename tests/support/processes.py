"""Processes that end with the test that started them, whatever happens to it.

Each leads a process group of its own, so that what it starts ends with it; and when a test run is killed, a watchdog
ends what is left of its groups. (A group of its own also keeps Ctrl-C from it: it ends in its test's own way.)
"""

from __future__ import annotations

import asyncio
import atexit
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

_SETTINGS = ("SF_", "MCP_", "LEAD_", "LOG_", "REDIS_", "GATEWAY_", "READ_ONLY", "REQUIRE_", "CONFIRMATION_", "CORS_")

PATIENCE = 60
"""Seconds to wait for what should come at once; only a broken process takes that long, also on a busy machine."""

Command = Sequence[str | Path]


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that can only be looked at."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


class _Watchdog:
    """A process that outlives this one by a moment, and ends the groups that are left."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("watchdog.py")
        self._process = subprocess.Popen([sys.executable, "-I", program], stdin=subprocess.PIPE, start_new_session=True)

    def add(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def remove(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        os.write(self._process.stdin.fileno(), line.encode())


@cache
def _watchdog() -> _Watchdog:
    watchdog = _Watchdog()
    atexit.register(watchdog.close)
    return watchdog


@contextmanager
def _watched(group: int) -> Iterator[None]:
    """The processes of this group are killed at the end of the block, or with this run."""
    watchdog = _watchdog()
    watchdog.add(group)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        watchdog.remove(group)


@contextmanager
def started(command: Command, **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process with `subprocess.Popen`'s options; at the end it is killed with all that it has started."""
    with subprocess.Popen(command, start_new_session=True, **options) as process, _watched(process.pid):
        yield process


@asynccontextmanager
async def started_in_loop(*command: str | Path, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """The same for a test that runs in an event loop."""
    process = await asyncio.create_subprocess_exec(*command, start_new_session=True, **options)
    try:
        with _watched(process.pid):
            yield process
    finally:
        await process.wait()


def finished(
    command: Command, *, stdin: str | None = None, timeout: float = PATIENCE, **options: Any
) -> subprocess.CompletedProcess[str]:
    """A process that has ended, and the text that it wrote. Raises subprocess.TimeoutExpired."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(command, **pipes, encoding="utf-8", **options) as process:
        out, errors = process.communicate(stdin, timeout)
        return subprocess.CompletedProcess(command, process.returncode, out, errors)


class Process:
    """A running command of ours and what it has printed."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self._popen = popen
        self._printed = ""
        self._closed = False
        self._changed = threading.Condition()
        # It ends with the last process that holds the other end of the pipe.
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Process:
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        # The pipe must not be closed while it is read.
        self._read_to_the_end()

    @property
    def pid(self) -> int:
        return self._popen.pid

    def cpu_seconds(self) -> float:
        """User and system time so far; only Linux tells it this way."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def printed(self) -> str:
        with self._changed:
            return self._printed

    def wait_for(self, pattern: str) -> re.Match[str]:
        """What the command printed that matches; fails when it ends without."""
        with self._changed:
            self._changed.wait_for(lambda: re.search(pattern, self._printed) or self._closed, PATIENCE)
            match = re.search(pattern, self._printed)
        assert match, f"{pattern!r} was not printed: {self._printed}"
        return match

    def url(self) -> str:
        """Where it can be reached, as it prints first."""
        return self.wait_for(r"http://127\.0\.0\.1:\d+").group()

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Its exit code after a signal."""
        self.stop_soon(by)
        return self.end()

    def stop_soon(self, by: signal.Signals = signal.SIGINT) -> None:
        """Send it a signal."""
        self._popen.send_signal(by)

    def end(self) -> int:
        """Its exit code, once it and all that it has started have ended by themselves."""
        code = self._popen.wait(PATIENCE)
        self._read_to_the_end()
        return code

    def _read_to_the_end(self) -> None:
        self._reader.join(PATIENCE)
        assert not self._reader.is_alive(), f"something goes on: {self.printed}"

    def _read(self) -> None:
        assert self._popen.stdout
        for line in self._popen.stdout:
            with self._changed:
                self._printed += line
                self._changed.notify_all()
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def environment(settings: dict[str, str]) -> dict[str, str]:
    """The environment of a command: these settings, and no others that happen to be set here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    return {**kept, **settings}


@contextmanager
def process(
    *arguments: str, cwd: Path, python: str = sys.executable, settings: dict[str, str] | None = None
) -> Iterator[Process]:
    """A command of ours in this directory; killed at the end if it still runs."""
    popen = subprocess.Popen(
        [python, "-m", "api", *arguments],
        cwd=cwd,
        env=environment(settings or {}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    with popen, Process(popen) as running, _watched(popen.pid):
        yield running
