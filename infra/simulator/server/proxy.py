"""A proxy that leads Salesforce's host names to the simulator.

Clients that build `https://<domain>.salesforce.com` themselves reach the simulator when this is their HTTPS proxy: they
check the certificate against the name they wanted, and the simulator answers.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_CONNECT = re.compile(rb"CONNECT ([A-Za-z0-9.-]+):443 HTTP/1\.[01]\r\n")
_SALESFORCE = re.compile(rb"(?:[A-Za-z0-9-]+\.)+salesforce\.com", re.IGNORECASE)
_LOST = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
"""How the connection of someone who left looks."""
_MAX_HEAD = 16_384
_CHUNK = 65_536


@asynccontextmanager
async def salesforce_proxy(listener: socket.socket, simulator_host: str, simulator_port: int) -> AsyncIterator[None]:
    """Run the proxy on a socket that listens. Other names than Salesforce's are refused."""
    connections: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        connections.add(connection)
        try:
            await _serve(reader, writer, simulator_host, simulator_port)
        except _LOST:
            return
        except asyncio.CancelledError:
            # The proxy ends. Its connection ends here too: Python 3.11 reports those that are cancelled as failures.
            return
        finally:
            connections.discard(connection)
            await _closed(writer)

    server = await asyncio.start_server(handle, sock=listener, limit=_MAX_HEAD)
    try:
        yield
    finally:
        server.close()
        left = [*connections]
        for connection in left:
            connection.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    wanted = _CONNECT.match(head)
    if wanted is None or not _SALESFORCE.fullmatch(wanted[1]):
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        return
    there_reader, there_writer = await asyncio.open_connection(host, port)
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    try:
        await asyncio.gather(_pass_on(reader, there_writer), _pass_on(there_reader, writer))
    finally:
        await _closed(there_writer)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(*_LOST):
        await writer.wait_closed()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, until its sender is done."""
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
