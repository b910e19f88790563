"""Validation rules: what an admin does not want to be saved.

Source: fact sheet 3.2 (the answer).
"""

from __future__ import annotations

from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.records.automation.rules import applies
from infra.simulator.schema.errors import Problem, SalesforceError


def refuse(org: Org, change: Change) -> None:
    """Raise SalesforceError with the messages of all rules that forbid the record; the caller takes it back."""
    problems = [
        Problem("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, (rule.field,) if rule.field else ())
        for rule in org.settings.validation_rules
        if rule.active
        and rule.object.lower() == change.sobject.name.lower()
        and applies(org, change, rule.name, rule.formula, rule.condition)
    ]
    if problems:
        raise SalesforceError(400, *problems)
