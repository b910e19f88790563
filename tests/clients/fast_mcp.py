"""The client of fastmcp."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from visit import Agree, Result, visit


class FastMcp:
    """A client of it."""

    def __init__(self, client: Client[Any]) -> None:
        self._client = client
        self.revision = str(client.protocol_version)

    async def tools(self) -> list[str]:
        return [tool.name for tool in await self._client.list_tools()]

    async def prompts(self) -> list[str]:
        return [prompt.name for prompt in await self._client.list_prompts()]

    async def resources(self) -> list[str]:
        return [str(resource.uri) for resource in await self._client.list_resources()]

    async def templates(self) -> list[str]:
        return [each.uri_template for each in await self._client.list_resource_templates()]

    async def call(self, tool: str, arguments: dict[str, Any]) -> Result:
        result = await self._client.call_tool(tool, arguments, raise_on_error=False)
        if not result.is_error and not hasattr(result.data, "data"):
            raise TypeError(f"no object could be made of the answer: {result.data!r}")
        return Result(result.is_error, result.structured_content, result.content[0].text)

    async def prompt(self, name: str, arguments: dict[str, str]) -> str:
        text: str = (await self._client.get_prompt(name, arguments)).messages[0].content.text
        return text

    async def read(self, uri: str) -> str:
        text: str = (await self._client.read_resource(uri))[0].text
        return text


@asynccontextmanager
async def connect(server: dict[str, Any], era: str, agree: Agree) -> AsyncIterator[FastMcp]:
    async def elicited(message: str, response_type: Any, params: Any, context: Any) -> Any:
        return await agree(message)

    transport = (StdioTransport if "command" in server else StreamableHttpTransport)(**server)
    async with Client(transport, mode=era, elicitation_handler=elicited) as client:
        yield FastMcp(client)


visit(connect)
