"""All that an admin lets happen when records are saved, checked when it is set."""

from __future__ import annotations

from infra.simulator.formula.errors import FormulaError
from infra.simulator.org.org import Org
from infra.simulator.records.automation import assignment_rules
from infra.simulator.records.automation.rules import bad_rule, check_all


def refuse_bad_rules(org: Org) -> None:
    """Raise SetUpError when a rule or a formula field cannot be applied to the org's objects."""
    _check_formula_fields(org)
    settings = org.settings
    check_all(org, "validation_rules", settings.validation_rules)
    check_all(org, "triggers", settings.triggers)
    check_all(org, "approval_locks", settings.approval_locks)
    assignment_rules.check_rules(org)


def _check_formula_fields(org: Org) -> None:
    for place, custom in enumerate(org.settings.all_custom_fields()):
        sobject = org.all_objects[custom.object.lower()]
        field = sobject.field(custom.name)
        if field is not None and field.formula is not None:
            try:
                org.formulas.field(sobject, field)
            except FormulaError as error:
                raise bad_rule(f"custom_fields.{place}.formula", str(error)) from error
