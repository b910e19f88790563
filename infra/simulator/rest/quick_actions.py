"""Quick actions over REST, for all objects and for one.

Source: "Quick Actions" and "sObject Quick Actions", REST API Developer Guide.
"""

from __future__ import annotations

from typing import Any

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.rest.layouts import layoutable
from infra.simulator.schema import ids, unverified
from infra.simulator.schema.errors import failure, malformed_id, no_such_resource
from infra.simulator.schema.fields import SObject
from infra.simulator.schema.quick_actions import QUICK_ACTIONS, QuickAction, described_action, summarized_action


def listing(call: Call) -> Reply:
    path = _path(call)
    return Reply(200, [summarized_action(each, path) for each in QUICK_ACTIONS if call.org.object(each.target)])


def show(call: Call) -> Reply:
    action, _ = _named(call)
    return Reply(200, summarized_action(action, _path(call)))


def describe(call: Call) -> Reply:
    action, target = _named(call)
    context = layoutable(call) if "object" in call.matched else None
    return Reply(200, described_action(action, target, context, _path(call)))


def default_values(call: Call) -> Reply:
    """What the form of an action begins with, on the record named in the path."""
    action, target = _named(call)
    values = _presets(call, action, call.matched.get("context"))
    empty = {field.name: field.default for field in target.fields if field.createable}
    return Reply(200, {"attributes": {"type": target.name}, **empty, **values})


def execute(call: Call) -> Reply:
    """Make the record."""
    action, target = _named(call)
    body = call.json_object()
    context_id, record = body.get("contextId"), body.get("record") or {}
    if not isinstance(record, dict) or not isinstance(context_id, (str, type(None))):
        raise failure(400, "INVALID_INPUT", unverified.QUICK_ACTION_NEEDS)
    values = {**_presets(call, action, context_id), **record}
    record_id = call.context.records.create(target, values, call.options())
    done = {"contextId": context_id, "created": True, "id": record_id, "success": True}
    return Reply(201, {**done, "errors": [], "feedItemIds": []})


def _named(call: Call) -> tuple[QuickAction, SObject]:
    """The action the path names, with the object of what it makes."""
    if "object" in call.matched:
        layoutable(call)
    wanted = call.matched["action"].lower()
    for action in QUICK_ACTIONS:
        target = call.org.object(action.target)
        if action.name.lower() == wanted and target is not None:
            return action, target
    raise no_such_resource()


def _presets(call: Call, action: QuickAction, context_id: str | None) -> dict[str, Any]:
    """What an action fills in by itself."""
    if not context_id:
        return dict(action.values)
    record_id = ids.normalized(context_id)
    context = call.org.object_of(record_id) if record_id else None
    if record_id is None or context is None:
        raise malformed_id("Context ID", context_id, "contextId")
    call.context.records.live(context, record_id)
    field = action.parent_field(context)
    return {**action.values, field: record_id} if field else dict(action.values)


def _path(call: Call) -> str:
    """Where the actions are found."""
    below = f"/sobjects/{layoutable(call).name}" if "object" in call.matched else ""
    return f"{call.base_path}{below}/quickActions"
