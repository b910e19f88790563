"""The duplicate rule for leads: who looks like someone we have?

Ours matches open leads with the same email address, or with the same name and company.

Source: fact sheet 3.3 (the answer); what matches is our choice.
"""

from __future__ import annotations

from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.errors import Problem, SalesforceError
from infra.simulator.schema.fields import SObject

COMPARED = ("Email", "Name", "Company")
_MESSAGE = "Use one of these records?"
_RULE = "Standard_Lead_Duplicate_Rule"
_MATCHING_RULE = "Standard_Lead_Match_Rule_v1_0"


def refuse(org: Org, sobject: SObject, row: Row, options: WriteOptions) -> None:
    """Raise SalesforceError DUPLICATES_DETECTED when the rule says so."""
    action = org.settings.duplicate_rule
    if sobject.name != "Lead" or action == "off" or (action == "alert" and options.allow_duplicates):
        return
    matches = _matching(org, row)
    if matches:
        result = _duplicate_result(matches, action == "alert", options)
        raise SalesforceError(400, Problem("DUPLICATES_DETECTED", _MESSAGE, None, {"duplicateResult": result}))


def _matching(org: Org, row: Row) -> list[Row]:
    same = "IsDeleted = 0 AND IsConverted = 0 AND Id != ?"
    own_id = row.get("Id") or ""
    found = org.tables.find("Lead", f"folded(Email) = folded(?) AND {same} ORDER BY Id", (row.get("Email"), own_id))
    if not found:
        by_name = f"folded(Name) = folded(?) AND Company = ? AND {same} ORDER BY Id"
        found = org.tables.find("Lead", by_name, (row["Name"], row["Company"], own_id))
    return found


def _duplicate_result(matches: list[Row], allow_save: bool, options: WriteOptions) -> dict[str, Any]:
    shown = ("Id", "Name", "Company", "Email") if options.include_details else ("Id",)
    found = [
        {
            "additionalInformation": [],
            "fieldDiffs": [],
            "matchConfidence": 100.0,
            "record": {
                "attributes": {"type": "Lead", "url": f"{options.base_path}/sobjects/Lead/{row['Id']}"},
                **{name: row[name] for name in shown},
            },
        }
        for row in matches
    ]
    match = {
        "entityType": "Lead",
        "errors": [],
        "matchEngine": "FuzzyMatchEngine",
        "matchRecords": found,
        "rule": _MATCHING_RULE,
        "size": len(found),
        "success": True,
    }
    return {
        "allowSave": allow_save,
        "duplicateRule": _RULE,
        "duplicateRuleEntityType": "Lead",
        "errorMessage": _MESSAGE,
        "matchResults": [match],
    }
