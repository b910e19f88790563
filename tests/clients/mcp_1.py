"""The official Python client of the first line."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.context import RequestContext
from mcp.types import ElicitRequestParams, ElicitResult
from pydantic import AnyUrl
from visit import Agree, Result, visit


class Mcp1:
    """A session of it."""

    def __init__(self, session: ClientSession, revision: str) -> None:
        self._session = session
        self.revision = revision

    async def tools(self) -> list[str]:
        return [tool.name for tool in (await self._session.list_tools()).tools]

    async def prompts(self) -> list[str]:
        return [prompt.name for prompt in (await self._session.list_prompts()).prompts]

    async def resources(self) -> list[str]:
        return [str(resource.uri) for resource in (await self._session.list_resources()).resources]

    async def templates(self) -> list[str]:
        return [each.uriTemplate for each in (await self._session.list_resource_templates()).resourceTemplates]

    async def call(self, tool: str, arguments: dict[str, Any]) -> Result:
        result = await self._session.call_tool(tool, arguments)
        return Result(result.isError, result.structuredContent, result.content[0].text)

    async def prompt(self, name: str, arguments: dict[str, str]) -> str:
        text: str = (await self._session.get_prompt(name, arguments)).messages[0].content.text
        return text

    async def read(self, uri: str) -> str:
        text: str = (await self._session.read_resource(AnyUrl(uri))).contents[0].text
        return text


@asynccontextmanager
async def connect(server: dict[str, Any], era: str, agree: Agree) -> AsyncIterator[Mcp1]:
    async def elicited(_: RequestContext[Any, Any], params: ElicitRequestParams) -> ElicitResult:
        return ElicitResult(action="accept", content=await agree(params.message))

    async with AsyncExitStack() as stack:
        if "url" in server:
            http = await stack.enter_async_context(httpx.AsyncClient(headers=server["headers"], timeout=60))
            streams = await stack.enter_async_context(streamable_http_client(server["url"], http_client=http))
        else:
            streams = await stack.enter_async_context(stdio_client(StdioServerParameters(**server)))
        session = ClientSession(streams[0], streams[1], elicitation_callback=elicited)
        await stack.enter_async_context(session)
        yield Mcp1(session, str((await session.initialize()).protocolVersion))


visit(connect)
