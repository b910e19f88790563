"""The gateway's own login, where the simulator can not show it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from pytest_httpx import HTTPXMock

from domain.errors import CoordinationUnavailableError
from domain.values.session import Session
from infra.coordination.interface import Coordination
from infra.coordination.memory import HeldTurn, MemoryCoordination
from infra.salesforce.sending.grants import Grant, JwtBearerGrant, OAuthClient, RefreshTokenGrant, audience
from infra.salesforce.sending.http_client import open_http
from infra.salesforce.sending.service_session import KEPT_SECONDS, ServiceSession
from tests.support.keys import private_key_file

ORG = "https://acme.my.salesforce.com"
TOKEN_URL = f"{ORG}/services/oauth2/token"
NOBODY = Session(ORG, "")
CLIENT = OAuthClient("id", "secret")


class Shaky(MemoryCoordination):
    """Coordination that may be away: all of it, or only what keeps values."""

    away = False
    forgetful = False

    @asynccontextmanager
    async def turn(self, key: str, *, at_most: float) -> AsyncIterator[HeldTurn]:
        if self.away:
            raise CoordinationUnavailableError("away", 1)
        async with super().turn(key, at_most=at_most) as turn:
            yield turn

    async def put(self, key: str, value: bytes, *, seconds: float) -> None:
        if self.forgetful:
            raise CoordinationUnavailableError("away", 1)
        await super().put(key, value, seconds=seconds)


def service(coordination: Coordination, grant: Grant | None = None) -> ServiceSession:
    return ServiceSession(open_http(), CLIENT, grant or RefreshTokenGrant(CLIENT, "first"), ORG, 5, coordination)


def gives(httpx_mock: HTTPXMock, number: int) -> None:
    """The next login succeeds, and its refresh token is a new one."""
    tokens = {"access_token": f"access {number}", "refresh_token": f"refresh {number}"}
    httpx_mock.add_response(url=TOKEN_URL, json=tokens)


def presented(httpx_mock: HTTPXMock) -> list[str]:
    """The refresh tokens that were used, in order."""
    return [form_of(request)["refresh_token"] for request in httpx_mock.get_requests()]


def form_of(request: httpx.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


async def test_while_coordination_is_away_no_refresh_token_is_used(httpx_mock: HTTPXMock) -> None:
    coordination = Shaky(10)
    ours = service(coordination)
    coordination.away = True

    with pytest.raises(CoordinationUnavailableError, match="has to log in"):
        await ours.renewed(NOBODY)

    coordination.away = False
    gives(httpx_mock, 1)
    session, fresh = await ours.renewed(NOBODY)
    assert (session.access_token, fresh) == ("access 1", True)


async def test_a_session_that_could_not_be_shared_is_not_mistaken_for_the_one_before(httpx_mock: HTTPXMock) -> None:
    coordination = Shaky(10)
    ours = service(coordination)
    for number in (1, 2, 3):
        gives(httpx_mock, number)
        coordination.forgetful = number == 2
        await ours.renewed(ours.current(NOBODY))

    session, fresh = await service(coordination).renewed(NOBODY)

    assert presented(httpx_mock) == ["first", "refresh 1", "refresh 2"]
    assert (session, fresh) == (Session(ORG, "access 3", "refresh 3"), False)


async def test_a_session_that_all_others_have_lost_is_not_mistaken_for_the_first(httpx_mock: HTTPXMock) -> None:
    clock = [0.0]
    ours = service(MemoryCoordination(10, lambda: clock[0]))
    for number in (1, 2):
        gives(httpx_mock, number)
        await ours.renewed(ours.current(NOBODY))
        clock[0] += 2 * KEPT_SECONDS

    assert presented(httpx_mock) == ["first", "refresh 1"]


async def test_what_is_shared_tells_nothing_to_who_has_not_the_credentials(httpx_mock: HTTPXMock) -> None:
    kept: dict[str, bytes] = {}

    class Open(MemoryCoordination):
        async def put(self, key: str, value: bytes, *, seconds: float) -> None:
            kept[key] = value
            await super().put(key, value, seconds=seconds)

    coordination = Open(10)
    gives(httpx_mock, 1)
    await service(coordination).renewed(NOBODY)
    gives(httpx_mock, 2)

    others, fresh = await service(coordination, RefreshTokenGrant(CLIENT, "another")).renewed(NOBODY)

    assert (others.access_token, fresh) == ("access 2", True)
    assert not [value for value in kept.values() if b"access" in value or b"refresh" in value]


@pytest.mark.parametrize(
    ("token_url", "instance_url", "expected"),
    [
        ("", ORG, "https://login.salesforce.com"),
        ("", "https://acme-dev-ed.develop.my.salesforce.com", "https://login.salesforce.com"),
        ("", "https://acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("", "https://acme--uat.my.salesforce.com", "https://test.salesforce.com"),
        ("", "https://acme-dev-ed.scratch.my.salesforce.com", "https://test.salesforce.com"),
        ("", "https://cs92.salesforce.com", "https://test.salesforce.com"),
        ("", "https://na139.salesforce.com", "https://login.salesforce.com"),
        ("https://test.salesforce.com/services/oauth2/token", ORG, "https://test.salesforce.com"),
        ("http://127.0.0.1:3334/services/oauth2/token", ORG, "http://127.0.0.1:3334"),
    ],
)
def test_an_assertion_is_for_the_host_where_the_user_logs_in(token_url: str, instance_url: str, expected: str) -> None:
    assert audience(token_url, instance_url) == expected


async def test_an_assertion_names_app_and_user_and_is_good_for_three_minutes(
    httpx_mock: HTTPXMock, tmp_path: Path
) -> None:
    grant = JwtBearerGrant(CLIENT, "demo@example.com", private_key_file(tmp_path).read_text(), ORG, lambda: 1000.5)
    gives(httpx_mock, 1)

    await service(MemoryCoordination(10), grant).renewed(NOBODY)

    [request] = httpx_mock.get_requests()
    form = form_of(request)
    claims: dict[str, Any] = jwt.decode(form.pop("assertion"), options={"verify_signature": False})
    assert form == {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
    assert claims == {"iss": "id", "sub": "demo@example.com", "aud": "https://login.salesforce.com", "exp": 1180}
