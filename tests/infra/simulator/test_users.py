"""Everybody who is a user of the org can log in, and then everything is done in their name."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import jwt
import pytest

from tests.infra.simulator.conftest import Clock, OrgClient, error_of, logged_in
from tests.infra.simulator.oauth.test_authorize import CLIENT, code, redeem
from tests.infra.simulator.oauth.test_jwt_bearer import claims, key
from tests.infra.simulator.oauth.test_jwt_bearer import log_in as log_in_by_assertion
from tests.infra.simulator.soap.test_soap import log_in as log_in_over_soap

PASSWORD = "demo-passworddemo-token"
ADA, SELLER, GONE = "ada@example.com", "seller1@example.com", "gone@example.com"
USERS: list[dict[str, Any]] = [
    {"username": "Ada@example.com", "first_name": "Ada", "last_name": "Okafor"},
    {"username": GONE, "last_name": "Gone", "active": False},
]
LogIn = Callable[[OrgClient, str], Awaitable[str]]


@pytest.fixture
async def org(org: OrgClient) -> OrgClient:
    await org.change_org(users=USERS)
    return org


async def token(org: OrgClient, **form: str) -> Any:
    return (await org.http.post("/services/oauth2/token", data={**CLIENT, **form})).json()


async def by_password(org: OrgClient, username: str) -> str:
    return str((await token(org, grant_type="password", username=username, password=PASSWORD))["access_token"])


async def by_assertion(org: OrgClient, username: str) -> str:
    assertion = jwt.encode(claims(Clock(), sub=username), key(), "RS256")
    return str((await log_in_by_assertion(org, assertion)).json()["access_token"])


async def by_code(org: OrgClient, username: str) -> str:
    return str((await redeem(org, await code(org, login_hint=username))).json()["access_token"])


async def by_refresh(org: OrgClient, username: str) -> str:
    tokens = (await redeem(org, await code(org, login_hint=username))).json()
    return str((await token(org, grant_type="refresh_token", refresh_token=tokens["refresh_token"]))["access_token"])


async def soap_login(org: OrgClient, username: str) -> str:
    return (await log_in_over_soap(org.http, username, PASSWORD)).text


async def by_soap(org: OrgClient, username: str) -> str:
    return str(re.findall("<sessionId>(.*?)</sessionId>", await soap_login(org, username))[0])


async def by_control(org: OrgClient, username: str) -> str:
    return (await logged_in(org.http, user=username)).access_token


async def through_the_front_door(org: OrgClient, username: str) -> str:
    caller = await logged_in(org.http, user=username)
    opened = await org.http.get("/services/oauth2/singleaccess", headers=caller.bearer)
    return (await org.http.get(opened.json()["frontdoor_uri"])).cookies["sid"]


@pytest.mark.parametrize("username", [ADA, SELLER])
@pytest.mark.parametrize(
    "log_in", [by_password, by_assertion, by_code, by_refresh, by_soap, by_control, through_the_front_door]
)
async def test_each_way_to_log_in_leads_to_the_user_who_is_named(org: OrgClient, log_in: LogIn, username: str) -> None:
    bearer = {"Authorization": f"Bearer {await log_in(org, username)}"}

    told = await org.http.get("/services/oauth2/userinfo", headers=bearer)

    [user] = await org.query(f"SELECT Id, Name FROM User WHERE Username = '{username}'")
    assert (told.json()["user_id"], told.json()["name"]) == (user["Id"], user["Name"])
    assert told.json()["preferred_username"].lower() == username


async def test_everything_speaks_of_the_user_who_is_logged_in(org: OrgClient) -> None:
    formula = {"name": "Reader__c", "type": "formula", "returns": "string", "formula": "$User.FirstName"}
    rule = {"name": "Not_Ada", "formula": '$User.FirstName = "Ada"', "message": "Not you.", "field": "Phone"}
    await org.change_org(custom_fields=[formula])
    [user] = await org.query(f"SELECT Id FROM User WHERE Username = '{ADA}'")
    theirs = await org.create(LastName="Theirs")
    org.access_token = await by_control(org, ADA)

    lead = await org.read(await org.create(LastName="Mine"))
    await org.send("PATCH", f"/sobjects/Lead/{theirs}", json={"Phone": "1"})

    assert {lead["OwnerId"], lead["CreatedById"], lead["LastModifiedById"]} == {user["Id"]}
    assert (await org.read(theirs))["LastModifiedById"] == user["Id"]
    assert [each["LastName"] for each in await org.query("SELECT LastName FROM Lead USING SCOPE mine")] == ["Mine"]
    assert {each["Reader__c"] for each in await org.query("SELECT Reader__c FROM Lead")} == {"Ada"}
    url = (await org.send("GET", "/")).json()["identity"]
    identity = await org.http.get(url, params={"oauth_token": org.access_token})
    assert identity.json()["username"] == USERS[0]["username"]
    assert f"<userId>{user['Id']}</userId>" in (await org.soap("<getUserInfo/>")).text
    asked = await org.http.post("/services/oauth2/introspect", data={**CLIENT, "token": org.access_token})
    assert (asked.json()["username"], asked.json()["sub"]) == (USERS[0]["username"], user["Id"])
    await org.change_org(validation_rules=[rule])
    assert error_of(await org.send("PATCH", f"/sobjects/Lead/{theirs}", json={"Phone": "2"})) == (
        400,
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    )


async def test_a_bulk_query_is_run_as_the_user_who_asked(org: OrgClient) -> None:
    await org.create(LastName="Theirs")
    org.access_token = await by_control(org, ADA)
    await org.create(LastName="Mine")
    query = {"operation": "query", "query": "SELECT LastName FROM Lead USING SCOPE mine"}

    job = (await org.send("POST", "/jobs/query", json=query)).json()
    while (await org.send("GET", f"/jobs/query/{job['id']}")).json()["state"] != "JobComplete":
        pass

    assert (await org.send("GET", f"/jobs/query/{job['id']}/results")).text.split() == ['"LastName"', '"Mine"']


async def test_the_inactive_are_refused_wherever_they_log_in(org: OrgClient) -> None:
    password = {"username": GONE, "password": PASSWORD}
    assertion = jwt.encode(claims(Clock(), sub=GONE), key(), "RS256")
    jwt_bearer = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}

    refusal = {"error": "inactive_user", "error_description": "user is inactive"}
    assert await token(org, grant_type="password", **password) == refusal
    assert await token(org, **jwt_bearer) == refusal
    assert "INVALID_LOGIN" in await soap_login(org, GONE)
    assert (await org.http.post("/_sim/sessions", json={"user": GONE})).json()["field"] == "user"
    wrong = await token(org, grant_type="password", **{**password, "password": "wrong"})
    assert wrong["error_description"] == "authentication failure"


@pytest.mark.parametrize("users", [[{**USERS[0], "active": False}], []])
async def test_who_is_deactivated_is_logged_out_and_the_others_are_not(
    org: OrgClient, users: list[dict[str, Any]]
) -> None:
    tokens = (await redeem(org, await code(org, login_hint=ADA))).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}

    await org.change_org(users=users)

    refreshed = await token(org, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    told = await org.http.post("/services/oauth2/introspect", data={**CLIENT, "token": tokens["refresh_token"]})
    assert told.json() == {"active": False}
    assert error_of(await org.send("GET", "/limits", headers=bearer)) == (401, "INVALID_SESSION_ID")
    assert refreshed["error"] == "inactive_user"
    assert (await org.send("GET", "/limits")).status_code == 200


async def test_a_reset_logs_out_whom_the_org_did_not_begin_with(org: OrgClient) -> None:
    tokens = (await redeem(org, await code(org, login_hint=ADA))).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}

    await org.http.post("/_sim/reset")

    refreshed = await token(org, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert error_of(await org.send("GET", "/limits", headers=bearer)) == (401, "INVALID_SESSION_ID")
    assert "access_token" not in refreshed
    assert (await org.send("GET", "/limits")).status_code == 200


async def test_users_keep_their_ids_whatever_becomes_of_others(org: OrgClient) -> None:
    ids = "SELECT Id, Username FROM User WHERE IsActive = true ORDER BY Id"
    before = await org.query(ids)

    await org.change_org(users=[{"username": "bob@example.com", "last_name": "Bob"}, *reversed(USERS)])

    after = await org.query(ids)
    assert [each["Username"] for each in after] == ["demo@example.com", SELLER, "Ada@example.com", "bob@example.com"]
    assert after[:3] == before


@pytest.mark.parametrize("username", ["demo@example.com", SELLER.upper()])
async def test_a_username_is_there_once(org: OrgClient, username: str) -> None:
    for users in ([{"username": username, "last_name": "X"}], [USERS[0], {**USERS[0], "username": ADA}]):
        refused = await org.http.patch("/_sim/org", json={"users": users})

        assert (refused.status_code, "users: " in refused.json()["error"]) == (400, True)


async def test_five_grants_live_for_each_user(org: OrgClient) -> None:
    first = (await redeem(org, await code(org, login_hint=ADA))).json()["refresh_token"]
    for _ in range(6):
        await code(org)
        oldest = (await redeem(org, await code(org, login_hint=SELLER))).json()["refresh_token"]

    assert "access_token" in await token(org, grant_type="refresh_token", refresh_token=first)
    assert "access_token" in await token(org, grant_type="refresh_token", refresh_token=oldest)


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_trusted_network_needs_no_security_token_over_oauth(org: OrgClient, trusted: bool) -> None:
    await org.change_org(trusted_network=trusted)

    answer = await token(org, grant_type="password", username=ADA, password="demo-password")

    assert ("access_token" in answer) == trusted
    assert (await token(org, grant_type="password", username=ADA, password="wrong"))["error"] == "invalid_grant"
