"""The simulator on real sockets, under Salesforce's names, for clients that know nothing of it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from infra.simulator.server.app import create_simulator
from infra.simulator.server.certificates import certificates_in
from infra.simulator.server.proxy import salesforce_proxy
from infra.simulator.server.sockets import simulator_server


@dataclass(frozen=True)
class ServedOrg:
    """Where the simulator is reached, and what a client must trust."""

    url: str
    proxy: str
    authority: Path

    def control(self, method: str, path: str, **request: Any) -> Any:
        """Ask something of the control interface."""
        url = f"{self.url}/_sim/{path}"
        context = ssl.create_default_context(cafile=self.authority)
        response = httpx.request(method, url, verify=context, trust_env=False, **request)
        response.raise_for_status()
        return response.json() if response.content else None

    def reset(self) -> None:
        self.control("POST", "reset")


class _Thread(threading.Thread):
    """Runs server and proxy in an event loop of their own."""

    def __init__(self, directory: Path) -> None:
        super().__init__(name="simulator")
        self._certificates = certificates_in(directory)
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self.ready = threading.Event()
        self.org: ServedOrg | None = None

    def run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self.join()

    async def _serve(self) -> None:
        files = self._certificates
        server = simulator_server(
            create_simulator(),
            port=0,
            handle_signals=False,
            certificate=files.certificate,
            private_key=files.private_key,
        )
        serving = asyncio.create_task(server.serve())
        await server.ready.wait()
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        listener = socket.create_server(("127.0.0.1", 0))
        async with salesforce_proxy(listener, host, port):
            proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self.org = ServedOrg(server.url, proxy, files.authority)
            self.ready.set()
            await self._stopping.wait()
        server.should_exit = True
        await serving


@contextmanager
def served_org(directory: Path) -> Iterator[ServedOrg]:
    """A simulator with TLS and the proxy for names; its certificates are kept in the directory."""
    thread = _Thread(directory)
    thread.start()
    try:
        assert thread.ready.wait(20), "the simulator did not start"
        assert thread.org is not None
        yield thread.org
    finally:
        thread.stop()
