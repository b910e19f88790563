"""Objects that records can point to and of which this org has none: one can ask for them, and nothing is found.

Source: the reference fields of fact sheet 2.5.
"""

from __future__ import annotations

from infra.simulator.schema.common_fields import audit_fields, record_head
from infra.simulator.schema.declarations import text
from infra.simulator.schema.fields import SObject


def _empty(name: str, label: str, plural: str, prefix: str) -> SObject:
    head = record_head(label)
    fields = (*head, text("Name", 255, f"{label} Name", nillable=False), *audit_fields())
    return SObject(name, label, plural, prefix, fields, writable=False, searchable=False)


REFERENCED_OBJECTS = (
    _empty("CallCenter", "Call Center", "Call Centers", "04v"),
    _empty("DandBCompany", "D&B Company", "D&B Companies", "06E"),
    _empty("Individual", "Individual", "Individuals", "0PK"),
    _empty("OperatingHours", "Operating Hours", "Operating Hours", "0OH"),
    _empty("OpportunityHistory", "Opportunity: Stage History", "Opportunity: Stage History", "008"),
    _empty("Pricebook2", "Price Book", "Price Books", "01s"),
)
