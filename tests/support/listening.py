"""An application on a real socket, in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from starlette.types import ASGIApp

from api.commands.listening import GatewayServer, listen
from tests.support.processes import PATIENCE


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[str]:
    """Where the app answers, such as `http://127.0.0.1:40123`."""
    listener = listen("127.0.0.1", 0)
    server = GatewayServer(app, longest_request=5)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        with anyio.fail_after(PATIENCE):
            await server.ready.wait()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
