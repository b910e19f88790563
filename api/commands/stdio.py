"""The MCP tools over standard input and output, for whoever started the process."""

import asyncio
import sys

from api.http.middleware import MAX_BODY_BYTES
from api.main import routes_and_tools
from api.mcp.stdio import serve_stdio
from api.service_factory import grant
from infra.log import set_up_logging
from infra.settings import SettingsError, read_settings


def run_stdio() -> None:
    """Serve the tools over standard input and output, with the settings of the environment, for who started this.

    Raises SettingsError.
    """
    if sys.stdin is None or sys.stdout is None:
        raise SettingsError("stdio: standard input and output have to be open, for whoever started this")
    settings = read_settings(sf_auth_mode="service", gateway_api_keys=[])
    set_up_logging(settings)
    grant(settings)  # a key that can not be used is told at the start
    app, tools = routes_and_tools(settings)

    async def serve() -> None:
        async with app.router.lifespan_context(app):
            await serve_stdio(
                tools.server, max_message_bytes=MAX_BODY_BYTES, longest_request=settings.longest_request_seconds
            )

    asyncio.run(serve())
