"""The authorize page and the code it gives."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
import pytest

from tests.infra.simulator.conftest import Clock, OrgClient

CLIENT = {"client_id": "demo-client", "client_secret": "demo-secret"}
REDIRECT = "https://app.example.com/callback?x=1"
REQUEST = {"response_type": "code", "client_id": "demo-client", "redirect_uri": REDIRECT, "state": "s&1"}
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


async def page(org: OrgClient, **parameters: str) -> httpx.Response:
    return await org.http.get("/services/oauth2/authorize", params={**REQUEST, **parameters})


async def decide(org: OrgClient, shown: httpx.Response, decision: str = "allow", **typed: str) -> httpx.Response:
    """Send the form of the page as a browser does."""
    fields = {name: unescape(value) for name, value in re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', shown.text)}
    return await org.http.post("/services/oauth2/authorize", data={**fields, **typed, "decision": decision})


def parameters_of(response: httpx.Response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


async def code(org: OrgClient, **parameters: str) -> str:
    return parameters_of(await decide(org, await page(org, **parameters)))["code"]


async def redeem(org: OrgClient, value: str, **form: str) -> httpx.Response:
    request = {"grant_type": "authorization_code", "code": value, "redirect_uri": REDIRECT, **CLIENT, **form}
    return await org.http.post("/services/oauth2/token", data=request)


async def test_who_allows_is_sent_back_with_a_code_that_brings_tokens(org: OrgClient) -> None:
    shown = await page(org)
    allowed = await decide(org, shown)

    answer = parameters_of(allowed)
    tokens = (await redeem(org, answer["code"])).json()

    assert (shown.status_code, shown.headers["X-Frame-Options"]) == (200, "DENY")
    assert (allowed.status_code, answer["state"], answer["x"]) == (302, "s&1", "1")
    org.access_token = tokens["access_token"]
    assert (await org.send("GET", "/limits")).status_code == 200
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": "demo-client"}
    assert (await org.http.post("/services/oauth2/token", data=form)).status_code == 200


async def test_who_denies_is_sent_back_without(org: OrgClient) -> None:
    denied = await decide(org, await page(org), "deny")

    assert denied.headers["Location"].startswith(f"{REDIRECT}&error=access_denied&error_description=end-user")
    assert parameters_of(denied)["state"] == "s&1"


async def test_a_wrong_password_shows_the_page_again(org: OrgClient) -> None:
    response = await decide(org, await page(org), password="wrong")

    assert (response.status_code, "check your username and password" in response.text) == (200, True)


async def test_what_comes_from_outside_is_no_markup(org: OrgClient) -> None:
    response = await page(org, state='"><script>', login_hint="<b>")

    assert "<script>" not in response.text
    assert "<b>" not in response.text


async def test_a_code_works_once_and_not_for_long(org: OrgClient, clock: Clock) -> None:
    first, late = await code(org), await code(org)

    assert (await redeem(org, first)).status_code == 200
    again = await redeem(org, first)
    clock.move(minutes=16)
    expired = await redeem(org, late)

    assert again.json() == {"error": "invalid_grant", "error_description": "expired authorization code"}
    assert expired.json() == again.json()


async def test_with_pkce_no_secret_is_needed_but_the_verifier(org: OrgClient) -> None:
    challenge = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "client_id": "demo-client"}

    async def answer(**more: str) -> httpx.Response:
        request = {**form, "code": await code(org, **challenge), **more}
        return await org.http.post("/services/oauth2/token", data=request)

    assert (await answer(code_verifier=VERIFIER)).status_code == 200
    assert (await answer(code_verifier="w" * 43)).json()["error_description"] == "invalid code verifier"
    assert (await answer()).json()["error"] == "invalid_grant"


async def test_the_app_of_salesforces_command_line_needs_no_secret(org: OrgClient) -> None:
    app = {"client_id": "PlatformCLI"}
    wanted = {"code_challenge": CHALLENGE, "scope": "refresh_token api web", **app}
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": VERIFIER, **app}

    redeemed = await org.http.post("/services/oauth2/token", data={**form, "code": await code(org, **wanted)})
    refresh = {"grant_type": "refresh_token", "refresh_token": redeemed.json()["refresh_token"], **app}

    assert redeemed.json()["scope"] == "refresh_token api web"
    assert (await org.http.post("/services/oauth2/token", data={**refresh, "client_secret": ""})).status_code == 200
    assert (await org.http.post("/services/oauth2/token", data={**refresh, **CLIENT})).status_code == 400


@pytest.mark.parametrize("grant", ["client_credentials", "authorization_code"])
async def test_an_app_without_a_secret_gets_nothing_where_one_is_needed(org: OrgClient, grant: str) -> None:
    form = {"grant_type": grant, "redirect_uri": REDIRECT, "client_id": "PlatformCLI", "client_secret": ""}

    refused = await org.http.post("/services/oauth2/token", data={**form, "code": await code(org)})

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client")


async def test_a_code_is_of_use_to_its_own_app_only(org: OrgClient) -> None:
    value = await code(org, code_challenge=CHALLENGE)

    theirs = await redeem(org, value, client_id="PlatformCLI", client_secret="", code_verifier=VERIFIER)
    ours = await redeem(org, value, code_verifier=VERIFIER)

    assert (theirs.status_code, theirs.json()["error"], ours.status_code) == (400, "invalid_grant", 200)


async def test_without_pkce_the_secret_is_needed_and_the_same_redirect_uri(org: OrgClient) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "client_id": "demo-client"}

    no_secret = await org.http.post("/services/oauth2/token", data={**form, "code": await code(org)})
    elsewhere = await redeem(org, await code(org), redirect_uri="https://evil.example.com")

    assert no_secret.json()["error"] == "invalid_client"
    assert elsewhere.json()["error"] == "redirect_uri_mismatch"


async def test_scopes_are_what_was_asked_for(org: OrgClient) -> None:
    api_only = (await redeem(org, await code(org, scope="api"))).json()
    identity_only = (await redeem(org, await code(org, scope="id"))).json()

    assert (api_only["scope"], "refresh_token" in api_only) == ("api", False)
    org.access_token = identity_only["access_token"]
    refused = await org.send("GET", "/limits")
    assert (refused.status_code, refused.json()[0]["message"]) == (
        401,
        "This session is not valid for use with the REST API",
    )
    over_soap = await org.soap("<getUserInfo/>")
    assert (over_soap.status_code, "session is not valid for use with the API" in over_soap.text) == (500, True)


async def test_openid_brings_a_signed_id_token(org: OrgClient) -> None:
    answer = (await redeem(org, await code(org, scope="openid api", nonce="n1"))).json()

    keys = jwt.PyJWKSet.from_dict((await org.http.get("/id/keys")).json())
    claims = jwt.decode(
        answer["id_token"],
        keys["simulator"],
        ["RS256"],
        audience="demo-client",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (claims["iss"], claims["nonce"], claims["sub"]) == ("http://salesforce.test", "n1", answer["id"])


async def test_a_sixth_grant_ends_the_first(org: OrgClient) -> None:
    grants = [(await redeem(org, await code(org))).json() for _ in range(6)]

    async def refreshed(grant: dict[str, str]) -> int:
        form = {"grant_type": "refresh_token", "refresh_token": grant["refresh_token"], **CLIENT}
        return (await org.http.post("/services/oauth2/token", data=form)).status_code

    assert [await refreshed(grant) for grant in grants] == [400, 200, 200, 200, 200, 200]


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "api everything"}, "invalid_scope"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none"}, "immediate_unsuccessful"),
    ],
)
async def test_an_app_that_asks_wrongly_is_told(org: OrgClient, parameters: dict[str, str], error: str) -> None:
    response = await page(org, **parameters)

    assert (response.status_code, parameters_of(response)["error"]) == (302, error)


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": "other"},
        {"redirect_uri": ""},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "/relative"},
        {"redirect_uri": "https://app.example.com/#x"},
        {"redirect_uri": "https://app.example.com/\r\nX: y"},
        {"redirect_uri": "https://[app/"},
    ],
)
async def test_nobody_is_sent_to_where_no_app_can_be(org: OrgClient, parameters: dict[str, str]) -> None:
    response = await page(org, **parameters)

    assert (response.status_code, "Location" in response.headers) == (400, False)
    assert "<script" not in response.text
