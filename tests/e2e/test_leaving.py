"""Callers that go away and gateways that are stopped do not cut a write in half."""

import json
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.processes import PATIENCE, Process, process, until
from tests.support.redis_server import RedisServer, needs_redis

ADA = {"email": "ada@example.com", "last_name": "Okafor"}
ON_LOOPBACK = {"MCP_HOST": "127.0.0.1", "MCP_PORT": "0"}


class World:
    """A slow org, a gateway on it, and a caller."""

    def __init__(self, org_url: str, gateway: Process) -> None:
        self.org_url = org_url
        self.gateway = gateway
        self.port = int(gateway.wait_for(r"Salesforce MCP Server active at 127\.0\.0\.1:(\d+)")[1])
        session = httpx.post(f"{org_url}/_sim/sessions", json={}).json()
        self.headers = {"Authorization": f"Bearer {session['access_token']}"}
        httpx.patch(f"{org_url}/_sim/org", json={"latency_ms": 300})

    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = httpx.get(f"{self.org_url}/_sim/stats").json()
        return stats

    def wait_for_leads(self, count: int) -> None:
        until(lambda: self.stats()["open_leads"] == count)

    def begin(self, path: str, body: dict[str, Any], **headers: str) -> socket.socket:
        """Send a request and return while it is being worked on."""
        content = json.dumps(body)
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in {**self.headers, **headers}.items()]
        before = self.stats()["api_calls"]
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall("\r\n".join([*lines, f"Content-Length: {len(content)}", "", content]).encode())
        until(lambda: self.stats()["api_calls"] > before)
        return connection


@contextmanager
def world(tmp_path: Path, *arguments: str, **settings: str) -> Iterator[World]:
    with process("simulator", "--port", "0", cwd=tmp_path) as org:
        url = org.wait_for(r"http://127\.0\.0\.1:\d+").group()
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

        assert there.stats()["by_operation"]["lead.create"] == 3


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
    with world(tmp_path, "--workers", "2", REDIS_URL=one_redis.url, SF_TIMEOUT_SECONDS="3") as there:
        until(lambda: there.gateway.printed.count("Server active") == 2)
        sync = f"http://127.0.0.1:{there.port}/v1/leads/sync"
        headers, answers = there.headers, list[httpx.Response]()
        callers = [
            threading.Thread(
                target=lambda: answers.append(httpx.post(sync, json=ADA, headers=headers, timeout=PATIENCE))
            )
            for _ in range(6)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()

        assert sorted(each.json()["data"]["action"] for each in answers) == ["created", *["unchanged"] * 5]
        os.kill(_children(there.gateway.pid)[0], signal.SIGKILL)
        until(lambda: there.gateway.printed.count("Server active") == 3)
        assert there.gateway.stop(signal.SIGTERM) == 0
        assert re.search("worker_died", there.gateway.printed)


def _children(pid: int) -> list[int]:
    """The workers; spawning also starts a process that tracks resources."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [child for child in map(int, text.split()) if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]
