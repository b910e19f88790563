"""Nothing of a request is ignored: what a route does not take is refused, and nothing is done."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from api.http.middleware import RequestMiddleware
from api.http.strict_inputs import StrictRoute
from api.main import gateway
from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of, settings
from tests.support.leads import ADA, failure
from tests.support.org import Org

BODIES = {
    "salesforce_create_lead": ADA,
    "salesforce_update_lead": {"phone": "2"},
    "salesforce_update_lead_status": {"status": "objected"},
    "salesforce_sync_lead": ADA,
    "salesforce_convert_lead": {"create_opportunity": True},
    "salesforce_add_to_campaign": {"status": "Sent"},
    "salesforce_merge_leads": {"others": ["00Q000000000002AAA"]},
}
"""What fits the routes that take a body."""


def every_route() -> dict[str, RouteContext]:
    """The routes under /v1 by their operation id."""
    app = gateway(settings())
    assert isinstance(app, RequestMiddleware)
    assert isinstance(app.app, FastAPI)
    routes = [route for route in iter_route_contexts(app.app.routes) if str(route.path).startswith("/v1")]
    return {str(route.operation_id): route for route in routes}


ROUTES = every_route()


@pytest.fixture(params=ROUTES)
def operation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def ask(
    rest: GatewayClient, operation: str, query: str = "", content: bytes = b"", body: Any = None
) -> httpx.Response:
    """Call a route with what fits it, or with this body, in a way that would succeed without the query."""
    route = ROUTES[operation]
    [method] = list(route.methods or [])
    lead = "00Q000000000001AAA" if "restore" in operation else "ada@example.com"
    path = str(route.path).replace("{lead:lead}", lead).replace("{campaign:path}", "Fair")
    headers = {"Content-Type": "application/json"} if content else {}
    return await rest.request(
        method, path + query, content=content or None, json=body or BODIES.get(operation), headers=headers
    )


async def refused(rest: GatewayClient, org: Org, operation: str, query: str = "", **more: Any) -> dict[str, str]:
    """What is said about each wrong thing; nothing reached Salesforce."""
    before = await org.api_calls()
    body = failure(await ask(rest, operation, query, **more), 422, "VALIDATION_ERROR")
    assert (await org.ledger(), await org.api_calls()) == ([], before)
    return {detail["field"]: detail["message"] for detail in body["details"]}


def test_every_route_is_strict() -> None:
    assert len(ROUTES) == 15
    assert all(isinstance(route.original_route, StrictRoute) for route in ROUTES.values())


@pytest.mark.parametrize("name", ["dryRun", "dryrun", "dry-run", "DRY_RUN", "x", ""])
async def test_a_query_parameter_that_the_route_does_not_have(
    rest: GatewayClient, org: Org, operation: str, name: str
) -> None:
    assert list(await refused(rest, org, operation, f"?{name}=true")) == [name]


async def test_a_dry_run_where_there_is_none(rest: GatewayClient, org: Org, operation: str) -> None:
    if any(parameter.alias == "dry_run" for parameter in ROUTES[operation].dependant.query_params):
        return
    assert list(await refused(rest, org, operation, "?dry_run=true")) == ["dry_run"]


async def test_a_query_parameter_that_is_given_twice(rest: GatewayClient, org: Org, operation: str) -> None:
    for parameter in ROUTES[operation].dependant.query_params:
        name = {"query": "limit"}.get(parameter.alias, parameter.alias)
        if name != "fields":
            said = await refused(rest, org, operation, f"?{name}=1&{name}=0")
            assert said == {name: "must be given once"}


@pytest.mark.parametrize("content", [b'{"dry_run": true}', b"{}", b"dry_run", b" "])
async def test_a_body_for_a_route_that_takes_none(
    rest: GatewayClient, org: Org, operation: str, content: bytes
) -> None:
    if operation not in BODIES:
        assert list(await refused(rest, org, operation, content=content)) == ["body"]


async def test_a_field_that_is_given_twice(rest: GatewayClient, org: Org, operation: str) -> None:
    if operation in BODIES:
        content = b'{"phone": "1", "city": "x", "phone": "2"}'
        assert await refused(rest, org, operation, content=content) == {"phone": "must be given once in an object"}


@pytest.mark.parametrize(
    ("operation", "query", "said"),
    [
        ("salesforce_delete_lead", "dryRun=1", "there is no such query parameter here; did you mean dry_run?"),
        ("salesforce_sync_lead", "on_converted=skip", "a field of the JSON body here, not a query parameter"),
        (
            "salesforce_create_lead",
            "dry_run=1",
            "there is no dry run here; leave it out only if the request shall really be done",
        ),
        ("salesforce_get_lead", "field=email", "there is no such query parameter here; did you mean fields?"),
        ("salesforce_get_lead", "dry_run=1", "there is no such query parameter here; there is only fields."),
        ("salesforce_get_org", "x=1", "there is no such query parameter here; there are none."),
    ],
)
async def test_the_next_step_is_told(rest: GatewayClient, org: Org, operation: str, query: str, said: str) -> None:
    assert list((await refused(rest, org, operation, f"?{query}")).values()) == [said]


async def test_a_query_parameter_in_the_body_is_sent_to_the_query(rest: GatewayClient, org: Org) -> None:
    in_a_body = await refused(rest, org, "salesforce_sync_lead", body={**ADA, "dryRun": True})
    where_none_is = await refused(rest, org, "salesforce_delete_lead", content=b'{"dry_run": true}')

    assert in_a_body == {"dryRun": "a query parameter here, not a field of the body: ?dry_run=…"}
    assert where_none_is == {"body": "this route takes no body; leave it out; query parameters here: dry_run"}


async def test_a_list_may_be_given_in_parts(rest: GatewayClient) -> None:
    assert (await rest.get("/v1/leads?fields=email&fields=phone")).is_success


async def test_who_has_no_session_is_told_that_first(org: Org) -> None:
    async with client_of(org.transport, None) as stranger:
        assert (await stranger.delete("/v1/leads/ada@example.com?dryRun=true")).status_code == 401


async def test_who_may_not_write_is_told_that_first(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, read_only=True) as reader:
        failure(await reader.delete("/v1/leads/ada@example.com?dryRun=true"), 403, "READ_ONLY")


async def test_a_flood_of_names_is_answered_with_a_few(rest: GatewayClient, org: Org) -> None:
    names = {f"n{number}": 1 for number in range(5_000)}

    in_the_query = await refused(rest, org, "salesforce_get_org", "?" + "&".join(f"{name}=1" for name in names))
    in_the_body = await refused(rest, org, "salesforce_sync_lead", body={**ADA, **names})
    [long] = await refused(rest, org, "salesforce_sync_lead", body={**ADA, "x" * 5_000: 1})

    assert (len(in_the_query), len(in_the_body), len(long)) == (20, 20, 100)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"last_name": "Müller"}'.encode("latin-1"), "The body is not UTF-8 from byte 17 on."),
        (b'{"email": "a" 1}', "The body is not valid JSON from character 15 on (line 1, column 15)."),
        (b'{\n"email": a}', "The body is not valid JSON from character 12 on (line 2, column 10)."),
        (b'{"annual_revenue": ' + b"1" * 5_000 + b"}", "A number in the body has more digits than can be read."),
        (b"[" * 5_000 + b"]" * 5_000, "The JSON is nested more than 64 levels deep;"),
        (b'{"custom_fields": ' + b"[" * 65 + b"]" * 65 + b"}", "The JSON is nested more than 64 levels deep;"),
    ],
)
async def test_a_body_that_can_not_be_read(rest: GatewayClient, org: Org, content: bytes, said: str) -> None:
    body = failure(await ask(rest, "salesforce_sync_lead", content=content), 400, "INVALID_REQUEST")

    assert body["message"].startswith(said)
    assert await org.api_calls() == 0


async def test_a_byte_order_mark_is_no_harm(rest: GatewayClient) -> None:
    content = b'\xef\xbb\xbf{"email": "ada@example.com", "last_name": "Okafor"}'

    assert (await ask(rest, "salesforce_sync_lead", content=content)).is_success
