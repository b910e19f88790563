"""Batch: up to 25 requests that know nothing of each other, in one call.

Source: fact sheet 5 and 5.1.
"""

from __future__ import annotations

from typing import Any

from infra.simulator.exchange.faults import Fault
from infra.simulator.exchange.reply import Reply, error_reply
from infra.simulator.rest.call import Call
from infra.simulator.rest.subrequests import NO_BODY, SHORT_URL, FaultError, Find, SubrequestRunner
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError, failure

MAX_SUBREQUESTS = 25


class Batch:
    """Answers batch requests; `find` looks resources up."""

    def __init__(self, find: Find) -> None:
        self._find = find

    def __call__(self, call: Call) -> Reply:
        body = call.json_object()
        entries = _entries(body)
        runner = SubrequestRunner(call, self._find, SHORT_URL)
        replies: list[Reply] = []
        halting = body.get("haltOnError") is True
        fault: Fault | None = None
        for entry in entries:
            if halting and any(reply.status >= 400 for reply in replies):
                replies.append(error_reply(failure(412, "BATCH_PROCESSING_HALTED", unverified.BATCH_HALTED)))
                continue
            try:
                replies.append(_counted(call, runner, entry, first=not replies))
            except FaultError as error:
                fault = error.fault
                break
        results = [{"statusCode": reply.status, "result": reply.body} for reply in replies]
        failed = any(reply.status >= 400 for reply in replies)
        return runner.finished(200, {"hasErrors": failed, "results": results}, fault)


def _counted(call: Call, runner: SubrequestRunner, entry: dict[str, Any], *, first: bool) -> Reply:
    """Every part costs a call; the first one's has been counted with the whole."""
    if not first:
        call.context.exchange.calls.add_cost(1)
        try:
            call.context.exchange.refuse_over_limit()
        except SalesforceError as error:
            return error_reply(error)
    value = entry.get("richInput")
    return runner.answer(entry["method"].upper(), entry["url"], {}, NO_BODY if value is None else value)


def _entries(body: dict[str, Any]) -> list[dict[str, Any]]:
    entries = body.get("batchRequests")
    if not isinstance(entries, list) or not entries:
        raise failure(400, "INVALID_INPUT", unverified.BATCH_REQUESTS_NEEDED)
    if len(entries) > MAX_SUBREQUESTS:
        message = unverified.TOO_MANY_SUBREQUESTS.format(count=len(entries), most=MAX_SUBREQUESTS)
        raise failure(400, "INVALID_INPUT", message)
    for entry in entries:
        named = isinstance(entry, dict) and isinstance(entry.get("method"), str) and isinstance(entry.get("url"), str)
        if not named:
            raise failure(400, "INVALID_INPUT", unverified.BATCH_REQUESTS_NEEDED)
    return entries
