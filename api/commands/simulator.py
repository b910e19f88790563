"""The simulator by itself: plain, or with TLS and a proxy that leads Salesforce's host names to it."""

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import typer

from api.commands.listening import listen, run_until_stopped
from infra.simulator.server.app import Simulator
from infra.simulator.server.certificates import Certificates, certificates_in
from infra.simulator.server.proxy import salesforce_proxy
from infra.simulator.server.sockets import simulator_server

_WELCOME = """A Salesforce org answers at {url} (Ctrl-C ends it).

A session of its user, for Authorization: Bearer <access_token>:

curl -s {cacert}{url}/services/oauth2/token -d grant_type=password -d client_id=demo-client \\
  -d client_secret=demo-secret -d username=demo@example.com -d password=demo-passworddemo-token
"""
_AUTHORITY = "\nClients must trust {authority} (docs/simulator.md says how).\n"
_PROXY = "\nWith HTTPS_PROXY={proxy} every *.salesforce.com is this org.\n"


def run_simulator(org: Simulator, host: str, port: int, *, tls: Path | None, proxy_port: int | None) -> None:
    """Run it until it is stopped. `tls` is where the certificates are kept. Raises PortInUseError."""
    listener = listen(host, port, instead="Choose another one with --port and --host")
    proxy_listener = (
        None if proxy_port is None else listen("127.0.0.1", proxy_port, instead="Choose another one with --proxy-port")
    )
    certificates = None if tls is None else certificates_in(tls)
    asyncio.run(_run(org, listener, certificates, proxy_listener))


async def _run(
    org: Simulator, listener: socket.socket, certificates: Certificates | None, proxy_listener: socket.socket | None
) -> None:
    server = simulator_server(
        org,
        handle_signals=False,
        certificate=certificates.certificate if certificates else None,
        private_key=certificates.private_key if certificates else None,
    )
    host, port = listener.getsockname()[:2]
    text = _text(f"{host}:{port}", certificates, proxy_listener)
    async with AsyncExitStack() as stack:
        if proxy_listener is not None:
            await stack.enter_async_context(salesforce_proxy(proxy_listener, host, port))
        await run_until_stopped((server, listener), when_ready=lambda: typer.echo(text))


def _text(address: str, certificates: Certificates | None, proxy_listener: socket.socket | None) -> str:
    if certificates is None:
        return _WELCOME.format(url=f"http://{address}", cacert="")
    text = _WELCOME.format(url=f"https://{address}", cacert=f"--cacert {certificates.authority} ")
    text += _AUTHORITY.format(authority=certificates.authority)
    if proxy_listener is not None:
        text += _PROXY.format(proxy=f"http://127.0.0.1:{proxy_listener.getsockname()[1]}")
    return text
