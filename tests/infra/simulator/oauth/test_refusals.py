"""The token endpoint refuses as a fault says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import httpx
import jwt
import pytest
from defusedxml.ElementTree import fromstring

from tests.infra.simulator.conftest import Clock, OrgClient
from tests.infra.simulator.oauth.test_authorize import CLIENT, REDIRECT, code
from tests.infra.simulator.oauth.test_jwt_bearer import claims, key
from tests.infra.simulator.oauth.test_token import USER

FORM = "application/x-www-form-urlencoded"
OPERATIONS = ("authorization_code", "refresh", "client_credentials", "password", "jwt_bearer")
REFUSALS = [
    (400, "invalid_grant", "token request is already being processed"),
    (400, "invalid_grant", "expired access/refresh token"),
    (400, "invalid_grant", "ip restricted"),
    (400, "inactive_org", "inactive organization"),
    (400, "OAUTH_APP_BLOCKED", "this app is blocked by admin"),
    (429, "rate_limit_exceeded", "login rate <exceeded> & more"),
]


async def form_of(org: OrgClient, clock: Clock, operation: str) -> dict[str, str]:
    """A request that would bring a token."""
    if operation == "authorization_code":
        return {"grant_type": "authorization_code", "code": await code(org), "redirect_uri": REDIRECT, **CLIENT}
    if operation == "refresh":
        return {"grant_type": "refresh_token", "refresh_token": org.refresh_token, **CLIENT}
    if operation == "password":
        return {"grant_type": "password", **USER, **CLIENT}
    if operation == "jwt_bearer":
        assertion = jwt.encode(claims(clock), key(), "RS256")
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    return {"grant_type": "client_credentials", **CLIENT}


def body_of(response: httpx.Response) -> Mapping[str, Any]:
    """What an answer says, in whatever format."""
    media_type = response.headers["Content-Type"].split(";")[0]
    if media_type == "application/xml":
        return {element.tag: element.text for element in fromstring(response.text)}
    if media_type == FORM:
        return dict(parse_qsl(response.text))
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("accept", ["application/json", "application/xml", FORM])
@pytest.mark.parametrize(("status", "error", "description"), REFUSALS)
async def test_every_grant_type_refuses_with_any_error_in_the_format_asked_for(
    org: OrgClient, clock: Clock, operation: str, accept: str, status: int, error: str, description: str
) -> None:
    form = await form_of(org, clock, operation)
    name = f"token.{operation}"
    answered = {"status": status, "error": error, "error_description": description}
    await org.faults({"operation": name, "kind": "status", "times": 1, **answered})

    refused = await org.http.post("/services/oauth2/token", data=form, headers={"Accept": accept})
    given = await org.http.post("/services/oauth2/token", data=form, headers={"Accept": accept})

    assert (refused.status_code, refused.headers["Cache-Control"]) == (status, "no-store")
    assert body_of(refused) == {"error": error, "error_description": description}
    assert (given.status_code, body_of(given)["token_type"]) == (200, "Bearer")
    assert (await org.stats())["by_operation"][name] == 2


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"error": "invalid_grant"}, (400, "invalid_grant", "invalid_grant")),
        ({"error": "server_error", "status": 503}, (503, "server_error", "server_error")),
        ({"error_code": "a", "message": "b", "status": 401}, (401, "a", "b")),
        ({"error": "a", "message": "b"}, (400, "a", "b")),
        ({}, (503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable.")),
    ],
)
async def test_code_and_message_may_be_named_as_oauth_names_them(
    org: OrgClient, rule: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    await org.faults({"operation": "token.client_credentials", "kind": "status", **rule})

    answer = await org.http.post("/services/oauth2/token", data={"grant_type": "client_credentials", **CLIENT})

    body = answer.json()
    assert (answer.status_code, body["error"], body["error_description"]) == expected


async def test_a_token_is_refused_now_and_then_and_at_the_same_calls_every_time(org: OrgClient) -> None:
    rule = {"operation": "token.refresh", "kind": "status", "error": "invalid_grant", "probability": 0.4, "seed": 7}
    form = {"grant_type": "refresh_token", "refresh_token": org.refresh_token, **CLIENT}
    runs = []

    for _ in range(2):
        await org.faults(rule)
        runs.append([(await org.http.post("/services/oauth2/token", data=form)).status_code for _ in range(30)])
        await org.http.delete("/_sim/faults")

    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 400}


@pytest.mark.parametrize(
    "names", [{"error": "a", "error_code": "b"}, {"message": "a", "error_description": "b"}, {"error": 5}]
)
async def test_a_rule_says_each_thing_once(org: OrgClient, names: dict[str, Any]) -> None:
    rule = {"operation": "token.refresh", "kind": "status", **names}

    response = await org.http.post("/_sim/faults", json={"rules": [rule]})

    assert response.status_code == 400
