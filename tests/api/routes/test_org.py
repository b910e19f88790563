"""Of the org all is told that Salesforce tells this user, and of the rest why it is not."""

from typing import Any

import pytest

from tests.support.gateway import GatewayClient
from tests.support.leads import failure
from tests.support.org import Org

KNOWN = {
    "organization": ("org_id", "name", "is_sandbox", "edition"),
    "lead": ("permissions",),
    "caller": ("caller",),
}
"""What each part tells."""
BY_PART = {"organization": "query", "lead": "lead.info", "caller": "userinfo"}
"""The operation that asks for it."""


async def about(rest: GatewayClient) -> dict[str, Any]:
    over_rest = (await rest.get("/v1/org")).json()
    over_mcp = dict((await rest.call_tool("salesforce_get_org", {})).structured_content or {})
    for told in (over_rest, over_mcp):
        assert told["success"], told
        told["data"].pop("api_usage")
        told["data"].pop("tools")
    assert over_rest["data"] == over_mcp["data"]
    data: dict[str, Any] = over_rest["data"]
    return data


@pytest.mark.parametrize("refused", [("organization",), ("lead",), ("caller",), ("organization", "lead", "caller")])
@pytest.mark.parametrize(
    "refusal",
    [
        {"status": 400, "error_code": "INVALID_TYPE", "message": "sObject type is not supported."},
        {"status": 403, "error_code": "INSUFFICIENT_ACCESS", "message": "no"},
        {"status": 404, "error_code": "NOT_FOUND", "message": "The requested resource does not exist"},
        {"status": 503, "error_code": "SERVER_UNAVAILABLE", "message": "away"},
    ],
    ids=lambda refusal: refusal["error_code"],
)
async def test_what_is_refused_is_null_and_the_note_says_why(
    rest: GatewayClient, org: Org, refused: tuple[str, ...], refusal: dict[str, Any]
) -> None:
    everything = await about(rest)
    for part in refused:
        await org.fault(BY_PART[part], "status", **refusal)

    told = await about(rest)

    missing = {name for part in refused for name in KNOWN[part]}
    assert {name: told[name] for name in everything} == {
        name: None if name in missing else value for name, value in everything.items()
    }
    assert told["note"].count(" not told") == len(refused)
    assert "note" not in everything


async def test_an_organization_that_is_not_shown_is_null(rest: GatewayClient, org: Org) -> None:
    allowed = dict.fromkeys(("createable", "queryable", "updateable", "deletable"), True)
    parts = {"organization": {"done": True, "records": []}, "lead": {"objectDescribe": allowed}}
    answers = [{"referenceId": name, "httpStatusCode": 200, "body": body} for name, body in parts.items()]
    await org.fault("composite", "changed_body", changes={"compositeResponse": answers})

    told = await about(rest)

    assert (told["org_id"], told["caller"]["username"]) == (None, "demo@example.com")
    assert "Organization" in told["note"]


async def test_an_app_without_the_scope_of_identities_is_told_of_it(rest: GatewayClient, org: Org) -> None:
    await org.fault("userinfo", "html", status=403)

    told = await about(rest)

    assert told["caller"] is None
    assert "openid" in told["note"]
    assert told["permissions"]


async def test_a_user_without_the_api_learns_who_it_is(rest: GatewayClient, org: Org) -> None:
    await org.fault("composite", "status", status=403, error_code="API_CURRENTLY_DISABLED", message="disabled")

    told = await about(rest)

    assert (told["caller"]["username"], told["permissions"]) == ("demo@example.com", None)
    assert "API access" in told["note"]


async def test_without_a_session_nothing_is_told(rest: GatewayClient, org: Org) -> None:
    await org.expire_sessions()
    await org.fault("token.refresh", "status", error="invalid_grant", error_description="expired access/refresh token")

    failure(await rest.get("/v1/org"), 401, "REAUTHENTICATION_REQUIRED")
