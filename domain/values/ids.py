"""What names a record, as types: Salesforce's Ids, and for a lead also its email address.

Source: fact sheet 2.3.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from domain.values.emails import checked_address

_LEAD_ID = r"00Q[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?"
_EMAIL_SHAPE = r"[^.@][^@]*@[^/@]+"


def _lead_ref(text: str) -> str:
    return checked_address(text) if is_email(text) else text


LeadId = Annotated[str, StringConstraints(strip_whitespace=True, pattern=f"^{_LEAD_ID}$")]
"""A lead's Id: 15 characters, or 18 with its checksum, beginning with 00Q."""

AccountId = Annotated[str, StringConstraints(pattern=r"^001[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")]
ContactId = Annotated[str, StringConstraints(pattern=r"^003[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")]
UserId = Annotated[str, StringConstraints(pattern=r"^005[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")]
OwnerId = Annotated[str, StringConstraints(pattern=r"^(?:005|00G)[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")]
"""A user's (005) or a queue's (00G) Id."""
AssignmentRuleId = Annotated[str, StringConstraints(pattern=r"^01Q[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$")]

_CAMPAIGN_ID = re.compile(r"701[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?")
CampaignId = Annotated[str, StringConstraints(pattern=f"^{_CAMPAIGN_ID.pattern}$")]

LeadRef = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=80, pattern=f"^(?:{_LEAD_ID}|{_EMAIL_SHAPE})$"),
    AfterValidator(_lead_ref),
]
"""A lead's Id, or the email address it has."""


def is_email(lead: str) -> bool:
    """Whether a LeadRef is an email; otherwise it is an Id."""
    return "@" in lead


def is_campaign_id(campaign: str) -> bool:
    """Whether this is a campaign's Id; otherwise it is its name."""
    return _CAMPAIGN_ID.fullmatch(campaign) is not None


def is_queue(owner_id: str | None) -> bool:
    """Whether the owner is a queue; otherwise it is a user, or nobody is named."""
    return (owner_id or "").startswith("00G")


def same_id(one: str | None, other: str | None) -> bool:
    """Whether both name the same record. The three characters behind the fifteenth say which letters are capitals, so
    an Id of eighteen characters may have lost its case on the way.

    Source: fact sheet 2.3.
    """
    first, second = one or "", other or ""
    return first[:15] == second[:15] or (len(first) == 18 and first.casefold() == second.casefold())
