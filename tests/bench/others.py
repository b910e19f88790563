"""The tool lists of other Salesforce servers, as they give them without a login: `make bench ARGS=others`.

None of them is needed for anything else. They are downloaded into a directory of their own, which goes away again; the
figures that are kept in FIGURES are those of the day they name.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import Tool
from rich.console import Console
from rich.table import Table

from tests import ROOT
from tests.support.tokens import tokens_of_list

MEASURED_ON = "2026-11-22"
LONGEST_START = 120
"""Seconds until a server has told its tools."""

_NODE = ROOT / "tests" / "conformance" / "node_modules" / "node" / "bin"
_PATH = f"{_NODE}{os.pathsep}{os.environ['PATH']}"
"""With the Node of the conformance runner, where that is installed: some of them need a recent one."""


@dataclass(frozen=True)
class Other:
    """A server, and what its list of tools was when it was measured."""

    package: str
    version: str
    command: Sequence[str]
    """What starts it: `node`, or a program in the directory into which it was installed."""
    tools: int
    tokens: int
    choice: str = ""
    """Which of its tools are listed, where it lets one choose."""

    @property
    def name(self) -> str:
        return f"{self.package} {self.version}{f', {self.choice}' if self.choice else ''}"


_OFFICIAL = ("node", "node_modules/@salesforce/mcp/bin/run.js", "--no-telemetry", "--orgs", "DEFAULT_TARGET_ORG")
FIGURES = (
    Other("@salesforce/mcp", "0.30.15", (*_OFFICIAL, "--toolsets", "all"), 74, 25_170, "all toolsets"),
    Other("@salesforce/mcp", "0.30.15", (*_OFFICIAL, "--toolsets", "orgs,data"), 4, 1_342, "toolsets orgs,data"),
    Other(
        "@tsmztech/mcp-server-salesforce",
        "0.0.6",
        ("node", "node_modules/@tsmztech/mcp-server-salesforce/dist/index.js"),
        15,
        5_970,
    ),
    Other("mcp-salesforce-connector", "0.1.18", ("venv/bin/salesforce",), 14, 1_621),
)


def main() -> None:
    """Print what was measured then, and what is measured now."""
    table = Table("server", "tools", "tokens", f"tokens on {MEASURED_ON}", title="tools/list of other servers")
    with tempfile.TemporaryDirectory() as folder:
        _install(Path(folder))
        for other in FIGURES:
            tools = asyncio.run(asyncio.wait_for(_listed(other, Path(folder)), LONGEST_START))
            table.add_row(other.name, str(len(tools)), f"{tokens_of_list(tools):,}", f"{other.tokens:,}")
    Console().print(table)


def _install(folder: Path) -> None:
    packages = {other.package: other.version for other in FIGURES}
    from_npm = [f"{name}@{version}" for name, version in packages.items() if name.startswith("@")]
    from_pypi = [f"{name}=={version}" for name, version in packages.items() if not name.startswith("@")]
    subprocess.run(["npm", "install", "--silent", "--ignore-scripts", "--prefix", folder, *from_npm], check=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    subprocess.run([folder / "venv" / "bin" / "pip", "install", "--quiet", *from_pypi], check=True)


async def _listed(other: Other, folder: Path) -> list[Tool]:
    program, *arguments = other.command
    # No home and no variable of ours: they find no login, and need none to say what they offer.
    server = StdioServerParameters(
        command=str(folder / program) if "/" in program else shutil.which(program, path=_PATH) or program,
        args=arguments,
        cwd=folder,
        env={"PATH": _PATH, "HOME": str(folder)},
    )
    tools: list[Tool] = []
    with (folder / "printed").open("w") as printed:
        async with Client(stdio_client(server, errlog=printed), mode="legacy") as client:
            page = await client.list_tools()
            tools += page.tools
            while page.next_cursor:
                page = await client.list_tools(cursor=page.next_cursor)
                tools += page.tools
    return tools
