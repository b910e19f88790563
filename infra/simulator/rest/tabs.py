"""Tabs and themes over REST."""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.schema import tabs as schema


def tabs(call: Call) -> Reply:
    return Reply(200, schema.tabs(call.org.objects.values(), call.origin))


def theme(call: Call) -> Reply:
    return Reply(200, {"themeItems": schema.theme_items(call.org.objects.values(), call.origin)})
