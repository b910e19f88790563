"""Records over REST: create, read, update, delete, describe.

Source: fact sheet 2.2 and 2.5.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.org.rendering import asked_for, shown
from infra.simulator.rest import recent
from infra.simulator.rest.call import Call
from infra.simulator.rest.preconditions import Version, tag_of, version_of
from infra.simulator.schema.describe import described, summarized
from infra.simulator.schema.errors import method_not_allowed
from infra.simulator.schema.fields import SObject


def list_objects(call: Call) -> Reply:
    summaries = [summarized(sobject, call.base_path) for sobject in call.org.objects.values()]
    version = Version(call.org.shaped_at, tag_of(summaries))
    body = {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": summaries}
    return version.refusal(call) or Reply(200, body, version.headers())


def show_object(call: Call) -> Reply:
    sobject = call.sobject()
    summary = summarized(sobject, call.base_path)
    return Reply(200, {"objectDescribe": summary, "recentItems": recent.items(call, sobject)})


def describe(call: Call) -> Reply:
    sobject = call.sobject()
    version = Version(call.org.shaped_at)
    refused = version.refusal(call)
    if refused is not None:
        return refused
    return Reply(200, described(sobject, call.base_path, call.org.objects.values()), version.headers())


def create(call: Call) -> Reply:
    sobject = writable(call)
    record_id = call.context.records.create(sobject, call.record(), call.options())
    location = {"Location": call.url_of(sobject, record_id)}
    return Reply(201, {"id": record_id, "success": True, "errors": []}, location)


def read(call: Call) -> Reply:
    sobject = call.sobject()
    return record(call, sobject, call.context.records.id_in_path(sobject, call.matched["id"]))


def record(call: Call, sobject: SObject, record_id: str) -> Reply:
    """A record with the fields asked for."""
    fields = asked_for(sobject, call.parameters.get("fields"))
    row = call.context.records.read(sobject, record_id)
    version = version_of(sobject, row)
    refused = version.refusal(call)
    if refused is not None:
        return refused
    if "updatemru=false" not in call.headers.get("sforce-mru", "").replace(" ", "").lower():
        row |= call.context.recently_viewed.note(sobject, record_id)
    attributes = {"type": sobject.name, "url": call.url_of(sobject, record_id)}
    body = {"attributes": attributes, **shown(sobject, row, fields, base_path=call.base_path)}
    return Reply(200, body, version.headers())


def update(call: Call) -> Reply:
    sobject = writable(call)
    record_id = call.context.records.id_in_path(sobject, call.matched["id"])
    refused = version_of(sobject, call.context.records.live(sobject, record_id)).refusal(call)
    if refused is not None:
        return refused
    call.context.records.update(sobject, record_id, call.record(), call.options())
    return Reply(204)


def delete(call: Call) -> Reply:
    sobject = writable(call)
    record_id = call.context.records.id_in_path(sobject, call.matched["id"])
    call.context.records.delete(sobject, record_id, call.options())
    return Reply(204)


def writable(call: Call) -> SObject:
    """The object the path names. Raises SalesforceError where its records are read-only."""
    sobject = call.sobject()
    if not sobject.writable:
        raise method_not_allowed(call.method, ["GET", "HEAD"])
    return sobject
