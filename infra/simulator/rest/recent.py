"""Recently viewed records over REST."""

from __future__ import annotations

from typing import Any

from infra.simulator.exchange.parameters import whole_number
from infra.simulator.exchange.reply import Reply
from infra.simulator.org.recently_viewed import MAX_ITEMS
from infra.simulator.rest.call import Call
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure
from infra.simulator.schema.fields import SObject


def recent(call: Call) -> Reply:
    text = call.parameters.get("limit", str(MAX_ITEMS))
    limit = whole_number(text)
    if limit is None or not 0 < limit <= MAX_ITEMS:
        raise failure(400, "INVALID_REQUEST_PARAMETER", unverified.BAD_LIMIT.format(most=MAX_ITEMS, limit=text))
    return Reply(200, items(call, *call.org.objects.values(), at_most=limit))


def items(call: Call, *sobjects: SObject, at_most: int = MAX_ITEMS) -> list[dict[str, Any]]:
    """The records of these objects that were looked at last, as far as they are named."""
    return [
        {
            "attributes": {"type": sobject.name, "url": call.url_of(sobject, row["Id"])},
            "Id": row["Id"],
            "Name": row.get(sobject.name_field),
        }
        for sobject, row in call.context.recently_viewed.of(*sobjects, at_most=at_most)
    ]
