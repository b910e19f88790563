"""The simulator on real sockets, under Salesforce's names, for clients that know nothing of it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio.from_thread import start_blocking_portal

from infra.simulator.server.app import create_simulator
from infra.simulator.server.certificates import certificates_in
from infra.simulator.server.proxy import salesforce_proxy
from infra.simulator.server.sockets import simulator_server
from tests.support.processes import PATIENCE
from tests.support.simulator_control import Control


@dataclass(frozen=True)
class ServedOrg:
    """Where the simulator is reached, and what a client must trust."""

    url: str
    proxy: str
    authority: Path

    @property
    def control(self) -> Control:
        return Control(self.url, verify=ssl.create_default_context(cafile=self.authority), trust_env=False)

    def reset(self) -> None:
        self.control.ask("POST", "reset")


@asynccontextmanager
async def _serving(directory: Path) -> AsyncIterator[ServedOrg]:
    files = certificates_in(directory)
    server = simulator_server(
        create_simulator(), port=0, handle_signals=False, certificate=files.certificate, private_key=files.private_key
    )
    serving = asyncio.create_task(server.serve())
    try:
        with anyio.fail_after(PATIENCE):
            await server.ready.wait()
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        listener = socket.create_server(("127.0.0.1", 0))
        async with salesforce_proxy(listener, host, port):
            yield ServedOrg(server.url, f"http://127.0.0.1:{listener.getsockname()[1]}", files.authority)
    finally:
        server.should_exit = True
        await serving


@contextmanager
def served_org(directory: Path) -> Iterator[ServedOrg]:
    """A simulator with TLS and the proxy for names, in a thread; its certificates are kept in the directory."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_serving(directory)) as org:
        yield org
