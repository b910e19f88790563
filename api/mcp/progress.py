"""What a tool is at, told to clients that ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream
from mcp.server.context import ServerRequestContext

from domain.ports import ReportProgress

_MOST_WAITING = 100


@asynccontextmanager
async def progress(context: ServerRequestContext[Any]) -> AsyncIterator[ReportProgress | None]:
    """Where a tool tells its steps; None when the client does not want to know them.

    Leaving waits until the client has them all, so that the answer comes last. They are sent from a task of their own:
    a client that stops reading must not hold up a write.
    """
    if context.meta is None or "progress_token" not in context.meta:
        yield None
        return
    told, steps = anyio.create_memory_object_stream[str](_MOST_WAITING)

    def report(step: str) -> None:
        # A step that nobody reads any more is lost, and nothing else.
        with suppress(anyio.WouldBlock, anyio.BrokenResourceError):
            told.send_nowait(step)

    with steps:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_pass_on, steps, context)
            with told:
                yield report


async def _pass_on(steps: MemoryObjectReceiveStream[str], context: ServerRequestContext[Any]) -> None:
    number = 0
    async for step in steps:
        number += 1
        await context.session.report_progress(number, message=step)
