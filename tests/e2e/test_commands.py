"""The commands, as an operator uses them."""

import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.commands.cli import cli
from tests.support.http_client import get
from tests.support.processes import process
from tests.support.simulator_control import Control

ON_LOOPBACK = {"MCP_HOST": "127.0.0.1", "MCP_PORT": "0"}


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_serve_says_when_it_is_ready_and_ends_cleanly(tmp_path: Path, log_format: str) -> None:
    with process("serve", cwd=tmp_path, settings={**ON_LOOPBACK, "LOG_FORMAT": log_format}) as gateway:
        port = gateway.wait_for(r"Salesforce MCP Server active at 127\.0\.0\.1:(\d+)")[1]

        health = get(f"http://127.0.0.1:{port}/health/ready")

        assert health.json()["data"] == {"status": "ok"}
        assert gateway.stop(signal.SIGTERM) == 0
        assert "Traceback" not in gateway.printed


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    with process("serve", cwd=tmp_path, settings={**ON_LOOPBACK, "SF_TIMEOUT_SECONDS": "soon"}) as gateway:
        gateway.wait_for("SF_TIMEOUT_SECONDS: must be a number of seconds")
        assert gateway.end() == 2
        assert gateway.printed.count("\n") == 1


def test_settings_come_from_a_file_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MCP_HOST=127.0.0.1\nMCP_PORT=nowhere\n")

    with process("serve", cwd=tmp_path) as gateway:
        gateway.wait_for("MCP_PORT: ")
        assert gateway.end() == 2


@pytest.mark.parametrize("command", ["serve", "stdio", "simulator", "demo", "check"])
def test_every_command_explains_itself(command: str) -> None:
    helping = CliRunner().invoke(cli, [command, "--help"])

    assert helping.exit_code == 0
    assert command in helping.output


def test_check_tells_what_is_there_and_what_is_missing(tmp_path: Path) -> None:
    with process("simulator", "--port", "0", cwd=tmp_path) as org:
        url = org.url()
        good = {
            **ON_LOOPBACK,
            "SF_INSTANCE_URL": url,
            "SF_TRUSTED_ORIGINS": url,
            "SF_CLIENT_ID": "demo-client",
            "SF_CLIENT_SECRET": "demo-secret",
        }
        with process("check", cwd=tmp_path, settings=good) as check:
            check.wait_for("Nothing is missing.")
            assert check.end() == 0
            assert "Lead status 'Closed - Converted', set by scheduled." in check.printed
            assert "demo-secret" not in check.printed
        service = {**good, "SF_AUTH_MODE": "service"}
        with process("check", cwd=tmp_path, settings=service) as check:
            check.wait_for(r"a session of its own \(SF_AUTH_MODE=service\), by client credentials\.")
            check.wait_for("The gateway logs in to Salesforce.")
            assert check.end() == 0
        with process("check", cwd=tmp_path, settings={**service, "SF_CLIENT_SECRET": "another"}) as check:
            check.wait_for("MISSING  The gateway can not log in to Salesforce: SF_CLIENT_SECRET is wrong")
            assert check.end() == 1
            assert "login_failed" not in check.printed
        with process("serve", cwd=tmp_path, settings={**service, "MCP_HOST": "0.0.0.0", "MCP_PORT": "0"}) as gateway:
            gateway.wait_for("GATEWAY_API_KEYS: without keys")
            assert (gateway.end(), gateway.printed.count("\n")) == (2, 1)
        with process("check", cwd=tmp_path, settings={**good, "MCP_PORT": "many", "READ_ONLY": "maybe"}) as check:
            check.wait_for("MISSING  MCP_PORT: ")
            assert check.end() == 1
            assert "MISSING  READ_ONLY: " in check.printed
            assert "Missing: 2." in check.printed
        assert org.stop() == 0
    with process("check", cwd=tmp_path, settings=good) as check:
        check.wait_for("MISSING  Salesforce does not answer")
        assert check.end() == 1


def test_an_org_in_a_file_survives_a_restart(tmp_path: Path) -> None:
    arguments = ("simulator", "--port", "0", "--db", str(tmp_path / "org.db"), "--leads", "3")
    for _ in range(2):
        with process(*arguments, cwd=tmp_path) as org:
            url = org.url()
            assert Control(url).stats()["leads"] == 3
            assert org.stop() == 0
