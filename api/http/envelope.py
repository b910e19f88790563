"""The one shape of every answer."""

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from api.http.correlation import correlation_id

T = TypeVar("T")


class Envelope(BaseModel, Generic[T]):
    """A success."""

    success: Literal[True]
    data: T
    correlation_id: str
    status_code: int


class Failure(BaseModel):
    """A failure: what is wrong, and what to do next."""

    success: Literal[False] = False
    error: str = Field(examples=["Validation Error"])
    code: str = Field(examples=["VALIDATION_ERROR"])
    message: str = Field(description="What is wrong and what to do next, for people.")
    details: list[dict[str, Any]] = Field(
        description="The same for programs: fields and messages, or the ids that the next step needs.",
        examples=[[{"field": "email", "message": "field required"}]],
    )
    retryable: bool = Field(description="The very same request may succeed later, without anybody changing anything.")
    correlation_id: str
    status_code: int


def answered(data: T, status_code: int = 200) -> Envelope[T]:
    """The answer that holds this data."""
    return Envelope(success=True, data=data, correlation_id=correlation_id.get(), status_code=status_code)
