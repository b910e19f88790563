"""Prompts, resources and completion of an MCP server, over its tools."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    TextResourceContents,
)

from api.mcp.prompts import PROMPTS, prompt, spans_like
from api.mcp.resources import JSON, RESOURCES, TEMPLATE, source_of
from api.mcp.result_text import as_text, visible
from api.mcp.route_call import Answer, compact

_MOST_COMPLETIONS = 20

Context = ServerRequestContext[Any]
CallTool = Callable[[Context, str, Mapping[str, Any]], Awaitable[Answer | None]]
"""Calls a tool in the name of whoever asks; None when it is not offered to them."""


class Catalog:
    """Answers what clients show to people: prompts, resources, and suggestions for both."""

    def __init__(self, call: CallTool) -> None:
        self._call = call

    async def list_prompts(self, _: Context, __: PaginatedRequestParams | None) -> ListPromptsResult:
        return ListPromptsResult(prompts=[template.prompt for template in PROMPTS.values()])

    async def get_prompt(self, _: Context, params: GetPromptRequestParams) -> GetPromptResult:
        return prompt(params.name, params.arguments or {})

    async def list_resources(self, _: Context, __: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(resources=RESOURCES)

    async def list_templates(self, _: Context, __: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(resource_templates=[TEMPLATE])

    async def read_resource(self, context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        source = source_of(params.uri)
        answer = await self._call(context, source.tool, source.arguments) if source else None
        if source is None or answer is None:
            known = ", ".join([*(resource.uri for resource in RESOURCES), TEMPLATE.uri_template])
            raise MCPError(INVALID_PARAMS, f"There is no such resource; there are {known}.", {"uri": params.uri[:200]})
        if answer.status >= 400:
            error = answer.envelope
            message = error.get("message") or "Authentication required to access this resource"
            raise MCPError(INVALID_PARAMS, visible(message), as_text(error))
        text = compact(as_text(source.of(answer.envelope["data"])))
        contents = TextResourceContents(uri=params.uri, mime_type=JSON, text=text)
        # Whoever asks sees it with the rights of their own session.
        return ReadResourceResult(contents=[contents], ttl_ms=source.fresh_ms, cache_scope="private")

    async def complete(self, context: Context, params: CompleteRequestParams) -> CompleteResult:
        name, begun = params.argument.name, params.argument.value.strip()
        if name == "lead":
            values = await self._emails(context, begun)
        else:
            values = spans_like(begun) if name == "since" else []
        return CompleteResult(completion=Completion(values=values, has_more=len(values) == _MOST_COMPLETIONS))

    async def _emails(self, context: Context, begun: str) -> list[str]:
        """Emails of leads whose name, company or email contains what was typed so far; none without a session."""
        wanted: dict[str, Any] = {"fields": ["email"], "limit": _MOST_COMPLETIONS}
        if begun:
            wanted["search"] = begun[:200]
        answer = await self._call(context, "salesforce_list_leads", wanted)
        if answer is None or answer.status >= 400:
            return []
        return list(dict.fromkeys(lead["email"] for lead in answer.envelope["data"]["leads"] if lead.get("email")))
