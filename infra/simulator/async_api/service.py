"""Bulk API 1.0 on the wire: who calls, which version, which resource, and the answer.

Source: fact sheet 6.3; "Bulk API", Bulk API 2.0 and Bulk API Developer Guide.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.async_api.answers import refusal
from infra.simulator.async_api.call import AsyncCall, asks_for_json
from infra.simulator.exchange.compression import packed, unpacked
from infra.simulator.exchange.exchange import SessionKilledError
from infra.simulator.exchange.faults import ExpireSessionFault
from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.routing import ResourceTable
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.instance.sessions import Session, bearer_token
from infra.simulator.schema.api_versions import refuse_unsupported
from infra.simulator.schema.errors import SalesforceError, failure

_PATH = re.compile(r"/services/async/([^/]+)(/.*)?", re.IGNORECASE)


class AsyncService:
    """Answers everything below /services/async."""

    def __init__(self, orgs: Orgs, table: ResourceTable[AsyncCall]) -> None:
        self._orgs = orgs
        self._table = table

    async def __call__(self, request: Request) -> Response:
        reply = await self._reply(request)
        response = reply.response(pretty=request.headers.get("x-prettyprint") == "1")
        return packed(response, request.headers.get("accept-encoding", ""))

    async def _reply(self, request: Request) -> Reply:
        headers = dict(request.headers)
        session: Session | None = None
        try:
            context, session = self._caller(request)
            return await self._answer(request, context, session)
        except SalesforceError as error:
            return refusal(error, as_json=asks_for_json(headers))
        except SessionKilledError:
            if session is not None:
                self._orgs.sessions.end(session.token)
            return refusal(_session_invalid(), as_json=asks_for_json(headers))

    def _caller(self, request: Request) -> tuple[Context, Session]:
        token = request.headers.get("x-sfdc-session") or bearer_token(request.headers.get("authorization", "")) or ""
        caller = self._orgs.caller(token.strip())
        if caller is None or not caller[1].is_for_api:
            raise _session_invalid()
        return caller

    async def _answer(self, request: Request, context: Context, session: Session) -> Reply:
        content = unpacked(await request.body(), request.headers.get("content-encoding", ""))
        found = _PATH.fullmatch(request.url.path)
        version, path = (found[1], found[2] or "") if found else ("", "")
        if not re.fullmatch(r"\d{1,3}\.0", version, re.ASCII):
            raise failure(400, "InvalidUrl", f"unknown version: {version}")
        _refuse_unsupported(version, context)
        match = self._table.find(request.method, path)
        fault = context.exchange.faults.for_call(match.operation)
        if isinstance(fault, ExpireSessionFault):
            raise SessionKilledError
        context.exchange.calls.add_api_call(match.operation)
        call = AsyncCall(context, session, version, dict(request.headers), content, match.matched)
        try:
            return await context.exchange.perform(fault, lambda: match.resource.handler(call), user_id=session.user_id)
        except SalesforceError as error:
            return refusal(error, as_json=call.wants_json)


def _refuse_unsupported(version: str, context: Context) -> None:
    try:
        refuse_unsupported(version, context.org.settings.api_versions)
    except SalesforceError as error:
        raise failure(400, "InvalidVersion", error.problems[0].message) from error


def _session_invalid() -> SalesforceError:
    return failure(400, "InvalidSessionId", "Invalid session id")
