"""Calls to OAuth endpoints in the name of a session.

Source: fact sheet 1.1 and 1.5.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from infra.simulator.exchange.exchange import SessionKilledError
from infra.simulator.exchange.reply import Reply, error_reply
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.instance.sessions import Session, bearer_token
from infra.simulator.oauth.request import parameters_of
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError


async def answered_to_bearer(
    orgs: Orgs, request: Request, operation: str, work: Callable[[Context, Session], Reply]
) -> Response:
    """The answer to whoever brings an access token; where REST would say 401, these endpoints say 403."""
    token = await _token(request)
    if not token:
        return PlainTextResponse(unverified.MISSING_TOKEN, 403)
    caller = orgs.caller(token)
    if caller is None:
        return PlainTextResponse(unverified.BAD_TOKEN, 403)
    context, session = caller
    exchange = context.exchange
    exchange.calls.add_part(operation)
    try:
        fault = exchange.faults.for_call(operation)
        reply = await exchange.perform(fault, lambda: work(context, session), user_id=session.user_id, limited=False)
    except SalesforceError as error:
        reply = error_reply(error)
    except SessionKilledError:
        orgs.sessions.end(token)
        return PlainTextResponse(unverified.BAD_TOKEN, 403)
    return reply.response()


async def _token(request: Request) -> str | None:
    """The access token, in the header or as a parameter."""
    token = bearer_token(request.headers.get("authorization", ""))
    if token is not None:
        return token
    parameters = await parameters_of(request)
    return parameters.get("oauth_token") or parameters.get("access_token")
