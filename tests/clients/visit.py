"""Visits an MCP server as it is told on stdin, with whichever client, and says on stdout what it saw.

The same as visit.mjs. It runs in environments of its own, beside the oldest and the newest packages.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Result:
    """What a tool answered."""

    is_error: bool
    answer: Any
    text: str


class Visitor(Protocol):
    """A client that is connected."""

    revision: str

    async def tools(self) -> list[str]: ...

    async def prompts(self) -> list[str]: ...

    async def resources(self) -> list[str]: ...

    async def templates(self) -> list[str]: ...

    async def call(self, tool: str, arguments: dict[str, Any]) -> Result:
        """Raises whatever the client raises when it does not accept the answer."""

    async def prompt(self, name: str, arguments: dict[str, str]) -> str: ...

    async def read(self, uri: str) -> str: ...


Agree = Callable[[str], Awaitable[dict[str, Any]]]
"""From a question to what a person answers who agrees to everything."""

Connect = Callable[[dict[str, Any], str, Agree], AbstractAsyncContextManager[Visitor]]
"""From a server (`url` and `headers`, or `command`, `args`, `env` and `cwd`) and an era to a connected client."""


def visit(connect: Connect) -> None:
    """Run one visit."""
    json.dump(asyncio.run(_report(connect, json.load(sys.stdin))), sys.stdout)


async def _report(connect: Connect, task: dict[str, Any]) -> dict[str, Any]:
    asked: list[str] = []

    async def agree(message: str) -> dict[str, Any]:
        asked.append(message)
        return {"agreed": True}

    async with connect(task["server"], task["era"], agree) as client:
        return {
            "revision": client.revision,
            "tools": await client.tools(),
            "prompts": await client.prompts(),
            "resources": await client.resources(),
            "templates": await client.templates(),
            "calls": [await _called(client, call) for call in task["calls"]],
            "prompt_texts": [await client.prompt(each["name"], each["arguments"]) for each in task["get"]],
            "resource_texts": [await client.read(uri) for uri in task["read"]],
            "asked": asked,
        }


async def _called(client: Visitor, call: dict[str, Any]) -> dict[str, Any]:
    try:
        result = await client.call(call["tool"], call["arguments"])
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    return {"is_error": result.is_error, "answer": result.answer, "text": result.text}
