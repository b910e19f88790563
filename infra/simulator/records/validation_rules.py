"""Validation rules: conditions under which an admin does not want a record to be saved.

Salesforce writes them as formulas. Ours are written as SOQL conditions, since those are here already; like a formula,
a condition says when the record is refused.

Source: fact sheet 3.2 (the answer).
"""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.settings import ValidationRule
from infra.simulator.schema.errors import refusal
from infra.simulator.schema.fields import SObject
from infra.simulator.soql.conditions import Conditions
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.parser import parse_condition
from infra.simulator.soql.scope import Scope
from infra.simulator.soql.syntax import Path


class BadRuleError(Exception):
    """A validation rule makes no sense."""


def refuse(org: Org, sobject: SObject, record_id: str) -> None:
    """Raise SalesforceError when a rule forbids the record as it now stands; the caller takes it back."""
    for rule in org.settings.validation_rules:
        if rule.object == sobject.name and _applies(org, rule, record_id):
            fields = [rule.field] if rule.field else []
            raise refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, *fields)


def check(org: Org) -> None:
    """Raise BadRuleError when a rule cannot be applied to the org's objects."""
    for rule in org.settings.validation_rules:
        sobject = org.objects[rule.object.lower()]
        if rule.field and not sobject.has(rule.field):
            raise BadRuleError(f"validation_rules: {rule.object} has no field {rule.field}")
        try:
            _applies(org, rule, "")
        except SoqlError as error:
            raise BadRuleError(f"validation_rules: {rule.name}: {error.message}") from error


def _applies(org: Org, rule: ValidationRule, record_id: str) -> bool:
    scope = Scope(org, Path((rule.object,), 0), None)
    conditions = Conditions(scope)
    condition = conditions.sql(parse_condition(rule.condition))
    sql = f"SELECT 1 FROM {scope.tables_sql} WHERE t0.Id = ? AND {condition}"
    return org.tables.database.execute(sql, (record_id, *conditions.values)).fetchone() is not None
