"""A real demo process, and what it printed for people to copy."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import Process, process
from tests.support.simulator_control import Control

OF_A_REAL_ORG = {
    "SF_AUTH_MODE": "service",
    "SF_INSTANCE_URL": "https://acme.my.salesforce.com",
    "SF_CLIENT_ID": "app-of-acme",
    "GATEWAY_API_KEYS": "key-of-the-platform-team",
}
"""What may be set where a demo is started, and means nothing to it."""


class Demo:
    """A running demo and what it printed for people to copy."""

    def __init__(self, running: Process) -> None:
        printed = running.wait_for(r"(?s).*Ctrl-C ends both.*").group()
        self.process = running
        self.curls = [each.replace("\\\n", " ") for each in re.findall(r"(?s)curl .*?\n\n", printed)]
        self.client: dict[str, Any] = json.loads(printed[printed.index("{\n") : printed.rindex("}\n") + 1])
        [server] = self.client["mcpServers"].values()
        self.mcp_url: str = server["url"]
        self.headers: dict[str, str] = server["headers"]
        self.url = self.mcp_url.removesuffix("/mcp")
        org = re.search(r"A Salesforce org with .*?(http\S+)", printed)
        assert org
        self.org_url = org[1]
        self.control = Control(self.org_url)


@contextmanager
def running_demo(directory: Path, *arguments: str, settings: dict[str, str] | None = None) -> Iterator[Demo]:
    """A demo on free ports, which must end as it should."""
    command = ("demo", "--port", "0", "--simulator-port", "0", *arguments)
    with process(*command, cwd=directory, settings={**OF_A_REAL_ORG, **(settings or {})}) as running:
        yield Demo(running)
        assert running.stop() == 0
        assert "Both are stopped." in running.printed
        assert "Traceback" not in running.printed
