"""List views over REST.

Source: "List Views for an Object", "List View Describe" and "List View Results", REST API Developer Guide.
"""

from __future__ import annotations

from typing import Any

from infra.simulator.exchange.parameters import whole_number
from infra.simulator.exchange.reply import Reply
from infra.simulator.org.org import Org
from infra.simulator.org.rendering import value_at
from infra.simulator.org.values import text_for
from infra.simulator.rest.call import Call
from infra.simulator.rest.layouts import layoutable
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import failure, no_such_resource
from infra.simulator.schema.fields import SObject
from infra.simulator.schema.list_views import ListView, described_columns, described_list_view, list_views

PREFIX = "00B"
DEFAULT_LIMIT = 25
MAX_LIMIT = 2000
_PLACES = 100
"""More list views than any object has."""


def listing(call: Call) -> Reply:
    sobject = layoutable(call)
    views = [_summary(call, view_id, view) for view_id, view in _views(call.org, sobject).items()]
    path = f"{call.base_path}/sobjects/{sobject.name}/listviews"
    body = {"done": True, "listviews": views, "nextRecordsUrl": None, "size": len(views), "sobjectType": sobject.name}
    return Reply(200, {**body, "url": path})


def show(call: Call) -> Reply:
    return Reply(200, _summary(call, *_named(call)))


def describe(call: Call) -> Reply:
    view_id, view = _named(call)
    return Reply(200, described_list_view(view, view_id))


def results(call: Call) -> Reply:
    """The records of a list view, 25 of them unless `limit` says otherwise."""
    view_id, view = _named(call)
    limit, offset = _number(call, "limit", DEFAULT_LIMIT), _number(call, "offset", 0)
    page = call.context.queries.run(f"{view.query()} LIMIT {limit} OFFSET {offset}", call.base_path)
    return Reply(
        200,
        {
            "columns": described_columns(view),
            "developerName": view.developer_name,
            "done": True,
            "id": view_id,
            "label": view.label,
            "records": [{"columns": _cells(view, record)} for record in page.records],
            "size": len(page.records),
        },
    )


def query_of(org: Org, text: str) -> str | None:
    """The query behind the id of a list view; None where the text is no such id."""
    view_id = ids.normalized(text) if text.startswith(PREFIX) else None
    if view_id is None:
        return None
    found = (_views(org, sobject).get(view_id) for sobject in org.objects.values() if sobject.is_layoutable)
    return next((view.query() for view in found if view), None)


def _views(org: Org, sobject: SObject) -> dict[str, ListView]:
    """The list views of an object by their ids, which are the same in every run."""
    first = ids.from_base62(sobject.prefix) * _PLACES
    views = enumerate(list_views(sobject, org.object))
    return {org.fixed_id(PREFIX, first + place): view for place, view in views if view.is_seen}


def _named(call: Call) -> tuple[str, ListView]:
    """The list view the path names, by its id or its name."""
    text = call.matched["view"]
    wanted = ids.normalized(text)
    for view_id, view in _views(call.org, layoutable(call)).items():
        if view_id == wanted or view.developer_name.lower() == text.lower():
            return view_id, view
    raise no_such_resource()


def _summary(call: Call, view_id: str, view: ListView) -> dict[str, Any]:
    url = f"{call.base_path}/sobjects/{view.sobject.name}/listviews/{view_id}"
    return {
        "describeUrl": f"{url}/describe",
        "developerName": view.developer_name,
        "id": view_id,
        "label": view.label,
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }


def _cells(view: ListView, record: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"fieldNameOrPath": column.path, "value": text_for(value_at(record, column.path))} for column in view.columns
    ]


def _number(call: Call, name: str, default: int) -> int:
    number = whole_number(call.parameters.get(name, str(default)))
    if number is None or number > MAX_LIMIT:
        raise failure(400, "INVALID_REQUEST_PARAMETER", unverified.BAD_LIST_RANGE.format(name=name, most=MAX_LIMIT))
    return number
