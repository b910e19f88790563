"""How much of a model's context the tools take, and their answers, in tokens."""

import asyncio
from typing import Any

import httpx
from mcp import Client
from mcp.types import TextContent, Tool
from rich.console import Console
from rich.table import Table

from domain.values.session import Session
from infra.log import set_up_logging
from tests.bench.others import FIGURES, MEASURED_ON
from tests.support.gateway import client_of, headers_of, settings
from tests.support.org import ORIGIN, Org
from tests.support.tokens import VOCABULARY, tokens, tokens_of_list

LEADS = 25
SAMPLE = "amara.okafor.1@example.com"
NEW = {"email": "ada@example.com", "last_name": "Okafor", "company": "Acme", "phone": "+1 555 0100"}
OTHER = {**NEW, "email": "bola@example.com"}


def main() -> None:
    """Print the tables."""
    tools, answers = asyncio.run(_measured())
    own = Table("tool", "in tools/list", "a typical answer", title=f"Tokens ({VOCABULARY})")
    for tool in tools:
        own.add_row(tool.name, f"{tokens_of_list([tool]):,}", f"{answers[tool.name]:,}")
    lists = Table("server", "tools", "tokens", title=f"tools/list beside other servers', measured on {MEASURED_ON}")
    lists.add_row("this gateway, now", str(len(tools)), f"{tokens_of_list(tools):,}")
    for other in FIGURES:
        lists.add_row(other.name, str(other.tools), f"{other.tokens:,}")
    console = Console()
    console.print(own, lists)


async def _measured() -> tuple[list[Tool], dict[str, int]]:
    """The tools, and how many tokens of each one's answer a model reads."""
    set_up_logging(settings(log_level="ERROR"))
    org = Org(sample_leads=LEADS)
    session = await org.session()
    async with client_of(org.transport, session) as rest, rest.mcp() as client:
        tools = (await client.list_tools()).tools
        answers = await _answers(client, await _made_past_the_gateway(org, session))
    await org.close()
    return tools, answers


async def _made_past_the_gateway(org: Org, session: Session) -> str:
    """The Id of a lead that has the email of a sample."""
    headers = headers_of(session)
    async with httpx.AsyncClient(transport=org.transport, base_url=ORIGIN, headers=headers) as salesforce:
        lead = {"LastName": "Okafor", "Company": "Northwind Foods", "Email": SAMPLE}
        answer = await salesforce.post("/services/data/v59.0/sobjects/Lead", json=lead)
    lead_id: str = answer.raise_for_status().json()["id"]
    return lead_id


async def _answers(client: Client, twin: str) -> dict[str, int]:
    read: dict[str, int] = {}

    async def call(tool: str, **arguments: Any) -> dict[str, Any]:
        result = await client.call_tool(tool, arguments)
        [content] = result.content
        assert isinstance(content, TextContent)
        assert not result.is_error, content.text
        read[tool] = tokens(content.text)
        data: dict[str, Any] = result.structured_content["data"]
        return data

    await call("salesforce_list_leads", limit=LEADS)
    kept = (await call("salesforce_get_lead", lead=SAMPLE))["id"]
    await call("salesforce_describe_lead")
    await call("salesforce_get_org")
    await call("salesforce_find_duplicate_leads")
    await call("salesforce_merge_leads", lead=kept, others=[twin])
    await call("salesforce_sync_lead", **NEW)
    await call("salesforce_update_lead", lead=NEW["email"], phone="+1 555 0199")
    await call("salesforce_update_lead_status", lead=NEW["email"], status="objected")
    await call("salesforce_add_to_campaign", lead=NEW["email"], campaign="Spring Webinar")
    await call("salesforce_list_lead_campaigns", lead=NEW["email"])
    lead = (await call("salesforce_create_lead", **OTHER))["id"]
    await call("salesforce_delete_lead", lead=lead)
    await call("salesforce_restore_lead", lead=lead)
    await call("salesforce_convert_lead", lead=lead)
    return read
