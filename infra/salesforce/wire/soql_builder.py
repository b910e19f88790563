"""SOQL text, with every value escaped.

Source: fact sheet 4.2.
"""

from collections.abc import Iterable
from datetime import datetime, timezone

_ESCAPES = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_TEXT = str.maketrans(_ESCAPES)
_PATTERN = str.maketrans({**_ESCAPES, "%": "\\%", "_": "\\_"})


def string_literal(value: str) -> str:
    """A string literal."""
    return f"'{value.translate(_TEXT)}'"


def like_pattern(value: str, *, at_beginning: bool = False) -> str:
    """A LIKE pattern for texts that contain the value, or begin with it; it matches to the letter."""
    return f"'{'' if at_beginning else '%'}{value.translate(_PATTERN)}%'"


def datetime_literal(value: datetime) -> str:
    """A datetime literal in UTC, to the second; a value without an offset is read as UTC."""
    aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def select(
    fields: Iterable[str],
    from_: str,
    where: Iterable[str] = (),
    order_by: str = "",
    limit: int = 0,
    group_by: str = "",
) -> str:
    """A query; the conditions in `where` must all hold. `group_by` may end with a HAVING."""
    clauses = [f"SELECT {', '.join(fields)} FROM {from_}"]
    if conditions := " AND ".join(where):
        clauses.append(f"WHERE {conditions}")
    if group_by:
        clauses.append(f"GROUP BY {group_by}")
    if order_by:
        clauses.append(f"ORDER BY {order_by}")
    if limit:
        clauses.append(f"LIMIT {limit}")
    return " ".join(clauses)
