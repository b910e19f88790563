"""An expired session that Salesforce does not refresh as it should: callers learn why, and lose no token."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.values.session import Session
from infra.salesforce.wire.token_answers import FAILURE_SECONDS
from tests.support.gateway import client_of, client_with, headers_of
from tests.support.org import ORIGIN, Org

IN_USE = {"error": "invalid_grant", "error_description": "token request is already being processed"}
ELSEWHERE = "http://127.0.0.1:4444"
TRUSTED = {"sf_trusted_origins": [ORIGIN, ELSEWHERE]}


class Way(httpx.AsyncBaseTransport):
    """The way to an org, which remembers what was sent where."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.sent: list[tuple[str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = (await request.aread()).decode()
        host = f"{request.url.scheme}://{request.url.netloc.decode()}"
        self.sent.append((host, f"{request.headers.get('authorization')} {body}"))
        return await self._org.transport.handle_async_request(request)


@pytest.mark.parametrize(
    ("refusal", "status", "code", "says"),
    [
        ({"error": "invalid_grant"}, 401, "REAUTHENTICATION_REQUIRED", "has to sign in again"),
        ({"error": "x", "error_description": "user hasn't approved"}, 401, "REAUTHENTICATION_REQUIRED", "approve it"),
        ({"error": "invalid_grant", "error_description": "ip restricted"}, 403, "PERMISSION_DENIED", "IP address"),
        ({"error": "inactive_org"}, 403, "PERMISSION_DENIED", "the org is inactive"),
        ({"error": "inactive_user"}, 403, "PERMISSION_DENIED", "the user is inactive"),
        ({"error": "OAUTH_APP_BLOCKED"}, 403, "PERMISSION_DENIED", "blocks the connected app"),
        ({"error": "invalid_client_id"}, 401, "SESSION_EXPIRED", "SF_CLIENT_ID"),
        ({"error": "invalid_client"}, 401, "SESSION_EXPIRED", "SF_CLIENT_SECRET"),
        ({"error": "rate_limit_exceeded"}, 429, "RATE_LIMITED", "try again later"),
        ({"status": 503}, 503, "SALESFORCE_UNAVAILABLE", "try again"),
    ],
)
async def test_callers_learn_why_their_session_is_not_refreshed(
    org: Org, session: Session, refusal: dict[str, Any], status: int, code: str, says: str
) -> None:
    await org.fault("token.refresh", "status", **refusal)
    await org.expire_sessions()
    async with client_of(org.transport, session) as rest:
        answer = await rest.get("/v1/leads")
        called = await rest.call_tool("salesforce_list_leads", {})

    told = answer.json()
    assert (answer.status_code, told["code"], told["retryable"]) == (status, code, status in (429, 503))
    assert says in told["message"]
    assert (called.structured_content or {})["message"] == told["message"]
    assert (await org.stats())["token_calls"] == 1


@pytest.mark.parametrize("rotate", [False, True])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_token_that_is_in_use_elsewhere_is_presented_again_after_a_moment(
    org: Org, session: Session, times: int, rotate: bool
) -> None:
    await org.change(rotate_refresh_tokens=rotate)
    await org.fault("token.refresh", "status", times=times, **IN_USE)
    await org.expire_sessions()
    async with client_of(org.transport, session) as rest:
        answer = await rest.get("/v1/leads")

    assert answer.status_code == 200
    assert (await org.stats())["token_calls"] == times + 1


async def test_a_token_that_stays_in_use_is_waited_for_three_times(org: Org, session: Session) -> None:
    await org.fault("token.refresh", "status", **IN_USE)
    await org.expire_sessions()
    async with client_of(org.transport, session) as rest:
        answer = await rest.get("/v1/leads")

    assert (answer.status_code, answer.json()["code"]) == (503, "SALESFORCE_UNAVAILABLE")
    assert "try again in a moment" in answer.json()["message"]
    assert answer.headers["Retry-After"] == "5"
    assert (await org.stats())["token_calls"] == 3


async def test_when_the_time_of_a_request_is_over_a_token_in_use_is_not_waited_for(org: Org, session: Session) -> None:
    await org.fault("token.refresh", "status", **IN_USE)
    await org.expire_sessions()
    async with client_of(org.transport, session, sf_timeout_seconds=0.3, sf_deadline_seconds=0.4) as rest:
        await rest.get("/v1/leads")

    assert (await org.stats())["token_calls"] == 1


async def expired_with(org: Org, **changes: Any) -> None:
    """The next refresh rotates the tokens, and its answer is changed."""
    await org.change(rotate_refresh_tokens=True)
    await org.fault("token.refresh", "changed_body", changes=changes, times=1)
    await org.expire_sessions()


@pytest.mark.parametrize(
    "instance_url",
    [ELSEWHERE, "https://globex.my.salesforce.com", "https://evil.example", f"{ORIGIN}/services", f"{ORIGIN}9", "odd"],
)
async def test_a_rotated_pair_of_another_host_is_handed_back_and_sent_nowhere(
    org: Org, session: Session, instance_url: str
) -> None:
    way = Way(org)
    await expired_with(org, instance_url=instance_url)
    async with client_of(way, session, **TRUSTED) as rest:
        answer = await rest.get("/v1/leads")
        called = await rest.call_tool("salesforce_list_leads", {})
        again = await rest.get("/v1/leads")
        new = Session(ORIGIN, answer.headers["X-SF-Access-Token"], answer.headers["X-SF-Refresh-Token"])
        sent = "".join(what for _, what in way.sent)
        kept = await rest.get("/v1/leads", headers=headers_of(new))

    for refused in (answer, again):
        assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_INSTANCE_URL")
        assert refused.headers["Cache-Control"] == "no-store"
        assert (refused.headers["X-SF-Access-Token"], refused.headers["X-SF-Refresh-Token"]) == (
            new.access_token,
            new.refresh_token,
        )
    assert (called.structured_content or {})["code"] == "INVALID_INSTANCE_URL"
    for token in (new.access_token, new.refresh_token or ""):
        assert token not in str(called)
        assert token not in sent
    assert kept.status_code == 200
    assert {host for host, _ in way.sent} == {ORIGIN}
    assert (await org.stats())["token_calls"] == 1


async def test_who_corrects_the_instance_url_is_served_from_the_kept_session(org: Org, session: Session) -> None:
    way = Way(org)
    await expired_with(org, instance_url=f"{ELSEWHERE}/")
    async with client_of(way, session, **TRUSTED) as rest:
        refused = await rest.call_tool("salesforce_list_leads", {})
        corrected = await rest.get("/v1/leads", headers={"X-SF-Instance-Url": ELSEWHERE})

    assert f"Send X-SF-Instance-Url: {ELSEWHERE} from now on" in (refused.structured_content or {})["message"]
    assert corrected.status_code == 200
    assert way.sent[-1][0] == ELSEWHERE
    assert (await org.stats())["token_calls"] == 1


@pytest.mark.parametrize("url", [f"{ORIGIN}/", ORIGIN.replace("http", "HTTP"), None, "", 7])
async def test_an_instance_url_that_is_the_same_written_otherwise_or_none_is_no_other_host(
    org: Org, session: Session, url: Any
) -> None:
    await expired_with(org, instance_url=url)
    async with client_of(org.transport, session) as rest:
        answer = await rest.get("/v1/leads")

    assert answer.status_code == 200
    assert answer.headers["X-SF-Refresh-Token"] != session.refresh_token


async def test_a_refresh_token_that_comes_back_as_it_was_is_no_new_pair(org: Org, session: Session) -> None:
    changes = {"refresh_token": session.refresh_token}
    await org.fault("token.refresh", "changed_body", changes=changes)
    await org.expire_sessions()
    async with client_of(org.transport, session) as rest:
        answer = await rest.get("/v1/leads")

    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("x-sf-")]


async def test_a_new_refresh_token_without_an_access_token_is_handed_back_and_used_next_time(
    org: Org, session: Session
) -> None:
    clock = [0.0]
    await expired_with(org, access_token=None)
    async with client_with(org.transport, headers_of(session), lambda: clock[0]) as rest:
        answer = await rest.get("/v1/leads")
        late_comer = await rest.get("/v1/leads")
        clock[0] += FAILURE_SECONDS
        with_the_new_one = await rest.get(
            "/v1/leads", headers=headers_of(replace(session, refresh_token=answer.headers["X-SF-Refresh-Token"]))
        )
        with_the_old_one = await rest.get("/v1/leads")

    assert (answer.status_code, answer.json()["code"]) == (502, "SALESFORCE_BAD_RESPONSE")
    assert answer.headers["X-SF-Refresh-Token"] == late_comer.headers["X-SF-Refresh-Token"] != session.refresh_token
    assert (with_the_new_one.status_code, with_the_old_one.status_code) == (200, 200)
    assert (await org.stats())["token_calls"] == 2
