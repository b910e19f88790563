"""Paths as clients write them."""

from __future__ import annotations

import httpx
import pytest

from tests.infra.simulator.conftest import REST, SOAP_HEAD, OrgClient

LOGOUT = f"{SOAP_HEAD}<soapenv:Body><logout/></soapenv:Body></soapenv:Envelope>"


@pytest.mark.parametrize("slashes", ["//", "///"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/services/data", 200),
        ("GET", f"{REST}/limits", 200),
        ("POST", f"{REST}/sobjects/Lead", 201),
        ("GET", "/services/oauth2/userinfo", 200),
        ("POST", "/services/oauth2/revoke", 400),
        ("GET", "/.well-known/openid-configuration", 200),
        ("POST", "/services/Soap/u/59.0", 500),
        ("GET", f"{REST}/nonsense", 404),
    ],
)
async def test_slashes_in_a_row_count_as_one(org: OrgClient, method: str, path: str, status: int, slashes: str) -> None:
    body = {"content": LOGOUT} if "Soap" in path else {"json": {"LastName": "A", "Company": "B"}}

    async def answer(path: str) -> httpx.Response:
        content = body if method == "POST" else {}
        return await org.http.request(method, f"http://salesforce.test{path}", headers=org.bearer, **content)

    plain = await answer(path)
    repeated = await answer(path.replace("/", slashes))
    leading = await answer(slashes[1:] + path)

    assert [response.status_code for response in (plain, repeated, leading)] == [status] * 3


async def test_slashes_in_a_value_stay_as_they_are(org: OrgClient) -> None:
    await org.change_org(unique_external_id="Key__c")

    created = await org.send("PATCH", "/sobjects/Lead/Key__c/a%2F%2Fb", json={"LastName": "A", "Company": "B"})

    assert created.status_code == 201
    assert (await org.read(created.json()["id"]))["Key__c"] == "a//b"
