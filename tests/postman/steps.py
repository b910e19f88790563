"""The order of the requests, and what each sends. Everything else comes from the OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One request for an operation.

    Values may hold Postman's variables, such as `{{email}}`. Optional parameters that are not named here are in the
    collection too, switched off.
    """

    operation: str
    lead: str = "{{lead_id}}"
    campaign: str = "{{campaign}}"
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    """What the answer's data must say, by key."""
    keeps: Mapping[str, str] = field(default_factory=dict)
    """Variables for later requests, and the keys of the answer's data they are taken from."""
    forgets: tuple[str, ...] = ()
    """Variables that the next run makes up anew."""


LEAD = {"email": "{{email}}", "last_name": "Okafor", "company": "Acme"}

WALK = (
    Step("salesforce_get_org"),
    Step("salesforce_describe_lead"),
    Step("salesforce_list_leads", query={"limit": "5", "fields": "email,company,status"}),
    Step("salesforce_sync_lead", body=LEAD, answers={"action": "created"}, keeps={"lead_id": "lead_id"}),
    Step("salesforce_get_lead", lead="{{email}}", answers={"email": "{{email}}"}),
    Step("salesforce_update_lead", body={"title": "CTO"}, answers={"title": "CTO"}),
    Step("salesforce_update_lead_status", body={"status": "Working - Contacted"}),
    Step("salesforce_add_to_campaign", body={"status": "Responded"}, answers={"action": "added"}),
    Step("salesforce_list_lead_campaigns", answers={"count": 1}),
    Step("salesforce_create_lead", body={**LEAD, "email": "other-{{email}}"}, keeps={"other_id": "id"}),
    Step("salesforce_find_duplicate_leads", query={"limit": "5"}),
    Step("salesforce_merge_leads", body={"others": ["{{other_id}}"]}),
    Step("salesforce_delete_lead", answers={"deleted": True}),
    Step("salesforce_restore_lead"),
    Step(
        "salesforce_convert_lead",
        body={"create_opportunity": False},
        answers={"already_converted": False},
        forgets=("email",),
    ),
    Step("health_live"),
    Step("health_ready"),
    Step("metrics"),
)

CLIENT = {"name": "Postman", "version": "1"}
NEWEST, OLDER = "2026-07-28", "2025-11-25"


@dataclass(frozen=True)
class Message:
    """One MCP message. Without an id it is a notification, which is answered 202."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    has_id: bool = True
    expects: str = ""
    """JavaScript that is true of the result `r`."""


CALL = Message(
    "tools/call",
    {"name": "salesforce_list_leads", "arguments": {"limit": 1}},
    expects="!r.isError && r.structuredContent.success",
)
LIST_TOOLS = Message("tools/list", expects='r.tools.some(tool => tool.name === "salesforce_sync_lead")')

STATELESS = (
    Message("server/discover", expects=f'r.supportedVersions.includes("{NEWEST}")'),
    LIST_TOOLS,
    CALL,
    Message("prompts/list", expects="r.prompts.length > 0"),
    Message("resources/read", {"uri": "salesforce://lead-statuses"}, expects="r.contents.length > 0"),
)
WITH_HANDSHAKE = (
    Message(
        "initialize",
        {"protocolVersion": OLDER, "capabilities": {}, "clientInfo": CLIENT},
        expects=f'r.protocolVersion === "{OLDER}"',
    ),
    Message("notifications/initialized", has_id=False),
    LIST_TOOLS,
    CALL,
)
