"""The objects that do more than all objects do."""

from __future__ import annotations

from infra.simulator.records.behaviours import (
    activities,
    attachments,
    campaigns,
    contact_roles,
    content,
    custom_objects,
    person_accounts,
)
from infra.simulator.records.behaviours.behaviour import Behaviour

_PLAIN = Behaviour()
_BEHAVIOURS = {
    "Account": person_accounts.ACCOUNT,
    "Contact": person_accounts.CONTACT,
    "Opportunity": contact_roles.OPPORTUNITY,
    "OpportunityContactRole": contact_roles.ROLE,
    "Campaign": campaigns.CAMPAIGN,
    "CampaignMember": campaigns.MEMBER,
    "CampaignMemberStatus": campaigns.MEMBER_STATUS,
    "Task": activities.TASK,
    "Event": activities.EVENT,
    "Attachment": attachments.ATTACHMENT,
    "ContentVersion": content.VERSION,
    "ContentDocumentLink": content.LINK,
    "ContentNote": content.NOTE,
}


def behaviour_of(object_name: str) -> Behaviour:
    return _BEHAVIOURS.get(object_name, custom_objects.CUSTOM if object_name.endswith("__c") else _PLAIN)
