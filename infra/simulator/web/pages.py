"""The pages that describe and tabs link to: a record, a list of records. They are for looking, not for writing.

Source: fact sheet 2.5 (`uiDetailTemplate`, `uiEditTemplate`, `uiNewRecord`).
"""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.org.rendering import shown
from infra.simulator.org.values import text_for
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.fields import SObject
from infra.simulator.schema.layouts import fields_on_page

MOST = 200
"""Records of a list."""
PREFIX = 3
"""Characters that the ids of one kind of record begin with."""
_FRAME = "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1>\n{content}</body></html>\n"
_HEADERS = {"Cache-Control": "no-store", "X-Frame-Options": "DENY", "Content-Security-Policy": "default-src 'none'"}


class Pages:
    """Answers /{id}, /{id}/e, /{prefix}/e and /{prefix}/o, to a browser that came in by a front door URL."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs

    async def page(self, request: Request) -> Response:
        """A record named by its id, or all of those whose ids have this prefix."""
        name = request.path_params["name"]
        record_id = ids.normalized(name)
        if record_id is None and len(name) != PREFIX:
            return gone()
        caller = self._orgs.caller(request.cookies.get("sid", ""))
        if caller is None:
            return _page("Log In", escape(unverified.PAGE_NEEDS_SESSION), 401)
        context, _ = caller
        sobject = context.org.object_of(record_id or name)
        if sobject is None or not sobject.is_layoutable:
            return gone()
        return _record(context, sobject, record_id) if record_id else _listed(context, sobject)


def gone() -> Response:
    return _page("URL No Longer Exists", "", 404)


def _record(context: Context, sobject: SObject, record_id: str) -> Response:
    row = context.org.tables.get(sobject.name, record_id)
    if row is None or row.get("IsDeleted"):
        return gone()
    fields = fields_on_page(sobject)
    values = shown(sobject, row, fields)
    lines = (f"<dt>{escape(field.label)}</dt><dd>{escape(_text(values[field.name]))}</dd>\n" for field in fields)
    title = escape(f"{sobject.label}: {row[sobject.name_field]}")
    return _page(title, f"<dl>\n{''.join(lines)}</dl>\n")


def _listed(context: Context, sobject: SObject) -> Response:
    alive = "IsDeleted = 0" if sobject.has("IsDeleted") else "1"
    rows = context.org.tables.find(sobject.name, f"{alive} ORDER BY Id DESC LIMIT {MOST}")
    links = (f'<li><a href="/{row["Id"]}">{escape(str(row[sobject.name_field]))}</a></li>\n' for row in rows)
    return _page(escape(sobject.plural), f"<ul>\n{''.join(links)}</ul>\n")


def _page(title: str, content: str, status: int = 200) -> Response:
    return HTMLResponse(_FRAME.format(title=title, content=content), status, _HEADERS)


def _text(value: object) -> str:
    """A compound field is told part by part."""
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part is not None)
    return text_for(value) or ""
