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

from domain.errors import CoordinationUnavailableError, LeadError, SalesforceBadResponseError, ServiceLoginError
from domain.values.session import Session
from infra.coordination.interface import Coordination
from infra.coordination.memory import HeldTurn, MemoryCoordination
from infra.salesforce.sending.grants import Grant, JwtBearerGrant, OAuthClient, RefreshTokenGrant, audience
from infra.salesforce.sending.hosts import InstanceHosts
from infra.salesforce.sending.http_client import open_http
from infra.salesforce.sending.service_session import KEPT_SECONDS, REFUSAL_SECONDS, ServiceSession
from infra.salesforce.sending.timing import Clock, Patience
from infra.salesforce.sending.token_requests import RefreshFailedError
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


def service(
    coordination: Coordination, grant: Grant | None = None, *, instance_url: str = ORG, clock: Clock | None = None
) -> ServiceSession:
    way = grant or RefreshTokenGrant(CLIENT, "first")
    now = clock or Clock()
    return ServiceSession(open_http(), CLIENT, way, instance_url, Patience(), coordination, now, InstanceHosts())


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


OTHER = "https://globex.my.salesforce.com"
IN_USE = {"error": "invalid_grant", "error_description": "token request is already being processed"}


@pytest.mark.parametrize(
    ("half", "told"),
    [
        ({"access_token": "access 1", "instance_url": OTHER}, ServiceLoginError),
        ({"access_token": "access 1", "instance_url": "https://evil.example"}, ServiceLoginError),
        ({}, SalesforceBadResponseError),
        ({"error": "inactive_user"}, ServiceLoginError),
    ],
)
async def test_a_refresh_token_that_came_with_half_an_answer_is_kept_and_shared(
    httpx_mock: HTTPXMock, half: dict[str, str], told: type[LeadError]
) -> None:
    coordination, time = MemoryCoordination(10), [0.0]
    ours = service(coordination, clock=Clock(lambda: time[0]))
    httpx_mock.add_response(url=TOKEN_URL, json={"refresh_token": "refresh 1", **half})
    with pytest.raises(RefreshFailedError) as failed:
        await ours.renewed(ours.current(NOBODY))
    gives(httpx_mock, 2)
    gives(httpx_mock, 3)
    time[0] += REFUSAL_SECONDS

    session, _ = await service(coordination).renewed(Session(ORG, "old"))
    await ours.renewed(ours.current(NOBODY))
    await ours.renewed(ours.current(NOBODY))

    assert type(failed.value.told) is told
    assert session == Session(ORG, "access 2", "refresh 2")
    assert presented(httpx_mock) == ["first", "refresh 1", "refresh 2"]


async def test_whoever_is_set_up_for_the_host_of_a_session_finds_it(httpx_mock: HTTPXMock) -> None:
    coordination = MemoryCoordination(10)
    tokens = {"access_token": "access 1", "refresh_token": "refresh 1", "instance_url": f"{OTHER}/"}
    httpx_mock.add_response(url=TOKEN_URL, json=tokens)
    with pytest.raises(RefreshFailedError, match=f"gave the session for, {OTHER}. Nothing"):
        await service(coordination).renewed(NOBODY)

    found = await service(coordination, instance_url=OTHER).renewed(Session(OTHER, ""))

    assert found == (Session(OTHER, "access 1", "refresh 1"), False)


async def test_a_token_in_use_is_presented_again_after_growing_pauses(httpx_mock: HTTPXMock) -> None:
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    for _ in range(2):
        httpx_mock.add_response(url=TOKEN_URL, status_code=400, json=IN_USE)
    gives(httpx_mock, 1)

    await service(MemoryCoordination(10), clock=Clock(sleep=sleep)).renewed(NOBODY)

    assert 0.5 <= naps[0] <= 1 <= naps[1] <= 2
    assert presented(httpx_mock) == ["first"] * 3


async def test_while_a_token_is_in_use_the_session_that_another_replica_got_by_then_is_found(
    httpx_mock: HTTPXMock,
) -> None:
    class Leaky(MemoryCoordination):
        """As after a replica has lost its turn."""

        @asynccontextmanager
        async def turn(self, key: str, *, at_most: float) -> AsyncIterator[HeldTurn]:
            yield HeldTurn()

    coordination = Leaky(10)

    async def the_other_gets_it(_: float) -> None:
        await service(coordination).renewed(NOBODY)

    httpx_mock.add_response(url=TOKEN_URL, status_code=400, json=IN_USE)
    gives(httpx_mock, 1)

    found = await service(coordination, clock=Clock(sleep=the_other_gets_it)).renewed(NOBODY)

    assert found == (Session(ORG, "access 1", "refresh 1"), False)
    assert presented(httpx_mock) == ["first", "first"]
