"""A proxy that leads Salesforce's host names to the simulator.

Clients that build `https://<domain>.salesforce.com` themselves reach the simulator when this is their HTTPS proxy: they
check the certificate against the name they wanted, and the simulator answers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_CONNECT = re.compile(rb"CONNECT ([A-Za-z0-9.-]+):443 HTTP/1\.[01]\r\n")
_SALESFORCE = re.compile(rb"(?:[A-Za-z0-9-]+\.)+salesforce\.com", re.IGNORECASE)
_MAX_HEAD = 16_384
_CHUNK = 65_536


@asynccontextmanager
async def name_proxy(host: str, port: int, simulator_host: str, simulator_port: int) -> AsyncIterator[int]:
    """Run the proxy; yields its port (0 takes any free one). Other names than Salesforce's are refused."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await _serve(reader, writer, simulator_host, simulator_port)
        writer.close()

    server = await asyncio.start_server(handle, host, port, limit=_MAX_HEAD)
    async with server:
        yield server.sockets[0].getsockname()[1]


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
        there_writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, until its sender is done."""
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
