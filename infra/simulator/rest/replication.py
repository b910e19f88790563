"""What changed and what was deleted in a span of time, and how many records there are.

Source: fact sheet 2.1.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.schema.errors import no_such_resource
from infra.simulator.schema.fields import SObject


def updated(call: Call) -> Reply:
    found = call.context.replication.updated(_replicated(call), _moment(call, "start"), _moment(call, "end"))
    return Reply(200, {"ids": found.ids, "latestDateCovered": found.latest_covered})


def deleted(call: Call) -> Reply:
    found = call.context.replication.deleted(_replicated(call), _moment(call, "start"), _moment(call, "end"))
    body = {
        "deletedRecords": [{"id": record_id, "deletedDate": moment} for record_id, moment in found.moments.items()],
        "earliestDateAvailable": found.earliest_available,
        "latestDateCovered": found.latest_covered,
    }
    return Reply(200, body)


def record_count(call: Call) -> Reply:
    """How many records there are of each object asked for, or of all; those without any are left out."""
    names = call.parameters.get("sObjects")
    asked = names.split(",") if names else [*call.org.objects]
    objects = [sobject for name in asked if (sobject := call.org.object(name.strip())) is not None]
    counts = {
        sobject.name: call.org.tables.count(sobject.name, "IsDeleted = 0" if sobject.has("IsDeleted") else "1")
        for sobject in objects
    }
    return Reply(200, {"sObjects": [{"count": count, "name": name} for name, count in counts.items() if count]})


def _replicated(call: Call) -> SObject:
    sobject = call.sobject()
    if not sobject.writable:
        raise no_such_resource()
    return sobject


def _moment(call: Call, name: str) -> str:
    # A plus sign that was not encoded has become a blank.
    return call.parameters.get(name, "").replace(" ", "+")
