"""The objects every org begins with."""

from __future__ import annotations

from infra.simulator.schema.account import ACCOUNT
from infra.simulator.schema.contact import CONTACT
from infra.simulator.schema.fields import SObject
from infra.simulator.schema.lead import LEAD, LEAD_HISTORY
from infra.simulator.schema.opportunity import OPPORTUNITY, OPPORTUNITY_STAGE
from infra.simulator.schema.referenced_objects import REFERENCED_OBJECTS
from infra.simulator.schema.setup_objects import (
    ASSIGNMENT_RULE,
    BUSINESS_PROCESS,
    CURRENCY_TYPE,
    GROUP,
    GROUP_MEMBER,
    LEAD_STATUS,
    NAME,
    ORGANIZATION,
    QUEUE_SOBJECT,
    RECORD_TYPE,
)
from infra.simulator.schema.user import PROFILE, USER, USER_LICENSE, USER_ROLE

STANDARD_OBJECTS: tuple[SObject, ...] = (
    LEAD,
    ACCOUNT,
    CONTACT,
    OPPORTUNITY,
    USER,
    GROUP,
    LEAD_STATUS,
    LEAD_HISTORY,
    OPPORTUNITY_STAGE,
    RECORD_TYPE,
    BUSINESS_PROCESS,
    CURRENCY_TYPE,
    ASSIGNMENT_RULE,
    ORGANIZATION,
    PROFILE,
    USER_ROLE,
    USER_LICENSE,
    QUEUE_SOBJECT,
    GROUP_MEMBER,
    *REFERENCED_OBJECTS,
)
POLYMORPHIC = NAME
"""Stands in wherever a reference may lead to more than one kind of record."""
