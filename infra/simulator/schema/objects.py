"""The objects every org begins with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from infra.simulator.schema.account import ACCOUNT
from infra.simulator.schema.activities import ACTIVITY_HISTORY, EVENT, OPEN_ACTIVITY, TASK
from infra.simulator.schema.attached import ATTACHED
from infra.simulator.schema.attachments import ATTACHMENT, NOTE
from infra.simulator.schema.campaigns import CAMPAIGN, CAMPAIGN_MEMBER, CAMPAIGN_MEMBER_STATUS
from infra.simulator.schema.contact import CONTACT
from infra.simulator.schema.content import CONTENT_DOCUMENT, CONTENT_DOCUMENT_LINK, CONTENT_NOTE, CONTENT_VERSION
from infra.simulator.schema.definitions import DEFINITIONS
from infra.simulator.schema.fields import ANY_CUSTOM, ChildRelationship, SObject
from infra.simulator.schema.lead import LEAD, LEAD_HISTORY
from infra.simulator.schema.opportunity import OPPORTUNITY, OPPORTUNITY_CONTACT_ROLE, OPPORTUNITY_STAGE
from infra.simulator.schema.permission_sets import PERMISSION_SET, PERMISSION_SET_ASSIGNMENT
from infra.simulator.schema.referenced_objects import REFERENCED_OBJECTS
from infra.simulator.schema.setup_objects import (
    ASSIGNMENT_RULE,
    BUSINESS_PROCESS,
    CURRENCY_TYPE,
    DUPLICATE_RULE,
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
    OPPORTUNITY_CONTACT_ROLE,
    CAMPAIGN,
    CAMPAIGN_MEMBER,
    CAMPAIGN_MEMBER_STATUS,
    TASK,
    EVENT,
    OPEN_ACTIVITY,
    ACTIVITY_HISTORY,
    NOTE,
    ATTACHMENT,
    CONTENT_DOCUMENT,
    CONTENT_VERSION,
    CONTENT_DOCUMENT_LINK,
    CONTENT_NOTE,
    *ATTACHED,
    USER,
    GROUP,
    LEAD_STATUS,
    LEAD_HISTORY,
    OPPORTUNITY_STAGE,
    RECORD_TYPE,
    BUSINESS_PROCESS,
    CURRENCY_TYPE,
    ASSIGNMENT_RULE,
    DUPLICATE_RULE,
    ORGANIZATION,
    PROFILE,
    USER_ROLE,
    USER_LICENSE,
    PERMISSION_SET,
    PERMISSION_SET_ASSIGNMENT,
    QUEUE_SOBJECT,
    GROUP_MEMBER,
    *REFERENCED_OBJECTS,
    *DEFINITIONS,
)
POLYMORPHIC = NAME
"""Stands in wherever a reference may lead to more than one kind of record."""


def related(objects: Iterable[SObject]) -> dict[str, SObject]:
    """The objects by their names in lower case, each with the lists of those that refer to it."""
    by_name = {sobject.name: sobject for sobject in objects}
    custom = tuple(sobject.name for sobject in by_name.values() if sobject.is_custom)
    for sobject in by_name.values():
        open_ended = [field for field in sobject.fields if ANY_CUSTOM in field.reference_to]
        named = (replace(field, reference_to=(*field.reference_to[:-1], *custom)) for field in open_ended)
        by_name[sobject.name] = sobject.with_fields(*named)
    children: dict[str, dict[tuple[str, str], ChildRelationship]] = {}
    for sobject in by_name.values():
        for field in sobject.fields:
            if field.children is None:
                continue
            for target in field.reference_to:
                relationship = ChildRelationship(field.children, sobject.name, field.name, field.cascades)
                # An activity is of an account in two ways: the wider one, which comes first, counts.
                children.setdefault(target, {}).setdefault((field.children, sobject.name), relationship)
    return {
        name.lower(): replace(sobject, children=(*sobject.children, *children.get(name, {}).values()))
        for name, sobject in by_name.items()
    }
