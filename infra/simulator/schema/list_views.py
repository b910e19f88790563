"""The list views that every org begins with, as queries.

Source: "List Views for an Object", "List View Describe" and "List View Results", REST API Developer Guide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.simulator.schema.fields import Field, SObject

SEEN = "LastViewedDate"
COLUMN_FIELDS = (
    "Title,Company,AccountId,Site,Phone,Email,Status,StageName,Amount,CloseDate,Type,Subject,ActivityDate,OwnerId"
)
"""What stands beside the name, as far as an object has it."""
HIDDEN_FIELDS = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")
_OPERATORS = {"equals": "=", "notEqual": "!="}
_ORDERS = {
    "date": ("Old to New", "New to Old"),
    "datetime": ("Old to New", "New to Old"),
    "boolean": ("Selected to Not Selected", "Not Selected to Selected"),
    **dict.fromkeys(("int", "double", "currency", "percent"), ("9-0", "0-9")),
}


@dataclass(frozen=True)
class Criterion:
    field: str
    operator: str
    value: str


@dataclass(frozen=True)
class Column:
    """A column of a list: a field of the records or of what they refer to."""

    path: str
    field: Field
    is_hidden: bool = False

    @property
    def selected(self) -> str:
        return f"toLabel({self.path})" if self.field.choices else self.path


@dataclass(frozen=True)
class ListView:
    """A list of records, under a name."""

    sobject: SObject
    columns: tuple[Column, ...]
    """The name, what else tells records apart, and what is selected without being shown."""
    developer_name: str
    label: str
    criteria: tuple[Criterion, ...] = ()
    scope: str = "everything"
    order: str = ""
    is_ascending: bool = True

    @property
    def order_field(self) -> str:
        return self.order or self.sobject.name_field

    @property
    def is_seen(self) -> bool:
        """The user sees every field that it asks about."""
        return all(self.sobject.has(each.field) for each in self.criteria)

    def query(self) -> str:
        """The list as SOQL."""
        selected = ", ".join(column.selected for column in self.columns)
        scope = "" if self.scope == "everything" else f" USING SCOPE {self.scope}"
        parts = [f"{each.field} {_OPERATORS[each.operator]} {each.value}" for each in self.criteria]
        where = f" WHERE {' AND '.join(parts)}" if parts else ""
        direction = "ASC NULLS FIRST" if self.is_ascending else "DESC NULLS LAST"
        order = f"{self.order_field} {direction}, Id ASC NULLS FIRST"
        return f"SELECT {selected} FROM {self.sobject.name}{scope}{where} ORDER BY {order}"


def list_views(sobject: SObject, find: Callable[[str], SObject | None]) -> list[ListView]:
    """The list views of an object, each at a place that stays its own; none where people have no such lists.

    `find` has the objects the user sees, by name.
    """
    if sobject.name not in _STANDARD and not sobject.is_custom:
        return []
    columns = _columns(sobject, find)
    views = [ListView(sobject, columns, *view) for view in _STANDARD.get(sobject.name, ())]
    return [*views, *_general(sobject, columns)]


def _columns(sobject: SObject, find: Callable[[str], SObject | None]) -> tuple[Column, ...]:
    shown = dict.fromkeys((sobject.name_field, *COLUMN_FIELDS.split(",")))
    found = [_column(field, find) for name in shown if (field := sobject.field(name))]
    hidden = [field for name in HIDDEN_FIELDS if (field := sobject.field(name))]
    return (*found, *(Column(field.name, field, is_hidden=True) for field in hidden))


def _general(sobject: SObject, columns: tuple[Column, ...]) -> Iterator[ListView]:
    """The lists that all kinds of records have; of leads only the open ones."""
    plural = sobject.plural.replace(" ", "")
    live = _OPEN if sobject.name == "Lead" else ()
    open_ = "Open" if live else ""
    yield ListView(sobject, columns, f"All{open_}{plural}", f"All {open_} {sobject.plural}".replace("  ", " "), live)
    if sobject.has("OwnerId"):
        yield ListView(sobject, columns, f"My{plural}", f"My {sobject.plural}", live, "mine")
    if sobject.has(SEEN):
        seen = (Criterion(SEEN, "notEqual", "null"),)
        name = f"RecentlyViewed{plural}"
        yield ListView(sobject, columns, name, "Recently Viewed", seen, order=SEEN, is_ascending=False)


_OPEN = (Criterion("IsConverted", "equals", "false"),)
_View = tuple[str, str, tuple[Criterion, ...], str]
_CREATED: tuple[_View, ...] = (
    ("NewThisWeek", "New This Week", (Criterion("CreatedDate", "equals", "THIS_WEEK"),), "everything"),
    ("NewLastWeek", "New Last Week", (Criterion("CreatedDate", "equals", "LAST_WEEK"),), "everything"),
)
_STANDARD: dict[str, tuple[_View, ...]] = {
    "Lead": (
        ("MyUnreadLeads", "My Unread Leads", (*_OPEN, Criterion("IsUnreadByOwner", "equals", "true")), "mine"),
        ("TodaysLeads", "Today's Leads", (Criterion("CreatedDate", "equals", "TODAY"),), "everything"),
    ),
    "Account": _CREATED,
    "Contact": _CREATED,
    "Campaign": _CREATED,
    "Task": (("OpenTasks", "Open Tasks", (Criterion("IsClosed", "equals", "false"),), "everything"),),
    "Opportunity": (
        *_CREATED,
        ("ClosingThisMonth", "Closing This Month", (Criterion("CloseDate", "equals", "THIS_MONTH"),), "everything"),
        ("ClosingNextMonth", "Closing Next Month", (Criterion("CloseDate", "equals", "NEXT_MONTH"),), "everything"),
        ("Won", "Won", (Criterion("IsWon", "equals", "true"),), "everything"),
    ),
}


def described_list_view(view: ListView, view_id: str) -> dict[str, Any]:
    """What a list view shows, of which records, in which order."""
    return {
        "columns": described_columns(view),
        "id": view_id,
        "orderBy": [
            {
                "fieldNameOrPath": view.order_field,
                "nullsPosition": "first" if view.is_ascending else "last",
                "sortDirection": "ascending" if view.is_ascending else "descending",
            },
            {"fieldNameOrPath": "Id", "nullsPosition": "first", "sortDirection": "ascending"},
        ],
        "query": view.query(),
        "relatedEntityId": None,
        "scope": view.scope,
        "scopeEntityId": None,
        "sobjectType": view.sobject.name,
        "whereCondition": _condition(view),
    }


def described_columns(view: ListView) -> list[dict[str, Any]]:
    return [_described_column(view, column) for column in view.columns]


def _described_column(view: ListView, column: Column) -> dict[str, Any]:
    ascending, descending = _ORDERS.get(column.field.type, ("Z-A", "A-Z"))
    is_first = column.path == view.order_field
    direction = "ascending" if view.is_ascending else "descending"
    return {
        "ascendingLabel": ascending if column.field.sortable else None,
        "descendingLabel": descending if column.field.sortable else None,
        "fieldNameOrPath": column.path,
        "hidden": column.is_hidden,
        "label": column.field.label,
        "searchable": column.field.is_text,
        "selectListItem": column.selected,
        "sortDirection": direction if is_first else None,
        "sortIndex": 0 if is_first else None,
        "sortable": column.field.sortable,
        "type": column.field.type,
    }


def _column(field: Field, find: Callable[[str], SObject | None]) -> Column:
    """A reference shows the name of what it refers to, an owner their alias, as far as the user sees it."""
    if not any(find(target) for target in field.reference_to):
        return Column(field.name, field)
    name = "Alias" if field.name == "OwnerId" else "Name"
    label = f"{field.label.removesuffix(' ID')} {name}"
    return Column(f"{field.relationship}.{name}", Field(name, "string", 255, label))


def _condition(view: ListView) -> dict[str, Any]:
    conditions = [{"field": each.field, "operator": each.operator, "values": [each.value]} for each in view.criteria]
    return conditions[0] if len(conditions) == 1 else {"conditions": conditions, "conjunction": "and"}
