"""Each tool of the gateway reaches its own route or none, whatever its arguments say."""

from collections.abc import AsyncIterator

import pytest

from api.app import AppOptions, create_app
from tests.api.mcp.spy import LEAD_ID, SESSION, Spy, refused, valid
from tests.support.gateway import GatewayClient, running


@pytest.fixture
def spy() -> Spy:
    return Spy()


@pytest.fixture
async def client(spy: Spy) -> AsyncIterator[GatewayClient]:
    app = create_app(spy.resources, AppOptions())
    async with running(app), GatewayClient(app, SESSION) as client:
        yield client


async def test_every_tool_reaches_its_own_route(client: GatewayClient, spy: Spy) -> None:
    async with client.mcp() as mcp:
        tools = (await mcp.list_tools()).tools
        for tool in tools:
            await mcp.call_tool(tool.name, valid(tool))

    assert dict(zip([tool.name for tool in tools], spy.asked, strict=True)) == OWN


OWN = {
    "salesforce_sync_lead": "sync.sync",
    "salesforce_find_duplicate_leads": "duplicates.find",
    "salesforce_merge_leads": "duplicates.merge",
    "salesforce_list_leads": "leads.list",
    "salesforce_create_lead": "leads.create",
    "salesforce_get_lead": "leads.get",
    "salesforce_update_lead": "leads.update",
    "salesforce_delete_lead": "leads.delete",
    "salesforce_restore_lead": "leads.restore",
    "salesforce_update_lead_status": "leads.set_status",
    "salesforce_convert_lead": "conversion.convert",
    "salesforce_list_lead_campaigns": "campaigns.of",
    "salesforce_add_to_campaign": "campaigns.add",
    "salesforce_describe_lead": "org.describe_lead",
    "salesforce_get_org": "org.about",
}


@pytest.mark.parametrize(
    "lead",
    [
        ".",
        "..",
        "../x",
        "../sync",
        "sync",
        "duplicates",
        "a/b",
        "a?x=1",
        "a#b",
        "%2e%2e",
        "..%2f",
        f"{LEAD_ID}/convert",
        f"..%2f{LEAD_ID}",
        "a\\b",
        "..\\x",
        "a\x00b",
        f"{LEAD_ID}\x00",
        f"{LEAD_ID}\r\nX-Api-Key: k",
        f"{LEAD_ID}\n",
        "",
        " ",
        "x" * 5120,
        f"{'x' * 5120}@example.com",
        "x@../health/live",
        "../x@example.com",
        None,
        7,
        [LEAD_ID],
        {"lead": LEAD_ID},
    ],
    ids=repr,
)
async def test_a_path_argument_that_is_no_lead_reaches_nothing(client: GatewayClient, spy: Spy, lead: object) -> None:
    async with client.mcp() as mcp:
        tools = [tool for tool in (await mcp.list_tools()).tools if "lead" in tool.input_schema["properties"]]
        answers = [refused(await mcp.call_tool(tool.name, {**valid(tool), "lead": lead})) for tool in tools]

    assert len(answers) == sum("lead" in tool.input_schema["required"] for tool in tools) >= 5
    assert {detail["field"] for answer in answers for detail in answer["details"]} == {"lead"}
    assert (spy.opened, spy.asked) == ([], [])


HEADERS = [
    "Authorization",
    "X-SF-Refresh-Token",
    "X-SF-Instance-Url",
    "X-SF-Access-Token",
    "X-API-Key",
    "X-Correlation-ID",
    "Idempotency-Key",
    "Host",
    "Origin",
    "Cookie",
    "Content-Type",
    "Content-Length",
    "Transfer-Encoding",
    "X-Forwarded-For",
    "Sforce-Auto-Assign",
]


async def test_an_argument_named_like_a_header_reaches_nothing(client: GatewayClient, spy: Spy) -> None:
    names = [
        spelled
        for header in HEADERS
        for spelled in (header, header.lower(), header.upper(), header.replace("-", "_").lower())
    ]
    # An answer names at most twenty problems.
    portions = [names[begin : begin + 20] for begin in range(0, len(names), 20)]
    async with client.mcp() as mcp:
        for tool in (await mcp.list_tools()).tools:
            for portion in [[name for name in names if name != "idempotency_key"] for names in portions]:
                arguments = valid(tool) | dict.fromkeys(portion, "Bearer stolen")
                answer = refused(await mcp.call_tool(tool.name, arguments))
                assert [detail["field"] for detail in answer["details"]] == list(dict.fromkeys(portion))
                assert "stolen" not in str(answer)

    assert (spy.opened, spy.asked) == ([], [])


@pytest.mark.parametrize(
    ("tool", "wrong", "right"),
    [
        ("salesforce_list_leads", "statsu", "status"),
        ("salesforce_get_lead", "led", "lead"),
        ("salesforce_find_duplicate_leads", "limits", "limit"),
        ("salesforce_delete_lead", "dryrun", "dry_run"),
        ("salesforce_merge_leads", "confirmed", "confirm"),
        ("salesforce_create_lead", "idempotencyKey", "idempotency_key"),
    ],
)
async def test_an_unknown_argument_is_refused_with_the_nearest_name(
    client: GatewayClient, spy: Spy, tool: str, wrong: str, right: str
) -> None:
    answer = refused(await client.call_tool(tool, {wrong: "Open"}))

    hints = [detail["message"] for detail in answer["details"] if detail["field"] == wrong]
    assert hints == [f"there is no such field here; did you mean {right}?"]
    assert spy.opened == []
