"""The demo: a simulator with sample leads and the gateway on it, in one process."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import typer

from api.commands.listening import GatewayServer, listen, run_until_stopped
from api.commands.org_report import findings
from api.main import gateway
from api.routes.docs import DemoSession
from api.service_factory import ServiceFactory
from domain.errors import LeadError, SalesforceVersionError
from domain.values.session import Session
from infra.coordination.memory import MemoryCoordination
from infra.log import set_up_logging
from infra.salesforce.sending.http_client import open_http
from infra.salesforce.sending.timing import Clock
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
    to_set = await misfits(settings, SimulatorTransport(org), session.access_token)
    gateway_server = GatewayServer(gateway(settings, demo=session), settings.longest_request_seconds)
    org_server = simulator_server(org, handle_signals=False)
    await run_until_stopped(
        (gateway_server, gateway_listener),
        (org_server, org_listener),
        when_ready=lambda: typer.echo(_text(gateway_url, org_url, leads, session, to_set)),
    )
    typer.echo("\nBoth are stopped.")


def _settings(org_url: str) -> Settings:
    """The demo's own way to its org, whatever the environment says about a real one; other settings come from there.

    What a .env file says is for the real org, its LEAD_ settings too. Raises SettingsError.
    """
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


async def misfits(settings: Settings, org: httpx.AsyncBaseTransport, access_token: str) -> list[str]:
    """What of the settings would not work on this org, one line each; nothing where the org does not tell."""
    clock = Clock()
    async with open_http(org) as http:
        factory = ServiceFactory(settings, http, clock, MemoryCoordination(settings.lease_seconds, clock.now))
        its = factory.services_of_session(Session(settings.sf_instance_url, access_token)).org
        try:
            found = findings(await its.about(), await its.describe_lead(), await its.active_rules(), settings)
        except SalesforceVersionError as error:
            return [f"SF_API_VERSION: {error.message}"]
        except LeadError:
            return []
    return [line for kind, line in found if kind == "bad"]


def _text(gateway_url: str, org_url: str, leads: int, session: DemoSession, to_set: Sequence[str]) -> str:
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
    not_right = "".join(f"Not right for this org, set it in the environment: {each}\n" for each in to_set)
    return f"""
{f"A Salesforce org with {leads} leads":32}{org_url}
The gateway                     {gateway_url}
Swagger UI, already signed in   {gateway_url}/docs
MCP endpoint                    {gateway_url}/mcp
{not_right}
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
