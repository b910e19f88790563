"""What an operator is told when Salesforce can not be reached."""

import errno
import socket
from contextlib import closing
from itertools import pairwise
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from domain.errors import SalesforceUnavailableError
from infra.salesforce.sending.http_client import cause_of, open_http, send
from tests.support.served_org import ServedOrg

SECRET = {"authorization": "Bearer very-secret"}


async def logged_while_asking(url: str) -> list[Any]:
    """The lines in the log after a request that can not be sent."""
    with capture_logs() as lines:
        async with open_http() as http:
            with pytest.raises(SalesforceUnavailableError):
                await send(http, "POST", url, headers=SECRET, within=20, json={"token": "very-secret"})
    return lines


async def test_a_refused_connection_is_logged_with_its_host() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]

    [line] = await logged_while_asking(f"http://127.0.0.1:{port}/services/data?q=very-secret")

    assert (line["event"], line["log_level"]) == ("salesforce_did_not_answer", "warning")
    assert (line["host"], line["cause"]) == (f"127.0.0.1:{port}", "Connection refused")
    assert "very-secret" not in str(line)


async def test_a_certificate_that_nobody_trusts_is_logged(served: ServedOrg) -> None:
    [line] = await logged_while_asking(f"{served.url}/services/data")

    assert line["host"] in served.url
    assert line["cause"].startswith("TLS: ")
    assert "certificate" in line["cause"]


def chained(*errors: BaseException) -> BaseException:
    """The errors, each of them the cause of the one before."""
    for error, cause in pairwise(errors):
        error.__cause__ = cause
    return errors[0]


class SeveralError(OSError):
    """What is raised when a name has several addresses and none answers."""

    exceptions = (
        ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed"),
        OSError(errno.EHOSTUNREACH, "no route"),
    )


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (
            chained(httpx.ConnectError("x"), socket.gaierror(-2, "Name or service not known")),
            "Name or service not known",
        ),
        (chained(httpx.ConnectError("x"), OSError("all failed"), SeveralError("several")), "Connection refused"),
        (chained(httpx.ReadError(""), ConnectionResetError(errno.ECONNRESET, "x")), "Connection reset by peer"),
        (httpx.ConnectTimeout("x"), "ConnectTimeout"),
        (httpx.RemoteProtocolError("Server sent very-secret"), "RemoteProtocolError"),
    ],
)
def test_causes_are_told_in_words_of_the_system(error: BaseException, cause: str) -> None:
    assert cause_of(error) == cause
