"""Trees: records created together with the records that hang below them, all or none.

Source: fact sheet 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.rest.sobjects import writable
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import Problem, SalesforceError, failure, no_such_resource
from infra.simulator.schema.fields import SObject

MAX_RECORDS = 200
MAX_LEVELS = 5
MAX_TYPES = 5


@dataclass(frozen=True)
class _Node:
    """A record of the tree, with the reference field that leads to its parent."""

    sobject: SObject
    reference: str
    values: dict[str, Any]
    parent: str | None
    field: str | None


class _RefusedError(Exception):
    def __init__(self, failures: list[tuple[str, tuple[Problem, ...]]]) -> None:
        super().__init__("a record of the tree was refused")
        self.failures = failures


def create_tree(call: Call) -> Reply:
    nodes = [*_nodes(call, writable(call), call.json_object().get("records"), None, None, 1)]
    _refuse_oversized(nodes)
    try:
        with call.org.tables.database.transaction():
            created = _created(call, nodes)
    except _RefusedError as error:
        failures = [
            {"referenceId": reference, "errors": [problem.as_result() for problem in problems]}
            for reference, problems in error.failures
        ]
        return Reply(400, {"hasErrors": True, "results": failures})
    results = [{"referenceId": reference, "id": record_id} for reference, record_id in created.items()]
    return Reply(201, {"hasErrors": False, "results": results})


def _created(call: Call, nodes: list[_Node]) -> dict[str, str]:
    """The ids of the new records by their references. Raises _RefusedError with every record that was refused."""
    options = call.options()
    created: dict[str, str] = {}
    failures: list[tuple[str, tuple[Problem, ...]]] = []
    for node in nodes:
        if node.parent is not None and node.parent not in created:
            continue
        above = {node.field: created[node.parent]} if node.parent and node.field else {}
        try:
            created[node.reference] = call.context.records.create(node.sobject, {**node.values, **above}, options)
        except SalesforceError as error:
            failures.append((node.reference, error.problems))
    if failures:
        raise _RefusedError(failures)
    return created


def _nodes(
    call: Call, sobject: SObject, records: Any, parent: str | None, field: str | None, level: int
) -> Iterator[_Node]:
    """The records of a list and all below them, parents first."""
    if level > MAX_LEVELS:
        raise failure(400, "INVALID_INPUT", unverified.TREE_TOO_DEEP.format(most=MAX_LEVELS))
    if not isinstance(records, list) or not records:
        raise failure(400, "INVALID_INPUT", unverified.TREE_RECORDS_NEEDED)
    for record in records:
        reference = _reference(record, sobject)
        below = {child.name.lower(): child for child in sobject.children}
        lists = {name: value for name, value in record.items() if name.lower() in below}
        values = {name: value for name, value in record.items() if name not in lists}
        yield _Node(sobject, reference, values, parent, field)
        for name, value in lists.items():
            child = below[name.lower()]
            target = call.org.object(child.child)
            if target is None or not isinstance(value, dict):
                raise no_such_resource()
            yield from _nodes(call, target, value.get("records"), reference, child.field, level + 1)


def _reference(record: Any, sobject: SObject) -> str:
    attributes = record.get("attributes") if isinstance(record, dict) else None
    reference = attributes.get("referenceId") if isinstance(attributes, dict) else None
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(reference, str) or not isinstance(kind, str) or kind.lower() != sobject.name.lower():
        raise failure(400, "INVALID_INPUT", unverified.TREE_ATTRIBUTES_NEEDED.format(type=sobject.name))
    return reference


def _refuse_oversized(nodes: list[_Node]) -> None:
    if len(nodes) > MAX_RECORDS:
        raise failure(400, "INVALID_INPUT", unverified.TOO_MANY_IN_TREE.format(most=MAX_RECORDS))
    if len({node.sobject.name for node in nodes}) > MAX_TYPES:
        raise failure(400, "INVALID_INPUT", unverified.TOO_MANY_TYPES.format(most=MAX_TYPES))
    if len({node.reference for node in nodes}) < len(nodes):
        raise failure(400, "INVALID_INPUT", unverified.TREE_REFERENCE_TWICE)
