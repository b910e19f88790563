"""What the simulator costs: the leads that it takes in, and what it finds among few and among many.

Everything goes over a real socket to a simulator of its own, one request after the other. Machines differ and are
shared: with the folder of another checkout in BENCH_BASE its simulator is asked the same, request by request in turn,
and the ratios of that one run are told.
"""

import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from tests.support.http_client import http_client
from tests.support.processes import Process, process

SIZES = (1_000, 10_000, 100_000)
PER_CALL = 200
REPEATS = 200
REST = "/services/data/v59.0"
EMAIL = "user{}@example.com"
HERE = Path(__file__).parents[2]


@dataclass
class Simulator:
    """One that runs, and what its leads have cost so far."""

    http: httpx.Client
    process: Process
    seconds: float = 0
    cpu_seconds: float = 0


@dataclass(frozen=True)
class Request:
    """What is asked. Where there are several paths it is asked with each in turn."""

    name: str
    method: str
    paths: list[str]
    body: Any = None
    repeats: int = REPEATS


def main() -> None:
    """Print a table for each size."""
    base = os.environ.get("BENCH_BASE")
    checkouts = {"": HERE, **({"base: ": Path(base).resolve()} if base else {})}
    with ExitStack() as stack:
        simulators = {name: stack.enter_context(_simulator(folder)) for name, folder in checkouts.items()}
        for first, after in itertools.pairwise((0, *SIZES)):
            _load([*simulators.values()], first, after)
            Console().print(_table(simulators, after))


@contextmanager
def _simulator(checkout: Path) -> Iterator[Simulator]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"PYTHONPATH": str(checkout)}
        with process("simulator", "--port", "0", cwd=Path(folder), settings=settings) as running:
            url = running.url()
            with http_client(url) as http:
                token = http.post("/_sim/sessions", json={}).raise_for_status().json()["access_token"]
                http.headers["Authorization"] = f"Bearer {token}"
                http.patch("/_sim/org", json={"daily_api_limit": 10**6}).raise_for_status()
                yield Simulator(http, running)


def _load(simulators: list[Simulator], first: int, after: int) -> None:
    before = [simulator.process.cpu_seconds() for simulator in simulators]
    for start in range(first, after, PER_CALL):
        body = {"allOrNone": True, "records": [_lead(number) for number in range(start, start + PER_CALL)]}
        for simulator in simulators:
            simulator.seconds += _seconds(simulator, "POST", "/composite/sobjects", body)
    for simulator, cpu_seconds in zip(simulators, before, strict=True):
        simulator.cpu_seconds += simulator.process.cpu_seconds() - cpu_seconds


def _lead(number: int) -> dict[str, Any]:
    return {
        "attributes": {"type": "Lead"},
        "FirstName": f"First {number}",
        "LastName": f"Last {number}",
        "Company": f"Company {number % 1000}",
        "Email": EMAIL.format(number),
        "LeadSource": "Web",
    }


def _table(simulators: dict[str, Simulator], size: int) -> Table:
    loaded = (
        f"{name}loaded in {simulator.seconds:.1f} s, {simulator.cpu_seconds / size * 1e6:.0f} µs of CPU each"
        for name, simulator in simulators.items()
    )
    figures = [name + unit for name in simulators for unit in ("ms", "CPU ms")]
    ratios = ["ratio", "of CPU"] if len(simulators) > 1 else []
    table = Table("request", *figures, *ratios, title=f"{size:,} leads, {'; '.join(loaded)}")
    for request in _requests(next(iter(simulators.values())), size):
        cells = _milliseconds([*simulators.values()], request)
        ratio = [cells[0] / cells[2], cells[1] / cells[3]] if ratios else []
        table.add_row(request.name, *(f"{cell:.2f}" for cell in (*cells, *ratio)))
    return table


def _requests(simulator: Simulator, size: int) -> list[Request]:
    """Both simulators have given the same ids."""
    emails = [EMAIL.format(number * size // PER_CALL) for number in range(PER_CALL)]
    found = _answer(simulator, "GET", _query(f"SELECT Id FROM Lead WHERE Email IN ({_list(emails)})"))
    ids = [record["Id"] for record in found["records"]]
    changes = [{"attributes": {"type": "Lead"}, "id": lead_id, "Title": "Buyer"} for lead_id in ids]
    some = [emails[start:] + emails[:start] for start in range(PER_CALL)]
    leads = "SELECT Id, Name, Email, Company FROM Lead"
    return [
        Request("by Id", "GET", [_query(f"{leads} WHERE Id = '{lead_id}'") for lead_id in ids]),
        Request("by Email", "GET", [_query(f"{leads} WHERE Email = '{email}'") for email in emails]),
        Request("25 emails", "GET", [_query(f"{leads} WHERE Email IN ({_list(each[:25])})") for each in some]),
        Request("latest 50", "GET", [_query(f"{leads} ORDER BY LastModifiedDate DESC LIMIT 50")]),
        Request("scan", "GET", [_query(f"{leads} WHERE Company LIKE '%99' LIMIT 200")], repeats=20),
        Request("one record", "GET", [f"/sobjects/Lead/{lead_id}" for lead_id in ids]),
        Request("update 200", "PATCH", ["/composite/sobjects"], {"records": changes}, repeats=20),
    ]


def _query(soql: str) -> str:
    return f"/query?{httpx.QueryParams(q=soql)}"


def _list(values: list[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _milliseconds(simulators: list[Simulator], request: Request) -> list[float]:
    """Of each simulator: the median, and the mean of the CPU."""
    before = [simulator.process.cpu_seconds() for simulator in simulators]
    paths = itertools.islice(itertools.cycle(request.paths), request.repeats)
    rounds = [[_seconds(each, request.method, path, request.body) for each in simulators] for path in paths]
    figures = []
    for place, simulator in enumerate(simulators):
        cpu_seconds = simulator.process.cpu_seconds() - before[place]
        figures += [statistics.median(each[place] for each in rounds) * 1000, cpu_seconds / request.repeats * 1000]
    return figures


def _seconds(simulator: Simulator, method: str, path: str, body: Any) -> float:
    begun = time.perf_counter()
    answer = _answer(simulator, method, path, body)
    seconds = time.perf_counter() - begun
    assert not isinstance(answer, list) or all(result["success"] for result in answer), answer
    return seconds


def _answer(simulator: Simulator, method: str, path: str, body: Any = None) -> Any:
    return simulator.http.request(method, REST + path, json=body).raise_for_status().json()
