"""Each error of Salesforce, row by row: what it allows, and that the connection keeps to it."""

import httpx
import pytest
from pytest_httpx import HTTPXMock

from domain.errors import LeadError
from domain.values.session import Session
from infra.salesforce.connection import Effect
from infra.salesforce.trouble import TABLE, Allows, Row, row_for
from tests.infra.salesforce.test_connection import DATA, ORG, TOKEN_URL, Salesforce

ROWS = [*TABLE, Row(400, "SOMETHING_NEW", Allows.STOP), Row(500, "SOMETHING_NEW", Allows.LOOK_UP)]
SENT = {Allows.RETRY: (3, 3), Allows.REFRESH: (2, 2), Allows.LOOK_UP: (3, 1), Allows.STOP: (1, 1)}
"""How often a read and a write are sent while the error lasts."""


def status_of(row: Row) -> int:
    usual = {Allows.LOOK_UP: 500, Allows.STOP: 400, Allows.RETRY: 400, Allows.REFRESH: 401}
    return row.status or usual[row.allows]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.status} {row.code} {row.says}")
@pytest.mark.parametrize("effect", [Effect.READ, Effect.WRITE])
async def test_what_an_error_allows_is_what_is_done(httpx_mock: HTTPXMock, row: Row, effect: Effect) -> None:
    salesforce = Salesforce(Session(ORG, "old", "refresh"))
    body = [{"errorCode": row.code, "message": f"text {row.says}"}]
    httpx_mock.add_response(url=DATA, status_code=status_of(row), json=body, is_reusable=True)
    if row.allows is Allows.REFRESH:
        httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "new"})

    with pytest.raises(LeadError) as told:
        await salesforce.call(effect)

    reads, writes = SENT[row.allows]
    assert len(httpx_mock.get_requests(url=DATA)) == (reads if effect is Effect.READ else writes)
    assert row.told in (None, type(told.value))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.status} {row.code} {row.says}")
def test_no_row_hides_behind_another(row: Row) -> None:
    assert row_for(status_of(row), row.code, f"text {row.says}") is row


async def test_when_everything_fails_retries_run_dry(httpx_mock: HTTPXMock) -> None:
    salesforce = Salesforce(Session(ORG, "token"))
    httpx_mock.add_exception(httpx.ReadError("x"), is_reusable=True)

    for _ in range(1_000):
        with pytest.raises(LeadError):
            await salesforce.call(connection=salesforce.connect(Session(ORG, "token")))

    assert len(httpx_mock.get_requests()) <= 1_100
