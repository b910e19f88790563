"""A real redis-server on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BINARY = shutil.which("redis-server")

needs_redis = pytest.mark.skipif(_BINARY is None, reason="redis-server is not installed (Debian: redis-server)")


class RedisServer:
    """Can be stopped and started again; keeps nothing meanwhile."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        assert _BINARY is not None
        command = [_BINARY, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([*command, "--dir", str(self._directory)], stdout=subprocess.DEVNULL)
        _wait_until_answering(self.port)

    def stop(self) -> None:
        """End it at once, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def clear(self) -> None:
        assert _asked(self.port, "FLUSHALL").startswith(b"+OK")

    def freeze(self) -> None:
        """Let it accept connections and answer nothing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)


def _wait_until_answering(port: int) -> None:
    ends = time.monotonic() + 10
    while not _answers(port):
        assert time.monotonic() < ends, "redis-server does not answer"
        time.sleep(0.01)


def _answers(port: int) -> bool:
    try:
        return _asked(port, "PING").startswith(b"+PONG")
    except OSError:
        return False


def _asked(port: int, command: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"{command}\r\n".encode())
        return connection.recv(16)


@contextmanager
def redis_server(directory: Path) -> Iterator[RedisServer]:
    """A running server; ends with the block."""
    server = RedisServer(directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()
