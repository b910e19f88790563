"""A real redis-server on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.processes import started, until
from tests.support.tcp_ports import lasting_port

_BINARY = shutil.which("redis-server")

needs_redis = pytest.mark.skipif(_BINARY is None, reason="redis-server is not installed (Debian: redis-server)")


class RedisServer:
    """Can be stopped and started again; keeps nothing meanwhile."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._running = ExitStack()
        self._pid = 0
        self.port = lasting_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        assert _BINARY is not None
        command = [_BINARY, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        server = started([*command, "--dir", str(self._directory)], stdout=subprocess.DEVNULL)
        self._pid = self._running.enter_context(server).pid
        until(lambda: _answers(self.port))

    def stop(self) -> None:
        """End it at once, as a crash does."""
        self._running.close()

    def clear(self) -> None:
        assert _asked(self.port, "FLUSHALL").startswith(b"+OK")

    def freeze(self) -> None:
        """Let it accept connections and answer nothing."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._pid, signal.SIGCONT)


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
    try:
        server.start()
        yield server
    finally:
        server.stop()
