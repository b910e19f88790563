"""Each kind of error of Salesforce: what it allows, and that the connection keeps to it."""

import httpx
import pytest
from pytest_httpx import HTTPXMock

from domain.errors import LeadError
from domain.values.session import Session
from infra.salesforce.sending.request import Effect
from infra.salesforce.wire.errors import ERROR_KINDS, Allows, ErrorKind, error_kind
from tests.infra.salesforce.sending.test_connection import DATA, ORG, TOKEN_URL, Salesforce

KINDS = [*ERROR_KINDS, ErrorKind(400, "SOMETHING_NEW", Allows.STOP), ErrorKind(500, "SOMETHING_NEW", Allows.LOOK_UP)]
SENT = {Allows.RETRY: (3, 3), Allows.REFRESH: (2, 2), Allows.LOOK_UP: (3, 1), Allows.STOP: (1, 1)}
"""How often a read and a write are sent while the error lasts."""


def status_of(kind: ErrorKind) -> int:
    usual = {Allows.LOOK_UP: 500, Allows.STOP: 400, Allows.RETRY: 400, Allows.REFRESH: 401}
    return kind.status or usual[kind.allows]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.status} {kind.code} {kind.says}")
@pytest.mark.parametrize("effect", [Effect.READ, Effect.WRITE])
async def test_what_an_error_allows_is_what_is_done(httpx_mock: HTTPXMock, kind: ErrorKind, effect: Effect) -> None:
    salesforce = Salesforce(Session(ORG, "old", "refresh"))
    body = [{"errorCode": kind.code, "message": f"text {kind.says}"}]
    httpx_mock.add_response(url=DATA, status_code=status_of(kind), json=body, is_reusable=True)
    httpx_mock.add_response(url=f"{ORG}/services/data/", json=[{"version": "59.0"}], is_optional=True)
    if kind.allows is Allows.REFRESH:
        httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "new"})

    with pytest.raises(LeadError) as told:
        await salesforce.call(effect)

    reads, writes = SENT[kind.allows]
    assert len(httpx_mock.get_requests(url=DATA)) == (reads if effect is Effect.READ else writes)
    assert kind.told in (None, type(told.value))


@pytest.mark.parametrize("kind", ERROR_KINDS, ids=lambda kind: f"{kind.status} {kind.code} {kind.says}")
def test_no_kind_hides_behind_another(kind: ErrorKind) -> None:
    assert error_kind(status_of(kind), kind.code, f"text {kind.says}") is kind


async def test_when_everything_fails_retries_run_dry(httpx_mock: HTTPXMock) -> None:
    salesforce = Salesforce(Session(ORG, "token"))
    httpx_mock.add_exception(httpx.ReadError("x"), is_reusable=True)

    for _ in range(1_000):
        with pytest.raises(LeadError):
            await salesforce.call(connection=salesforce.connect(Session(ORG, "token")))

    assert len(httpx_mock.get_requests()) <= 1_100
