"""Invocable actions: the kinds there are. Actions themselves come from deployed code, or from features we lack.

Source: fact sheet 7.6 and 12.2.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.schema.errors import failure

_CUSTOM = ("apex", "emailAlert", "flow", "quickAction", "sendNotification")


def index(call: Call) -> Reply:
    return Reply(200, {name: f"{call.base_path}/actions/{name}" for name in ("standard", "custom")})


def standard(call: Call) -> Reply:
    return Reply(200, {"actions": []})


def custom(call: Call) -> Reply:
    return Reply(200, {name: f"{call.base_path}/actions/custom/{name}" for name in _CUSTOM})


def custom_of_kind(call: Call) -> Reply:
    return Reply(200, {"actions": []}) if call.matched["kind"] in _CUSTOM else unknown(call)


def unknown(call: Call) -> Reply:
    raise failure(404, "NOT_FOUND", "Invalid Action Type")
