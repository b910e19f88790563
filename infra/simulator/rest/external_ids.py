"""Records named by an external id instead of by their own: read, upsert, delete.

Source: fact sheet 2.1 and 2.2.
"""

from __future__ import annotations

from collections.abc import Callable

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest import sobjects
from infra.simulator.rest.call import Call
from infra.simulator.schema.errors import SeveralMatchesError, no_such_resource
from infra.simulator.schema.fields import SObject

UPDATES_ANSWER_SINCE = 46
"""Before this version an upsert that updates has no answer but 204."""


def read(call: Call) -> Reply:
    return _with_choices(call, lambda: sobjects.record(call, call.sobject(), _named(call, call.sobject())))


def delete(call: Call) -> Reply:
    def deleted() -> Reply:
        sobject = sobjects.writable(call)
        call.context.records.delete(sobject, _named(call, sobject), call.options())
        return Reply(204)

    return _with_choices(call, deleted)


def upsert(call: Call) -> Reply:
    return _with_choices(call, lambda: _upserted(call))


def _upserted(call: Call) -> Reply:
    sobject = sobjects.writable(call)
    key = call.context.records.key(sobject, call.matched["key"])
    update_only = call.parameters.get("updateOnly", "").lower() == "true"
    record_id, created = call.context.records.upsert(
        sobject, key, call.matched["value"], call.record(), call.options(), update_only=update_only
    )
    if not created and float(call.version) < UPDATES_ANSWER_SINCE:
        return Reply(204)
    location = {"Location": call.url_of(sobject, record_id)} if created else {}
    body = {"id": record_id, "success": True, "errors": [], "created": created}
    return Reply(201 if created else 200, body, location)


def _named(call: Call, sobject: SObject) -> str:
    records = call.context.records
    record_id = records.named_by(sobject, records.key(sobject, call.matched["key"]), call.matched["value"])
    if record_id is None:
        raise no_such_resource()
    return record_id


def _with_choices(call: Call, answer: Callable[[], Reply]) -> Reply:
    """The answer, or the URLs of all the records that may be meant."""
    try:
        return answer()
    except SeveralMatchesError as error:
        return Reply(300, [call.url_of(call.sobject(), record_id) for record_id in error.record_ids])
