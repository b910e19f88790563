"""One shared, pooled HTTP client, and what its failures mean."""

import os
import socket
import ssl
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import anyio
import httpx
import structlog

from domain.errors import SalesforceUnavailableError
from infra.salesforce.wire.answers import NoAnswerError

MAX_RESPONSE_BYTES = 32 * 1024 * 1024
"""A page of 2,000 whole leads is a tenth of this; without a limit a small gzip body could fill the memory."""

MAX_IDLE_CONNECTIONS = 100

_log = structlog.get_logger()


def open_http(
    transport: httpx.AsyncBaseTransport | None = None,
    observe: Callable[[str], None] = lambda outcome: None,
) -> httpx.AsyncClient:
    """A client that follows no redirect and keeps no cookie, so that nothing of one caller reaches another.

    `observe` is told the HTTP status of every answer.
    """

    async def answered(response: httpx.Response) -> None:
        observe(str(response.status_code))

    return httpx.AsyncClient(
        transport=transport,
        # No proxy between here and this machine, whatever the environment says: it would read the tokens.
        mounts={f"all://{host}": transport for host in ("127.0.0.1", "localhost", "[::1]")},
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        # How many are used at once is limited for each org, so that no org waits for another.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=MAX_IDLE_CONNECTIONS),
        event_hooks={"response": [answered]},
        headers={"accept-encoding": "gzip", "user-agent": "salesforce-lead-gateway"},
    )


async def send(
    http: httpx.AsyncClient, method: str, url: str, *, headers: Mapping[str, str], within: float, **content: Any
) -> httpx.Response:
    """Send a request once; the whole answer is there within that many seconds.

    Raises SalesforceUnavailableError when the request certainly never left, NoAnswerError when it may have.
    """
    # Half the time for connecting: when all of it is over, the request has left.
    times = httpx.Timeout(within, connect=within / 2, pool=within / 2)
    request = http.build_request(method, url, headers=headers, timeout=times, **content)
    try:
        with anyio.fail_after(within):
            return await _whole_answer(http, request)
    except (httpx.TransportError, TimeoutError) as error:
        # For the operator; callers are told what they can do, which is the same for most causes.
        _log.warning("salesforce_did_not_answer", host=_host(request.url), cause=cause_of(error))
        raise _meaning(error, within) from error
    except httpx.DecodingError as error:
        raise NoAnswerError("not_salesforce", "the answer can not be decompressed") from error


def _meaning(error: Exception, timeout: float) -> Exception:
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)):
        return SalesforceUnavailableError("Salesforce can not be reached at the moment; try again.")
    if isinstance(error, (httpx.TimeoutException, TimeoutError)):
        return NoAnswerError("timeout", f"no answer within {timeout:.1f} s")
    return NoAnswerError("lost", type(error).__name__)


def cause_of(error: BaseException) -> str:
    """Why a connection failed, in the words of the system or of TLS, which hold nothing that was sent."""
    looked_at: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in looked_at:
        looked_at.append(cause)
        if isinstance(cause, ssl.SSLError):
            return f"TLS: {getattr(cause, 'verify_message', None) or cause.reason}"
        if isinstance(cause, socket.gaierror):
            return str(cause.strerror)
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)
        # Where a name has several addresses, each of them has failed in its own way.
        [first, *_] = getattr(cause, "exceptions", None) or [None]
        cause = first or cause.__cause__ or cause.__context__
    return type(error).__name__


def _host(url: httpx.URL) -> str:
    return f"{url.host}:{url.port}" if url.port else url.host


async def _whole_answer(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    response = await http.send(request, stream=True)
    try:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_RESPONSE_BYTES:
                raise NoAnswerError("not_salesforce", f"the answer has more than {MAX_RESPONSE_BYTES} bytes")
    finally:
        await response.aclose()
    headers = {name: value for name, value in response.headers.items() if name != "content-encoding"}
    return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=request)
