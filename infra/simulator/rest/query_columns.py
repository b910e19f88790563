"""What the columns of a query are: the answer to `columns=true`.

No documentation tells about it. What is here is what Salesforce's own command line reads, and what its tests have
recorded of real orgs: fields, parents, children, aggregates and their aliases.
"""

from __future__ import annotations

from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.schema.fields import ID_TYPES, NUMBER_TYPES, TEXT_TYPES, Field
from infra.simulator.schema.objects import POLYMORPHIC
from infra.simulator.soql import scope as soql
from infra.simulator.soql.columns import field_group, is_field_group
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.expressions import PLAIN_FUNCTIONS, is_grouped, only_argument, value_of
from infra.simulator.soql.grouping import group_plan
from infra.simulator.soql.parser import parse
from infra.simulator.soql.plan import plan
from infra.simulator.soql.scope import Scope
from infra.simulator.soql.syntax import Expression, Function, Literal, Nested, Path, Query, TypeOf

_OF_FIELDS = {"FIELDS", *PLAIN_FUNCTIONS}
"""Functions whose column is that of a field."""
_APEX_TYPES = {
    "boolean": "Boolean",
    "int": "Integer",
    "date": "Date",
    "datetime": "Datetime",
    "time": "Time",
    "address": "Address",
    "location": "Location",
    "base64": "Blob",
    **dict.fromkeys(NUMBER_TYPES - {"int"}, "Double"),
    **dict.fromkeys(ID_TYPES, "Id"),
}
"""All others are texts."""

Column = dict[str, Any]


def query_columns(org: Org, text: str) -> dict[str, Any]:
    """Which columns a query has, without running it. Raises SalesforceError."""
    try:
        query = parse(text)
        grouped = is_grouped(query)
        (group_plan if grouped else plan)(org, query)
        scope = Scope.of(org, query)
        columns = _columns(scope, query, grouped=grouped)
    except SoqlError as error:
        raise error.as_refusal(text) from error
    return {
        "columnMetadata": columns,
        "entityName": scope.sobject.name,
        "groupBy": bool(query.group),
        "idSelected": any(column["columnName"] == "Id" for column in columns),
        "keyPrefix": scope.sobject.prefix or None,
    }


def _columns(scope: Scope, query: Query, *, grouped: bool = False) -> list[Column]:
    """The columns in the order of the SELECT list. Groups show the fields of parents as their own."""
    columns: list[Column] = []
    unnamed = 0
    for item in query.selected:
        if isinstance(item, Nested):
            columns.append(_children(scope, item.query))
        elif isinstance(item, TypeOf):
            _add_branches(scope, item, columns)
        elif isinstance(item.expression, Function) and (grouped or item.expression.upper not in _OF_FIELDS):
            name = item.alias
            if name is None:
                name, unnamed = f"expr{unnamed}", unnamed + 1
            columns.append(_computed(scope, item.expression, name))
        elif is_field_group(item.expression):
            columns += [_of_field(field) for field in field_group(scope.sobject, item.expression, query.limit)]
        else:
            column = _column_of(scope, item.expression)
            parents = () if grouped or item.alias else column.parents
            _joined(scope, columns, parents).append(_of_field(column.field, item.alias))
    return columns


def _column_of(scope: Scope, expression: Expression) -> soql.Column:
    """The field that is shown, perhaps through functions."""
    while isinstance(expression, Function):
        expression = only_argument(expression)
    return scope.column(expression)


def _joined(scope: Scope, columns: list[Column], parents: tuple[str, ...]) -> list[Column]:
    """The columns of a parent's fields, begun here where the parent is met for the first time."""
    for depth, name in enumerate(parents):
        found = next((column for column in columns if column["columnName"] == name and column["foreignKeyName"]), None)
        if found is None:
            reference = scope.sobject_at(parents[:depth]).parent(name)
            assert reference is not None
            found = {**_column(name), "custom": reference.custom, "foreignKeyName": reference.name}
            columns.append(found)
        columns = found["joinColumns"]
    return columns


def _children(scope: Scope, query: Query) -> Column:
    relationship = scope.sobject.child(str(query.source))
    assert relationship is not None
    child = scope.org.object(relationship.child)
    inner = _columns(Scope.of(scope.org, query, child=child), query)
    return {**_column(relationship.name), "aggregate": True, "joinColumns": inner}


def _add_branches(scope: Scope, typeof: TypeOf, columns: list[Column]) -> None:
    """TYPEOF: the fields of every kind of record the relationship leads to, each once."""
    reference = scope.reference(typeof.relationship)
    columns = _joined(scope, columns, (*reference.parents, reference.field.relationship or reference.field.name))
    kinds = [(Scope(scope.org, branch.sobject, None), branch.fields) for branch in typeof.branches]
    if typeof.otherwise:
        any_kind = Path((scope.targets(reference.field)[0].name,), typeof.relationship.at)
        kinds.append((Scope(scope.org, any_kind, None, seen_as=POLYMORPHIC), typeof.otherwise))
    for inner, fields in kinds:
        for column in map(inner.column, fields):
            joined = _joined(inner, columns, column.parents)
            if column.field.name not in [known["columnName"] for known in joined]:
                joined.append(_of_field(column.field))


def _of_field(field: Field, alias: str | None = None) -> Column:
    return {
        **_column(alias or field.name, field.name),
        "apexType": _APEX_TYPES.get(field.type, "String"),
        **_kinds(field.type),
        "custom": field.custom,
        "insertable": field.createable,
        "updatable": field.updateable,
    }


def _computed(scope: Scope, function: Function, name: str) -> Column:
    """An aggregate, or anything else that only a function makes."""
    return {**_column(name, _spelled(scope, function)), "aggregate": True, **_kinds(_kind(scope, function))}


def _kind(scope: Scope, function: Function) -> str:
    if function.upper in ("FORMAT", "TOLABEL"):
        return "string"
    if function.upper == "GROUPING" or not function.arguments:
        return "int"
    return value_of(scope, function).type


def _spelled(scope: Scope, argument: Expression | Literal) -> str:
    """`avg(Amount)`, whatever the spelling in the query."""
    if isinstance(argument, Literal):
        return argument.text
    if isinstance(argument, Function):
        return f"{argument.name.lower()}({', '.join(_spelled(scope, inner) for inner in argument.arguments)})"
    column = scope.column(argument)
    return ".".join([*column.parents, column.field.name])


def _kinds(kind: str) -> dict[str, bool]:
    return {
        "booleanType": kind == "boolean",
        "numberType": kind in NUMBER_TYPES,
        "textType": kind in TEXT_TYPES,
    }


def _column(name: str, display_name: str | None = None) -> Column:
    """A column about which nothing but its name is known."""
    return {
        "aggregate": False,
        "apexType": None,
        "booleanType": False,
        "columnName": name,
        "custom": False,
        "displayName": display_name or name,
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": False,
        "textType": False,
        "updatable": False,
    }
