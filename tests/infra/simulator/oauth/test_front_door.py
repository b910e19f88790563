"""A browser gets a session of its own for somebody's access token."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.infra.simulator.conftest import Clock, OrgClient


async def single_access(org: OrgClient, method: str = "GET", **request: Any) -> httpx.Response:
    return await org.http.request(method, "/services/oauth2/singleaccess", headers=org.bearer, **request)


async def test_the_front_door_opens_once(org: OrgClient) -> None:
    opened = await single_access(org)
    url = opened.json()["frontdoor_uri"]

    first = await org.http.get(url)
    second = await org.http.get(url)

    assert url.startswith("http://salesforce.test/secur/frontdoor.jsp?otp=00D")
    assert opened.headers["cache-control"] == "no-store"
    assert (first.status_code, first.headers["location"]) == (302, "/00Q/o")
    assert (second.status_code, second.cookies) == (400, httpx.Cookies())


async def test_the_session_behind_the_door_is_live_and_another_one(org: OrgClient) -> None:
    url = (await single_access(org)).json()["frontdoor_uri"]

    token = (await org.http.get(url)).cookies["sid"]

    claims = await org.http.get("/services/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert (token == org.access_token, claims.json()["preferred_username"]) == (False, "demo@example.com")


async def test_behind_the_door_are_the_leads(org: OrgClient) -> None:
    await org.create(LastName="Okafor")
    url = (await single_access(org)).json()["frontdoor_uri"]

    entered = await org.http.get(url)
    seen = await org.http.get(entered.headers["location"], headers={"Cookie": f"sid={entered.cookies['sid']}"})

    assert (seen.status_code, "Okafor" in seen.text) == (200, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_door_leads_to_the_page_that_was_asked_for(org: OrgClient, method: str) -> None:
    wish = {"redirect_uri": "/lightning/o/Lead/list?filterName=Recent"}
    opened = await single_access(org, method, **{"params" if method == "GET" else "data": wish})
    url = opened.json()["frontdoor_uri"]

    assert parse_qs(urlsplit(url).query)["startURL"] == [wish["redirect_uri"]]
    assert (await org.http.get(url)).headers["location"] == wish["redirect_uri"]


async def test_a_session_id_opens_the_door_too(org: OrgClient) -> None:
    form = {"sid": org.access_token, "retURL": "/00Q"}

    assert (await org.http.post("/secur/frontdoor.jsp", data=form)).headers["location"] == "/00Q"
    assert (await org.http.post("/secur/frontdoor.jsp", data={"sid": "nonsense"})).status_code == 400
    assert (await org.http.get("/secur/frontdoor.jsp")).status_code == 400


async def test_the_door_closes_after_a_while_and_with_its_session(org: OrgClient, clock: Clock) -> None:
    late = (await single_access(org)).json()["frontdoor_uri"]
    clock.move(minutes=2)
    orphan = (await single_access(org)).json()["frontdoor_uri"]
    await org.http.post("/_sim/expire-sessions")

    assert [(await org.http.get(url)).status_code for url in (late, orphan)] == [400, 400]


@pytest.mark.parametrize("elsewhere", ["https://a.example", "//a.example", "/\\a.example", "lightning", "/a\r\nb"])
async def test_nobody_is_led_out_of_the_org(org: OrgClient, elsewhere: str) -> None:
    refused = await single_access(org, params={"redirect_uri": elsewhere})
    led = await org.http.post("/secur/frontdoor.jsp", data={"sid": org.access_token, "startURL": elsewhere})

    assert refused.status_code == 400
    assert led.headers["location"] == "/00Q/o"


@pytest.mark.parametrize(("token", "said"), [("", "Missing_OAuth_Token"), ("nonsense", "Bad_OAuth_Token")])
async def test_without_a_live_session_there_is_no_door(org: OrgClient, token: str, said: str) -> None:
    answer = await org.http.post("/services/oauth2/singleaccess", data={"access_token": token})

    assert (answer.status_code, answer.text) == (403, said)
