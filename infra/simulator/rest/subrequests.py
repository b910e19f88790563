"""Requests inside a request: those of composite, batch and graph requests are answered here.

Source: fact sheet 5 and 5.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from infra.simulator.exchange.exchange import status_error
from infra.simulator.exchange.faults import DelayFault, DeliveryFault, DropAfterFault, Fault, LockRowFault, Refusal
from infra.simulator.exchange.reply import Reply, error_reply
from infra.simulator.exchange.routing import Match
from infra.simulator.rest.call import Call
from infra.simulator.schema.api_versions import refuse_unsupported
from infra.simulator.schema.errors import SalesforceError, no_such_resource

FULL_URL = re.compile(r"/services/data/v(\d+\.0)(/[^?]*)(?:\?(.*))?", re.DOTALL)
SHORT_URL = re.compile(r"(?:/services/data)?/?v(\d+\.0)(/[^?]*)(?:\?(.*))?", re.DOTALL)
"""The form of a batch, which may leave out where the API begins."""

NO_BODY = object()

Find = Callable[[str, str], Match[Call]]


class FaultError(Exception):
    """A fault hit a subrequest and with it the whole call."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind)
        self.fault = fault


class SubrequestRunner:
    """Answers the subrequests of one call, one after the other, and remembers which faults are still to come."""

    def __init__(self, call: Call, find: Find, urls: re.Pattern[str] = FULL_URL) -> None:
        self._call = call
        self._find = find
        self._urls = urls
        self._delays: list[DelayFault] = []
        self._late: Fault | None = None

    def answer(self, method: str, url: str, headers: Mapping[str, str], value: Any = NO_BODY) -> Reply:
        """Do what a subrequest asks for; a refusal is its answer. Raises FaultError."""
        try:
            inner, match = self._inner(method, url, headers, value)
            with self._call.org.tables.database.transaction():
                return match.resource.handler(inner)
        except SalesforceError as error:
            return error_reply(error)

    def finished(self, status: int, body: Any, fault: Fault | None = None) -> Reply:
        """The answer to the call as a whole."""
        return Reply(status, body, fault=fault or self._late, delays=tuple(self._delays))

    def _inner(self, method: str, url: str, headers: Mapping[str, str], value: Any) -> tuple[Call, Match[Call]]:
        found = self._urls.fullmatch(url)
        if found is None:
            raise no_such_resource()
        refuse_unsupported(found[1], self._call.org.settings.api_versions)
        match = self._find(method, found[2])
        if not match.resource.nestable:
            raise no_such_resource()
        exchange = self._call.context.exchange
        exchange.calls.add_part(match.operation)
        locked = self._applied(exchange.faults.for_part(match.operation), match)
        body = {} if value is NO_BODY else {"value": value}
        inner = Call(
            self._call.context,
            self._call.session,
            found[1],
            method,
            found[2],
            self._call.origin,
            parameters=dict(parse_qsl(found[3] or "", keep_blank_values=True)),
            headers={**_inherited(self._call.headers), **headers},
            matched=match.matched,
            locked=locked,
            **body,
        )
        return inner, match

    def _applied(self, fault: Fault | None, match: Match[Call]) -> frozenset[int]:
        """Let a fault happen; answers the places of rows that are locked."""
        if isinstance(fault, LockRowFault) and match.resource.many:
            return fault.rows
        if isinstance(fault, Refusal):
            raise status_error(fault)
        if isinstance(fault, DelayFault):
            self._delays.append(fault)
        elif isinstance(fault, (DropAfterFault, DeliveryFault)):
            self._late = fault
        elif fault is not None:
            raise FaultError(fault)
        return frozenset()


def _inherited(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of the whole that hold for each subrequest."""
    return {name: value for name, value in headers.items() if name.startswith("sforce-")}
