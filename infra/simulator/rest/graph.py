"""Composite graphs: several lists of subrequests, each of which happens altogether or not at all.

Source: fact sheet 5.
"""

from __future__ import annotations

from typing import Any

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.rest.composite import CompositeRun, Subrequest, subrequests
from infra.simulator.rest.subrequests import FaultError, Find, SubrequestRunner
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure

MAX_GRAPHS = 75
MAX_NODES = 500
MAX_FAILED = 14


class Graphs:
    """Answers graph requests; `find` looks resources up."""

    def __init__(self, find: Find) -> None:
        self._find = find

    def __call__(self, call: Call) -> Reply:
        graphs = _graphs(call.json_object())
        runner = SubrequestRunner(call, self._find)
        answers: list[dict[str, Any]] = []
        failed = 0
        for graph_id, nodes in graphs:
            if failed >= MAX_FAILED:
                answers.append(_answer(graph_id, [], successful=False))
                continue
            run = CompositeRun(call, runner, nodes, all_or_none=True)
            try:
                run.execute()
            except FaultError as error:
                return runner.finished(200, {"graphs": answers}, error.fault)
            failed += run.rolled_back
            answers.append(_answer(graph_id, run.answers(), successful=not run.rolled_back))
        return runner.finished(200, {"graphs": answers})


def _answer(graph_id: str, responses: list[dict[str, Any]], *, successful: bool) -> dict[str, Any]:
    return {"graphId": graph_id, "graphResponse": {"compositeResponse": responses}, "isSuccessful": successful}


def _graphs(body: dict[str, Any]) -> list[tuple[str, list[Subrequest]]]:
    entries = body.get("graphs")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries) or not entries:
        raise failure(400, "INVALID_INPUT", unverified.GRAPHS_NEEDED)
    if len(entries) > MAX_GRAPHS:
        raise failure(400, "INVALID_INPUT", unverified.TOO_MANY_GRAPHS.format(most=MAX_GRAPHS))
    graphs = [(_graph_id(entry), subrequests(entry, most=MAX_NODES)) for entry in entries]
    if sum(len(nodes) for _, nodes in graphs) > MAX_NODES:
        raise failure(400, "INVALID_INPUT", unverified.TOO_MANY_NODES.format(most=MAX_NODES))
    if len({graph_id for graph_id, _ in graphs}) < len(graphs):
        raise failure(400, "INVALID_INPUT", unverified.GRAPHS_NEEDED)
    return graphs


def _graph_id(entry: dict[str, Any]) -> str:
    graph_id = entry.get("graphId")
    if not isinstance(graph_id, str) or not graph_id:
        raise failure(400, "INVALID_INPUT", unverified.GRAPHS_NEEDED)
    return graph_id
