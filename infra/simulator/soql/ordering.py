"""ORDER BY as SQL.

Source: fact sheet 4.2.
"""

from __future__ import annotations

from collections.abc import Callable

from infra.simulator.org.storage import text_literal
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.expressions import Value
from infra.simulator.soql.syntax import Expression, Ordering


def ordering_sql(orderings: tuple[Ordering, ...], value_of: Callable[[Expression], Value], tie: list[str]) -> str:
    """The clause for these orderings. `tie` decides between records that they leave equal, in the last direction."""
    values = [value_of(ordering.expression) for ordering in orderings]
    parts = [_ordering(ordering, value) for ordering, value in zip(orderings, values, strict=True)]
    direction = "DESC" if orderings and orderings[-1].descending else "ASC"
    decided = {value.sql for value in values}
    parts += [f"{sql} {direction}" for sql in tie if sql not in decided]
    return " ORDER BY " + ", ".join(parts) if parts else ""


def _ordering(ordering: Ordering, value: Value) -> str:
    field = value.field
    if field is not None and not (field.sortable and field.is_stored):
        message = f"field '{field.name}' can not be sorted in a query call"
        raise SoqlError("INVALID_FIELD", message, ordering.expression.at)
    direction = "DESC" if ordering.descending else "ASC"
    if field is not None and value.is_own and not field.nillable and not field.choices:
        # Without a word about nulls an index can be walked in either direction.
        return f"{value.compared} {direction}"
    nulls = f"NULLS {'LAST' if ordering.nulls_last else 'FIRST'}"
    if field is None or not field.choices:
        return f"{value.compared} {direction} {nulls}"
    # Picklists sort in the order of their values; what is not on the list comes after it.
    places = " ".join(f"WHEN {text_literal(choice.value)} THEN {n}" for n, choice in enumerate(field.choices))
    place = f"CASE {value.sql} {places} ELSE CASE WHEN {value.sql} IS NULL THEN NULL ELSE {len(field.choices)} END END"
    return f"{place} {direction} {nulls}, {value.sql} {direction}"
