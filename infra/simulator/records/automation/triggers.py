"""Apex triggers, as far as they refuse records.

Source: fact sheet 3.2 (the answer).
"""

from __future__ import annotations

from infra.simulator.org.formulas import Change
from infra.simulator.org.org import Org
from infra.simulator.records.automation.rules import applies
from infra.simulator.schema.errors import Problem, SalesforceError, refusal
from infra.simulator.setup.automation import Event, Trigger


def fire(org: Org, event: Event, change: Change) -> None:
    """Raise SalesforceError when a trigger refuses the record; the caller takes back what was written.

    A trigger that breaks ends it all at once; what others only say is wrong is told together.
    """
    problems = []
    for trigger in org.settings.triggers:
        if not trigger.active or event not in trigger.events:
            continue
        if trigger.object.lower() != change.sobject.name.lower():
            continue
        if not applies(org, change, trigger.name, trigger.formula, trigger.condition):
            continue
        if trigger.kind == "exception":
            raise refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", _stack_trace(trigger, event))
        fields = (trigger.field,) if trigger.field else ()
        problems.append(Problem("FIELD_CUSTOM_VALIDATION_EXCEPTION", trigger.message, fields))
    if problems:
        raise SalesforceError(400, *problems)


def _stack_trace(trigger: Trigger, event: Event) -> str:
    execution = event.title().replace(" ", "")
    return (
        f"{trigger.name}: execution of {execution}\n\ncaused by: {trigger.exception}: {trigger.message}\n\n"
        f"Trigger.{trigger.name}: line 1, column 1"
    )
