"""The org the leads live in."""

from domain.models import LeadDescription, OrgDescription
from domain.ports import Org
from domain.rules import LeadRules


class OrgService:
    """Tells about the org and how its leads look."""

    def __init__(self, org: Org, rules: LeadRules) -> None:
        self._org = org
        self._rules = rules

    async def about(self) -> OrgDescription:
        """Who the caller is, in which org, and what it may do."""
        return await self._org.about()

    async def describe_lead(self) -> LeadDescription:
        """The fields and statuses of the org's leads, and what `scheduled` and `objected` lead to."""
        fields, statuses = await self._org.lead_fields()
        converted = [status.name for status in statuses if status.is_converted]
        return LeadDescription(
            fields=fields,
            statuses=statuses,
            scheduled_status=self._rules.converted_status or next(iter(converted), None),
            objected_status=self._rules.objected_status,
        )
