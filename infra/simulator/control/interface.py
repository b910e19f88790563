"""The control interface: what tests and demos may ask of the simulator, outside Salesforce's paths.

Only callers on this machine are answered, and those in the networks it was told.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.simulator.exchange.faults import FaultRule
from infra.simulator.exchange.instance_url import origin_of
from infra.simulator.exchange.parameters import whole_number
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import CLIENT_ID, Orgs
from infra.simulator.org.org import Org
from infra.simulator.setup.set_up_files import changed
from infra.simulator.setup.setting_checks import SetUpError, refusal, unknown

_Model = TypeVar("_Model", bound=BaseModel)
Handler = Callable[[Request], Awaitable[Response]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_FORBIDDEN = "the control interface answers callers on this machine, and in the networks of --control-from"


class ControlError(Exception):
    """A control request is wrong."""

    def __init__(self, message: str, *, field: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.field = field
        self.status = status

    def response(self) -> Response:
        return JSONResponse({"error": str(self), "field": self.field}, self.status)


class _OnlyOrg(BaseModel):
    model_config = ConfigDict(extra="forbid")

    org: str | None = None


class _NewSession(_OnlyOrg):
    user: str | None = None
    """A username; that of the org's first user where it is left out."""
    refresh_token: str | None = Field(None, pattern=r"^[A-Za-z0-9._-]{1,200}$")
    """One to be known beforehand; made up where it is left out."""


class _NewRules(_OnlyOrg):
    rules: list[FaultRule] = Field(min_length=1)


class Control:
    """Answers everything below /_sim. `org` may be left out: then it is the default one."""

    def __init__(self, orgs: Orgs, operations: Sequence[str], networks: Sequence[Network] = ()) -> None:
        """Callers on this machine are answered, and those in the networks. Faults can meet the operations."""
        self._orgs = orgs
        self._operations = operations
        self._networks = tuple(networks)

    def routes(self) -> list[Route]:
        table: list[tuple[str, Literal["GET", "POST", "PATCH", "DELETE"], Handler]] = [
            ("/_sim/sessions", "POST", self._begin_session),
            ("/_sim/orgs", "POST", self._add_org),
            ("/_sim/stats", "GET", self._stats),
            ("/_sim/ledger", "GET", self._ledger),
            ("/_sim/faults", "GET", self._list_faults),
            ("/_sim/faults", "POST", self._add_faults),
            ("/_sim/faults", "DELETE", self._clear_faults),
            ("/_sim/expire-sessions", "POST", self._expire_sessions),
            ("/_sim/org", "GET", self._show_org),
            ("/_sim/org", "PATCH", self._change_org),
            ("/_sim/reset", "POST", self._reset),
        ]
        return [Route(path, self._guarded(handler), methods=[method]) for path, method, handler in table]

    def _guarded(self, handler: Handler) -> Handler:
        """The handler for those who may control the simulator, with errors as JSON."""

        async def guarded(request: Request) -> Response:
            if not self._may_control(request):
                return ControlError(_FORBIDDEN, status=403).response()
            try:
                return await handler(request)
            except ControlError as error:
                return error.response()
            except SetUpError as error:
                return ControlError("; ".join(str(error).splitlines()), field=error.field).response()

        return guarded

    def _may_control(self, request: Request) -> bool:
        if request.client is None:
            return False
        try:
            address = ipaddress.ip_address(request.client.host)
        except ValueError:
            return False
        return address.is_loopback or any(address in network for network in self._networks)

    async def _begin_session(self, request: Request) -> Response:
        wanted = await _body(request, _NewSession)
        org, sessions = self._context(wanted.org).org, self._orgs.sessions
        user = org.user if wanted.user is None else org.users.named(wanted.user)
        if user is None or not user.is_active:
            raise ControlError(f"the org has no active user {wanted.user!r}", field="user", status=404)
        if wanted.refresh_token and sessions.find_grant(wanted.refresh_token):
            raise ControlError("this refresh token was given already", field="refresh_token", status=409)
        session = sessions.begin(org, user.id, CLIENT_ID)
        grant = sessions.grant(org, user.id, CLIENT_ID, refresh_token=wanted.refresh_token)
        return JSONResponse(
            {
                "access_token": session.token,
                "refresh_token": grant.refresh_token,
                "instance_url": origin_of(request),
            }
        )

    async def _add_org(self, request: Request) -> Response:
        return JSONResponse({"org": self._orgs.add(await _json_object(request)).org.id}, 201)

    async def _stats(self, request: Request) -> Response:
        return JSONResponse(stats(self._context(request.query_params.get("org"))))

    async def _ledger(self, request: Request) -> Response:
        org = self._context(request.query_params.get("org")).org
        after = whole_number(request.query_params.get("after", "0"))
        if after is None:
            raise ControlError("after must be the seq of an effect: a whole number", field="after")
        return JSONResponse(org.effects(after))

    async def _add_faults(self, request: Request) -> Response:
        wanted = await _body(request, _NewRules)
        context = self._context(wanted.org)
        known = self._operations_of(context)
        for place, rule in enumerate(wanted.rules):
            if rule.operation not in known:
                message = f"rules.{place}.operation: {unknown(rule.operation, known, of='operations')}"
                raise ControlError(message, field=f"rules.{place}.operation")
        context.exchange.faults.add(wanted.rules)
        return JSONResponse({"rules": len(wanted.rules)}, 201)

    def _operations_of(self, context: Context) -> set[str]:
        objects = context.org.all_objects
        return {name.replace("{object}", each) for name in self._operations for each in objects}

    async def _list_faults(self, request: Request) -> Response:
        context = self._context(request.query_params.get("org"))
        return JSONResponse({"rules": context.exchange.faults.all()})

    async def _clear_faults(self, request: Request) -> Response:
        self._context((await _body(request, _OnlyOrg)).org).exchange.faults.clear()
        return Response(status_code=204)

    async def _expire_sessions(self, request: Request) -> Response:
        org = self._context((await _body(request, _OnlyOrg)).org).org
        return JSONResponse({"expired": self._orgs.sessions.end_all(org)})

    async def _change_org(self, request: Request) -> Response:
        changes = await _json_object(request)
        org = self._context(changes.pop("org", None) or request.query_params.get("org")).org
        self._orgs.change(org, changed(org.settings, changes))
        return JSONResponse(_shown(org))

    async def _show_org(self, request: Request) -> Response:
        return JSONResponse(_shown(self._context(request.query_params.get("org")).org))

    async def _reset(self, request: Request) -> Response:
        self._orgs.reset(self._context((await _body(request, _OnlyOrg)).org).org)
        return Response(status_code=204)

    def _context(self, org_id: object) -> Context:
        found = self._orgs.named(org_id) if org_id is None or isinstance(org_id, str) else None
        if found is None:
            raise ControlError(f"there is no org {org_id!r}", field="org", status=404)
        return found


def _shown(org: Org) -> dict[str, Any]:
    """An org's id and all its settings."""
    return {"org": org.id, **org.settings.model_dump(mode="json")}


def stats(context: Context) -> dict[str, Any]:
    """What was called and what came of it."""
    calls, tables = context.exchange.calls, context.org.tables
    open_leads = "IsDeleted = 0 AND IsConverted = 0"
    return {
        "api_calls": calls.api_calls,
        "token_calls": calls.token_calls,
        "by_operation": dict(calls.by_operation),
        "leads": tables.count("Lead", "IsDeleted = 0"),
        "open_leads": tables.count("Lead", open_leads),
        "converted_leads": tables.count("Lead", "IsDeleted = 0 AND IsConverted = 1"),
        "duplicate_emails": tables.shared_values("Lead", "Email", open_leads),
        "effects": tables.count("~ledger"),
    }


async def _json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object."""
    content = await request.body() or b"{}"
    try:
        return TypeAdapter(dict[str, Any]).validate_json(content)
    except ValidationError as error:
        raise ControlError(f"the body must be a JSON object: {error.errors()[0]['msg']}") from error


async def _body(request: Request, model: type[_Model]) -> _Model:
    """What is asked for, in the body or the query."""
    values = {**request.query_params, **await _json_object(request)}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise refusal(error) from error
