"""What clients are told about keeping lists and resources."""

from mcp import Client
from mcp.types import CacheableResult

from tests.support.gateway import GatewayClient

ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
NEWEST = "2026-07-28"


async def lists(client: Client) -> list[CacheableResult]:
    return [
        await client.list_tools(),
        await client.list_prompts(),
        await client.list_resources(),
        await client.list_resource_templates(),
    ]


async def resources(client: Client) -> list[CacheableResult]:
    uris = ("salesforce://lead-fields", "salesforce://lead-statuses", "salesforce://leads/ada@example.com")
    return [await client.read_resource(uri) for uri in uris]


def hints(results: list[CacheableResult]) -> list[tuple[int, str]]:
    assert all({"ttl_ms", "cache_scope"} <= result.model_fields_set for result in results)
    return [(result.ttl_ms, result.cache_scope) for result in results]


async def test_what_is_the_same_for_everyone_may_be_kept_and_shared(rest: GatewayClient) -> None:
    async with rest.mcp(mode="auto") as client:
        discovered = client.session.discover_result
        assert discovered is not None
        assert hints([discovered, *await lists(client)]) == [(600_000, "public")] * 5


async def test_the_tools_of_a_narrowed_connection_are_its_own(rest: GatewayClient) -> None:
    for narrowed in ("/mcp?read_only=1", "/mcp?tools=salesforce_get_lead"):
        async with rest.mcp(narrowed, mode=NEWEST) as client:
            assert hints([await client.list_tools()]) == [(600_000, "private")]


async def test_what_a_session_may_see_is_private_and_stale_soon(rest: GatewayClient) -> None:
    await rest.post("/v1/leads", json=ADA)

    async with rest.mcp(mode=NEWEST) as client:
        assert hints(await resources(client)) == [(60_000, "private"), (60_000, "private"), (0, "private")]


async def test_older_revisions_know_no_hints(rest: GatewayClient) -> None:
    await rest.post("/v1/leads", json=ADA)

    async with rest.mcp(mode="legacy") as client:
        results = [*await lists(client), *await resources(client)]

    assert [result.model_fields_set & {"ttl_ms", "cache_scope"} for result in results] == [set()] * 7
