"""Invocable actions: of Salesforce's own the one for leads; others come from deployed code, or from features we lack.

Source: fact sheet 7.6 and 12.2, "Lead Action" in the Actions Developer Guide.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from infra.simulator.exchange.reply import Reply
from infra.simulator.records.dml import Outcome, attempt_all
from infra.simulator.rest.call import Call
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import bad_json, failure

APPLY_RULES, LABEL = "invocableApplyLeadAssignmentRules", "Apply Lead Assignment Rules"
SINCE = 54
MAX_LEADS = 20
_CUSTOM = ("apex", "emailAlert", "flow", "quickAction", "sendNotification")


def index(call: Call) -> Reply:
    return Reply(200, {name: f"{call.base_path}/actions/{name}" for name in ("standard", "custom")})


def standard(call: Call) -> Reply:
    url = f"{call.base_path}/actions/standard/{APPLY_RULES}"
    action = {"label": LABEL, "name": APPLY_RULES, "type": APPLY_RULES.upper(), "url": url}
    return Reply(200, {"actions": [action] if float(call.version) >= SINCE else []})


def show_standard(call: Call) -> Reply:
    _refuse_unknown(call)
    lead_id = {
        "byteLength": 18,
        "description": "The id of a lead to run the assignment rules for.",
        "label": "Lead ID",
        "maxOccurs": 1,
        "name": "leadId",
        "picklistValues": None,
        "required": True,
        "sobjectType": None,
        "type": "ID",
    }
    names = {"label": LABEL, "name": APPLY_RULES, "type": APPLY_RULES.upper()}
    about = {"description": "Run lead assignment rules on a collection of leads.", "standard": True}
    return Reply(200, {**names, **about, "inputs": [lead_id], "outputs": [], "targetEntityName": None})


def run_standard(call: Call) -> Reply:
    """Let the active assignment rule choose the owner of each lead anew."""
    _refuse_unknown(call)
    inputs = call.json_object().get("inputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(each, dict) for each in inputs):
        raise bad_json(unverified.INPUTS_NEEDED)
    if len(inputs) > MAX_LEADS:
        raise failure(400, "EXCEEDED_ID_LIMIT", unverified.TOO_MANY_RECORDS.format(most=MAX_LEADS))
    dml = call.context.dml(replace(call.options(), assign=True, assignment_rule_id=None))
    attempts = [dml.update(call.org.all_objects["lead"], {"Id": each.get("leadId")}) for each in inputs]
    outcomes = attempt_all(call.org.tables.database, attempts, locked=call.locked)
    failed = not any(outcome.succeeded for outcome in outcomes)
    return Reply(400 if failed else 200, [_result(outcome) for outcome in outcomes])


def custom(call: Call) -> Reply:
    return Reply(200, {name: f"{call.base_path}/actions/custom/{name}" for name in _CUSTOM})


def custom_of_kind(call: Call) -> Reply:
    return Reply(200, {"actions": []}) if call.matched["kind"] in _CUSTOM else unknown(call)


def unknown(call: Call) -> Reply:
    raise failure(404, "NOT_FOUND", "Invalid Action Type")


def _refuse_unknown(call: Call) -> None:
    if call.matched["name"] != APPLY_RULES or float(call.version) < SINCE:
        unknown(call)


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "actionName": APPLY_RULES,
        "errors": [problem.as_result() for problem in outcome.problems] or None,
        "isSuccess": outcome.succeeded,
        "outputValues": None,
    }
