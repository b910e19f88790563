"""The simulator by itself: plain, or with TLS and a proxy that leads Salesforce's host names to it."""

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import typer

from api.servers import listen, run_until_stopped
from infra.simulator.app import Simulator
from infra.simulator.certificates import Certificates, certificates_in
from infra.simulator.names import name_proxy
from infra.simulator.server import simulator_server


def run_simulator(org: Simulator, host: str, port: int, *, tls: Path | None, proxy_port: int | None) -> None:
    """Run it until it is stopped. `tls` is where the certificates are kept. Raises PortInUseError."""
    listener = listen(host, port)
    certificates = None if tls is None else certificates_in(tls)
    asyncio.run(_run(org, listener, certificates, proxy_port))


async def _run(
    org: Simulator, listener: socket.socket, certificates: Certificates | None, proxy_port: int | None
) -> None:
    host, port = listener.getsockname()[:2]
    scheme = "http" if certificates is None else "https"
    typer.echo(f"A Salesforce org answers at {scheme}://{host}:{port} (Ctrl-C ends it).")
    server = simulator_server(
        org,
        handle_signals=False,
        certificate=certificates.certificate if certificates else None,
        private_key=certificates.private_key if certificates else None,
    )
    async with AsyncExitStack() as stack:
        if certificates is not None:
            typer.echo(f"Clients must trust {certificates.authority}.")
        if proxy_port is not None:
            chosen = await stack.enter_async_context(name_proxy("127.0.0.1", proxy_port, host, port))
            typer.echo(f"With HTTPS_PROXY=http://127.0.0.1:{chosen} every *.salesforce.com is this org.")
        await run_until_stopped((server, listener))
