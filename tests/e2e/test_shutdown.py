"""Callers that go away and gateways that are stopped do not cut a write in half."""

import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.http_client import http_client
from tests.support.processes import PATIENCE, Process, process, until
from tests.support.redis_server import RedisServer, needs_redis
from tests.support.simulator_control import Control

ADA = {"email": "ada@example.com", "last_name": "Okafor"}
ON_LOOPBACK = {"MCP_HOST": "127.0.0.1", "MCP_PORT": "0"}


class World:
    """A slow org, a gateway on it, and a caller."""

    def __init__(self, org_url: str, gateway: Process) -> None:
        self.gateway = gateway
        self.org = Control(org_url)
        self.port = int(gateway.wait_for(r"Salesforce MCP Server active at 127\.0\.0\.1:(\d+)")[1])
        self.headers = self.org.session()
        self.org.change_org(latency_ms=300)

    def wait_for_leads(self, count: int) -> None:
        until(lambda: self.org.stats()["open_leads"] == count)

    def synced(self, lead: dict[str, str]) -> str:
        """What a sync did. On a busy machine Salesforce can seem to be too slow; a sync may always be repeated."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with http_client(f"http://127.0.0.1:{self.port}", headers=self.headers) as http:
                answer = http.post("/v1/leads/sync", json=lead).json()
            if answer["success"]:
                action: str = answer["data"]["action"]
                return action
            assert answer["retryable"] or answer["code"] == "OUTCOME_UNKNOWN", answer
        raise AssertionError(f"in vain: {answer}")

    def begin(self, path: str, body: dict[str, Any], **headers: str) -> socket.socket:
        """Send a request and return while it is being worked on."""
        content = json.dumps(body)
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in {**self.headers, **headers}.items()]
        before = self.org.stats()["api_calls"]
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall("\r\n".join([*lines, f"Content-Length: {len(content)}", "", content]).encode())
        until(lambda: self.org.stats()["api_calls"] > before)
        return connection


@contextmanager
def world(tmp_path: Path, *arguments: str, **settings: str) -> Iterator[World]:
    with process("simulator", "--port", "0", cwd=tmp_path) as org:
        url = org.url()
        there = {"SF_INSTANCE_URL": url, "SF_TRUSTED_ORIGINS": url}
        with process("serve", *arguments, cwd=tmp_path, settings={**ON_LOOPBACK, **there, **settings}) as gateway:
            yield World(url, gateway)


def tool_call(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def test_callers_that_leave_do_not_cut_a_write_in_half(tmp_path: Path) -> None:
    with world(tmp_path) as there:
        there.begin("/v1/leads/sync", ADA).close()
        there.wait_for_leads(1)
        for number, accept in enumerate(("application/json", "application/json, text/event-stream")):
            body = tool_call("salesforce_sync_lead", **ADA | {"email": f"lead{number}@example.com"})
            there.begin("/mcp", body, Accept=accept, **{"MCP-Protocol-Version": "2025-06-18"}).close()
            there.wait_for_leads(number + 2)

        assert there.org.stats()["by_operation"]["lead.create"] == 3


def test_a_stopped_gateway_finishes_what_runs_and_refuses_what_is_new(tmp_path: Path) -> None:
    with world(tmp_path) as there:
        running = there.begin("/v1/leads/sync", ADA)

        there.gateway.stop_soon(signal.SIGTERM)
        until(lambda: not _listens(there.port))
        with running, running.makefile("rb") as answered:
            answer = answered.read()

        assert b"HTTP/1.1 200" in answer
        assert b'"created"' in answer
        assert there.gateway.end() == 0


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


def test_several_workers_need_redis(tmp_path: Path) -> None:
    with process("serve", "--workers", "2", cwd=tmp_path, settings=ON_LOOPBACK) as gateway:
        gateway.wait_for("REDIS_URL: without it, several workers could create the same lead twice")
        assert gateway.end() == 2
        assert gateway.printed.count("\n") == 1


@needs_redis
def test_workers_share_the_work_and_one_that_dies_is_replaced(tmp_path: Path, one_redis: RedisServer) -> None:
    with world(tmp_path, "--workers", "2", REDIS_URL=one_redis.url, SF_TIMEOUT_SECONDS="5") as there:
        there.gateway.wait_for("(?s)(Server active.*){2}")
        with ThreadPoolExecutor(6) as callers:
            actions = [*callers.map(there.synced, [ADA] * 6)]

        assert {*actions} <= {"created", "unchanged"}
        assert [effect["op"] for effect in there.org.ledger()] == ["create"]
        os.kill(_children(there.gateway.pid)[0], signal.SIGKILL)
        there.gateway.wait_for("(?s)(Server active.*){3}")
        assert there.gateway.stop(signal.SIGTERM) == 0
        assert re.search("worker_died", there.gateway.printed)


def _children(pid: int) -> list[int]:
    """The workers; spawning also starts a process that tracks resources."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [child for child in map(int, text.split()) if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]
