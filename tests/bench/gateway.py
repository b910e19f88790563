"""How many Salesforce calls, how long, how much CPU: the gateway against the simulator, as real processes.

Machines differ and are shared, so times are told as ratios of one run: how much of what the same number of idle-free
connections could do, and how much more than plain calls to Salesforce.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from tests.support.processes import Process, process

CALLERS = 32
LATENCY_MS = 50
ROUNDS = 10
LEAD = {"last_name": "Okafor", "company": "Acme", "phone": "1"}


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> None:
    with process("simulator", "--port", "0", cwd=folder) as org:
        url = org.url()
        settings = {
            "SF_INSTANCE_URL": url, "SF_TRUSTED_ORIGINS": url, "SF_CLIENT_ID": "demo-client",
            "SF_CLIENT_SECRET": "demo-secret", "MCP_HOST": "127.0.0.1", "MCP_PORT": "0", "LOG_LEVEL": "INFO",
            "SF_TIMEOUT_SECONDS": "60", "SF_DEADLINE_SECONDS": "60",
        }  # fmt: skip
        with process("serve", cwd=folder, settings=settings) as gateway:
            port = gateway.wait_for(r"active at 127\.0\.0\.1:(\d+)")[1]
            limits = httpx.Limits(max_connections=CALLERS)
            async with (
                httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as salesforce,
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, limits=limits) as rest,
            ):
                session = (await salesforce.post("/_sim/sessions", json={})).raise_for_status().json()
                for client in (rest, salesforce):
                    client.headers["Authorization"] = f"Bearer {session['access_token']}"
                console = Console()
                console.print(await _calls(rest, salesforce))
                console.print(await _throughput(rest, salesforce))
                console.print(await _cpu(rest, gateway))


async def _calls(rest: httpx.AsyncClient, salesforce: httpx.AsyncClient) -> Table:
    table = Table("operation", "Salesforce calls", title="What each operation costs")
    steps: list[tuple[str, str, str, Any]] = [
        ("sync, new lead", "POST", "/v1/leads/sync", {**LEAD, "email": "a@example.com"}),
        ("sync, unchanged", "POST", "/v1/leads/sync", {**LEAD, "email": "a@example.com"}),
        ("sync, changed", "POST", "/v1/leads/sync", {"email": "a@example.com", "phone": "2"}),
        ("sync, objected", "POST", "/v1/leads/sync", {"email": "a@example.com", "status": "objected"}),
        (
            "sync, new and scheduled",
            "POST",
            "/v1/leads/sync",
            {**LEAD, "email": "b@example.com", "status": "scheduled"},
        ),
        ("create", "POST", "/v1/leads", {**LEAD, "email": "c@example.com"}),
        ("get by email", "GET", "/v1/leads/c@example.com", None),
        ("update by email", "PATCH", "/v1/leads/c@example.com", {"phone": "3"}),
        ("convert by email", "POST", "/v1/leads/c@example.com/convert", None),
        ("list", "GET", "/v1/leads", None),
    ]
    for name, method, path, body in steps:
        before = await _api_calls(salesforce)
        (await rest.request(method, path, json=body)).raise_for_status()
        table.add_row(name, str(await _api_calls(salesforce) - before))
    return table


async def _api_calls(salesforce: httpx.AsyncClient) -> int:
    calls: int = (await salesforce.get("/_sim/stats")).raise_for_status().json()["api_calls"]
    return calls


async def _throughput(rest: httpx.AsyncClient, salesforce: httpx.AsyncClient) -> Table:
    await salesforce.patch("/_sim/org", json={"latency_ms": LATENCY_MS})
    table = Table("syncs", "per second", f"of {CALLERS} idle-free connections", title=f"{LATENCY_MS} ms a call")
    number = iter(range(1_000_000))

    async def new() -> None:
        await _sync(rest, f"new{next(number)}@example.com")

    same = iter(range(CALLERS * ROUNDS))

    async def unchanged() -> None:
        await _sync(rest, f"new{next(same)}@example.com")

    for name, calls, act in (("new", 2, new), ("unchanged", 1, unchanged)):
        seconds = await _time(act)
        ideal = CALLERS * ROUNDS * calls * LATENCY_MS / 1000 / CALLERS
        table.add_row(name, f"{CALLERS * ROUNDS / seconds:.0f}", f"{ideal / seconds:.0%}")
    await salesforce.patch("/_sim/org", json={"latency_ms": 0})
    return table


async def _time(act: Callable[[], Awaitable[None]]) -> float:
    async def caller() -> None:
        for _ in range(ROUNDS):
            await act()

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return time.perf_counter() - began


async def _sync(rest: httpx.AsyncClient, email: str) -> None:
    (await rest.post("/v1/leads/sync", json={**LEAD, "email": email})).raise_for_status()


async def _cpu(rest: httpx.AsyncClient, gateway: Process) -> Table:
    table = Table("request", "milliseconds of CPU in the gateway", title="CPU per REST call")
    for name, path in (("no Salesforce call", "/health/live"), ("get by email, one call", "/v1/leads/c@example.com")):
        for _ in range(50):
            await rest.get(path)
        before = gateway.cpu_seconds()
        for _ in range(500):
            await rest.get(path)
        table.add_row(name, f"{(gateway.cpu_seconds() - before) * 1000 / 500:.2f}")
    return table
