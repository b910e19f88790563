"""ORDER BY as SQL.

Source: fact sheet 4.2.
"""

from __future__ import annotations

from collections.abc import Callable

from infra.simulator.org.sql_functions import folded
from infra.simulator.org.storage import text_literal
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.expressions import Value
from infra.simulator.soql.syntax import Expression, Ordering

Term = tuple[str, str]
"""What to order by, and in which way."""


def ordering_sql(orderings: tuple[Ordering, ...], value_of: Callable[[Expression], Value], tie: str) -> str:
    """The clause for these orderings. `tie` decides between records that they leave equal, in the last direction."""
    terms = ordering_terms(orderings, value_of)
    if all(sql != tie for sql, _ in terms):
        terms.append((tie, last_direction(orderings)))
    return order_by(terms)


def ordering_terms(orderings: tuple[Ordering, ...], value_of: Callable[[Expression], Value]) -> list[Term]:
    return [term for ordering in orderings for term in _terms(ordering, value_of(ordering.expression))]


def last_direction(orderings: tuple[Ordering, ...]) -> str:
    return "DESC" if orderings and orderings[-1].descending else "ASC"


def order_by(terms: list[Term]) -> str:
    return " ORDER BY " + ", ".join(f"{sql} {way}" for sql, way in terms) if terms else ""


def _terms(ordering: Ordering, value: Value) -> list[Term]:
    field = value.field
    if field is not None and not (field.sortable and field.is_stored):
        message = f"field '{field.name}' can not be sorted in a query call"
        raise SoqlError("INVALID_FIELD", message, ordering.expression.at)
    direction = "DESC" if ordering.descending else "ASC"
    if field is not None and value.is_own and not field.nillable and not field.choices:
        # Without a word about nulls an index can be walked in either direction.
        return [(value.compared, direction)]
    way = f"{direction} NULLS {'LAST' if ordering.nulls_last else 'FIRST'}"
    if field is None or not field.choices:
        return [(value.compared, way)]
    # Picklists sort in the order of their values; what is not on the list comes after it.
    places = " ".join(f"WHEN {text_literal(folded(choice.value))} THEN {n}" for n, choice in enumerate(field.choices))
    other = f"CASE WHEN {value.sql} IS NULL THEN NULL ELSE {len(field.choices)} END"
    return [(f"CASE {value.compared} {places} ELSE {other} END", way), (value.compared, direction)]
