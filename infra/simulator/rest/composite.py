"""Several requests in one call.

Source: fact sheet 5 and 5.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from infra.simulator import unverified
from infra.simulator.errors import SalesforceError, failure, no_such_resource
from infra.simulator.exchange import status_error
from infra.simulator.faults import DelayFault, DropAfterFault, Fault, StatusFault
from infra.simulator.reply import Reply, error_reply
from infra.simulator.rest.call import Call
from infra.simulator.rest.references import resolved
from infra.simulator.rest.table import Match

MAX_SUBREQUESTS = 25
MAX_QUERIES = 5
_FORBIDDEN_HEADERS = {"accept", "authorization", "content-type"}
_REFERENCE_ID = re.compile(r"[A-Za-z0-9_]+")
_URL = re.compile(r"/services/data/v(\d+\.0)(/[^?]*)(?:\?(.*))?", re.DOTALL)

Find = Callable[[str, str], Match]


class _TroubleError(Exception):
    """A fault hit a subrequest and with it the whole call."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind)
        self.fault = fault


class _RolledBackError(Exception):
    """One subrequest failed and takes the others with it."""


@dataclass(frozen=True)
class Subrequest:
    """One entry of `compositeRequest`."""

    method: str
    url: str
    reference: str
    headers: Mapping[str, str]
    entry: Mapping[str, Any]


class Composite:
    """Answers composite requests; `find` looks resources up."""

    def __init__(self, find: Find) -> None:
        self._find = find

    def __call__(self, call: Call) -> Reply:
        body = call.json_object()
        all_or_none = body.get("allOrNone") is True
        return _Run(call, self._find, _subrequests(body), all_or_none).reply()


class _Run:
    """One composite request being worked off."""

    def __init__(self, call: Call, find: Find, subrequests: list[Subrequest], all_or_none: bool) -> None:
        self._call = call
        self._find = find
        self._subrequests = subrequests
        self._all_or_none = all_or_none
        self._replies: dict[str, Reply] = {}
        self._answers: dict[str, Any] = {}
        self._delays: list[DelayFault] = []
        self._lost: DropAfterFault | None = None

    def reply(self) -> Reply:
        database = self._call.org.tables.database
        trouble: Fault | None = None
        try:
            with database.transaction():
                trouble = self._work_off()
        except _RolledBackError:
            self._halt_the_others()
        except _TroubleError as error:
            trouble = error.fault
        answers = [self._entry(subrequest) for subrequest in self._subrequests if subrequest.reference in self._replies]
        return Reply(200, {"compositeResponse": answers}, trouble=trouble or self._lost, delays=tuple(self._delays))

    def _work_off(self) -> Fault | None:
        """Answer one subrequest after the other; a fault that ends the call leaves standing what was done before."""
        for subrequest in self._subrequests:
            try:
                reply = self._answer(subrequest)
            except _TroubleError as error:
                if self._all_or_none:
                    raise
                return error.fault
            self._replies[subrequest.reference] = reply
            self._answers[subrequest.reference] = reply.body
            if self._all_or_none and reply.status >= 400:
                raise _RolledBackError
        return None

    def _answer(self, subrequest: Subrequest) -> Reply:
        try:
            inner, match = self._inner(subrequest)
            self._call.org.calls.add_part(match.operation)
            self._befall(self._call.org.faults.for_part(match.operation))
            with self._call.org.tables.database.transaction():
                return match.resource.handler(inner)
        except SalesforceError as error:
            return error_reply(error)

    def _inner(self, subrequest: Subrequest) -> tuple[Call, Match]:
        found = _URL.fullmatch(resolved(subrequest.url, self._answers))
        if found is None:
            raise no_such_resource()
        match = self._find(subrequest.method, found[2])
        if match.operation == "composite":
            raise no_such_resource()
        body = {"value": resolved(subrequest.entry["body"], self._answers)} if "body" in subrequest.entry else {}
        inner = Call(
            self._call.place,
            self._call.session,
            found[1],
            subrequest.method,
            found[2],
            self._call.origin,
            parameters=dict(parse_qsl(found[3] or "", keep_blank_values=True)),
            headers={**_inherited(self._call.headers), **subrequest.headers},
            matched=match.matched,
            **body,
        )
        return inner, match

    def _befall(self, fault: Fault | None) -> None:
        if isinstance(fault, StatusFault):
            raise status_error(fault)
        if isinstance(fault, DelayFault):
            self._delays.append(fault)
        elif isinstance(fault, DropAfterFault):
            self._lost = fault
        elif fault is not None:
            raise _TroubleError(fault)

    def _halt_the_others(self) -> None:
        """Everyone but the one that failed is told that nothing came of it."""
        for subrequest in self._subrequests:
            reply = self._replies.get(subrequest.reference)
            if reply is None or reply.status < 400:
                halted = failure(400, "PROCESSING_HALTED", unverified.ROLLED_BACK)
                self._replies[subrequest.reference] = error_reply(halted)

    def _entry(self, subrequest: Subrequest) -> dict[str, Any]:
        reply = self._replies[subrequest.reference]
        return {
            "body": reply.body,
            "httpHeaders": {name: value for name, value in reply.headers.items() if name == "Location"},
            "httpStatusCode": reply.status,
            "referenceId": subrequest.reference,
        }


def _inherited(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of the whole that hold for each part."""
    return {name: value for name, value in headers.items() if name.startswith("sforce-")}


def _subrequests(body: Mapping[str, Any]) -> list[Subrequest]:
    entries = body.get("compositeRequest")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise failure(400, "JSON_PARSER_ERROR", "compositeRequest must be a list of subrequests")
    if len(entries) > MAX_SUBREQUESTS:
        message = unverified.TOO_MANY_SUBREQUESTS.format(count=len(entries), most=MAX_SUBREQUESTS)
        raise failure(400, "INVALID_INPUT", message)
    subrequests = [_subrequest(entry) for entry in entries]
    for place, subrequest in enumerate(subrequests):
        reference = subrequest.reference
        if not _REFERENCE_ID.fullmatch(reference) or reference in {other.reference for other in subrequests[:place]}:
            raise failure(400, "INVALID_INPUT", unverified.BAD_REFERENCE_ID.format(reference=reference))
    queries = sum("/query" in subrequest.url or "/composite/" in subrequest.url for subrequest in subrequests)
    if queries > MAX_QUERIES:
        message = unverified.TOO_MANY_QUERIES.format(count=queries, most=MAX_QUERIES)
        raise failure(400, "INVALID_INPUT", message)
    return subrequests


def _subrequest(entry: Mapping[str, Any]) -> Subrequest:
    method, url, reference = (entry.get(key) for key in ("method", "url", "referenceId"))
    headers = entry.get("httpHeaders") or {}
    if not (isinstance(method, str) and isinstance(url, str) and isinstance(reference, str)):
        raise failure(400, "INVALID_INPUT", unverified.BAD_SUBREQUEST)
    if not isinstance(headers, dict):
        raise failure(400, "INVALID_INPUT", unverified.BAD_SUBREQUEST)
    lower = {str(name).lower(): str(value) for name, value in headers.items()}
    for name in _FORBIDDEN_HEADERS & lower.keys():
        raise failure(400, "INVALID_INPUT", unverified.FORBIDDEN_HEADER.format(name=name))
    return Subrequest(method.upper(), url, reference, lower, entry)
