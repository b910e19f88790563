"""Page layouts and compact layouts over REST.

Source: "sObject Layouts", "sObject CompactLayouts" and "sObject ApprovalLayouts", REST API Developer Guide.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.rest.preconditions import Version
from infra.simulator.schema import ids, layouts, unverified
from infra.simulator.schema.describe import record_type_infos
from infra.simulator.schema.errors import failure, no_such_resource
from infra.simulator.schema.fields import SObject

MAX_OBJECTS = 100


def all_layouts(call: Call) -> Reply:
    sobject = layoutable(call)
    version = Version(call.org.shaped_at)
    refused = version.refusal(call)
    if refused is not None:
        return refused
    layout_id = call.org.layout_id(sobject)
    described = layouts.described_layouts(sobject, _resources_of(call, sobject), layout_id, call.org.object)
    return Reply(200, described, version.headers())


def named_layouts(call: Call) -> Reply:
    sobject = layoutable(call)
    if call.matched["layout"].lower() not in {name.lower() for name in sobject.named_layouts}:
        raise no_such_resource()
    return all_layouts(call)


def of_record_type(call: Call) -> Reply:
    sobject = _of_known_record_type(call)
    return Reply(200, layouts.described_layout(sobject, call.org.layout_id(sobject), call.org.object))


def compact_layouts(call: Call) -> Reply:
    sobject = layoutable(call)
    return Reply(200, layouts.described_compact_layouts(sobject, _resources_of(call, sobject)))


def primary_compact_layout(call: Call) -> Reply:
    return Reply(200, layouts.described_compact_layout(layoutable(call)))


def compact_layout_of_record_type(call: Call) -> Reply:
    return Reply(200, layouts.described_compact_layout(_of_known_record_type(call)))


def compact_layouts_of_objects(call: Call) -> Reply:
    """The primary compact layouts of the objects named in the parameter q."""
    names = [name.strip() for name in call.parameters.get("q", "").split(",") if name.strip()]
    if not 0 < len(names) <= MAX_OBJECTS:
        raise failure(400, "INVALID_REQUEST_PARAMETER", unverified.OBJECTS_NEEDED.format(most=MAX_OBJECTS))
    found = {}
    for name in names:
        sobject = call.org.object(name)
        if sobject is None or not sobject.is_layoutable:
            raise no_such_resource()
        found[sobject.name] = layouts.described_compact_layout(sobject)
    return Reply(200, found)


def approval_layouts(call: Call) -> Reply:
    """Nothing: an org without approval processes has no approval layouts."""
    layoutable(call)
    return Reply(200, {"approvalLayouts": []})


def layoutable(call: Call) -> SObject:
    """The object the path names. Raises SalesforceError where its records have no pages."""
    sobject = call.sobject()
    if not sobject.is_layoutable:
        raise no_such_resource()
    return sobject


def _of_known_record_type(call: Call) -> SObject:
    sobject = layoutable(call)
    wanted = ids.normalized(call.matched["record_type"])
    if wanted not in {info["recordTypeId"] for info in record_type_infos(sobject, "")}:
        raise no_such_resource()
    return sobject


def _resources_of(call: Call, sobject: SObject) -> str:
    return f"{call.base_path}/sobjects/{sobject.name}"
