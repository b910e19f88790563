"""The token endpoint."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from tests.infra.simulator.conftest import OrgClient

CLIENT = {"client_id": "demo-client", "client_secret": "demo-secret"}
USER = {"username": "demo@example.com", "password": "demo-passworddemo-token"}


async def token(org: OrgClient, **form: str) -> httpx.Response:
    return await org.http.post("/services/oauth2/token", data=form)


async def test_a_refresh_token_brings_a_new_session(org: OrgClient) -> None:
    response = await token(org, grant_type="refresh_token", refresh_token=org.refresh_token, **CLIENT)

    answer = response.json()
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert (answer["token_type"], answer["instance_url"]) == ("Bearer", "http://salesforce.test")
    assert answer["id"].startswith("http://salesforce.test/id/00D")
    assert (answer["issued_at"], "refresh_token" in answer) == ("1773739800000", False)
    org.access_token = answer["access_token"]
    assert (await org.send("GET", "/limits")).status_code == 200


async def test_expired_sessions_leave_their_refresh_tokens_alive(org: OrgClient) -> None:
    expired = await org.http.post("/_sim/expire-sessions")

    response = await token(org, grant_type="refresh_token", refresh_token=org.refresh_token, **CLIENT)

    assert expired.json() == {"expired": 1}
    assert (await org.send("GET", "/limits")).status_code == 401
    assert response.status_code == 200


async def test_each_refresh_brings_another_refresh_token_where_they_rotate(org: OrgClient) -> None:
    await org.change_org(rotate_refresh_tokens=True)

    first = await token(org, grant_type="refresh_token", refresh_token=org.refresh_token, **CLIENT)
    second = await token(org, grant_type="refresh_token", refresh_token=first.json()["refresh_token"], **CLIENT)

    assert (first.status_code, second.status_code) == (200, 200)
    assert len({org.refresh_token, first.json()["refresh_token"], second.json()["refresh_token"]}) == 3


async def test_a_rotated_refresh_token_that_is_used_again_revokes_the_whole_grant(org: OrgClient) -> None:
    await org.change_org(rotate_refresh_tokens=True)
    rotated = (await token(org, grant_type="refresh_token", refresh_token=org.refresh_token, **CLIENT)).json()

    reused = await token(org, grant_type="refresh_token", refresh_token=org.refresh_token, **CLIENT)

    successor = await token(org, grant_type="refresh_token", refresh_token=rotated["refresh_token"], **CLIENT)
    org.access_token = rotated["access_token"]
    assert reused.json() == {"error": "invalid_grant", "error_description": "expired access/refresh token"}
    assert successor.json() == reused.json()
    assert (await org.send("GET", "/limits")).status_code == 401


async def test_the_client_may_name_itself_in_the_header(org: OrgClient) -> None:
    basic = base64.b64encode(b"demo-client:demo-secret").decode()

    response = await org.http.post(
        "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )

    assert response.status_code == 200
    assert (await org.stats())["token_calls"] == 1


async def test_a_password_counts_with_its_security_token(org: OrgClient) -> None:
    good = await token(org, grant_type="password", **USER, **CLIENT)
    bad = await token(org, grant_type="password", **{**USER, "password": "demo-password"}, **CLIENT)

    assert good.status_code == 200
    assert bad.json() == {"error": "invalid_grant", "error_description": "authentication failure"}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "magic"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", **CLIENT}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x", **CLIENT}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "invalid_client_id"),
        ({"grant_type": "client_credentials", "client_id": "demo-client"}, "invalid_client"),
        ({"grant_type": "client_credentials", **CLIENT, "client_secret": "x"}, "invalid_client"),
    ],
)
async def test_bad_token_requests_are_told_what_is_wrong(org: OrgClient, form: dict[str, str], error: str) -> None:
    response = await token(org, **form)

    assert (response.status_code, response.json()["error"]) == (400, error)


async def test_tokens_are_only_given_by_post(org: OrgClient) -> None:
    response = await org.http.get("/services/oauth2/token", params={"grant_type": "client_credentials", **CLIENT})

    assert response.status_code == 400
    assert response.json() == {"error": "invalid_request", "error_description": "must use HTTP POST"}


async def test_the_answer_comes_in_the_format_asked_for(org: OrgClient) -> None:
    form = {"grant_type": "client_credentials", **CLIENT}

    as_xml = await token(org, **form, format="xml")
    as_form = await org.http.post(
        "/services/oauth2/token", data=form, headers={"Accept": "application/x-www-form-urlencoded"}
    )

    assert "<token_type>Bearer</token_type>" in as_xml.text
    assert dict(parse_qsl(as_form.text))["token_type"] == "Bearer"


async def test_a_revoked_refresh_token_takes_its_sessions_along(org: OrgClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": org.refresh_token, **CLIENT}
    org.access_token = (await token(org, **form)).json()["access_token"]

    revoked = await org.http.post("/services/oauth2/revoke", data={"token": org.refresh_token})

    assert (revoked.status_code, revoked.content) == (200, b"")
    assert (await token(org, **form)).json()["error"] == "invalid_grant"
    assert (await org.send("GET", "/limits")).status_code == 401


async def test_a_revoked_access_token_dies_alone(org: OrgClient) -> None:
    revoked = await org.http.get("/services/oauth2/revoke", params={"token": org.access_token})
    again = await org.http.post("/services/oauth2/revoke", data={"token": org.access_token})

    assert (revoked.status_code, again.status_code) == (200, 400)
    assert (await org.send("GET", "/limits")).status_code == 401
    refreshed = await token(org, grant_type="refresh_token", refresh_token=org.refresh_token, **CLIENT)
    assert refreshed.status_code == 200


async def test_introspection_tells_a_client_about_its_tokens(org: OrgClient) -> None:
    async def ask(value: str, **client: str) -> dict[str, Any]:
        form = {"token": value, **(client or CLIENT)}
        answer: dict[str, Any] = (await org.http.post("/services/oauth2/introspect", data=form)).json()
        return answer

    access, refresh = await ask(org.access_token), await ask(org.refresh_token)

    assert (access["active"], access["scope"], access["exp"]) == (True, "api id refresh_token", 1773739800 + 7200)
    assert (refresh["active"], refresh["token_type"]) == (True, "refresh_token")
    assert await ask("nonsense") == {"active": False}
    assert (await ask(org.access_token, client_id="demo-client"))["error"] == "invalid_client"


async def test_the_endpoints_can_be_found(org: OrgClient) -> None:
    openid = (await org.http.get("/.well-known/openid-configuration")).json()
    oauth = (await org.http.get("/.well-known/oauth-authorization-server")).json()

    assert openid == oauth
    assert openid["issuer"] == "http://salesforce.test"
    assert openid["token_endpoint"] == "http://salesforce.test/services/oauth2/token"


async def test_json_is_no_form(org: OrgClient) -> None:
    response = await org.http.post("/services/oauth2/token", json={"grant_type": "refresh_token"})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_trouble_can_be_scripted_here_too(org: OrgClient) -> None:
    await org.faults(
        {"operation": "token.refresh", "kind": "status", "status": 503, "error_code": "x", "message": "y", "times": 1},
        {"operation": "token.refresh", "kind": "drop_after", "times": 1},
    )
    form = {"grant_type": "refresh_token", "refresh_token": org.refresh_token, **CLIENT}

    refused = await token(org, **form)
    with pytest.raises(httpx.RemoteProtocolError):
        await token(org, **form)

    assert (refused.status_code, refused.json()) == (503, {"error": "x", "error_description": "y"})
    assert (await token(org, **form)).status_code == 200


async def test_giving_a_token_back_can_fail_too(org: OrgClient) -> None:
    await org.faults(
        {"operation": "token.revoke", "kind": "status", "status": 503, "error_code": "x", "message": "y", "times": 1},
        {"operation": "token.introspect", "kind": "drop_before"},
    )

    refused = await org.http.post("/services/oauth2/revoke", data={"token": org.refresh_token})
    with pytest.raises(httpx.RemoteProtocolError):
        await org.http.post("/services/oauth2/introspect", data={"token": org.refresh_token, **CLIENT})

    assert (refused.status_code, refused.json()["error"]) == (503, "x")
    assert (await org.http.post("/services/oauth2/revoke", data={"token": org.refresh_token})).status_code == 200
