"""The REST API on the wire: who calls, which version, which resource, and the answer.

Source: fact sheet 2.1, 3.2 and 8.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.exchange.compression import packed, unpacked
from infra.simulator.exchange.exchange import SessionKilledError
from infra.simulator.exchange.faults import ExpireSessionFault, LockRowFault
from infra.simulator.exchange.instance_url import origin_of
from infra.simulator.exchange.reply import Reply, error_reply
from infra.simulator.exchange.routing import ResourceTable
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.instance.sessions import Session, bearer_token
from infra.simulator.org.org import Org
from infra.simulator.rest.call import Call
from infra.simulator.rest.formats import Format, without_suffix
from infra.simulator.rest.missing_features import no_apex_class
from infra.simulator.schema import unverified
from infra.simulator.schema.api_versions import listed, refuse_unsupported
from infra.simulator.schema.errors import SalesforceError, failure, session_invalid

MAX_HEAD = 16_384
"""Bytes of the URL, and of the URL with all headers."""
_PATH = re.compile(r"/services/data/v(\d{1,3}\.\d)(/.*)?", re.IGNORECASE)
_APEX_REST = re.compile("/services/apexrest(?:/|$)", re.IGNORECASE)


class RestService:
    """Answers everything below /services/data, and below /services/apexrest, where nothing is."""

    def __init__(self, orgs: Orgs, table: ResourceTable[Call]) -> None:
        self._orgs = orgs
        self._table = table

    async def __call__(self, request: Request) -> Response:
        too_long = _too_long(request)
        if too_long is not None:
            return Response(status_code=too_long)
        response = await self._response(request)
        return packed(response, request.headers.get("accept-encoding", ""))

    async def _response(self, request: Request) -> Response:
        whole, suffix = without_suffix(_raw_path(request))
        if whole.rstrip("/").lower() == "/services/data":
            versions = listed(self._org_asked(request).settings.api_versions)
            return Format.asked_for(request, "", suffix).written(Reply(200, versions), "")
        found = _PATH.fullmatch(whole)
        version, path = (found[1], found[2] or "") if found else ("", "")
        form = Format.asked_for(request, path, suffix)
        try:
            context, session = self._caller(request)
        except SalesforceError as error:
            return form.written(error_reply(error), path)
        try:
            reply = await self._answer(request, version, path, context, session)
        except SalesforceError as error:
            reply = error_reply(error)
        except SessionKilledError:
            self._orgs.sessions.end(session.token)
            reply = error_reply(session_invalid())
        response = form.written(reply, path, (sobject.name for sobject in context.org.objects.values()))
        response.headers["Sforce-Limit-Info"] = context.exchange.usage()
        return response

    def _org_asked(self, request: Request) -> Org:
        """The org a request without need of a session is for: the caller's, if it says who it is."""
        try:
            return self._caller(request)[0].org
        except SalesforceError:
            return self._orgs.default.org

    def _caller(self, request: Request) -> tuple[Context, Session]:
        header = request.headers.get("authorization", "")
        token = bearer_token(header)
        if header and token is None:
            raise failure(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
        caller = self._orgs.caller(token) if token else None
        if caller is None:
            raise session_invalid()
        if not caller[1].is_for_api:
            raise failure(401, "INVALID_SESSION_ID", unverified.NOT_FOR_API)
        return caller

    async def _answer(self, request: Request, version: str, path: str, context: Context, session: Session) -> Reply:
        content = unpacked(await request.body(), request.headers.get("content-encoding", ""))
        if _APEX_REST.match(_raw_path(request)):
            raise no_apex_class()
        refuse_unsupported(version, context.org.settings.api_versions)
        method = _method(request)
        match = self._table.find(method, "" if path == "/" else path)
        exchange = context.exchange
        fault = exchange.faults.for_call(match.operation)
        if isinstance(fault, ExpireSessionFault):
            raise SessionKilledError
        exchange.calls.add_api_call(match.operation)
        locked: frozenset[int] = frozenset()
        if isinstance(fault, LockRowFault) and match.resource.many:
            locked, fault = fault.rows, None
        call = Call(
            context,
            session,
            version,
            method,
            path,
            origin_of(request),
            parameters=_parameters(request),
            headers=dict(request.headers),
            content=content,
            matched=match.matched,
            locked=locked,
        )
        return await exchange.perform(fault, lambda: match.resource.handler(call), user_id=session.user_id)


def _method(request: Request) -> str:
    """The method; a POST may stand in for one that a client cannot send. Source: fact sheet 2.2."""
    if request.method == "POST":
        return request.query_params.get("_HttpMethod", "POST").upper()
    return request.method


def _parameters(request: Request) -> dict[str, str]:
    """The parameters of the URL. Where one is repeated the last counts, except that objects add up."""
    parameters = dict(request.query_params)
    if "sobject" in parameters:
        parameters["sobject"] = ",".join(request.query_params.getlist("sobject"))
    return parameters


def _too_long(request: Request) -> int | None:
    """The status for a URL, or a URL with headers, that is too long. Source: fact sheet 3.2."""
    url = len(_raw_path(request)) + 1 + len(request.scope["query_string"])
    if url > MAX_HEAD:
        return 414
    headers = sum(len(name) + len(value) + 4 for name, value in request.headers.raw)
    return 431 if url + headers > MAX_HEAD else None


def _raw_path(request: Request) -> str:
    """The path as it was sent, still percent-encoded."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.decode("ascii", "replace").split("?", 1)[0]
