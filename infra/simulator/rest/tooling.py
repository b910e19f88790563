"""Queries for what an org's objects look like: all there is here of the Tooling API.

Source: "Query", Tooling API; "EntityDefinition" and "FieldDefinition" there.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest import queries
from infra.simulator.rest.call import Call
from infra.simulator.soql.errors import SoqlError, no_such_type
from infra.simulator.soql.parser import parse


def query(call: Call) -> Reply:
    text = call.parameters.get("q", "")
    try:
        source = parse(text).source if text else None
        sobject = call.org.object(str(source)) if source else None
        if source is not None and (sobject is None or not sobject.is_virtual):
            raise no_such_type(str(source), source.at)
    except SoqlError as error:
        raise error.as_refusal(text) from error
    return queries.query(call)
