"""The command line: serve, stdio, simulator, demo, check.

Each command imports what it runs, so that the others need not wait for it.
"""

import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

import typer

from api import __version__
from api.commands.listening import PortInUseError
from infra.log import set_up_logging
from infra.settings import SettingsError, read_settings

cli = typer.Typer(
    name="salesforce-mcp",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"salesforce-mcp {__version__}")
        raise typer.Exit


@cli.callback()
def about(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Leads of a Salesforce org over REST and MCP, and a Salesforce org to try it on."""


SetUpFile = Annotated[
    Path | None, typer.Option(help="How the org is set up: a YAML or JSON file, see docs/simulator.md.")
]


@contextmanager
def _set_up(file: Path | None) -> Iterator[dict[str, Any] | None]:
    """What a set-up file says, for what is done with it; where it makes no sense, the command says so and ends."""
    from infra.simulator.setup.set_up_files import read_changes
    from infra.simulator.setup.setting_checks import SetUpError

    try:
        yield read_changes(file) if file else None
    except SetUpError as error:
        for line in str(error).splitlines():
            typer.echo(f"{file or 'The org'}: {line}", err=True)
        raise typer.Exit(2) from error


Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")]


@cli.command()
def serve(
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; more than one needs REDIS_URL.")] = 1,
) -> None:
    """Run the gateway on MCP_HOST:MCP_PORT. Every setting comes from the environment or .env; see .env.example."""
    from api.commands.serve import run_serve

    run_serve(workers)


@cli.command()
def stdio() -> None:
    """Offer the MCP tools over standard input and output, for a desktop client that starts this command.

    They work with the gateway's own Salesforce session (SF_INSTANCE_URL, SF_CLIENT_ID, and SF_CLIENT_SECRET or another
    grant). READ_ONLY and MCP_TOOLS narrow them. Log lines go to standard error.
    """
    from api.commands.stdio import run_stdio

    run_stdio()


@cli.command()
def simulator(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 3334,
    db: Annotated[Path | None, typer.Option(help="SQLite file that keeps the org; in memory without it.")] = None,
    org: SetUpFile = None,
    leads: Annotated[int, typer.Option(min=0, max=100_000, help="Sample leads for an org that has none.")] = 0,
    latency_ms: Annotated[float | None, typer.Option(min=0, help="How long every call takes at least.")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Speak https, with certificates for Salesforce's names.")] = False,
    tls_dir: Annotated[Path, typer.Option(help="Where --tls keeps its certificate authority.")] = (
        Path(".simulator-tls")
    ),
    proxy_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="With --tls: an HTTPS proxy that leads *.salesforce.com here."),
    ] = None,
    control_from: Annotated[
        list[str] | None,
        typer.Option(help="A network that may use the control interface besides loopback, such as 172.16.0.0/12."),
    ] = None,
) -> None:
    """Run a Salesforce org: OAuth, REST, composite, bulk, SOQL and SOAP, with its own storage."""
    from api.commands.simulator import run_simulator
    from infra.simulator.server.app import create_simulator

    if db is not None and not db.parent.is_dir():
        raise typer.BadParameter(f"{db.parent} is not a directory", param_hint="--db")
    if proxy_port is not None and not tls:
        raise typer.BadParameter("the proxy needs --tls", param_hint="--proxy-port")
    try:
        networks = [ip_network(each) for each in control_from or ()]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--control-from") from error
    try:
        with _set_up(org) as set_up:
            simulator = create_simulator(
                db=db, leads=leads, latency_ms=latency_ms, set_up=set_up, control_from=networks
            )
    except sqlite3.DatabaseError as error:
        raise typer.BadParameter(f"{db} is no database of a simulator: {error}", param_hint="--db") from error
    run_simulator(simulator, host, port, tls=tls_dir if tls else None, proxy_port=proxy_port)


@cli.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The gateway's port.")] = 3333,
    simulator_port: Annotated[int, typer.Option(min=0, max=65535, help="The simulator's port.")] = 3334,
    leads: Annotated[int, typer.Option(min=0, max=100_000, help="Sample leads in the org.")] = 25,
    org: SetUpFile = None,
) -> None:
    """Run a simulator with sample leads and the gateway on it, and show how to use them.

    How to reach the org, and who may call, is the demo's own. Other settings, such as LEAD_STATUS_OBJECTED, come from
    the environment; .env is not read, since it is for a real org.
    """
    from api.commands.demo import run_demo

    with _set_up(org) as set_up:
        asyncio.run(run_demo(port, simulator_port, leads, set_up))


@cli.command()
def check() -> None:
    """Say what is configured, whether Salesforce answers, which statuses the org has, and what is missing.

    Exit code 1 when something is missing. With SF_AUTH_MODE=service the gateway's own login is tried (by
    SF_REFRESH_TOKEN, else SF_USERNAME with SF_PRIVATE_KEY_FILE, else client credentials) and the org asked with it,
    unless that could use up SF_REFRESH_TOKEN; else with SF_ACCESS_TOKEN, or with client credentials if SF_CLIENT_ID
    and SF_CLIENT_SECRET are set.
    """
    from api.commands.check import check_gateway, tell_refused

    try:
        settings = read_settings()
    except SettingsError as error:
        tell_refused(error)
        raise typer.Exit(1) from error
    # What is told here says it all.
    set_up_logging(settings.model_copy(update={"log_level": "ERROR"}))
    if not asyncio.run(check_gateway(settings)):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; what an operator got wrong is one clear line and exit code 2."""
    try:
        cli()
    except (SettingsError, PortInUseError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
