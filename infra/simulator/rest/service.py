"""The REST API on the wire: who calls, which version, which resource, and the answer.

Source: fact sheet 2.1, 3.2 and 8.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator import unverified
from infra.simulator.errors import SalesforceError, failure, no_such_resource, session_invalid
from infra.simulator.exchange import SessionKilledError, perform
from infra.simulator.faults import ExpireSessionFault, LockRowFault
from infra.simulator.orgs import Orgs
from infra.simulator.reply import Reply, error_reply
from infra.simulator.rest import collections, jobs, keys, limits, queries, replication, searches, sobjects
from infra.simulator.rest.batch import Batch
from infra.simulator.rest.call import Call
from infra.simulator.rest.composite import Composite
from infra.simulator.rest.encoding import packed, unpacked
from infra.simulator.rest.graph import Graphs
from infra.simulator.rest.parts import Find
from infra.simulator.rest.table import Handler, Resource, ResourceTable
from infra.simulator.rest.tree import create_tree
from infra.simulator.sessions import Session
from infra.simulator.workplace import Workplace

MAX_HEAD = 16_384
"""Bytes of the URL, and of the URL with all headers."""
LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")
MY_DOMAIN = "demo-dev-ed.develop.my.salesforce.com"
_PATH = re.compile(r"/services/data/v(\d{1,3}\.\d)(/.*)?", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"(?:Bearer|OAuth) +(\S+)", re.IGNORECASE)


def resource_table() -> ResourceTable:
    """Every resource of the REST API."""
    table = ResourceTable(
        (
            Resource("GET", "", "resources", limits.resources, "2.1"),
            Resource("GET", "/limits", "limits", limits.limits, "2.1, 9"),
            Resource("GET", "/limits/recordCount", "limits", replication.record_count, "2.1"),
            Resource("GET", "/sobjects", "sobjects", sobjects.list_objects, "2.1"),
            Resource("GET", "/sobjects/{object}", "{object}.info", sobjects.show_object, "2.1"),
            Resource("POST", "/sobjects/{object}", "{object}.create", sobjects.create, "2.2"),
            Resource("GET", "/sobjects/{object}/describe", "{object}.describe", sobjects.describe, "2.5"),
            Resource("GET", "/sobjects/{object}/updated", "{object}.updated", replication.updated, "2.1"),
            Resource("GET", "/sobjects/{object}/deleted", "{object}.deleted", replication.deleted, "2.1"),
            Resource("GET", "/sobjects/{object}/{id}", "{object}.get", sobjects.read, "2.2"),
            Resource("PATCH", "/sobjects/{object}/{id}", "{object}.update", sobjects.update, "2.2"),
            Resource("DELETE", "/sobjects/{object}/{id}", "{object}.delete", sobjects.delete, "2.2"),
            Resource("POST", "/sobjects/{object}/Id", "{object}.create", sobjects.create, "2.1"),
            Resource("GET", "/sobjects/{object}/{key}/{value}", "{object}.get", keys.read, "2.1"),
            Resource("PATCH", "/sobjects/{object}/{key}/{value}", "{object}.upsert", keys.upsert, "2.2"),
            Resource("DELETE", "/sobjects/{object}/{key}/{value}", "{object}.delete", keys.delete, "2.1"),
            Resource("GET", "/query", "query", queries.query, "4.1"),
            Resource("GET", "/query/{locator}", "query_more", queries.query_more, "4.1"),
            Resource("GET", "/queryAll", "query_all", queries.query_all, "4.1"),
            Resource("GET", "/queryAll/{locator}", "query_more", queries.query_more, "4.1"),
            Resource("GET", "/search", "search", searches.search, "4.3"),
            Resource("GET", "/parameterizedSearch", "search", searches.search_by_parameters, "4.3"),
            Resource("POST", "/parameterizedSearch", "search", searches.search_by_body, "4.3"),
            *_composite_resources(lambda *what: table.find(*what)),
            *_collection_resources(),
            *_job_resources(),
        )
    )
    return table


def _composite_resources(find: Find) -> list[Resource]:
    """Several requests in one."""
    return [
        Resource("POST", "/composite", "composite", Composite(find), "5, 5.1", nestable=False),
        Resource("POST", "/composite/batch", "composite.batch", Batch(find), "5, 5.1", nestable=False),
        Resource("POST", "/composite/graph", "composite.graph", Graphs(find), "5", nestable=False),
        Resource("POST", "/composite/tree/{object}", "composite.tree", create_tree, "5"),
    ]


def _collection_resources() -> list[Resource]:
    """Many records in one request."""
    path = "/composite/sobjects"
    return [
        Resource("POST", path, "collections.create", collections.create, "5.2", many=True),
        Resource("PATCH", path, "collections.update", collections.update, "5.2", many=True),
        Resource("DELETE", path, "collections.delete", collections.delete, "5.2", many=True),
        Resource("GET", f"{path}/{{object}}", "collections.retrieve", collections.retrieve, "5.2"),
        Resource("POST", f"{path}/{{object}}", "collections.retrieve", collections.retrieve_many, "5.2"),
        Resource("PATCH", f"{path}/{{object}}/{{key}}", "collections.upsert", collections.upsert, "5.2", many=True),
    ]


def _job_resources() -> list[Resource]:
    """Bulk API 2.0."""
    ingest, query = "/jobs/ingest", "/jobs/query"
    rows: list[tuple[str, str, str, Handler, str]] = [
        ("GET", ingest, "bulk.jobs", jobs.listing("ingest"), "6.1"),
        ("POST", ingest, "bulk.create", jobs.create_ingest, "6.1"),
        ("GET", f"{ingest}/{{job}}", "bulk.info", jobs.info("ingest"), "6.1"),
        ("PATCH", f"{ingest}/{{job}}", "bulk.change", jobs.change_ingest, "6.1"),
        ("DELETE", f"{ingest}/{{job}}", "bulk.remove", jobs.delete("ingest"), "6.1"),
        ("PUT", f"{ingest}/{{job}}/batches", "bulk.upload", jobs.upload, "6.1"),
        ("GET", f"{ingest}/{{job}}/successfulResults", "bulk.results", jobs.successes, "6.1"),
        ("GET", f"{ingest}/{{job}}/failedResults", "bulk.results", jobs.failures, "6.1"),
        ("GET", f"{ingest}/{{job}}/unprocessedRecords", "bulk.results", jobs.unprocessed, "6.1"),
        ("GET", query, "bulk_query.jobs", jobs.listing("query"), "6.2"),
        ("POST", query, "bulk_query.create", jobs.create_query, "6.2"),
        ("GET", f"{query}/{{job}}", "bulk_query.info", jobs.info("query"), "6.2"),
        ("PATCH", f"{query}/{{job}}", "bulk_query.change", jobs.change_query, "6.2"),
        ("DELETE", f"{query}/{{job}}", "bulk_query.remove", jobs.delete("query"), "6.2"),
        ("GET", f"{query}/{{job}}/results", "bulk_query.results", jobs.query_results, "6.2"),
    ]
    return [Resource(*row, nestable=False) for row in rows]


class RestService:
    """Answers everything below /services/data."""

    def __init__(self, orgs: Orgs, table: ResourceTable) -> None:
        self._orgs = orgs
        self._table = table

    async def __call__(self, request: Request) -> Response:
        too_long = _too_long(request)
        if too_long is not None:
            return Response(status_code=too_long)
        response = await self._response(request)
        return packed(response, request.headers.get("accept-encoding", ""))

    async def _response(self, request: Request) -> Response:
        pretty = request.headers.get("x-prettyprint") == "1"
        raw_path = _raw_path(request)
        if raw_path.rstrip("/").lower() == "/services/data":
            return Reply(200, limits.versions()).response(pretty=pretty)
        try:
            place, session = self._caller(request)
        except SalesforceError as error:
            return error_reply(error).response(pretty=pretty)
        try:
            reply = await self._answer(request, raw_path, place, session)
        except SalesforceError as error:
            reply = error_reply(error)
        except SessionKilledError:
            self._orgs.sessions.end(session.token)
            reply = error_reply(session_invalid())
        response = reply.response(pretty=pretty)
        response.headers["Sforce-Limit-Info"] = limits.usage(place.org)
        return response

    def _caller(self, request: Request) -> tuple[Workplace, Session]:
        header = request.headers.get("authorization", "")
        found = _AUTHORIZATION.fullmatch(header.strip())
        if header and found is None:
            raise failure(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
        caller = self._orgs.caller(found[1]) if found else None
        if caller is None:
            raise session_invalid()
        if not caller[1].is_for_api:
            raise failure(401, "INVALID_SESSION_ID", unverified.NOT_FOR_API)
        return caller

    async def _answer(self, request: Request, raw_path: str, place: Workplace, session: Session) -> Reply:
        content = unpacked(await request.body(), request.headers.get("content-encoding", ""))
        found = _PATH.fullmatch(raw_path)
        if found is None:
            raise no_such_resource()
        version, path = found[1], found[2] or ""
        _refuse_unsupported(version)
        method = _method(request)
        match = self._table.find(method, "" if path == "/" else path)
        fault = place.org.faults.for_call(match.operation)
        if isinstance(fault, ExpireSessionFault):
            raise SessionKilledError
        place.org.calls.add_api_call(match.operation)
        locked: frozenset[int] = frozenset()
        if isinstance(fault, LockRowFault) and match.resource.many:
            locked, fault = fault.rows, None
        call = Call(
            place,
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
        return await perform(place.org, fault, lambda: match.resource.handler(call))


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


def origin_of(request: Request) -> str:
    """Scheme and host as the caller wrote them: the instance URL we tell is the one we were reached by.

    Whoever came to a host that only logs people in is told the org's own. Source: fact sheet 1.6.
    """
    host = request.headers.get("host") or request.url.netloc
    if host.lower() in LOGIN_HOSTS:
        host = MY_DOMAIN
    return f"{request.url.scheme}://{host}"


def _raw_path(request: Request) -> str:
    """The path as it was sent, still percent-encoded."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.decode("ascii", "replace").split("?", 1)[0]


def _refuse_unsupported(version: str) -> None:
    number = float(version)
    if number < limits.OLDEST:
        message = f"This API version ({version}) is retired. Use a supported version, {limits.OLDEST}.0 or later."
        raise failure(410, "UNSUPPORTED_API_VERSION", message)
    if number > limits.NEWEST or number != int(number):
        raise no_such_resource()
