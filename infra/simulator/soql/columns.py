"""What the records of a query show: fields, groups of fields, and functions of fields.

Source: fact sheet 4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeGuard

from infra.simulator.org.rendering import blob_path, compound
from infra.simulator.org.values import formatted, labelled, to_json
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.soql.currencies import amount_text, code_sql, corporate_code
from infra.simulator.soql.errors import SoqlError, unexpected
from infra.simulator.soql.expressions import PLAIN_FUNCTIONS, only_argument, value_of
from infra.simulator.soql.scope import Column, Scope
from infra.simulator.soql.syntax import Expression, Function, Path, Query, Selected

MAX_FIELDS_ROWS = 200
_GROUPS = {"ALL", "STANDARD", "CUSTOM"}


@dataclass(frozen=True)
class Shown:
    """Something a record shows, under a name of its own or of one of its parents."""

    name: str
    parents: tuple[str, ...]
    sources: tuple[str, ...]
    """The SQL of the values that `show` makes one of."""
    show: Callable[..., Any]
    is_path: bool = False
    """What it shows is a path below that of the API's version."""


def shown_columns(scope: Scope, query: Query) -> tuple[Shown, ...]:
    """What the query selects apart from sub-queries and TYPEOF. Raises SoqlError."""
    columns: dict[tuple[tuple[str, ...], str], Shown] = {}
    unnamed = 0
    for selected in query.selected:
        if not isinstance(selected, Selected):
            continue
        for shown in _shown_by(scope, selected, query.limit):
            if not shown.name:
                shown, unnamed = replace(shown, name=f"expr{unnamed}"), unnamed + 1
            key = (shown.parents, shown.name.lower())
            if key in columns:
                name = ".".join((*shown.parents, shown.name))
                raise SoqlError("INVALID_FIELD", f"duplicate field selected: {name}", selected.expression.at)
            columns[key] = shown
    return tuple(columns.values())


def _shown_by(scope: Scope, selected: Selected, limit: int | None) -> list[Shown]:
    """What one item of the list brings; a name is left empty where the query gives none."""
    expression = selected.expression
    if is_field_group(expression):
        fields = field_group(scope.sobject, expression, limit)
        return [_field(scope.column(Path((field.name,), expression.at))) for field in fields]
    if isinstance(expression, Path):
        if selected.alias:
            raise SoqlError("MALFORMED_QUERY", "only aggregate expressions use field aliasing", expression.at)
        return [_field(scope.column(expression))]
    if expression.upper == "DISTANCE":
        value = value_of(scope, expression)
        return [Shown(selected.alias or "", (), (value.sql,), _as_it_is)]
    return [_function(scope, expression, selected.alias)]


def _field(column: Column) -> Shown:
    field, sobject = column.field, column.table.sobject
    if field.type == "base64":
        sources = (column.sql, column.table.column_sql(sobject.fields[0]))
        return Shown(field.name, column.parents, sources, partial(blob_path, sobject, field), is_path=True)
    if field.is_stored:
        return Shown(field.name, column.parents, (column.sql,), partial(to_json, field))
    parts = column.parts
    return Shown(field.name, column.parents, (*parts.values(),), partial(compound, parts))


def _function(scope: Scope, function: Function, alias: str | None) -> Shown:
    """A field that a function shows otherwise than it is; an alias moves it out of its parent."""
    inner = only_argument(function)
    converted = function if function.upper == "CONVERTCURRENCY" else inner
    if isinstance(converted, Function) and converted.upper == "CONVERTCURRENCY":
        inner = only_argument(converted)
    if function.upper not in PLAIN_FUNCTIONS or not isinstance(inner, Path):
        raise unexpected(function.name, function.at)
    column = scope.column(inner)
    shown = replace(_field(column), name=alias or column.field.name, parents=() if alias else column.parents)
    if converted is not inner:
        shown = replace(shown, sources=(value_of(scope, converted).sql,))
    if function.upper == "TOLABEL":
        return replace(shown, show=partial(labelled, column.field)) if column.field.choices else shown
    if function.upper != "FORMAT" or len(shown.sources) != 1:
        return shown
    code = code_sql(column)
    if code is None:
        return replace(shown, show=partial(formatted, column.field))
    if converted is not inner:
        return replace(shown, show=partial(amount_text, column.field, code=corporate_code(scope.org)))
    return replace(shown, sources=(*shown.sources, code), show=partial(amount_text, column.field))


def is_field_group(expression: Expression) -> TypeGuard[Function]:
    return isinstance(expression, Function) and expression.upper == "FIELDS"


def field_group(sobject: SObject, function: Function, limit: int | None) -> list[Field]:
    """The fields `FIELDS(ALL)` means. Source: fact sheet 4.1."""
    argument = function.arguments[0] if len(function.arguments) == 1 else None
    group = str(argument).upper() if isinstance(argument, Path) else ""
    if group not in _GROUPS:
        raise unexpected(function.name, function.at)
    if group != "STANDARD" and (limit is None or limit > MAX_FIELDS_ROWS):
        message = f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELDS_ROWS}"
        raise SoqlError("MALFORMED_QUERY", message, function.at)
    return [field for field in sobject.fields if group == "ALL" or field.custom == (group == "CUSTOM")]


def _as_it_is(value: Any) -> Any:
    return value
