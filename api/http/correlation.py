"""The id that ties an answer to its log lines."""

import re
import uuid
from contextvars import ContextVar

HEADER = "X-Correlation-ID"
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
"""The id of the request that is being answered."""


def accepted_or_new(offered: str | None) -> str:
    """The caller's own id if it is harmless, else a new one."""
    return offered if offered and _ACCEPTED.fullmatch(offered) else str(uuid.uuid4())
