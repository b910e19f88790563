"""An answer before it is put on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from infra.simulator.exchange.delivery import delivered
from infra.simulator.exchange.faults import DelayFault, DeliveryFault, Fault
from infra.simulator.schema.errors import SalesforceError

JSON = "application/json;charset=UTF-8"
MAINTENANCE = (
    "<!DOCTYPE html>\n<html><head><title>Scheduled maintenance</title></head>\n"
    "<body><h1>We are down for maintenance.</h1><p>Sorry for the inconvenience. We will be back.</p></body></html>"
)


@dataclass(frozen=True)
class Reply:
    """Status, body and headers. The body is a JSON value, ready-made text, the content of a file, or nothing."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    content: bytes | None = None
    media_type: str = JSON
    fault: Fault | None = None
    """What went wrong with a request inside this one, and so with the whole call."""
    delays: tuple[DelayFault, ...] = ()
    delivery: DeliveryFault | None = None
    """What happens to the answer on its way."""
    failed: bool = False
    """Some record in it failed, though the answer as a whole is none of failure."""

    def response(self, *, pretty: bool = False) -> Response:
        if self.content is not None:
            response = Response(self.content, self.status, {**self.headers}, media_type=self.media_type)
            return delivered(response, self.delivery)
        if self.text is not None:
            content = self.text
        elif self.body is None:
            content = ""
        elif pretty:
            content = json.dumps(self.body, ensure_ascii=False, indent=2, separators=(",", " : "))
        else:
            content = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))
        media_type = self.media_type if content else None
        # Half a surrogate pair, which JSON can hold and an error can quote, is no character.
        encoded = content.encode("utf-8", "replace")
        response = Response(encoded, self.status, {**self.headers}, media_type=media_type)
        return delivered(response, self.delivery)


def error_reply(error: SalesforceError) -> Reply:
    """A refusal as REST writes it. Source: fact sheet 3.1."""
    return Reply(error.status, [problem.as_rest() for problem in error.problems], error.headers)


def maintenance_reply(status: int) -> Reply:
    return Reply(status, text=MAINTENANCE, media_type="text/html;charset=UTF-8")
