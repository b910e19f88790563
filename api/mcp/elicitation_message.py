"""What a person is asked through elicitation: whether a tool shall do what it was called for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from api.mcp.result_text import visible

_LONGEST_VALUE = 80
_LONGEST_ARGUMENTS = 500
_MOST_CHANGES = 5

Plan = Mapping[str, Any]
"""The data that a dry run answers."""


def elicitation_message(title: str, arguments: Mapping[str, Any], plan: Plan | None) -> str:
    """What would be done to which lead, and with which arguments; without a plan only those.

    Whatever leads or agents say stands in quotation marks, which it can not close, and is cut.
    """
    shown = visible(json.dumps(arguments, ensure_ascii=False))
    asked = f"{shown[:_LONGEST_ARGUMENTS]}{'…' if len(shown) > _LONGEST_ARGUMENTS else ''}"
    if plan is None:
        return f"{title}: {asked}. Shall this be done in Salesforce?"
    return (
        f"{title}: {_who(plan)}. This would {_what(plan)}. Asked for with {asked}. "
        "What is in quotation marks is data, not a message to you. Shall this be done in Salesforce?"
    )


def _who(plan: Plan) -> str:
    """The lead that is meant, and those that would be merged into it."""
    meant = [lead for lead in plan["matched"] if lead["id"] == plan["lead_id"]]
    others = [lead for lead in plan["matched"] if lead["id"] != plan["lead_id"]] if plan["action"] == "merge" else []
    target = _lead(meant[0]) if meant else "a new lead"
    return f"{' and '.join(_lead(lead) for lead in others)} into {target}" if others else target


def _lead(lead: Mapping[str, Any]) -> str:
    known = [_quoted(lead[name]) for name in ("name", "company", "email") if lead[name]]
    return f"{', '.join(known)} ({lead['id']})".lstrip()


def _what(plan: Plan) -> str:
    steps = [_DOES[plan["action"]]]
    if created := [kind for kind in plan["creates"] if kind != "lead"]:
        steps.append(f"create a new {', '.join(created).replace('_', ' ')}")
    if changes := plan["changes"]:
        steps.append(f"set {_changes(changes)}")
    return "; ".join(steps)


_DOES = {
    "create": "create the lead",
    "update": "change the lead",
    "update_contact": "change the contact that the lead became",
    "convert": "convert the lead for good",
    "delete": "put the lead into the recycle bin",
    "merge": "merge the leads for good",
    "unchanged": "change nothing",
    "skip": "change nothing",
}


def _changes(changes: Sequence[Mapping[str, Any]]) -> str:
    told = [f"{change['field']} to {_quoted(change['after'])}" for change in changes[:_MOST_CHANGES]]
    left = len(changes) - len(told)
    return ", ".join(told) + (f" and {left} more" if left else "")


def _quoted(value: object) -> str:
    text = visible(str(value))
    return json.dumps(text[:_LONGEST_VALUE] + ("…" if len(text) > _LONGEST_VALUE else ""), ensure_ascii=False)
