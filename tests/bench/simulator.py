"""How quickly the simulator takes leads in, and whether finding one among many costs more than among few.

Everything goes over a real socket to a simulator of its own, one request after the other.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from tests.support.http_client import http_client
from tests.support.processes import process

SIZES = (1_000, 10_000, 100_000)
PER_CALL = 200
REPEATS = 50
REST = "/services/data/v59.0"
EMAIL = "user{}@example.com"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, process("simulator", "--port", "0", cwd=Path(folder)) as org:
        url = org.wait_for(r"http://127\.0\.0\.1:\d+").group()
        with http_client(url) as http:
            token = http.post("/_sim/sessions", json={}).raise_for_status().json()["access_token"]
            http.headers["Authorization"] = f"Bearer {token}"
            Console().print(_measured(http))


def _measured(http: httpx.Client) -> Table:
    names = ("leads", "loaded in (s)", "by Id (ms)", "by Email (ms)", "25 emails (ms)", "latest 50 (ms)", "scan (ms)")
    table = Table(*names, title="The simulator: 200 leads per call, then medians of one query at a time")
    loaded, seconds = 0, 0.0
    for size in SIZES:
        seconds += _seconds(partial(_load, http, loaded, size))
        loaded = size
        lead_id = _query(http, f"SELECT Id FROM Lead WHERE Email = '{EMAIL.format(size // 2)}'")[0]["Id"]
        emails = ", ".join(f"'{EMAIL.format(number * size // 25)}'" for number in range(25))
        conditions = (
            f"WHERE Id = '{lead_id}'",
            f"WHERE Email = '{EMAIL.format(size // 3)}' AND IsConverted = false ORDER BY CreatedDate",
            f"WHERE Email IN ({emails})",
            "ORDER BY LastModifiedDate DESC LIMIT 50",
        )
        medians = [_median(http, condition, REPEATS) for condition in conditions]
        medians.append(_median(http, "WHERE Company LIKE '%99' LIMIT 200", 3))
        table.add_row(f"{size:,}", f"{seconds:.1f}", *(f"{median * 1000:.1f}" for median in medians))
    return table


def _load(http: httpx.Client, first: int, after: int) -> None:
    for start in range(first, after, PER_CALL):
        records = [
            {
                "attributes": {"type": "Lead"},
                "FirstName": f"First {number}",
                "LastName": f"Last {number}",
                "Company": f"Company {number % 1000}",
                "Email": EMAIL.format(number),
                "LeadSource": "Web",
            }
            for number in range(start, min(start + PER_CALL, after))
        ]
        answer = http.post(f"{REST}/composite/sobjects", json={"allOrNone": True, "records": records})
        assert all(result["success"] for result in answer.json()), answer.text


def _median(http: httpx.Client, condition: str, repeats: int) -> float:
    soql = f"SELECT Id, Name, Email, Company FROM Lead {condition}"
    return statistics.median(_seconds(lambda: _query(http, soql)) for _ in range(repeats))


def _query(http: httpx.Client, soql: str) -> list[dict[str, str]]:
    answer = http.get(f"{REST}/query", params={"q": soql}).raise_for_status()
    records: list[dict[str, str]] = answer.json()["records"]
    assert records, soql
    return records


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
