"""The SOAP partner API on the wire.

Source: fact sheet 7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.errors import SalesforceError
from infra.simulator.exchange import perform
from infra.simulator.faults import ExpireSessionFault
from infra.simulator.options import WriteOptions
from infra.simulator.orgs import Orgs
from infra.simulator.reply import Reply
from infra.simulator.rest.limits import NEWEST, OLDEST
from infra.simulator.sessions import Session
from infra.simulator.soap.conversion import convert_leads
from infra.simulator.soap.envelope import Message, SoapFaultError, flag_of, malformed, read
from infra.simulator.workplace import Workplace

_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_ILLEGAL_SESSION = (
    "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session key: "
)


@dataclass(frozen=True)
class SoapCall:
    """A SOAP request by someone who is logged in."""

    place: Workplace
    session: Session
    message: Message

    def options(self) -> WriteOptions:
        """What the headers say about writing; assignment rules run only when asked for. Source: fact sheet 0 (14)."""
        duplicates = self.message.headers.get("DuplicateRuleHeader")
        return WriteOptions(
            self.session.user_id,
            assign="AssignmentRuleHeader" in self.message.headers,
            allow_duplicates=duplicates is not None and flag_of(duplicates, "allowSave"),
            include_details=duplicates is not None and flag_of(duplicates, "includeRecordDetails"),
        )


class SoapService:
    """Answers everything below /services/Soap/u."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs
        self._operations: Mapping[str, Callable[[SoapCall], Reply]] = {
            "convertLead": lambda call: convert_leads(call.place, call.message.body, call.options()),
        }

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
        _refuse_unsupported(request.path_params["version"])
        message = read(await request.body())
        place, session = self._caller(message.session_id)
        work = self._operations.get(message.operation)
        if work is None:
            raise malformed(f"No operation available for request {message.body.tag}")
        operation = f"soap.{message.operation}"
        fault = place.org.faults.for_call(operation)
        if isinstance(fault, ExpireSessionFault):
            self._orgs.sessions.end(session.token)
            raise _illegal_session(session.token)
        place.org.calls.add_api_call(operation)
        call = SoapCall(place, session, message)
        return await perform(place.org, fault, lambda: work(call))

    def _caller(self, token: str) -> tuple[Workplace, Session]:
        caller = None if _JWT.fullmatch(token) else self._orgs.caller(token)
        if caller is None:
            raise _illegal_session(token)
        return caller


def _illegal_session(token: str) -> SoapFaultError:
    return SoapFaultError("INVALID_SESSION_ID", _ILLEGAL_SESSION + token[:15])


def _refuse_unsupported(version: str) -> None:
    if not re.fullmatch(r"\d{1,3}(\.0)?", version) or not OLDEST <= float(version) <= NEWEST:
        raise SoapFaultError("UNSUPPORTED_API_VERSION", f"Unsupported API version: {version}")
