"""All that an admin lets happen when records are saved, checked when it is set."""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.records import assignment_rules
from infra.simulator.records.rules import check_all


def check(org: Org) -> None:
    """Raise SetUpError when a rule cannot be applied to the org's objects."""
    settings = org.settings
    check_all(org, "validation_rules", settings.validation_rules)
    check_all(org, "triggers", settings.triggers)
    check_all(org, "approval_locks", settings.approval_locks)
    assignment_rules.check_rules(org)
