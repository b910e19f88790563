"""The Idempotency-Key header of REST requests, which is the argument `idempotency_key` of tools."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from api.callers.dependencies import ServicesDep
from api.http.openapi_extensions import MCP_ARGUMENT
from domain.errors import InvalidRequestError
from domain.services import Services

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
IDEMPOTENCY_KEY = "idempotency_key"
"""The name of the tools' argument, and of the key in a request's state."""

Answer = TypeVar("Answer", bound=BaseModel)

_FORM: dict[str, Any] = {
    "alias": HEADER,
    "max_length": 255,
    "pattern": r"^[!-~]+$",
    "description": "A UUID: repeats get the first answer, for 24 hours.",
}
_Key = Annotated[str | None, Header(**_FORM, json_schema_extra={MCP_ARGUMENT: IDEMPOTENCY_KEY})]
_KeyOverRest = Annotated[str | None, Header(**_FORM)]


class Idempotency:
    """Does what a request asks for once for its key."""

    def __init__(self, request: Request, response: Response, services: Services, key: str | None) -> None:
        self._key = key
        self._operation = f"{request.method} {request.scope['route'].path_format}"
        self._response = response
        self._services = services

    async def __call__(
        self, kind: type[Answer], asked: BaseModel, act: Callable[[], Awaitable[Answer]], *, lead: str = ""
    ) -> Answer:
        """The answer of `act`, or the one that it gave before; `lead` and `asked` are the request."""
        request = (self._operation, lead, asked.model_dump_json(exclude_unset=True))
        answer, replayed = await self._services.idempotency.run(self._key, request, kind, act)
        if replayed:
            self._response.headers[REPLAYED] = "true"
        return answer


async def idempotency_of_request(
    request: Request, response: Response, services: ServicesDep, header: _Key = None
) -> Idempotency:
    """What does a request once. Raises InvalidRequestError for a header that is given twice."""
    if len(request.headers.getlist(HEADER)) > 1:
        raise InvalidRequestError(f"{HEADER}: must be given once.")
    # A tool's argument comes in the state, since arguments never become headers.
    return Idempotency(request, response, services, getattr(request.state, IDEMPOTENCY_KEY, None) or header)


async def idempotency_over_rest(
    request: Request, response: Response, services: ServicesDep, header: _KeyOverRest = None
) -> Idempotency:
    """The same for routes whose tool takes no key: calling that again does no harm, and an argument costs attention."""
    return await idempotency_of_request(request, response, services, header)


IdempotencyDep = Annotated[Idempotency, Depends(idempotency_of_request)]
IdempotencyOverRestDep = Annotated[Idempotency, Depends(idempotency_over_rest)]
