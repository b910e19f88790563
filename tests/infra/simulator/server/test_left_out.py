"""What the simulator leaves out is answered as by an org that lacks it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.simulator.conftest import REST, SOAP_HEAD, OrgClient

MISSING = (403, "FUNCTIONALITY_NOT_ENABLED")
NOWHERE = (404, "NOT_FOUND")
NO_PROCESS = (400, "NO_APPLICABLE_PROCESS")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", f"{REST}/analytics/reports", MISSING),
        ("POST", f"{REST}/analytics/reports/00O000000000001/instances", MISSING),
        ("GET", f"{REST}/wave/datasets", MISSING),
        ("GET", f"{REST}/chatter/feeds/news/me/feed-elements", MISSING),
        ("POST", f"{REST}/connect/communities", MISSING),
        ("GET", f"{REST}/Connect", MISSING),
        ("POST", f"{REST}/graphql", MISSING),
        ("GET", f"{REST}/ui-api/record-ui/00Q000000000001", MISSING),
        ("POST", f"{REST}/metadata/deployRequest", MISSING),
        ("POST", f"{REST}/tooling/executeAnonymous", MISSING),
        ("GET", f"{REST}/tooling/sobjects/ApexClass/describe", MISSING),
        ("POST", f"{REST}/process/approvals", NO_PROCESS),
        ("GET", f"{REST}/sobjects/PushTopic", NOWHERE),
        ("GET", f"{REST}/sobjects/ApexClass/describe", NOWHERE),
        ("GET", f"{REST}/sobjects/Report/describe", NOWHERE),
        ("POST", f"{REST}/actions/custom/apex/Convert", NOWHERE),
        ("GET", f"{REST}/nothing", NOWHERE),
        ("GET", "/services/apexrest/leads/convert", NOWHERE),
        ("POST", "/services/apexrest/", NOWHERE),
        ("GET", "/services/wave", NOWHERE),
    ],
)
async def test_a_missing_feature_is_refused_as_such(
    org: OrgClient, method: str, path: str, expected: tuple[int, str]
) -> None:
    body: dict[str, Any] = {"json": {}} if method == "POST" else {}

    response = await org.http.request(method, path, headers=org.bearer, **body)

    [problem] = response.json()
    assert (response.status_code, problem["errorCode"]) == expected
    assert problem["message"]


@pytest.mark.parametrize("path", [f"{REST}/chatter/feeds", "/services/apexrest/leads"])
async def test_only_who_is_logged_in_is_told_what_is_missing(org: OrgClient, path: str) -> None:
    assert (await org.http.get(path)).status_code == 401


async def test_a_missing_feature_is_missing_inside_a_composite_request_too(org: OrgClient) -> None:
    part = {"method": "GET", "url": f"{REST}/chatter/feeds", "referenceId": "a"}

    response = await org.send("POST", "/composite", json={"compositeRequest": [part]})

    [answer] = response.json()["compositeResponse"]
    assert (answer["httpStatusCode"], answer["body"][0]["errorCode"]) == MISSING


@pytest.mark.parametrize(("path", "body"), [("approvals", {"approvals": {}}), ("rules", {"rules": {}})])
async def test_an_org_may_have_no_processes(org: OrgClient, path: str, body: object) -> None:
    assert (await org.send("GET", f"/process/{path}")).json() == body


@pytest.mark.parametrize(
    ("api", "body", "token", "code", "has_detail"),
    [
        ("m", "<listMetadata/>", None, "INSUFFICIENT_ACCESS", False),
        ("m", "<describeMetadata/>", "dead", "INVALID_SESSION_ID", True),
        ("T", "<query/>", None, "INSUFFICIENT_ACCESS", False),
        ("s", "<executeAnonymous/>", None, "INSUFFICIENT_ACCESS", False),
        ("c", "<getUserInfo/>", None, "API_DISABLED_FOR_ORG", True),
        ("c", "<getUserInfo/>", "dead", "INVALID_SESSION_ID", True),
        ("c", "<login><username>demo@example.com</username></login>", None, "API_DISABLED_FOR_ORG", True),
    ],
)
@pytest.mark.parametrize("suffix", ["", "/00D000000000001"])
async def test_other_soap_apis_are_faults(
    org: OrgClient, api: str, body: str, token: str | None, code: str, has_detail: bool, suffix: str
) -> None:
    session = f"<SessionHeader><sessionId>{token or org.access_token}</sessionId></SessionHeader>"
    parts = f"<soapenv:Header>{session}</soapenv:Header><soapenv:Body>{body}</soapenv:Body>"
    envelope = f"{SOAP_HEAD}{parts}</soapenv:Envelope>"

    response = await org.http.post(f"/services/Soap/{api}/59.0{suffix}", content=envelope)

    assert response.status_code == 500
    assert f"<faultcode>sf:{code}</faultcode>" in response.text
    assert ("<detail>" in response.text) == has_detail


@pytest.mark.parametrize("path", ["/cometd/59.0", "/lightning/page/home", "/zzzz/o", "/"])
async def test_what_is_for_people_or_streams_is_a_page_that_is_gone(org: OrgClient, path: str) -> None:
    response = await org.http.get(path)

    assert (response.status_code, response.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
