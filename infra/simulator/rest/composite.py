"""Several requests in one call.

Source: fact sheet 5 and 5.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from infra.simulator.exchange.faults import Fault
from infra.simulator.exchange.reply import Reply, error_reply
from infra.simulator.rest.call import Call
from infra.simulator.rest.references import resolved
from infra.simulator.rest.subrequests import NO_BODY, FaultError, Find, SubrequestRunner
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError, failure

MAX_SUBREQUESTS = 25
MAX_QUERIES = 5
_FORBIDDEN_HEADERS = {"accept", "authorization", "content-type"}
_ENCODED = re.compile(r"@%7B.*?%7D", re.IGNORECASE)
"""A reference in a URL that a client encoded as a whole."""
_REFERENCE_ID = re.compile(r"[A-Za-z0-9_]+")


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
        run = CompositeRun(
            call, SubrequestRunner(call, self._find), subrequests(body), all_or_none=body.get("allOrNone") is True
        )
        return run.reply()


class CompositeRun:
    """A list of subrequests being worked off, which may refer to earlier ones' answers."""

    def __init__(
        self, call: Call, runner: SubrequestRunner, subrequests: list[Subrequest], *, all_or_none: bool
    ) -> None:
        self._call = call
        self._runner = runner
        self._subrequests = subrequests
        self._all_or_none = all_or_none
        self._replies: dict[str, Reply] = {}
        self._answers: dict[str, Any] = {}
        self.rolled_back = False

    def reply(self) -> Reply:
        fault: Fault | None = None
        try:
            fault = self.execute()
        except FaultError as error:
            fault = error.fault
        return self._runner.finished(200, {"compositeResponse": self.answers()}, fault)

    def execute(self) -> Fault | None:
        """Answer the subrequests; answers the fault that ended the call where what was done before stands.

        Raises FaultError where nothing does.
        """
        try:
            with self._call.org.tables.database.transaction():
                return self._one_after_the_other()
        except _RolledBackError:
            self.rolled_back = True
            self._halt_the_others()
            return None

    def answers(self) -> list[dict[str, Any]]:
        return [self._entry(subrequest) for subrequest in self._subrequests if subrequest.reference in self._replies]

    def _one_after_the_other(self) -> Fault | None:
        for subrequest in self._subrequests:
            try:
                reply = self._answer(subrequest)
            except FaultError as error:
                if self._all_or_none:
                    raise
                return error.fault
            self._replies[subrequest.reference] = reply
            self._answers[subrequest.reference] = reply.body
            if self._all_or_none and (reply.status >= 400 or reply.failed):
                raise _RolledBackError
        return None

    def _answer(self, subrequest: Subrequest) -> Reply:
        try:
            url = resolved(_decoded(subrequest.url), self._answers)
            value = resolved(subrequest.entry["body"], self._answers) if "body" in subrequest.entry else NO_BODY
        except SalesforceError as error:
            return error_reply(error)
        return self._runner.answer(subrequest.method, url, subrequest.headers, value)

    def _halt_the_others(self) -> None:
        """Everyone but the one that failed is told that nothing came of it."""
        for subrequest in self._subrequests:
            reply = self._replies.get(subrequest.reference)
            if reply is None or (reply.status < 400 and not reply.failed):
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


def subrequests(body: Mapping[str, Any], *, most: int = MAX_SUBREQUESTS) -> list[Subrequest]:
    """The subrequests of a body, checked as far as they can be before any is answered. Raises SalesforceError."""
    entries = body.get("compositeRequest")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise failure(400, "JSON_PARSER_ERROR", unverified.SUBREQUESTS_NEEDED)
    if len(entries) > most:
        message = unverified.TOO_MANY_SUBREQUESTS.format(count=len(entries), most=most)
        raise failure(400, "INVALID_INPUT", message)
    checked = [_subrequest(entry) for entry in entries]
    seen: set[str] = set()
    for reference in (subrequest.reference for subrequest in checked):
        if not _REFERENCE_ID.fullmatch(reference) or reference in seen:
            raise failure(400, "INVALID_INPUT", unverified.BAD_REFERENCE_ID.format(reference=reference))
        seen.add(reference)
    queries = sum("/query" in subrequest.url or "/composite/" in subrequest.url for subrequest in checked)
    if queries > MAX_QUERIES:
        message = unverified.TOO_MANY_QUERIES.format(count=queries, most=MAX_QUERIES)
        raise failure(400, "INVALID_INPUT", message)
    return checked


def _decoded(url: str) -> str:
    """The URL with its references in plain."""
    return _ENCODED.sub(lambda reference: unquote(reference[0]), url)


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
