"""When a rule of the admin's applies to a record, and whether it makes sense at all."""

from __future__ import annotations

from collections.abc import Iterable

from infra.simulator.formula.errors import EvaluationError, FormulaError
from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import refusal
from infra.simulator.schema.fields import SObject
from infra.simulator.setup.automation import Rule, Trigger, ValidationRule
from infra.simulator.setup.setting_checks import SetUpError
from infra.simulator.soql.conditions import Conditions
from infra.simulator.soql.errors import SoqlError
from infra.simulator.soql.parser import parse_condition
from infra.simulator.soql.scope import Scope
from infra.simulator.soql.syntax import Path


def applies(org: Org, change: Change, name: str, formula: str | None, condition: str | None) -> bool:
    """Whether the record, which has been written already, meets the formula or the condition.

    Without either it does. Raises SalesforceError where the formula has no value.
    """
    if formula is not None:
        try:
            return org.formulas.is_met(formula, change)
        except EvaluationError as error:
            message = unverified.FORMULA_WITHOUT_VALUE.format(name=name, reason=error)
            raise refusal("FORMULA_EXPRESSION_INVALID", message) from error
    return condition is None or meets(org, change.sobject, condition, str(change.row["Id"]))


def meets(org: Org, sobject: SObject, condition: str, record_id: str) -> bool:
    """Whether a record meets a SOQL condition, which may speak of fields the user does not see. Raises SoqlError."""
    scope = Scope(org, Path((sobject.name,), 0), None, child=org.whole(sobject))
    conditions = Conditions(scope)
    found = conditions.sql(parse_condition(condition))
    sql = f"SELECT 1 FROM {scope.tables_sql} WHERE ({found}) AND t0.Id = ?"
    return org.tables.database.execute(sql, (*conditions.values, record_id)).fetchone() is not None


def check_all(org: Org, setting: str, rules: Iterable[Rule]) -> None:
    """Raise SetUpError when one of the rules cannot be applied to the org's objects."""
    for place, rule in enumerate(rules):
        where = f"{setting}.{place}"
        sobject = org.all_objects.get(rule.object.lower())
        if sobject is None or not sobject.writable:
            raise bad_rule(f"{where}.object", f"there is no object {rule.object} that can be written")
        if isinstance(rule, (ValidationRule, Trigger)) and rule.field and not sobject.has(rule.field):
            raise bad_rule(f"{where}.field", f"{sobject.name} has no field {rule.field}")
        check(org, sobject, where, rule.formula, rule.condition)


def bad_rule(place: str, message: str) -> SetUpError:
    """A rule makes no sense; `place` is where in the settings it stands: `validation_rules.0.formula`."""
    return SetUpError(f"{place}: {message}", place)


def check(
    org: Org, sobject: SObject, where: str, formula: str | None, condition: str | None, key: str = "condition"
) -> None:
    """Raise SetUpError when a formula does not compile or a condition, which stands under `key`, is none."""
    try:
        if formula is not None:
            org.formulas.condition(sobject, formula)
        if condition is not None:
            meets(org, sobject, condition, "")
    except FormulaError as error:
        raise bad_rule(f"{where}.formula", str(error)) from error
    except SoqlError as error:
        raise bad_rule(f"{where}.{key}", error.message) from error
