"""Records reached from other records, by the names of relationships: `/sobjects/Contact/{id}/Account/Owner`.

Source: "sObject Relationships" and "Traverse Relationships with Friendly URLs", REST API Developer Guide.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.routing import Handler
from infra.simulator.org.rendering import asked_for
from infra.simulator.rest import sobjects
from infra.simulator.rest.call import Call
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import failure, method_not_allowed, no_such_resource
from infra.simulator.schema.fields import ChildRelationship, SObject

_PLACES = ("value", "second", "third", "fourth", "fifth")
"""The relationships of a path, by their names in its template; there are never more."""
TEMPLATES = tuple("/".join(("/sobjects/{object}/{key}", *(f"{{{name}}}" for name in _PLACES[:n]))) for n in range(2, 6))
"""The paths that are nothing but relationships: two of them or more."""


def along(by_record: Handler[Call], by_key: Handler[Call]) -> Handler[Call]:
    """`/sobjects/Lead/X/Y` is a relationship Y where X is an id, else the record whose field X has the value Y."""

    def handler(call: Call) -> Reply:
        key = call.matched["key"]
        is_record = call.sobject().field(key) is None and ids.normalized(key) is not None
        return by_record(call) if is_record else by_key(call)

    return handler


def read(call: Call) -> Reply:
    """The record at the end of the path, or all the records below the last but one."""
    sobject, record_id, children = _followed(call)
    if children is None:
        return sobjects.record(call, sobject, record_id)
    child = call.org.object(children.child)
    if child is None:
        raise no_such_resource()
    fields = asked_for(child, call.parameters.get("fields")) or child.fields
    selected = ", ".join(field.name for field in fields)
    if not child.queryable:
        text = f"SELECT (SELECT {selected} FROM {children.name}) FROM {sobject.name} WHERE Id = '{record_id}'"
        [record] = call.context.queries.run(text, call.base_path).records
        return Reply(200, record[children.name] or {"totalSize": 0, "done": True, "records": []})
    text = f"SELECT {selected} FROM {child.name} WHERE {children.field} = '{record_id}'"
    return Reply(200, call.context.queries.run(text, call.base_path).shown(call.base_path))


def update(call: Call) -> Reply:
    sobject, record_id = _parent(call)
    call.context.records.update(sobject, record_id, call.record(), call.options())
    return Reply(204)


def delete(call: Call) -> Reply:
    sobject, record_id = _parent(call)
    call.context.records.delete(sobject, record_id, call.options())
    return Reply(204)


def _parent(call: Call) -> tuple[SObject, str]:
    """The one record at the end of the path. Raises SalesforceError where it cannot be written to."""
    sobject, record_id, children = _followed(call)
    if children is not None or not sobject.writable:
        raise method_not_allowed(call.method, ["GET", "HEAD"])
    return sobject, record_id


def _followed(call: Call) -> tuple[SObject, str, ChildRelationship | None]:
    """Where the path leads; with the last relationship where that leads to the children of the record.

    Raises SalesforceError NOT_FOUND, also where a reference on the way is empty.
    """
    records = call.context.records
    sobject = call.sobject()
    record_id = records.id_in_path(sobject, call.matched["key"])
    names = [text for place in _PLACES if (text := call.matched.get(place))]
    for level, name in enumerate(names, 1):
        row = records.read(sobject, record_id)
        reference = sobject.parent(name)
        if reference is None:
            children = sobject.child(name)
            if children is None:
                raise no_such_resource()
            if level < len(names):
                raise failure(400, "INVALID_FIELD", unverified.ONE_LEVEL_OF_CHILDREN)
            return sobject, record_id, children
        target = call.org.object_of(row[reference.name]) if row[reference.name] else None
        if target is None:
            raise no_such_resource()
        sobject, record_id = target, row[reference.name]
    return sobject, record_id, None
