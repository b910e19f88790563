"""A record to work formulas out for, without an org."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from infra.simulator.formula.formula import Formula, compiled
from infra.simulator.formula.paths import FieldPath
from infra.simulator.formula.values import Type
from infra.simulator.schema.declarations import number, typed
from infra.simulator.schema.fields import Field, SObject
from infra.simulator.schema.lead import LEAD
from infra.simulator.schema.objects import STANDARD_OBJECTS

SAMPLE: SObject = LEAD.with_fields(
    number("Score__c", "double", 18, 2),
    number("Share__c", "percent", 5, 2),
    typed("Visited__c", "date"),
    typed("Called__c", "datetime"),
    Field("Secret__c", "encryptedstring", 10, "Secret", encrypted=True),
    Field("Topics__c", "multipicklist", 4099, "Topics"),
)
OBJECTS = {sobject.name.lower(): sobject for sobject in (*STANDARD_OBJECTS, SAMPLE)}


@dataclass(frozen=True)
class Given:
    """An environment whose values are given by the names that formulas use."""

    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    now: datetime = datetime(2026, 3, 17, 9, 30, tzinfo=timezone.utc)

    @property
    def is_new(self) -> bool:
        return self.before is None

    def read(self, path: FieldPath) -> Any:
        return self.values.get(path.name)

    def prior(self, path: FieldPath) -> Any:
        return (self.values if self.before is None else self.before).get(path.name)


def formula(text: str, expected: Type, *, nulls_as_zero: bool = False) -> Formula:
    return compiled(
        text,
        SAMPLE,
        lambda name: OBJECTS.get(name.lower()),
        expected,
        on_save=True,
        nulls_as_zero=nulls_as_zero,
    )
