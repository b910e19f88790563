"""What surrounds the routes: the description, the docs, CORS, correlation ids, metrics."""

import httpx
import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.org import Org

PAGE = "https://app.example.com"


async def test_the_description_knows_every_operation_and_its_failures(rest: GatewayClient) -> None:
    document = (await rest.get("/openapi.json")).json()

    operations = {
        operation["operationId"]: operation for path in document["paths"].values() for operation in path.values()
    }
    assert {name for name in operations if name.startswith("salesforce_")} == {
        "salesforce_list_leads", "salesforce_create_lead", "salesforce_get_lead", "salesforce_update_lead",
        "salesforce_delete_lead", "salesforce_update_lead_status", "salesforce_sync_lead", "salesforce_convert_lead",
        "salesforce_describe_lead", "salesforce_get_org", "salesforce_restore_lead", "salesforce_merge_leads",
        "salesforce_find_duplicate_leads", "salesforce_add_to_campaign", "salesforce_list_lead_campaigns",
    }  # fmt: skip
    for name, operation in operations.items():
        assert operation["summary"], name
        assert {"422", "4XX", "5XX"} <= operation["responses"].keys(), name
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_a_page_of_another_origin_may_call_only_when_it_is_named(org: Org, session: Session) -> None:
    ask = {"Origin": PAGE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "Authorization"}
    async with (
        client_of(org.transport, session) as closed,
        client_of(org.transport, session, cors_allow_origins=[PAGE]) as opened,
    ):
        refused = await closed.options("/v1/leads", headers=ask)
        allowed = await opened.options("/v1/leads", headers=ask)
        answer = await opened.get("/v1/leads", headers={"Origin": PAGE})

    assert "access-control-allow-origin" not in refused.headers
    assert allowed.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "X-Correlation-ID" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(("offered", "kept"), [("a-Z_0.9", True), ("a b", False), ("x" * 65, False), ("<x>", False)])
async def test_a_harmless_correlation_id_is_kept(rest: GatewayClient, offered: str, kept: bool) -> None:
    response = await rest.get("/health/live", headers={"X-Correlation-ID": offered})

    assert (response.headers["X-Correlation-ID"] == offered) is kept
    assert response.json()["correlation_id"] == response.headers["X-Correlation-ID"]


async def test_requests_are_counted_by_route(rest: GatewayClient) -> None:
    counters = (
        'lead_gateway_requests_total{method="GET",route="/v1/leads/{lead}",status="404"}',
        'lead_gateway_salesforce_answers_total{status="200"}',
    )

    async def counted() -> list[float]:
        text = (await rest.get("/metrics")).text
        samples = dict(line.rsplit(" ", 1) for line in text.splitlines())
        return [float(samples.get(name, 0)) for name in counters]

    before = await counted()
    await rest.get("/v1/leads/nobody@example.com")

    assert await counted() == [number + 1 for number in before]


async def test_mcp_answers_no_foreign_host(rest: GatewayClient) -> None:
    response = await rest.post("/mcp", json={}, headers={"Host": "evil.example"})

    assert response.status_code == 421
    assert "MCP_ALLOWED_HOSTS" in response.text


async def test_docs_sign_nobody_in_outside_the_demo(rest: httpx.AsyncClient) -> None:
    page = (await rest.get("/docs")).text

    assert "const session = {};" in page


async def test_a_log_line_tells_the_correlation_id_and_no_address(rest: GatewayClient) -> None:
    with capture_logs(processors=[merge_contextvars]) as lines:
        await rest.get("/v1/leads/nobody@example.com", headers={"X-Correlation-ID": "abc-1"})

    [line] = lines
    assert (line["event"], line["correlation_id"], line["status"]) == ("request", "abc-1", 404)
    assert line["route"] == "/v1/leads/{lead}"
    assert "nobody" not in str(line)
