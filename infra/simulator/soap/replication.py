"""getUpdated and getDeleted.

Source: fact sheet 2.1 and the partner WSDL.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import element, text_of, value
from infra.simulator.schema.dates import with_z
from infra.simulator.schema.fields import SObject
from infra.simulator.soap.call import SoapCall
from infra.simulator.soap.envelope import answer
from infra.simulator.soap.sobject import sobject_named, unsuitable


def get_updated(call: SoapCall) -> Reply:
    found = call.context.replication.updated(*_asked(call))
    ids = (value("ids", record_id) for record_id in found.ids)
    return answer("getUpdated", [element("result", *ids, value("latestDateCovered", with_z(found.latest_covered)))])


def get_deleted(call: SoapCall) -> Reply:
    found = call.context.replication.deleted(*_asked(call))
    records = (
        element("deletedRecords", value("deletedDate", with_z(moment)), value("id", record_id))
        for record_id, moment in found.moments.items()
    )
    earliest = value("earliestDateAvailable", with_z(found.earliest_available))
    latest = value("latestDateCovered", with_z(found.latest_covered))
    return answer("getDeleted", [element("result", *records, earliest, latest)])


def _asked(call: SoapCall) -> tuple[SObject, str, str]:
    body = call.message.body
    sobject = sobject_named(call.org, text_of(body, "sObjectType") or "")
    if not sobject.writable:
        raise unsuitable(sobject)
    return sobject, text_of(body, "startDate") or "", text_of(body, "endDate") or ""
