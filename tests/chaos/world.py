"""The processes: a simulator, a Redis, and replicas that are killed and started again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from tests.support.processes import Process, process
from tests.support.redis_server import RedisServer, redis_server
from tests.support.simulator_control import Control
from tests.support.tcp_ports import lasting_port

TIMEOUT = 2.0
DEADLINE = 12.0


class World:
    """Everything that runs."""

    def __init__(self, directory: Path, stack: ExitStack, replicas: int) -> None:
        self._directory = directory
        self._stack = stack
        self.redis: RedisServer = stack.enter_context(redis_server(directory))
        org = stack.enter_context(process("simulator", "--port", "0", cwd=directory))
        self.org_url = org.url()
        self.ports = [lasting_port() for _ in range(replicas)]
        self._replicas = [self._start(port) for port in self.ports]
        for _, replica in self._replicas:
            replica.wait_for("Server active")
        self.control = Control(self.org_url)

    def _start(self, port: int) -> tuple[ExitStack, Process]:
        """A replica, and what ends it."""
        settings = {
            "MCP_HOST": "127.0.0.1",
            "MCP_PORT": str(port),
            "SF_CLIENT_ID": "demo-client",
            "SF_CLIENT_SECRET": "demo-secret",
            "SF_INSTANCE_URL": self.org_url,
            "SF_TRUSTED_ORIGINS": self.org_url,
            "SF_TIMEOUT_SECONDS": str(TIMEOUT),
            "SF_DEADLINE_SECONDS": str(DEADLINE),
            "REDIS_URL": self.redis.url,
        }
        end = self._stack.enter_context(ExitStack())
        return end, end.enter_context(process("serve", cwd=self._directory, settings=settings))

    async def kill_replica(self, number: int) -> None:
        """SIGKILL, and a new one in its place."""
        end, _ = self._replicas[number]
        await asyncio.to_thread(end.close)
        _, replica = self._replicas[number] = self._start(self.ports[number])
        await asyncio.to_thread(replica.wait_for, "Server active")

    async def redis_outage(self, seconds: float) -> None:
        """Redis crashes, and comes back having forgotten everything."""
        self.redis.stop()
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.redis.start)


@asynccontextmanager
async def running_world(directory: Path, replicas: int = 3) -> AsyncIterator[World]:
    """A world that ends with the block."""
    with ExitStack() as stack:
        yield await asyncio.to_thread(World, directory, stack, replicas)
