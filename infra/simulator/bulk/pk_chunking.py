"""PK chunking: one bulk query becomes many, each over a span of ids.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from infra.simulator.soql.syntax import Comparison, Condition, Junction, Negation, Path, Query, Selected

DEFAULT_SIZE, MAX_SIZE = 100_000, 250_000
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_WHERE = re.compile(r"\bWHERE\b", re.IGNORECASE)
_AFTERWARDS = re.compile(r"\b(?:WITH|FOR)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Chunking:
    """How many ids a chunk spans, and where the first one begins."""

    size: int
    first_id: str
    """Empty for the first there is."""


def is_chunkable(soql: str, query: Query) -> bool:
    """Chunks are made of a plain query that filters by no id."""
    if query.order or query.limit is not None or query.offset or _AFTERWARDS.search(_STRING.sub("", soql)):
        return False
    if not all(isinstance(item, Selected) for item in query.selected):
        return False
    return query.where is None or not _filters_by_id(query.where)


def chunked(soql: str, ids: Sequence[str], size: int) -> list[str]:
    """The queries that together find what one finds among the records with these ids, which are in order."""
    starts = ids[::size]
    spans = [f"Id >= '{first}' AND Id < '{end}'" for first, end in pairwise(starts)]
    return [_within(soql, span) for span in [*spans, f"Id >= '{starts[-1]}'"]]


def _within(soql: str, span: str) -> str:
    where = _WHERE.search(_STRING.sub(lambda found: "_" * len(found[0]), soql))
    if where is None:
        return f"{soql.rstrip()} WHERE {span}"
    return f"{soql[: where.start()]}WHERE ({soql[where.end() :].strip()}) AND {span}"


def _filters_by_id(condition: Condition) -> bool:
    if isinstance(condition, Comparison):
        return isinstance(condition.left, Path) and "id" in condition.left.names[-1].lower()
    if isinstance(condition, Negation):
        return _filters_by_id(condition.condition)
    return isinstance(condition, Junction) and any(_filters_by_id(part) for part in condition.conditions)
