"""The gateway on MCP_HOST:MCP_PORT, in one process or in several."""

import asyncio
import socket

from api.commands.listening import GatewayServer, listen, run_until_stopped
from api.commands.workers import run_workers
from api.main import gateway
from infra.log import set_up_logging
from infra.settings import SettingsError, read_settings


def run_serve(workers: int) -> None:
    """Serve with the settings of the environment until SIGINT or SIGTERM. Raises SettingsError, PortInUseError."""
    settings = read_settings()
    if workers > 1 and settings.redis_url is None:
        raise SettingsError("REDIS_URL: without it, several workers could create the same lead twice; set it first")
    set_up_logging(settings)
    listener = listen(settings.mcp_host, settings.mcp_port)
    if workers > 1:
        gateway(settings)  # what is wrong with them is told once, and not by every worker
        run_workers(workers, run_gateway, listener)
    else:
        run_gateway(listener)


def run_gateway(listener: socket.socket) -> None:
    """Serve there, with the settings of the environment, until SIGINT or SIGTERM."""
    settings = read_settings()
    set_up_logging(settings)
    server = GatewayServer(gateway(settings), settings.longest_request_seconds)
    asyncio.run(run_until_stopped((server, listener)))
