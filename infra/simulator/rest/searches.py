"""Searches over REST: SOSL, and the same without its grammar.

Source: fact sheet 4.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.simulator.exchange.parameters import whole_number
from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import bad_json, failure
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.parser import parse_condition
from infra.simulator.soql.syntax import Path, Query, Selected
from infra.simulator.sosl.searches import ID_ONLY, MAX_ROWS, Search
from infra.simulator.sosl.terms import terms

OBJECT_SINCE = 37
"""Older versions answer a bare list."""


def search(call: Call) -> Reply:
    text = call.parameters.get("q")
    if text is None:
        raise failure(400, "MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces.")
    return _answer(call, call.context.searches.run(text, call.base_path))


def search_by_parameters(call: Call) -> Reply:
    """The parameters of the URL: `q`, `sobject`, `Lead.fields`, `Lead.where`, `Lead.limit`, `in`, …"""
    given = call.parameters
    names = [name for name in given.get("sobject", "").split(",") if name]
    sobjects = [
        {
            "name": name,
            "fields": _list(given.get(f"{name}.fields", given.get("fields", ""))),
            "where": given.get(f"{name}.where"),
            "limit": given.get(f"{name}.limit"),
        }
        for name in names
    ]
    limits = {name: given.get(name) for name in ("overallLimit", "defaultLimit")}
    return _parameterized(call, {"q": given.get("q"), "in": given.get("in"), "sobjects": sobjects, **limits})


def search_by_body(call: Call) -> Reply:
    return _parameterized(call, call.json_object())


def _parameterized(call: Call, body: Mapping[str, Any]) -> Reply:
    text = body.get("q")
    if not isinstance(text, str):
        raise failure(400, "MALFORMED_SEARCH", unverified.SEARCH_TEXT_NEEDED)
    sobjects = body.get("sobjects") or []
    if not isinstance(sobjects, list) or not all(isinstance(entry, dict) for entry in sobjects):
        raise bad_json(unverified.SEARCHED_OBJECTS_NEEDED)
    default = _count(body.get("defaultLimit"))
    try:
        returned = tuple(_returned(entry, _fields(body.get("fields")), default) for entry in sobjects)
        group = str(body.get("in") or "ALL").upper()
        most = min(_count(body.get("overallLimit")) or MAX_ROWS, MAX_ROWS)
        return _answer(call, call.context.searches.find(Search(terms(text), group, returned, most), call.base_path))
    except SoqlError as error:
        raise failure(400, error.code, error.message) from error


def _returned(entry: Mapping[str, Any], fields: list[str], default: int | None) -> Query:
    name, where = entry.get("name"), entry.get("where")
    if not isinstance(name, str):
        raise bad_json(unverified.SEARCHED_OBJECT_NAME_NEEDED)
    names = _fields(entry.get("fields")) or fields
    selected = tuple(Selected(Path(tuple(field.split(".")), 0)) for field in names)
    return Query(
        selected or ID_ONLY,
        Path((name,), 0),
        where=parse_condition(where) if isinstance(where, str) and where else None,
        limit=_count(entry.get("limit")) or default,
    )


def _fields(value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise bad_json(unverified.SEARCHED_FIELDS_NEEDED)
    return value


def _list(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _count(value: Any) -> int | None:
    """A number of rows, also one written as text."""
    if value is None:
        return None
    number = whole_number(str(value))
    if number is None:
        raise bad_json(f"Cannot deserialize instance of int from VALUE_STRING value {value}")
    return number


def _answer(call: Call, records: list[dict[str, Any]]) -> Reply:
    return Reply(200, {"searchRecords": records} if float(call.version) >= OBJECT_SINCE else records)
