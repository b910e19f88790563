"""The demo: a simulator with sample leads and the gateway on it, in one process."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import typer

from api.commands.listening import GatewayServer, listen, run_until_stopped
from api.main import gateway
from api.routes.docs import DemoSession
from infra.log import set_up_logging
from infra.settings import Settings, read_settings
from infra.simulator.server.app import Simulator, create_simulator
from infra.simulator.server.sockets import simulator_server
from infra.simulator.server.transport import SimulatorTransport

REFRESH_TOKEN = "demo-refresh-token"
"""Published, so that .mcp.json fits every demo; only the demo's own org, with its sample leads, knows it."""

_OTHER_PORTS = 'Choose others with --port and --simulator-port (make demo ARGS="--port 8080 --simulator-port 8081")'


async def run_demo(port: int, simulator_port: int, leads: int, set_up: Mapping[str, Any] | None) -> None:
    """Run both until they are stopped. Raises PortInUseError, SettingsError, and SetUpError for the org's settings."""
    gateway_listener, org_listener = (
        listen("127.0.0.1", each, instead=_OTHER_PORTS) for each in (port, simulator_port)
    )
    gateway_url, org_url = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in (gateway_listener, org_listener))
    org = create_simulator(leads=leads, set_up=set_up)
    session = await _begin_session(org, org_url)
    settings = _settings(org_url)
    set_up_logging(settings)
    gateway_server = GatewayServer(gateway(settings, demo=session), settings.longest_request_seconds)
    org_server = simulator_server(org, handle_signals=False)
    await run_until_stopped(
        (gateway_server, gateway_listener),
        (org_server, org_listener),
        when_ready=lambda: typer.echo(_text(gateway_url, org_url, leads, session)),
    )
    typer.echo("\nBoth are stopped.")


def _settings(org_url: str) -> Settings:
    """The demo's own settings, whatever the environment or a .env file say about a real org. Raises SettingsError."""
    return read_settings(
        _env_file=None,
        sf_auth_mode="passthrough",
        gateway_api_keys=[],
        sf_client_id="demo-client",
        sf_client_secret="demo-secret",  # noqa: S106 - the simulator's published credentials
        sf_token_url="",
        sf_instance_url=org_url,
        sf_trusted_origins=[org_url],
        log_level="WARNING",
        log_format="console",
    )


async def _begin_session(org: Simulator, org_url: str) -> DemoSession:
    async with httpx.AsyncClient(transport=SimulatorTransport(org), base_url=org_url) as http:
        session = (await http.post("/_sim/sessions", json={"refresh_token": REFRESH_TOKEN})).raise_for_status().json()
    return DemoSession(session["access_token"], session["refresh_token"])


def _text(gateway_url: str, org_url: str, leads: int, session: DemoSession) -> str:
    authorization = f"Bearer {session.access_token}"
    refresh = f"Bearer {session.refresh_token}"
    client = {
        "mcpServers": {
            "salesforce": {
                "type": "http",
                "url": f"{gateway_url}/mcp",
                "headers": {"Authorization": authorization, "X-SF-Refresh-Token": refresh},
            }
        }
    }
    return f"""
{f"A Salesforce org with {leads} leads":32}{org_url}
The gateway                     {gateway_url}
Swagger UI, already signed in   {gateway_url}/docs
MCP endpoint                    {gateway_url}/mcp

Try it:

curl -s '{gateway_url}/v1/leads?limit=2&fields=email,company' \\
  -H 'Authorization: {authorization}'

curl -s -X POST {gateway_url}/v1/leads/sync \\
  -H 'Authorization: {authorization}' \\
  -H 'Content-Type: application/json' \\
  -d '{{"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}}'

For an MCP client:

{json.dumps(client, indent=2)}

Ctrl-C ends both; nothing is kept.
"""
