"""Routes for whoever keeps the gateway running."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.http.envelope import Envelope, answered
from api.http.metrics import CONTENT_TYPE

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """Whether the gateway can answer."""

    status: Literal["ok", "degraded"] = Field(
        description="degraded: what replicas coordinate through is away, so nothing that could make a duplicate is "
        "written, while reading and updating by Id go on; or Salesforce refused the gateway's own last login."
    )


@router.get("/health/live", operation_id="health_live", summary="Is the process alive?")
async def live() -> Envelope[Health]:
    """The process runs and answers."""
    return answered(Health(status="ok"))


@router.get("/health/ready", operation_id="health_ready", summary="Can requests be sent here?")
async def ready(request: Request) -> Envelope[Health]:
    """Everything the gateway needs is open. Salesforce itself is not asked: a caller's session would be needed."""
    return answered(Health(status="ok" if await request.app.state.is_ready() else "degraded"))


@router.get("/metrics", operation_id="metrics", summary="Numbers for Prometheus", response_class=Response)
async def metrics(request: Request) -> Response:
    """Requests and Salesforce calls, counted."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE)
