"""`make chaos`: a long run, and a table of what was done to the gateway and what it told."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.chaos.run import FAULTS, Plan, Report, run


def chaos(
    syncs: int = 10_000,
    emails: int = 1_000,
    clients: int = 32,
    faults: Annotated[float, typer.Option(help="Share of Salesforce calls that meet trouble.")] = 0.1,
    seed: int = 1,
) -> None:
    """Sync through three replicas while everything goes wrong, and check that nothing got lost or doubled."""
    plan = Plan(syncs, emails, clients, faults, seed=seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        report = asyncio.run(run(plan, Path(directory)))
    _print(plan, report, time.monotonic() - began)
    sys.exit(1 if report.problems else 0)


def _print(plan: Plan, report: Report, seconds: float) -> None:
    console = Console()
    injected = Table("faults injected", "", title=f"seed {plan.seed}, {seconds:.0f} s")
    for fault in FAULTS:
        kind = " ".join(str(fault[key]) for key in ("kind", "error_code", "status", "seconds") if key in fault)
        injected.add_row(f"{kind} on {fault['operation']}", f"{plan.faults / len(FAULTS):.1%}")
    injected.add_row("SIGKILL of a replica", "2")
    injected.add_row("Redis crashed and came back empty", "1")
    outcomes = Table("outcomes told", "times")
    for told, times in report.outcomes.most_common():
        outcomes.add_row(told, f"{times:,}")
    sums = Table("in the org", "")
    for name in ("open_leads", "api_calls", "token_calls", "duplicate_emails"):
        sums.add_row(name, str(report.stats[name]))
    sums.add_row("slowest answer", f"{report.slowest_answer:.2f} s")
    for table in (injected, outcomes, sums):
        console.print(table)
    for problem in report.problems[:50]:
        console.print(f"[red]{problem}")
    console.print(f"[red]{len(report.problems)} problems" if report.problems else "Nothing lost, nothing doubled.")


typer.run(chaos)
