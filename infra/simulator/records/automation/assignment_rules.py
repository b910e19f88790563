"""Assignment rules: who gets a lead.

Source: fact sheet 8 and 12.2.
"""

from __future__ import annotations

import re

from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.automation.rules import applies, bad_rule, check
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import ids
from infra.simulator.schema.errors import refusal
from infra.simulator.schema.fields import ID_TYPES, SObject
from infra.simulator.setup.automation import AssignmentEntry, AssignmentRule, Criterion

_COMPARISONS = {"lessThan": "<", "greaterThan": ">", "lessOrEqual": "<=", "greaterOrEqual": ">="}
_PATTERNS = {"contains": "%{}%", "notContain": "%{}%", "startsWith": "{}%"}
_PLAIN = re.compile(r"[\w.:+\-]+")
_NEGATIVE = ("notEqual", "notContain", "excludes")


def assigned(org: Org, change: Change, options: WriteOptions) -> Row:
    """What the rule that was asked for changes about the record, which has been written already.

    Raises SalesforceError where there is no such rule.
    """
    rule = _rule(org, change.sobject, options)
    if rule is None:
        return {}
    lead = org.all_objects["lead"]
    fitting = (
        entry for entry in rule.entries if applies(org, change, rule.name, entry.formula, _condition(lead, entry))
    )
    entry = next(fitting, None)
    owner_id = _owner_id(org, entry.owner) if entry else None
    return {} if owner_id in (None, change.row["OwnerId"]) else {"OwnerId": owner_id, "IsUnreadByOwner": True}


def check_rules(org: Org) -> None:
    """Raise SetUpError when a rule cannot be applied to the org as it is."""
    rules = org.settings.all_assignment_rules()
    for place, rule in enumerate(rules):
        sobject = org.all_objects[rule.object.lower()]
        for number, entry in enumerate(rule.entries):
            where = f"assignment_rules.{place}.entries.{number}"
            for criterion in entry.criteria:
                if not sobject.has(criterion.field):
                    raise bad_rule(f"{where}.criteria", f"{sobject.name} has no field {criterion.field}")
            check(org, sobject, where, entry.formula, _condition(sobject, entry), "criteria")
            if entry.owner is not None and _owner_id(org, entry.owner) is None:
                raise bad_rule(f"{where}.owner", f"there is no user or queue {entry.owner}")


def _rule(org: Org, sobject: SObject, options: WriteOptions) -> AssignmentRule | None:
    """The rule with the id that was asked for, or the active one."""
    if not options.assign or sobject.name != "Lead":
        return None
    rules = org.settings.all_assignment_rules()
    if options.assignment_rule_id is None:
        return next((rule for rule in rules if rule.active), None)
    wanted = ids.normalized(options.assignment_rule_id)
    for place, rule in enumerate(rules, 1):
        if org.fixed_id("01Q", place) == wanted:
            return rule
    raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def _owner_id(org: Org, name: str | None) -> str | None:
    """The id of a user or a queue; None where there is none."""
    if name is None:
        return None
    record_id = ids.normalized(name) or ""
    for object_name, column in (("User", "Username"), ("Group", "DeveloperName")):
        condition = f"Id = ? OR folded({column}) = folded(?)"
        found = org.tables.find(object_name, condition, (record_id, name), "Id")
        if found:
            return str(found[0]["Id"])
    return None


def _condition(sobject: SObject, entry: AssignmentEntry) -> str | None:
    """The criteria as SOQL; all of them must be met."""
    return " AND ".join(f"({_criterion(sobject, criterion)})" for criterion in entry.criteria) or None


def _criterion(sobject: SObject, criterion: Criterion) -> str:
    name, operator = criterion.field, criterion.operator
    values = [value.strip() for value in criterion.value.split(",")]
    if operator in _COMPARISONS:
        met = [f"{name} {_COMPARISONS[operator]} {_literal(sobject, name, value)}" for value in values]
    elif operator in _PATTERNS:
        met = [f"{name} LIKE {_quoted(_PATTERNS[operator].format(_plain(value)))}" for value in values]
    elif operator in ("includes", "excludes"):
        met = [f"{name} INCLUDES ({_quoted(value)})" for value in values]
    else:
        met = [f"{name} = {_literal(sobject, name, value)}" for value in values]
    found = " OR ".join(met)
    return f"NOT ({found})" if operator in _NEGATIVE else found


def _literal(sobject: SObject, name: str, value: str) -> str:
    """A value as SOQL writes it for a field; nothing is null."""
    if not value:
        return "null"
    field = sobject.field(name)
    is_plain = field is not None and not field.is_text and field.type not in ID_TYPES and _PLAIN.fullmatch(value)
    return value if is_plain else _quoted(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
