"""`make chaos`: a long run, and a table of what was done to the gateway and what it told."""

import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.table import Table

from tests.chaos.lost_answers import OPERATIONS, lose_answers
from tests.chaos.rounds import simultaneous_syncs
from tests.chaos.run import FAULTS, Plan, Report, run


def chaos(
    syncs: int = 10_000,
    emails: int = 1_000,
    clients: int = 32,
    faults: Annotated[float, typer.Option(help="Share of Salesforce calls that meet trouble.")] = 0.1,
    seed: int = 1,
    rounds: Annotated[int, typer.Option(help="Rounds of ten simultaneous syncs of one new email.")] = 200,
    lost: Annotated[int, typer.Option(help="Lost answers of each writing operation.")] = 500,
) -> None:
    """Sync through three replicas while everything goes wrong, and check that nothing got lost or doubled."""
    # The log of the in-process gateways would bury the tables.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    plan = Plan(syncs, emails, clients, faults, seed=seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        all_well = _simultaneous(Path(directory), rounds)
    all_well = _lost_answers(lost) and all_well
    with tempfile.TemporaryDirectory() as directory:
        report = asyncio.run(run(plan, Path(directory)))
    _print(plan, report, time.monotonic() - began)
    sys.exit(0 if all_well and not report.problems else 1)


def _simultaneous(directory: Path, rounds: int) -> bool:
    told, leads = asyncio.run(simultaneous_syncs(directory, rounds))
    table = Table(f"{rounds} rounds of ten simultaneous syncs", "")
    for outcome, times in told.most_common():
        table.add_row(outcome, f"{times:,}")
    table.add_row("leads", f"{leads:,}")
    Console().print(table)
    return leads == rounds


def _lost_answers(times: int) -> bool:
    table = Table(f"{times} lost answers of", "answered", "duplicates")
    all_well = True
    for operation in OPERATIONS:
        statuses, stats = asyncio.run(lose_answers(operation, times))
        table.add_row(operation, str(dict(statuses)), str(len(stats["duplicate_emails"])))
        all_well = all_well and set(statuses) <= {200, 201} and not stats["duplicate_emails"]
    Console().print(table)
    return all_well


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
