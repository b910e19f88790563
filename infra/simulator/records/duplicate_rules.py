"""Duplicate rules: who looks like someone we have?

Ours compare exactly, and leads with leads, accounts with accounts, contacts with contacts.

Source: fact sheet 3.3 (the answer) and 12.2; what matches is our choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row, equals
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema.errors import Problem, SalesforceError
from infra.simulator.schema.fields import SObject
from infra.simulator.setup.settings import DuplicateAction, Settings

_MESSAGE = "Use one of these records?"


@dataclass(frozen=True)
class _Rule:
    """What is compared of an object's records, and what happens to one that matches another."""

    action: Callable[[Settings], DuplicateAction]
    compared: tuple[tuple[str, ...], ...]
    """Fields that are alike in all of them; where nothing is found by the first ones, the next are tried."""
    matching_rule: str
    among: str = "IsDeleted = 0"


_RULES = {
    "Lead": _Rule(
        lambda settings: settings.duplicate_rule,
        (("Email",), ("Name", "Company")),
        "Standard_Lead_Match_Rule_v1_0",
        "IsDeleted = 0 AND IsConverted = 0",
    ),
    "Account": _Rule(
        lambda settings: settings.account_duplicate_rule, (("Name",),), "Standard_Account_Match_Rule_v1_0"
    ),
    "Contact": _Rule(
        lambda settings: settings.contact_duplicate_rule,
        (("Email",), ("Name",)),
        "Standard_Contact_Match_Rule_v1_1",
    ),
}


def refuse(org: Org, sobject: SObject, row: Row, before: Row | None, options: WriteOptions) -> None:
    """Raise SalesforceError DUPLICATES_DETECTED when a rule says so. `before` is None for a new record."""
    rule = _RULES.get(sobject.name)
    action = rule.action(org.settings) if rule else "off"
    if rule is None or action == "off" or (action == "alert" and options.allow_duplicates):
        return
    names = [name for fields in rule.compared for name in fields]
    if before is not None and all(row[name] == before[name] for name in names):
        return
    matches = next(filter(None, (_matching(org, sobject, row, rule, fields) for fields in rule.compared)), None)
    if matches:
        result = _duplicate_result(sobject, matches, rule, action == "alert", options)
        raise SalesforceError(400, Problem("DUPLICATES_DETECTED", _MESSAGE, None, {"duplicateResult": result}))


def _matching(org: Org, sobject: SObject, row: Row, rule: _Rule, names: tuple[str, ...]) -> list[Row]:
    whole = org.whole(sobject)
    fields = [field for name in names if (field := whole.field(name)) is not None]
    alike = " AND ".join(equals(field) for field in fields)
    values = [row.get(field.name) for field in fields]
    return org.tables.find(sobject.name, f"{alike} AND {rule.among} AND Id != ? ORDER BY Id", [*values, row["Id"]])


def _duplicate_result(
    sobject: SObject, matches: list[Row], rule: _Rule, allow_save: bool, options: WriteOptions
) -> dict[str, Any]:
    compared = [name for fields in rule.compared for name in fields]
    wanted = dict.fromkeys(("Id", "Name", *reversed(compared)) if options.include_details else ("Id",))
    shown = [name for name in wanted if sobject.has(name)]
    name = sobject.name
    found = [
        {
            "additionalInformation": [],
            "fieldDiffs": [],
            "matchConfidence": 100.0,
            "record": {
                "attributes": {"type": name, "url": f"{options.base_path}/sobjects/{name}/{row['Id']}"},
                **{field: row[field] for field in shown},
            },
        }
        for row in matches
    ]
    match = {
        "entityType": name,
        "errors": [],
        "matchEngine": "FuzzyMatchEngine",
        "matchRecords": found,
        "rule": rule.matching_rule,
        "size": len(found),
        "success": True,
    }
    return {
        "allowSave": allow_save,
        "duplicateRule": f"Standard_{name}_Duplicate_Rule",
        "duplicateRuleEntityType": name,
        "errorMessage": _MESSAGE,
        "matchResults": [match],
    }
