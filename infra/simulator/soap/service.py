"""The SOAP partner API on the wire, and what is said for the other SOAP APIs.

Source: fact sheet 7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.exchange.exchange import Exchange
from infra.simulator.exchange.faults import ExpireSessionFault, Fault, LockRowFault
from infra.simulator.exchange.instance_url import origin_of
from infra.simulator.exchange.reply import Reply
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.instance.sessions import Session
from infra.simulator.org.org import Org
from infra.simulator.schema.api_versions import ALL
from infra.simulator.schema.errors import SalesforceError
from infra.simulator.soap import describe, login, other_apis, queries, records, replication
from infra.simulator.soap.call import Operation, SoapCall
from infra.simulator.soap.conversion import convert_leads
from infra.simulator.soap.envelope import Message, SoapFaultError, malformed, read

_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_ILLEGAL_SESSION = (
    "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session key: "
)
_NOT_FOR_API = "This session is not valid for use with the API"
"""Source: RoseSilverSoftware/IlluminatedCloud#1980."""
LOGIN = "login"
JWT_SINCE = 67
"""Older versions refuse JWT-shaped access tokens. Source: jsforce/jsforce#1791."""


def operations(orgs: Orgs) -> Mapping[str, Operation]:
    """Every operation for those who are logged in, by its name."""
    return {
        "logout": Operation(lambda call: login.log_out(orgs, call), "7.7"),
        "getUserInfo": Operation(login.user_info, "7.7"),
        "getServerTimestamp": Operation(login.server_timestamp, "7.7"),
        "setPassword": Operation(login.lacking_right, "7.7"),
        "resetPassword": Operation(login.lacking_right, "7.7"),
        "describeGlobal": Operation(describe.describe_global, "2.1"),
        "describeSObject": Operation(describe.describe_sobject, "2.5"),
        "describeSObjects": Operation(describe.describe_sobjects, "2.5"),
        "describeLayout": Operation(describe.describe_layout, "2.1"),
        "describeTabs": Operation(describe.describe_tabs, "2.1"),
        "describeAllTabs": Operation(describe.describe_all_tabs, "2.1"),
        "describeTheme": Operation(describe.describe_theme, "2.1"),
        "query": Operation(queries.query, "4.1, 7.7"),
        "queryAll": Operation(queries.query_all, "4.1, 7.7"),
        "queryMore": Operation(queries.query_more, "4.1, 7.7"),
        "search": Operation(queries.search, "4.3"),
        "getUpdated": Operation(replication.get_updated, "2.1"),
        "getDeleted": Operation(replication.get_deleted, "2.1"),
        "retrieve": Operation(records.retrieve, "7.7"),
        "create": Operation(records.create, "7.7", many=True),
        "update": Operation(records.update, "7.7", many=True),
        "upsert": Operation(records.upsert, "7.7", many=True),
        "delete": Operation(records.delete, "7.7", many=True),
        "undelete": Operation(records.undelete, "7.7", many=True),
        "emptyRecycleBin": Operation(records.empty_recycle_bin, "7.7", many=True),
        "merge": Operation(records.merge, "7.7", many=True),
        "convertLead": Operation(convert_leads, "7.2 to 7.5", many=True),
    }


class SoapService:
    """Answers everything below /services/Soap."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs
        self._operations = operations(orgs)

    async def __call__(self, request: Request) -> Response:
        try:
            reply = await self._answer(request)
        except SoapFaultError as fault:
            reply = fault.reply()
        except SalesforceError as error:
            problem = error.problems[0]
            reply = SoapFaultError(
                problem.code, problem.message, status=max(error.status, 500), headers=error.headers
            ).reply()
        return reply.response()

    async def _answer(self, request: Request) -> Reply:
        version = _version(request.path_params["version"])
        message = read(await request.body())
        api = request.path_params["api"].lower()
        if message.operation == LOGIN and api == other_apis.PARTNER:
            return await self._log_in(message, version, origin_of(request))
        if message.operation == LOGIN:
            raise other_apis.refusal(api)
        context, session = self._caller(message.session_id, version)
        _refuse_unsupported(version, context.org)
        if api != other_apis.PARTNER:
            raise other_apis.refusal(api)
        operation = self._operations.get(message.operation)
        if operation is None:
            name = message.body.tag
            raise malformed(f"No operation available for request {name}, please check the WSDL for the service.")
        context.exchange.calls.add_api_call(f"soap.{message.operation}")
        fault = self._fault(context.exchange, message.operation, session.token)
        locked: frozenset[int] = frozenset()
        if isinstance(fault, LockRowFault) and operation.many:
            locked, fault = fault.rows, None
        call = SoapCall(context, session, message, version, origin_of(request), locked)
        return await context.exchange.perform(fault, lambda: operation.handler(call), user_id=session.user_id)

    async def _log_in(self, message: Message, version: str, origin: str) -> Reply:
        context, user = login.caller_of_login(self._orgs, message)
        _refuse_unsupported(version, context.org)
        login.refuse_without_login(context.org, version)
        context.exchange.calls.add_token_call(f"soap.{LOGIN}")
        fault = self._fault(context.exchange, LOGIN, "")
        return await context.exchange.perform(
            fault, lambda: login.login(self._orgs, context.org, user, message, version, origin), limited=False
        )

    def _fault(self, exchange: Exchange, operation: str, token: str) -> Fault | None:
        """What goes wrong with the call. Raises SoapFaultError when it is the end of its session."""
        fault = exchange.faults.for_call(f"soap.{operation}")
        if isinstance(fault, ExpireSessionFault):
            self._orgs.sessions.end(token)
            raise _illegal_session(token)
        return fault

    def _caller(self, token: str, version: str) -> tuple[Context, Session]:
        refused = _JWT.fullmatch(token) and float(version) < JWT_SINCE
        caller = None if refused else self._orgs.caller(token)
        if caller is None:
            raise _illegal_session(token)
        if not caller[1].is_for_api:
            raise SoapFaultError("INVALID_SESSION_ID", _NOT_FOR_API)
        return caller


def _illegal_session(token: str) -> SoapFaultError:
    return SoapFaultError("INVALID_SESSION_ID", _ILLEGAL_SESSION + token[:15])


def _version(text: str) -> str:
    """The version in the form REST paths have it. Raises SoapFaultError for one that no org answers."""
    version = text if text.endswith(".0") else f"{text}.0"
    if version not in ALL:
        raise _unsupported()
    return version


def _refuse_unsupported(version: str, org: Org) -> None:
    if version not in org.settings.api_versions:
        raise _unsupported()


def _unsupported() -> SoapFaultError:
    """Source: fact sheet 2.1; the text is that of many public reports (superfell/zkSforce#52)."""
    return SoapFaultError("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
