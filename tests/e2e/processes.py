"""Real processes of the command line, started and stopped as a user would."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_SETTINGS = ("SF_", "MCP_", "LEAD_", "LOG_", "REDIS_", "GATEWAY_", "READ_ONLY", "REQUIRE_", "CONFIRMATION_", "CORS_")

PATIENCE = 30
"""Seconds to wait for what should come at once; only a broken process takes that long."""


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that can only be looked at."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


class Process:
    """A running command and what it has printed."""

    def __init__(self, arguments: Sequence[str], cwd: Path, env: dict[str, str], python: str = sys.executable) -> None:
        self._popen = subprocess.Popen(
            [python, "-m", "api", *arguments],
            cwd=cwd,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._printed = ""
        self._closed = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._popen.pid

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

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Its exit code after a signal."""
        self.stop_soon(by)
        return self.end()

    def stop_soon(self, by: signal.Signals = signal.SIGINT) -> None:
        """Send it a signal."""
        self._popen.send_signal(by)

    def end(self) -> int:
        """Its exit code, once it ends by itself."""
        code = self._popen.wait(PATIENCE)
        self._reader.join()
        return code

    def kill(self) -> None:
        if self._popen.poll() is None:
            self._popen.kill()
        self._popen.wait(PATIENCE)
        self._reader.join()

    def _read(self) -> None:
        assert self._popen.stdout
        for line in self._popen.stdout:
            with self._changed:
                self._printed += line
                self._changed.notify_all()
        self._popen.stdout.close()
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
    running = Process(arguments, cwd, environment(settings or {}), python)
    try:
        yield running
    finally:
        running.kill()
