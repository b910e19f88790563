"""Which versions of the API an org answers, in whatever protocol."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.infra.simulator.conftest import SOAP_HEAD, OrgClient, logged_in

REMAINING = ["59.0", "v60.0", 67]
RETIRED, UNKNOWN = (410, "UNSUPPORTED_API_VERSION"), (404, "NOT_FOUND")


async def rest(org: OrgClient, version: str) -> tuple[int, str | None]:
    return outcome(await org.send("GET", "/limits", version=version))


async def subrequest(org: OrgClient, version: str) -> tuple[int, str | None]:
    part = {"method": "GET", "url": f"/services/data/v{version}/sobjects", "referenceId": "a"}
    response = await org.send("POST", "/composite", json={"compositeRequest": [part]})
    [answer] = response.json()["compositeResponse"]
    return outcome(httpx.Response(answer["httpStatusCode"], json=answer["body"]))


async def part_of_a_batch(org: OrgClient, version: str) -> tuple[int, str | None]:
    part = {"method": "GET", "url": f"v{version}/sobjects"}
    response = await org.send("POST", "/composite/batch", json={"batchRequests": [part]})
    [answer] = response.json()["results"]
    return outcome(httpx.Response(answer["statusCode"], json=answer["result"]))


async def bulk(org: OrgClient, version: str) -> tuple[int, str | None]:
    return outcome(await org.send("GET", "/jobs/ingest", version=version))


def outcome(response: httpx.Response) -> tuple[int, str | None]:
    return response.status_code, response.json()[0]["errorCode"] if response.status_code >= 400 else None


@pytest.mark.parametrize("asked", [rest, subrequest, part_of_a_batch, bulk])
@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("30.0", RETIRED),
        ("58.0", RETIRED),
        ("59.0", (200, None)),
        ("60.0", (200, None)),
        ("61.0", RETIRED),
        ("67.0", (200, None)),
        ("68.0", UNKNOWN),
        ("999.0", UNKNOWN),
    ],
)
async def test_an_org_answers_only_the_versions_that_are_not_retired(
    org: OrgClient, asked: Any, version: str, expected: tuple[int, str | None]
) -> None:
    await org.change_org(api_versions=REMAINING)

    assert await asked(org, version) == expected


@pytest.mark.parametrize(("version", "status"), [("58.0", 400), ("59.0", 200), ("68.0", 400)])
async def test_bulk_1_refuses_every_other_version_too(org: OrgClient, version: str, status: int) -> None:
    await org.change_org(api_versions=REMAINING)
    body = {"operation": "insert", "object": "Lead", "contentType": "CSV"}
    headers = {"X-SFDC-Session": org.access_token, "Content-Type": "application/json"}

    response = await org.http.post(f"/services/async/{version}/job", json=body, headers=headers)

    assert response.status_code == (201 if status == 200 else status)
    assert (response.json().get("exceptionCode") == "InvalidVersion") == (status == 400)


@pytest.mark.parametrize(("version", "status"), [("58.0", 500), ("59.0", 200), ("59", 200), ("68.0", 500), ("x", 500)])
async def test_soap_refuses_every_other_version_with_a_fault(org: OrgClient, version: str, status: int) -> None:
    await org.change_org(api_versions=REMAINING)
    session = f"<SessionHeader><sessionId>{org.access_token}</sessionId></SessionHeader>"
    envelope = (
        f"{SOAP_HEAD}<soapenv:Header>{session}</soapenv:Header>"
        "<soapenv:Body><getServerTimestamp/></soapenv:Body></soapenv:Envelope>"
    )

    response = await org.http.post(f"/services/Soap/u/{version}", content=envelope)

    assert response.status_code == status
    assert ("<faultcode>sf:UNSUPPORTED_API_VERSION</faultcode>" in response.text) == (status == 500)


async def test_the_list_of_versions_is_that_of_the_org(org: OrgClient) -> None:
    fresh = (await org.http.get("/services/data")).json()
    await org.change_org(api_versions=REMAINING)
    other = await logged_in(org.http, org=(await org.http.post("/_sim/orgs")).json()["org"])

    mine = (await org.http.get("/services/data")).json()
    others = (await org.http.get("/services/data/", headers=other.bearer)).json()

    assert (len(fresh), fresh[0]["version"], fresh[-1]["version"]) == (37, "31.0", "67.0")
    assert [version["version"] for version in mine] == ["59.0", "60.0", "67.0"]
    assert mine[0] == {"label": "Winter '24", "url": "/services/data/v59.0", "version": "59.0"}
    assert others == fresh


@pytest.mark.parametrize("versions", [[], ["30.0"], ["68.0"], ["59.5"], ["new"], [None], "59.0", [True]])
async def test_only_versions_that_exist_can_remain(org: OrgClient, versions: Any) -> None:
    response = await org.http.patch("/_sim/org", json={"api_versions": versions})

    assert response.status_code == 400
    assert response.json()["field"].startswith("api_versions")
