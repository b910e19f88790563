"""What is sent again and what is not, over answers that the simulator should not give."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from pytest_httpx import HTTPXMock

from domain.errors import (
    InvalidInstanceUrlError,
    OutcomeUnknownError,
    ReauthenticationRequiredError,
    SalesforceBadResponseError,
    SalesforceTimeoutError,
    SalesforceUnavailableError,
    SessionExpiredError,
)
from domain.values.session import Session
from infra.coordination.interface import Coordination
from infra.coordination.memory import HeldTurn, MemoryCoordination
from infra.salesforce.sending.api_versions import ApiVersions
from infra.salesforce.sending.connection import Connection
from infra.salesforce.sending.grants import OAuthClient
from infra.salesforce.sending.hosts import InstanceHosts
from infra.salesforce.sending.http_client import MAX_RESPONSE_BYTES, open_http
from infra.salesforce.sending.limits import OrgLimits
from infra.salesforce.sending.refreshed_sessions import RefreshedSessions
from infra.salesforce.sending.request import Effect, Request
from infra.salesforce.sending.timing import Clock, Patience
from infra.salesforce.sending.token_requests import RefreshFailedError
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.errors import error_from

ORG = "https://acme.my.salesforce.com"
TOKEN_URL = f"{ORG}/services/oauth2/token"
DATA = f"{ORG}/services/data/v59.0/x"
EXPIRED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
AWAY = [{"errorCode": "SERVER_UNAVAILABLE", "message": "maintenance"}]
BROKEN = [{"errorCode": "UNKNOWN_EXCEPTION", "message": "An unexpected error occurred"}]


class Hands:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 0.0
        self.naps: list[float] = []

    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, sleep=self._sleep, chance=random.Random(1))

    async def _sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.time += seconds


class Salesforce:
    """One caller's connection, with a clock of its own."""

    def __init__(
        self,
        session: Session,
        client: OAuthClient | None = None,
        patience: Patience | None = None,
        coordination: Coordination | None = None,
        limits: OrgLimits | None = None,
    ) -> None:
        self.hands = Hands()
        self.http = open_http()
        self.patience = patience or Patience()
        self.sessions = RefreshedSessions(
            self.http,
            client or OAuthClient("id", "secret"),
            self.patience,
            coordination or MemoryCoordination(10),
            self.hands.clock(),
            InstanceHosts(),
        )
        self.limits = limits or OrgLimits(50)
        self.connection = self.connect(session)

    def connect(self, session: Session) -> Connection:
        clock = self.hands.clock()
        versions = ApiVersions(self.http, clock.now)
        return Connection(self.http, self.sessions, session, self.patience, clock, self.limits, versions)

    async def call(self, effect: Effect = Effect.READ, connection: Connection | None = None) -> Any:
        request = Request("POST" if effect is Effect.WRITE else "GET", DATA.removeprefix(ORG), effect)
        return await (connection or self.connection).call(request, body_of)


def body_of(answer: Answer) -> Any:
    if not answer.ok:
        raise error_from(answer)
    return answer.body


@pytest.fixture
def salesforce() -> Salesforce:
    return Salesforce(Session(ORG, "old", "refresh"))


async def test_a_short_outage_is_waited_out(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    for _ in range(2):
        httpx_mock.add_response(status_code=503, json=AWAY)
    httpx_mock.add_response(url=DATA, json={"ok": True})

    assert await salesforce.call(Effect.WRITE) == {"ok": True}
    assert len(salesforce.hands.naps) == 2


async def test_nothing_is_tried_more_than_three_times(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    for _ in range(3):
        httpx_mock.add_response(status_code=503, json=AWAY)

    with pytest.raises(SalesforceUnavailableError):
        await salesforce.call()


async def test_salesforce_says_how_long_to_wait(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=503, json=AWAY, headers={"Retry-After": "2"})
    httpx_mock.add_response(url=DATA, json={})

    await salesforce.call()

    assert salesforce.hands.naps == [2]


async def test_a_wait_beyond_the_deadline_is_passed_on(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=503, json=AWAY, headers={"Retry-After": "3600"})

    with pytest.raises(SalesforceUnavailableError) as failure:
        await salesforce.call()

    assert failure.value.retry_after == 3600
    assert salesforce.hands.naps == []


async def test_when_the_deadline_is_over_nothing_is_sent(httpx_mock: HTTPXMock) -> None:
    salesforce = Salesforce(Session(ORG, "t"), patience=Patience(deadline=1))
    salesforce.hands.time = 2

    with pytest.raises(SalesforceTimeoutError):
        await salesforce.call()


@pytest.mark.parametrize("lost", [httpx.ReadError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")])
async def test_a_read_whose_answer_is_lost_is_sent_again(
    salesforce: Salesforce, httpx_mock: HTTPXMock, lost: Exception
) -> None:
    httpx_mock.add_exception(lost)
    httpx_mock.add_response(url=DATA, json={"ok": True})

    assert await salesforce.call() == {"ok": True}


@pytest.mark.parametrize(
    "trouble",
    [
        {"exception": httpx.ReadError("x")},
        {"exception": httpx.ReadTimeout("x")},
        {"status_code": 500, "json": BROKEN},
        {"status_code": 502, "html": "<h1>Bad Gateway</h1>"},
        {"status_code": 503, "html": "<h1>Maintenance</h1>"},
        {"status_code": 200, "html": "<h1>Login</h1>"},
        {"status_code": 302, "headers": {"Location": "https://evil.example"}},
    ],
)
async def test_a_write_that_may_have_happened_is_not_sent_again(
    salesforce: Salesforce, httpx_mock: HTTPXMock, trouble: dict[str, Any]
) -> None:
    if "exception" in trouble:
        httpx_mock.add_exception(trouble["exception"])
    else:
        httpx_mock.add_response(**trouble)

    with pytest.raises(OutcomeUnknownError):
        await salesforce.call(Effect.WRITE)


@pytest.mark.parametrize("never_left", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")])
async def test_a_write_that_never_left_is_sent_again(
    salesforce: Salesforce, httpx_mock: HTTPXMock, never_left: Exception
) -> None:
    httpx_mock.add_exception(never_left)
    httpx_mock.add_response(url=DATA, json={"ok": True})

    assert await salesforce.call(Effect.WRITE) == {"ok": True}


async def test_a_repeatable_write_stays_unknown_when_only_the_last_attempt_certainly_failed(
    salesforce: Salesforce, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_exception(httpx.ReadError("x"))
    for _ in range(2):
        httpx_mock.add_exception(httpx.ConnectError("x"))

    with pytest.raises(OutcomeUnknownError):
        await salesforce.call(Effect.REPEATABLE_WRITE)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ({"html": "<h1>Maintenance</h1>"}, SalesforceBadResponseError),
        ({"content": b"x" * (MAX_RESPONSE_BYTES + 1)}, SalesforceBadResponseError),
        ({"content": b"\x1f\x8bno", "headers": {"content-encoding": "gzip"}}, SalesforceBadResponseError),
        ({"status_code": 500, "json": BROKEN}, SalesforceUnavailableError),
    ],
)
async def test_what_is_no_answer_is_told_as_such(
    salesforce: Salesforce, httpx_mock: HTTPXMock, trouble: dict[str, Any], told: type[Exception]
) -> None:
    httpx_mock.add_response(**trouble, is_reusable=True)

    with pytest.raises(told):
        await salesforce.call()


@pytest.mark.parametrize("size", ["null", '"many"', "[]", "NaN", "Infinity", "1e999", "9" * 5_000])
async def test_an_answer_of_another_shape_is_not_salesforces(
    salesforce: Salesforce, httpx_mock: HTTPXMock, size: str
) -> None:
    httpx_mock.add_response(url=DATA, text=f'{{"totalSize": {size}}}', is_reusable=True)
    request = Request("GET", DATA.removeprefix(ORG), Effect.READ)

    with pytest.raises(SalesforceBadResponseError):
        await salesforce.connection.call(request, lambda answer: int(answer.body["totalSize"]))


async def test_an_expired_session_is_refreshed_and_the_call_repeated(
    salesforce: Salesforce, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED, match_headers={"authorization": "Bearer old"})
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "new"})
    httpx_mock.add_response(url=DATA, json={"ok": True}, match_headers={"authorization": "Bearer new"})

    assert await salesforce.call(Effect.WRITE) == {"ok": True}


async def test_a_hundred_calls_share_one_refresh(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(
        url=DATA, status_code=401, json=EXPIRED, match_headers={"authorization": "Bearer old"}, is_reusable=True
    )
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "new"})
    httpx_mock.add_response(url=DATA, json={}, match_headers={"authorization": "Bearer new"}, is_reusable=True)
    callers = [salesforce.connect(Session(ORG, "old", "refresh")) for _ in range(100)]

    await asyncio.gather(*(salesforce.call(connection=caller) for caller in callers))
    await salesforce.call(connection=salesforce.connect(Session(ORG, "old", "refresh")))

    assert len(httpx_mock.get_requests(url=TOKEN_URL)) == 1


async def test_other_callers_keep_their_own_session(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED, match_headers={"authorization": "Bearer old"})
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "new"})
    httpx_mock.add_response(url=DATA, json={}, match_headers={"authorization": "Bearer new"})
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED, match_headers={"authorization": "Bearer old"})
    await salesforce.call()

    with pytest.raises(SessionExpiredError):
        await salesforce.call(connection=salesforce.connect(Session(ORG, "old")))


async def test_a_rotated_refresh_token_is_used_once_and_found_by_both(
    salesforce: Salesforce, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED, match_headers={"authorization": "Bearer old"})
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "new", "refresh_token": "refresh2"})
    httpx_mock.add_response(url=DATA, json={}, match_headers={"authorization": "Bearer new"}, is_reusable=True)
    await salesforce.call()

    for session in (Session(ORG, "old", "refresh"), Session(ORG, "new", "refresh2")):
        await salesforce.call(connection=salesforce.connect(session))

    assert salesforce.connection.session == Session(ORG, "new", "refresh2")


async def test_a_session_that_stays_dead_costs_one_refresh(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED, is_reusable=True)
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "new"})

    with pytest.raises(SessionExpiredError):
        await salesforce.call()


async def test_a_session_without_a_refresh_token_stays_expired(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED)

    with pytest.raises(SessionExpiredError, match="X-SF-Refresh-Token"):
        await Salesforce(Session(ORG, "old")).call()


async def test_a_gateway_without_a_client_id_says_so(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED)

    with pytest.raises(SessionExpiredError, match="SF_CLIENT_ID"):
        await Salesforce(Session(ORG, "old", "refresh"), client=OAuthClient()).call()


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (400, {"error": "invalid_grant"}, ReauthenticationRequiredError),
        (400, {"error": "invalid_client"}, SessionExpiredError),
        (503, {}, SalesforceUnavailableError),
        (200, {}, SalesforceBadResponseError),
        (200, {"access_token": "new", "instance_url": "https://evil.example"}, InvalidInstanceUrlError),
        (200, {"access_token": "new", "instance_url": "https://globex.my.salesforce.com"}, InvalidInstanceUrlError),
    ],
)
async def test_a_failed_refresh_is_told_and_not_repeated(
    salesforce: Salesforce, httpx_mock: HTTPXMock, status: int, body: dict[str, str], told: type[Exception]
) -> None:
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED, is_reusable=True)
    httpx_mock.add_response(url=TOKEN_URL, status_code=status, json=body)

    with pytest.raises(told):
        await salesforce.call(Effect.REPEATABLE_WRITE)


async def test_late_comers_of_a_failed_refresh_are_told_so(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED, is_reusable=True)
    httpx_mock.add_response(url=TOKEN_URL, status_code=400, json={"error": "invalid_grant"}, is_reusable=True)

    for _ in range(5):
        with pytest.raises(ReauthenticationRequiredError):
            await salesforce.call(connection=salesforce.connect(Session(ORG, "old", "refresh")))

    assert len(httpx_mock.get_requests(url=TOKEN_URL)) == 1


async def test_another_refusal_than_an_expired_session_costs_no_refresh(
    salesforce: Salesforce, httpx_mock: HTTPXMock
) -> None:
    refusal = [{"errorCode": "INVALID_AUTH_HEADER", "message": "INVALID_HEADER_TYPE"}]
    httpx_mock.add_response(url=DATA, status_code=401, json=refusal)

    with pytest.raises(SessionExpiredError):
        await salesforce.call()


async def test_the_edge_says_how_long_to_wait_without_json(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=DATA, status_code=429, html="<h1>Slow down</h1>", headers={"Retry-After": "2"})
    httpx_mock.add_response(url=DATA, status_code=503, html="<h1>Away</h1>", headers={"Retry-After": "3"})
    httpx_mock.add_response(url=DATA, json={})

    await salesforce.call()

    assert salesforce.hands.naps == [2, 3]


async def test_half_a_character_is_replaced(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=DATA, content=rb'{"Name": "cut \ud83d", "Whole": "\ud83e\udd86"}')

    body = await salesforce.call()

    assert body == {"Name": "cut \ufffd", "Whole": "🦆"}


async def test_a_refusal_after_a_lost_attempt_leaves_open_what_happened(
    salesforce: Salesforce, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_exception(httpx.ReadError("x"))
    httpx_mock.add_response(url=DATA, status_code=400, json=[{"errorCode": "INVALID_FIELD", "message": "no"}])

    with pytest.raises(OutcomeUnknownError):
        await salesforce.call(Effect.REPEATABLE_WRITE)


async def test_a_refresh_whose_answer_is_lost_is_not_sent_again(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=DATA, status_code=401, json=EXPIRED)
    httpx_mock.add_exception(httpx.ReadTimeout("x"), url=TOKEN_URL)

    with pytest.raises(SalesforceTimeoutError):
        await salesforce.call()

    assert len(httpx_mock.get_requests(url=TOKEN_URL)) == 1


async def test_while_a_token_is_in_use_the_session_that_another_replica_got_by_then_is_found(
    httpx_mock: HTTPXMock,
) -> None:
    class Leaky(MemoryCoordination):
        """As after a replica has lost its turn."""

        @asynccontextmanager
        async def turn(self, key: str, *, at_most: float) -> AsyncIterator[HeldTurn]:
            yield HeldTurn()

    session, coordination = Session(ORG, "old", "refresh"), Leaky(10)
    other, ours = (Salesforce(session, coordination=coordination) for _ in range(2))

    async def the_other_gets_it(_: float) -> None:
        await other.sessions.renewed(session)

    in_use = {"error": "invalid_grant", "error_description": "token request is already being processed"}
    httpx_mock.add_response(url=TOKEN_URL, status_code=400, json=in_use)
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "new", "refresh_token": "refresh2"})
    clock = Clock(sleep=the_other_gets_it)
    waiting = RefreshedSessions(
        ours.http, OAuthClient("id", "secret"), Patience(), coordination, clock, InstanceHosts()
    )

    assert await waiting.renewed(session) == (Session(ORG, "new", "refresh2"), False)
    assert len(httpx_mock.get_requests(url=TOKEN_URL)) == 2


async def test_a_second_replica_uses_the_refresh_token_that_came_with_half_an_answer(httpx_mock: HTTPXMock) -> None:
    session, coordination = Session(ORG, "old", "refresh"), MemoryCoordination(10)
    first, second, third = (Salesforce(session, coordination=coordination) for _ in range(3))
    httpx_mock.add_response(url=TOKEN_URL, json={"refresh_token": "refresh2"})
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "new", "refresh_token": "refresh3"})

    with pytest.raises(RefreshFailedError) as failed:
        await first.sessions.renewed(session)
    await second.sessions.renewed(session)

    assert failed.value.session == Session(ORG, "old", "refresh2")
    for known in (session, failed.value.session):
        assert await third.sessions.renewed(known) == (Session(ORG, "new", "refresh3"), False)
    presented = [parse_qs(request.content.decode())["refresh_token"] for request in httpx_mock.get_requests()]
    assert presented == [["refresh"], ["refresh2"]]


@pytest.mark.parametrize("named", ["https://evil.example", "https://globex.my.salesforce.com"])
async def test_no_replica_asks_the_other_host_that_a_session_belongs_to(httpx_mock: HTTPXMock, named: str) -> None:
    session, coordination = Session(ORG, "old", "refresh"), MemoryCoordination(10)
    tokens = {"access_token": "new", "refresh_token": "refresh2", "instance_url": named}
    httpx_mock.add_response(url=TOKEN_URL, json=tokens)
    handed_back = Session(ORG, "new", "refresh2")

    for presented in (session, handed_back, session, handed_back):
        with pytest.raises(RefreshFailedError) as failed:
            await Salesforce(presented, coordination=coordination).sessions.renewed(presented)
        assert failed.value.session == handed_back

    assert len(httpx_mock.get_requests()) == 1


async def test_cookies_of_one_caller_never_reach_another(salesforce: Salesforce, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=DATA, json={}, headers={"Set-Cookie": "sid=secret; Path=/"})
    httpx_mock.add_response(url=DATA, json={})

    await salesforce.call()
    await salesforce.call()

    assert "cookie" not in httpx_mock.get_requests()[-1].headers


def test_tokens_do_not_show_in_a_repr() -> None:
    assert "secret" not in repr(Session(ORG, "secret-access", "secret-refresh")) + repr(OAuthClient("id", "secret"))
