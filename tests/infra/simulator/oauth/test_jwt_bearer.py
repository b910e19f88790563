"""Logging in with a signed assertion."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.infra.simulator.conftest import Clock, OrgClient


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(private: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def claims(clock: Clock, **changes: Any) -> dict[str, Any]:
    good = {"iss": "demo-client", "sub": "demo@example.com", "aud": "https://login.salesforce.com"}
    return {**good, "exp": int(clock().timestamp()) + 180, **changes}


async def log_in(org: OrgClient, assertion: str) -> httpx.Response:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    return await org.http.post("/services/oauth2/token", data=form)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"exp": "1773739980"},
        {"exp": 1773739980.5},
        {"exp": 1773739800_300},
        {"exp": "1773739800300"},
        {"exp": 1773739770},
        {"aud": "https://test.salesforce.com"},
        {"aud": "http://salesforce.test/"},
        {"aud": ["https://acme.my.salesforce.com"]},
        {"sub": "DEMO@example.com"},
    ],
)
async def test_an_assertion_brings_an_access_token_and_nothing_more(
    org: OrgClient, clock: Clock, changes: dict[str, Any]
) -> None:
    await org.change_org(jwt_certificate=public_pem(key()))

    response = await log_in(org, jwt.encode(claims(clock, **changes), key(), "RS256"))

    assert [*response.json()] == ["access_token", "scope", "instance_url", "id", "token_type"]
    org.access_token = response.json()["access_token"]
    assert (await org.send("GET", "/limits")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error", "description"),
    [
        ({"iss": "other"}, "invalid_client_id", "client identifier invalid"),
        ({"sub": "nobody@example.com"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"aud": "https://example.com"}, "invalid_grant", "Audience validation failed"),
        ({"exp": 1773739000}, "invalid_grant", "expired authorization code"),
        ({"exp": 1873739000}, "invalid_grant", "invalid assertion"),
        ({"exp": 1773739000_000}, "invalid_grant", "expired authorization code"),
        ({"exp": "1873739000000"}, "invalid_grant", "invalid assertion"),
        ({"exp": "soon"}, "invalid_grant", "invalid assertion"),
        ({"exp": "NaN"}, "invalid_grant", "invalid assertion"),
        ({"exp": 10**400}, "invalid_grant", "invalid assertion"),
    ],
)
async def test_claims_that_do_not_hold_are_refused(
    org: OrgClient, clock: Clock, changes: dict[str, Any], error: str, description: str
) -> None:
    response = await log_in(org, jwt.encode(claims(clock, **changes), key(), "RS256"))

    assert (response.status_code, response.json()) == (400, {"error": error, "error_description": description})


async def test_only_the_key_of_the_app_counts_once_it_is_known(org: OrgClient, clock: Clock) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    await org.change_org(jwt_certificate=public_pem(key()))

    forged = await log_in(org, jwt.encode(claims(clock), stranger, "RS256"))

    assert forged.json()["error_description"] == "invalid assertion"


@pytest.mark.parametrize("assertion", ["nonsense", "a.b.c", jwt.encode({"iss": "demo-client"}, "x" * 32, "HS256")])
async def test_what_is_no_assertion_is_refused(org: OrgClient, assertion: str) -> None:
    assert (await log_in(org, assertion)).json()["error"] == "invalid_grant"


async def test_a_certificate_that_cannot_be_read_is_refused(org: OrgClient) -> None:
    response = await org.http.patch("/_sim/org", json={"jwt_certificate": "nonsense"})

    assert (response.status_code, response.json()["field"]) == (400, "jwt_certificate")
