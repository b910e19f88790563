"""What `salesforce-mcp check` tells, and what it does to the org that it looks at."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.commands.check import check_gateway
from api.commands.listening import listen
from domain.values.session import Session
from tests.support.gateway import settings
from tests.support.org import Org
from tests.support.redis_server import RedisServer, needs_redis

LOOPBACK: dict[str, Any] = {"mcp_host": "127.0.0.1", "mcp_port": 0}
SERVICE: dict[str, Any] = {**LOOPBACK, "sf_auth_mode": "service"}
NOBODY = "redis://127.0.0.1:1"


@pytest.mark.parametrize("with_access_token", [False, True])
async def test_a_refresh_token_whose_successor_would_be_lost_is_not_used_up(
    org: Org, session: Session, capsys: pytest.CaptureFixture[str], with_access_token: bool
) -> None:
    await org.change(rotate_refresh_tokens=True)
    service: dict[str, Any] = {**SERVICE, "sf_refresh_token": session.refresh_token}
    service["sf_access_token"] = session.access_token if with_access_token else ""

    assert await check_gateway(settings(**service), org.transport)

    printed = capsys.readouterr().out
    assert (await org.stats())["token_calls"] == 0
    assert "no login is tried" in printed
    assert "logs in to Salesforce" not in printed
    assert ("Lead status 'Closed - Converted'" in printed) is with_access_token
    assert ("was not asked" in printed) is not with_access_token


async def checked(org: Org, capsys: pytest.CaptureFixture[str], **given: Any) -> tuple[bool, str]:
    """Whether nothing is missing with these settings, and what was printed."""
    complete = await check_gateway(settings(**{**LOOPBACK, **given}), org.transport)
    return complete, capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"mcp_tools": ["salesforce_get_ogr"]}, "MCP_TOOLS: there is no tool 'salesforce_get_ogr'; did you mean"),
        ({"mcp_tools": ["salesforce_delete_lead"], "read_only": True}, "MCP_TOOLS: names writing tools only"),
        ({"mcp_host": "192.0.2.1"}, "MCP_HOST, MCP_PORT: Can not listen on 192.0.2.1"),
        ({**SERVICE, "mcp_host": "0.0.0.0"}, "GATEWAY_API_KEYS: without keys"),
        ({"redis_url": NOBODY}, "REDIS_URL: Redis does not answer"),
        ({"lead_external_id_field": "Nope__c"}, "LEAD_EXTERNAL_ID_FIELD: Nope__c: leads have no such field"),
        ({"sf_access_token": "wrong"}, "SF_ACCESS_TOKEN: Salesforce does not accept it"),
        ({**SERVICE, "sf_client_secret": "wrong"}, "The gateway can not log in to Salesforce: SF_CLIENT_SECRET"),
    ],
)
async def test_what_does_not_work_is_missing(
    org: Org, capsys: pytest.CaptureFixture[str], given: dict[str, Any], line: str
) -> None:
    complete, printed = await checked(org, capsys, **given)

    assert not complete
    assert f"  MISSING  {line}" in printed
    assert "Missing: 1." in printed


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        ({"error": "invalid_grant", "error_description": "ip restricted"}, "from the gateway's IP address"),
        ({"error": "inactive_org"}, "the org is inactive"),
        ({"error": "OAUTH_APP_BLOCKED"}, "a Salesforce administrator has to unblock it"),
        ({"error": "rate_limit_exceeded"}, "Salesforce allows no more logins at the moment"),
    ],
)
async def test_why_the_gateway_can_not_log_in_is_told_as_to_callers(
    org: Org, capsys: pytest.CaptureFixture[str], refusal: dict[str, str], says: str
) -> None:
    await org.fault("token.client_credentials", "status", **refusal)

    complete, printed = await checked(org, capsys, **SERVICE)

    assert not complete
    assert says in printed


async def test_all_that_keeps_a_gateway_from_starting_is_told_at_once(
    org: Org, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    certificate = tmp_path / "cert.pem"
    certificate.write_text("-----BEGIN CERTIFICATE-----\n")
    by_key: dict[str, Any] = {"sf_username": "demo@example.com", "sf_private_key_file": certificate}

    complete, printed = await checked(
        org, capsys, **{**SERVICE, **by_key, "mcp_host": "0.0.0.0", "mcp_tools": ["salesforce_get_ogr"]}
    )

    assert not complete
    for name in ("SF_PRIVATE_KEY_FILE", "GATEWAY_API_KEYS", "MCP_TOOLS"):
        assert f"  MISSING  {name}: " in printed
    assert "Salesforce answers" in printed
    assert "Missing: 3." in printed


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ("Platform_Id__c", None),
        ("platform_id__c", None),
        ("Shared_Id__c", "the field is not unique, so Salesforce would let two leads have one external id"),
        ("Segment__c", "the field is not marked as an external id"),
        ("Nope__c", "leads have no such field, or it is hidden from this user"),
    ],
)
async def test_the_external_id_has_to_be_one(
    org: Org, session: Session, capsys: pytest.CaptureFixture[str], field: str, fault: str | None
) -> None:
    fields = [{"name": "Shared_Id__c", "external_id": True}, {"name": "Segment__c", "unique": True}]
    await org.change(unique_external_id="Platform_Id__c", custom_fields=fields)

    complete, printed = await checked(org, capsys, lead_external_id_field=field, sf_access_token=session.access_token)

    assert complete is (fault is None)
    there = "unique external ids of leads: Platform_Id__c"
    assert fault is None or f"LEAD_EXTERNAL_ID_FIELD: {field}: {fault}; {there}." in printed


async def test_redis_is_named_when_a_login_needs_it(
    org: Org, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    with_token: dict[str, Any] = {**SERVICE, "sf_refresh_token": session.refresh_token, "redis_url": NOBODY}

    complete, printed = await checked(org, capsys, **with_token)

    assert not complete
    assert "MISSING  REDIS_URL: " in printed
    assert "note     The org itself was not asked: with SF_REFRESH_TOKEN, that needs the Redis at REDIS_URL." in printed


@needs_redis
async def test_a_redis_that_answers_is_told(
    org: Org, capsys: pytest.CaptureFixture[str], lasting_redis: RedisServer
) -> None:
    complete, printed = await checked(org, capsys, redis_url=lasting_redis.url)

    assert complete
    assert "ok       Redis answers at REDIS_URL." in printed


async def test_credentials_that_only_a_login_would_use_are_told(
    org: Org, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    complete, printed = await checked(org, capsys, sf_refresh_token="of somebody", sf_username="demo@example.com")

    assert complete
    assert "note     Not used: SF_REFRESH_TOKEN, SF_USERNAME." in printed
    assert "of somebody" not in printed


async def test_a_gateway_that_runs_already_is_no_fault(org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        complete, printed = await checked(org, capsys, mcp_port=listener.getsockname()[1])

    assert complete
    assert "is in use, which is right while the gateway runs" in printed


SPECIAL: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    (
        "classic",
        {},
        ["ok       The org is Demo Org (Developer Edition, no sandbox).", "'Closed - Converted', set by scheduled."],
        ["Record type", "Several currencies", "picklists are on", "persons", "New leads need", "duplicate rules"],
    ),
    (
        "modern",
        {"lead_status_objected": "Unqualified"},
        ["picklists are on", "'Qualified', set by scheduled.", "'Unqualified', set by objected."],
        ["Record type", "Several currencies", "persons"],
    ),
    (
        # As the gateway itself finds a status.
        "modern",
        {"lead_status_objected": "unqualified", "lead_status_converted": "qualified"},
        ["'Qualified', set by scheduled.", "'Unqualified', set by objected."],
        [],
    ),
    (
        "person_accounts",
        {},
        ["note     Accounts may be persons. LEAD_DEFAULT_COMPANY makes leads without a company part of an account"],
        ["Record type", "Several currencies"],
    ),
    (
        "person_accounts",
        {"lead_default_company": ""},
        ["ok       Accounts may be persons: leads without a company become person accounts."],
        [],
    ),
    (
        "global",
        {"lead_status_objected": "Lost", "lead_external_id_field": "External_Key__c"},
        [
            "ok       Lead status 'Won', set by scheduled.",
            "ok       Lead status 'Partner Won'.",
            "note     Record type Direct, that of new leads, has the statuses New, Working, Won, Lost; scheduled sets",
            "note     Record type Partner has the statuses Working, Partner Review, Partner Won, Lost; scheduled sets",
            "note     State and country picklists are on",
            "note     Several currencies: EUR (default), USD, JPY;",
            "note     New leads need Region__c (EMEA, AMER, APAC)",
            "ok       LEAD_EXTERNAL_ID_FIELD: External_Key__c is a unique external id.",
        ],
        ["Internal"],
    ),
    (
        "global",
        {"lead_status_objected": "Lost", "lead_status_converted": "Won"},
        ["note     LEAD_EXTERNAL_ID_FIELD could name External_Key__c"],
        [],
    ),
]


@pytest.mark.parametrize(("setup", "given", "told", "silent"), SPECIAL)
async def test_what_is_special_about_an_org_is_told(
    org: Org,
    session: Session,
    capsys: pytest.CaptureFixture[str],
    setup: str,
    given: dict[str, Any],
    told: list[str],
    silent: list[str],
) -> None:
    await org.change(setup=setup)

    complete, printed = await checked(org, capsys, sf_access_token=session.access_token, **given)

    assert complete, printed
    assert [line for line in told if line not in printed] == []
    assert [line for line in silent if line in printed] == []
    assert await org.api_calls() <= 6


@pytest.mark.parametrize(
    ("setup", "given", "line"),
    [
        ("modern", {}, "LEAD_STATUS_OBJECTED: 'Closed - Not Converted' is none of New, Contacted, Nurturing, Unqual"),
        ("classic", {"lead_default_company": ""}, "LEAD_DEFAULT_COMPANY: it is empty, and this org takes no lead"),
        (
            "global",
            {"lead_status_objected": "Lost", "lead_status_converted": "Gone"},
            "LEAD_STATUS_CONVERTED: 'Gone' is none of Partner Won, Won.",
        ),
    ],
)
async def test_a_setting_that_does_not_fit_the_org_is_missing(
    org: Org, session: Session, capsys: pytest.CaptureFixture[str], setup: str, given: dict[str, Any], line: str
) -> None:
    await org.change(setup=setup)

    complete, printed = await checked(org, capsys, sf_access_token=session.access_token, **given)

    assert not complete
    assert f"  MISSING  {line}" in printed


async def test_active_rules_are_told(org: Org, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    criteria = [{"field": "LeadSource", "operator": "equals", "value": "Web"}]
    rule = {"name": "By source", "entries": [{"criteria": criteria, "owner": "Lead_Queue"}]}
    await org.change(duplicate_rule="block", assignment_rules=[rule])

    _, printed = await checked(org, capsys, sf_access_token=session.access_token)

    assert "note     Active duplicate rules: Standard Lead Duplicate Rule." in printed
    assert "note     The assignment rule By source is active" in printed
