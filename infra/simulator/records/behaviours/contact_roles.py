"""A deal that is made with a contact begins with a role for them; one of the roles at most is the primary one.

Source: Object Reference, Opportunity (ContactId) and OpportunityContactRole.
"""

from __future__ import annotations

from infra.simulator.org.org import Org
from infra.simulator.org.storage import Row
from infra.simulator.records.behaviours.behaviour import Behaviour

_NAME = "OpportunityContactRole"


def next_role(org: Org, opportunity_id: str, contact_id: str) -> Row | None:
    """The role that a contact gets in a deal, the primary one if nobody has it; None where they have one already."""
    roles = org.tables.find(_NAME, "OpportunityId = ? AND IsDeleted = 0", (opportunity_id,))
    if any(role["ContactId"] == contact_id for role in roles):
        return None
    is_primary = not any(role["IsPrimary"] for role in roles)
    return {"OpportunityId": opportunity_id, "ContactId": contact_id, "IsPrimary": is_primary}


def _first_role(org: Org, row: Row) -> list[tuple[str, Row]]:
    role = next_role(org, row["Id"], row["ContactId"]) if row.get("ContactId") else None
    return [(_NAME, role)] if role else []


def _one_primary(org: Org, row: Row, before: Row | None) -> None:
    if row.get("IsPrimary"):
        others = "OpportunityId = ? AND Id != ? AND IsPrimary = 1 AND IsDeleted = 0"
        for other in org.tables.find(_NAME, others, (row.get("OpportunityId"), row["Id"]), "Id"):
            org.tables.update(_NAME, other["Id"], {"IsPrimary": False})


OPPORTUNITY = Behaviour(companions=_first_role)
ROLE = Behaviour(_one_primary)
