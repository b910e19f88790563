"""Services that do nothing, under the gateway's own routes and tools."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

from mcp.types import CallToolResult, Tool

from api.app import Resources
from api.callers.credentials import Passthrough
from api.http.metrics import Metrics
from domain.errors import LeadNotFoundError
from domain.idempotency import IdempotencyRecords, IdempotencyService
from domain.services import Services
from domain.values.session import Session

LEAD_ID = "00Q000000000001AAA"
SESSION = {"Authorization": "Bearer token", "X-SF-Instance-Url": "https://acme.my.salesforce.com"}


class Spy:
    """Services that write down what is asked of them, and do nothing."""

    def __init__(self) -> None:
        self.opened: list[Session] = []
        self.asked: list[str] = []
        self.with_what: list[tuple[Any, ...]] = []

    def open(self, session: Session) -> Services:
        self.opened.append(session)
        services = SimpleNamespace(**{name: _Asked(name, self) for name in Services.__annotations__})
        services.session = lambda: session
        services.idempotency = IdempotencyService(cast(IdempotencyRecords, NoRecords()))
        return cast(Services, services)

    @asynccontextmanager
    async def resources(self, _: Metrics) -> AsyncIterator[Resources]:
        yield Resources(Passthrough(self.open), self.ready)

    async def ready(self) -> bool:
        return True


class NoRecords:
    """Nobody sends an Idempotency-Key here."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


class _Asked:
    def __init__(self, service: str, spy: Spy) -> None:
        self._service = service
        self._spy = spy

    def __getattr__(self, method: str) -> Any:
        async def ask(*with_what: Any, **_: Any) -> None:
            self._spy.asked.append(f"{self._service}.{method}")
            self._spy.with_what.append(with_what)
            raise LeadNotFoundError("nobody")

        return ask


def refused(result: Any) -> dict[str, Any]:
    assert isinstance(result, CallToolResult)
    assert result.is_error
    answer = result.structured_content
    assert isinstance(answer, dict)
    assert answer["code"] == "VALIDATION_ERROR"
    return answer


NEEDED = {
    "email": "ada@example.com",
    "last_name": "Okafor",
    "status": "objected",
    "lead": LEAD_ID,
    "campaign": "Spring Webinar",
    "others": ["00Q000000000002AAA"],
}


def valid(tool: Tool) -> dict[str, Any]:
    """Arguments the tool accepts."""
    arguments = {name: NEEDED[name] for name in tool.input_schema["required"]}
    return arguments | _NOT_WITHOUT.get(tool.name, {})


_NOT_WITHOUT = {"salesforce_update_lead": {"phone": "1"}, "salesforce_sync_lead": {"email": "ada@example.com"}}
"""What the schema does not say that it is needed, since something else would do as well."""
