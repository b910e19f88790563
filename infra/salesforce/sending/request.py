"""One call to Salesforce, before it is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from infra.salesforce.wire.composite import Subrequest, composite_body
from infra.salesforce.wire.paths import Paths


class Effect(Enum):
    """What a request does to the org, which decides whether it may be sent twice."""

    READ = "read"
    REPEATABLE_WRITE = "repeatable write"
    """Twice is the same as once: PATCH by Id, DELETE."""
    WRITE = "write"
    """Twice may make two: sent again only when Salesforce certainly did nothing."""


@dataclass(frozen=True)
class Request:
    """One call to Salesforce."""

    method: str
    path: str
    """Behind the instance's origin, with the query encoded."""
    effect: Effect
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    envelope: Callable[[str], bytes] | None = None
    """For SOAP: the body for an access token, which goes into it instead of a header."""
    doing: str = "Asking Salesforce"
    """What this is for, in words for whoever waits."""


def composite(paths: Paths, subrequests: Sequence[Subrequest], effect: Effect, doing: str) -> Request:
    """Several requests in one call."""
    return Request("POST", paths.composite, effect, json=composite_body(subrequests), doing=doing)
