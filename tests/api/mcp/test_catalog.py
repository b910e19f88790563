"""Prompts with completion, and resources."""

import json
from typing import Any

import pytest
from mcp import MCPError
from mcp.types import PromptReference, ResourceTemplateReference, TextContent, TextResourceContents

from api.mcp.prompts import PROMPTS
from domain.values.session import Session
from tests.support.gateway import GatewayClient, client_of
from tests.support.org import Org

ADA = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme"}
LEADS = ResourceTemplateReference(uri="salesforce://leads/{lead}")


async def read(rest: GatewayClient, uri: str) -> Any:
    async with rest.mcp() as mcp:
        [content] = (await mcp.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    assert content.mime_type == "application/json"
    return json.loads(content.text)


async def test_people_can_pick_from_four_prompts(rest: GatewayClient) -> None:
    async with rest.mcp() as mcp:
        prompts = (await mcp.list_prompts()).prompts
        tools = {tool.name for tool in (await mcp.list_tools()).tools}
        filled = [
            await mcp.get_prompt(
                prompt.name,
                {argument.name: "ada@example.com" for argument in prompt.arguments or () if argument.required},
            )
            for prompt in prompts
        ]

    assert [prompt.name for prompt in prompts] == list(PROMPTS)
    for prompt, result in zip(prompts, filled, strict=True):
        assert prompt.title
        assert prompt.description
        [message] = result.messages
        assert isinstance(message.content, TextContent)
        assert "$" not in message.content.text
        named = {word.strip(".,()") for word in message.content.text.split() if word.startswith("salesforce_")}
        assert named
        assert named <= tools


async def test_arguments_are_put_into_the_prompt_as_text_that_can_be_seen(rest: GatewayClient) -> None:
    hidden = "ada@example.com" + "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
    async with rest.mcp() as mcp:
        result = await mcp.get_prompt("hand_over_to_sales", {"lead": hidden, "owner": "005000000000001AAA"})

    [message] = result.messages
    assert isinstance(message.content, TextContent)
    assert message.content.text.startswith(
        "Hand the lead ada@example.com over to sales. New owner: 005000000000001AAA."
    )


@pytest.mark.parametrize(
    ("name", "arguments", "hint"),
    [
        ("qualify_leed", {}, "did you mean qualify_lead"),
        ("qualify_lead", {}, "lead: argument required"),
        ("qualify_lead", {"lead": " "}, "lead: argument required"),
        ("qualify_lead", {"leed": "x"}, "did you mean lead"),
    ],
)
async def test_a_wrong_prompt_is_refused_with_a_hint(
    rest: GatewayClient, name: str, arguments: dict[str, str], hint: str
) -> None:
    async with rest.mcp() as mcp:
        with pytest.raises(MCPError, match=hint):
            await mcp.get_prompt(name, arguments)


async def test_leads_are_completed_by_name_company_or_email(rest: GatewayClient) -> None:
    await rest.post("/v1/leads", json=ADA)
    await rest.post("/v1/leads", json={**ADA, "email": "bola@example.com", "company": "Globex"})

    async with rest.mcp() as mcp:
        completed = [
            (await mcp.complete(reference, {"name": "lead", "value": value})).completion.values
            for reference, value in ((PromptReference(name="qualify_lead"), "glob"), (LEADS, "ADA"), (LEADS, "zz"))
        ]
        since = await mcp.complete(PromptReference(name="review_new_leads"), {"name": "since", "value": "to"})

    assert completed == [["bola@example.com"], ["ada@example.com"], []]
    assert since.completion.values == ["today"]


async def test_without_a_session_nothing_is_completed_and_nothing_read(org: Org) -> None:
    async with client_of(org.transport, None) as client, client.mcp() as mcp:
        assert (await mcp.complete(LEADS, {"name": "lead", "value": "a"})).completion.values == []
        assert len((await mcp.list_resources()).resources) == 2
        with pytest.raises(MCPError, match="Authentication required"):
            await mcp.read_resource("salesforce://lead-fields")


async def test_fields_statuses_and_leads_can_be_read(rest: GatewayClient) -> None:
    await rest.post("/v1/leads", json=ADA)

    fields = await read(rest, "salesforce://lead-fields")
    statuses = await read(rest, "salesforce://lead-statuses")
    lead = await read(rest, "salesforce://leads/ada%40example.com")

    assert "last_name" in [field["name"] for field in fields["fields"]]
    assert statuses["scheduled_status"] == "Closed - Converted"
    assert lead["company"] == "Acme"
    assert (await read(rest, f"salesforce://leads/{lead['id']}"))["email"] == "ada@example.com"


@pytest.mark.parametrize(
    "uri",
    [
        "salesforce://leads/nobody@example.com",
        "salesforce://leads/..",
        "salesforce://leads/..%2fsync",
        "salesforce://leads/a/b",
        "salesforce://leads/",
        "salesforce://lead",
        "file:///etc/passwd",
    ],
)
async def test_what_is_no_resource_is_refused(rest: GatewayClient, uri: str) -> None:
    async with rest.mcp() as mcp:
        with pytest.raises(MCPError):
            await mcp.read_resource(uri)


async def test_what_is_not_allowed_as_a_tool_can_not_be_read_either(org: Org, session: Session) -> None:
    async with client_of(org.transport, session, mcp_tools=["salesforce_get_org"]) as client, client.mcp() as mcp:
        with pytest.raises(MCPError, match="no such resource"):
            await mcp.read_resource("salesforce://lead-fields")
        assert (await mcp.complete(LEADS, {"name": "lead", "value": ""})).completion.values == []
