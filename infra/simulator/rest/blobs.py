"""The content of files, as it is: `/sobjects/Attachment/{id}/Body`.

Source: "sObject Blob Retrieve", REST API Developer Guide.
"""

from __future__ import annotations

from base64 import b64decode

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.routing import Handler
from infra.simulator.rest.call import Call
from infra.simulator.schema.errors import no_such_resource


def or_else(other: Handler[Call]) -> Handler[Call]:
    """The content of the field that the path ends with, where it holds a file."""

    def handler(call: Call) -> Reply:
        field = call.sobject().field(call.matched["value"])
        return _read(call, field.name) if field is not None and field.type == "base64" else other(call)

    return handler


def _read(call: Call, field_name: str) -> Reply:
    sobject = call.sobject()
    row = call.context.records.read(sobject, call.context.records.id_in_path(sobject, call.matched["key"]))
    if row[field_name] is None:
        raise no_such_resource()
    return Reply(200, content=b64decode(row[field_name]), media_type="application/octetstream")
