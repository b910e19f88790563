"""The objects every org begins with."""

from __future__ import annotations

from infra.simulator.schema.fields import SObject
from infra.simulator.schema.lead import LEAD, LEAD_HISTORY
from infra.simulator.schema.sales_objects import ACCOUNT, CONTACT, OPPORTUNITY
from infra.simulator.schema.setup_objects import GROUP, LEAD_STATUS, NAME, ORGANIZATION, RECORD_TYPE, USER

STANDARD_OBJECTS: tuple[SObject, ...] = (
    LEAD,
    ACCOUNT,
    CONTACT,
    OPPORTUNITY,
    USER,
    GROUP,
    LEAD_STATUS,
    LEAD_HISTORY,
    RECORD_TYPE,
    ORGANIZATION,
)
POLYMORPHIC = NAME
"""Stands in wherever a reference may lead to more than one kind of record."""
