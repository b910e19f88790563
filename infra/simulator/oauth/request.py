"""A form sent to an OAuth endpoint, and the answer in the format it asks for.

Source: fact sheet 1.1 and 1.2.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.exchange.exchange import SessionKilledError
from infra.simulator.exchange.instance_url import origin_of
from infra.simulator.exchange.media_types import FORM, media_type
from infra.simulator.exchange.reply import Reply
from infra.simulator.instance.orgs import APPS
from infra.simulator.oauth.errors import OAuthError, expired, missing
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError

NO_STORE = {"Cache-Control": "no-store"}
_FORMATS = {"application/xml": "xml", FORM: "urlencoded"}


@dataclass(frozen=True)
class OAuthRequest:
    """The form, with the client's credentials wherever they stood."""

    form: Mapping[str, str]
    client_id: str
    client_secret: str | None
    origin: str
    format: str
    """json, xml or urlencoded: how the answer is to be written."""

    def needed(self, name: str) -> str:
        """A parameter that must be there. Raises OAuthError."""
        value = self.form.get(name)
        if not value:
            raise missing(name)
        return value

    def check_client(self, *, secret_needed: bool) -> None:
        """Raise OAuthError unless the client is one of ours; a wrong secret is refused even where none is needed."""
        secret = APPS.get(self.client_id)
        if secret is None:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if self.client_secret is None and not secret_needed:
            return
        is_right = hmac.compare_digest((self.client_secret or "").encode(), secret.encode())
        if not is_right or (secret_needed and not secret):
            raise OAuthError(*unverified.WRONG_SECRET)

    def reply(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Reply:
        """An answer nobody may keep, in the format that was asked for."""
        headers = {**NO_STORE, **(headers or {})}
        if self.format == "urlencoded":
            return Reply(status, headers=headers, text=urlencode(body), media_type=FORM)
        if self.format == "xml":
            elements = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in body.items())
            text = f'<?xml version="1.0" encoding="UTF-8"?><OAuth>{elements}</OAuth>'
            return Reply(status, headers=headers, text=text, media_type="application/xml")
        return Reply(status, body, headers, media_type="application/json")

    def refused(
        self, error: str, description: str, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> Reply:
        return self.reply(status, {"error": error, "error_description": description}, headers)


async def form_request(request: Request) -> OAuthRequest:
    """The request as a form; what is no form is an empty one. A GET brings its parameters in the URL."""
    form: Mapping[str, str] = {}
    if request.method == "GET":
        form = dict(request.query_params)
    elif media_type(request.headers) == FORM:
        text = (await request.body()).decode("utf-8", "replace")
        form = dict(parse_qsl(text, keep_blank_values=True))
    client_id, client_secret = _basic(request.headers.get("authorization", ""))
    wanted = form.get("format") or _FORMATS.get(request.headers.get("accept", "").split(",")[0].strip().lower())
    return OAuthRequest(
        form,
        form.get("client_id") or client_id or "",
        form.get("client_secret") or client_secret,
        origin_of(request),
        wanted if wanted in _FORMATS.values() and wanted is not None else "json",
    )


async def parameters_of(request: Request) -> dict[str, str]:
    """The parameters wherever they stood; the form counts for more than the URL."""
    return {**request.query_params, **(await form_request(request)).form}


async def answered(asked: OAuthRequest, answer: Callable[[OAuthRequest], Awaitable[Reply]]) -> Response:
    """The answer to a request, or why there is none, as OAuth words it."""
    try:
        reply = await answer(asked)
    except OAuthError as error:
        reply = asked.refused(error.error, error.description)
    except SalesforceError as error:
        problem = error.problems[0]
        reply = asked.refused(problem.code, problem.message, error.status, error.headers)
    except SessionKilledError:
        reply = asked.refused(expired().error, expired().description)
    return reply.response()


def _basic(header: str) -> tuple[str | None, str | None]:
    """Client id and secret of an `Authorization: Basic` header."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return name, secret
