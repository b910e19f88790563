"""What can be read without a tool: the org's fields and statuses, and each lead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from mcp.types import Resource, ResourceTemplate

JSON = "application/json"

RESOURCES = [
    Resource(
        uri="salesforce://lead-fields",
        name="lead-fields",
        title="Lead fields",
        description="The fields of leads in this org, with their types, limits and picklist values.",
        mime_type=JSON,
    ),
    Resource(
        uri="salesforce://lead-statuses",
        name="lead-statuses",
        title="Lead statuses",
        description="The statuses leads can have in this org, and what scheduled and objected lead to.",
        mime_type=JSON,
    ),
]
TEMPLATE = ResourceTemplate(
    uri_template="salesforce://leads/{lead}",
    name="lead",
    title="A lead",
    description="One lead by its Id or email address.",
    mime_type=JSON,
)
_LEAD = re.compile(r"salesforce://leads/([^/?#]+)")


@dataclass(frozen=True)
class Source:
    """Where a resource comes from: a tool, its arguments, and the parts of its data; none means all."""

    tool: str
    arguments: Mapping[str, Any]
    parts: tuple[str, ...] = ()
    fresh_ms: int = 0
    """How long whoever read it may take it for what it still is; 0: it may have changed already."""

    def of(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The resource in what the tool answered."""
        return {name: value for name, value in data.items() if not self.parts or name in self.parts}


_DESCRIBED = {
    "salesforce://lead-fields": ("fields", "record_types", "person_accounts"),
    "salesforce://lead-statuses": ("statuses", "scheduled_status", "objected_status"),
}


def source_of(uri: str) -> Source | None:
    """Where the resource comes from; None when there is no such resource."""
    if parts := _DESCRIBED.get(uri):
        # How an org looks is an administrator's work, and rarely done.
        return Source("salesforce_describe_lead", {}, parts, fresh_ms=60_000)
    if lead := _LEAD.fullmatch(uri):
        return Source("salesforce_get_lead", {"lead": unquote(lead[1])})
    return None
