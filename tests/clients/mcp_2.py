"""The official Python client of the second line."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.context import ClientRequestContext
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitRequestParams, ElicitResult
from visit import Agree, Result, visit


class Mcp2:
    """A client of it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.revision = client.protocol_version

    async def tools(self) -> list[str]:
        return [tool.name for tool in (await self._client.list_tools()).tools]

    async def prompts(self) -> list[str]:
        return [prompt.name for prompt in (await self._client.list_prompts()).prompts]

    async def resources(self) -> list[str]:
        return [str(resource.uri) for resource in (await self._client.list_resources()).resources]

    async def templates(self) -> list[str]:
        return [each.uri_template for each in (await self._client.list_resource_templates()).resource_templates]

    async def call(self, tool: str, arguments: dict[str, Any]) -> Result:
        result = await self._client.call_tool(tool, arguments)
        return Result(result.is_error, result.structured_content, result.content[0].text)

    async def prompt(self, name: str, arguments: dict[str, str]) -> str:
        text: str = (await self._client.get_prompt(name, arguments)).messages[0].content.text
        return text

    async def read(self, uri: str) -> str:
        text: str = (await self._client.read_resource(uri)).contents[0].text
        return text


@asynccontextmanager
async def connect(server: dict[str, Any], era: str, agree: Agree) -> AsyncIterator[Mcp2]:
    async def elicited(_: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        return ElicitResult(action="accept", content=await agree(params.message))

    async with AsyncExitStack() as stack:
        to: Any = StdioServerParameters(**server) if "command" in server else None
        if to is None:
            http = await stack.enter_async_context(httpx2.AsyncClient(headers=server["headers"], timeout=60))
            to = streamable_http_client(server["url"], http_client=http)
        client = Client(to, mode=era, elicitation_callback=elicited)
        yield Mcp2(await stack.enter_async_context(client))


visit(connect)
