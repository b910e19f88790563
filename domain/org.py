"""The org the leads live in."""

from collections.abc import Sequence

from domain.ports import Org
from domain.rules import LeadRules
from domain.values.described import DescribedField
from domain.values.lead import CUSTOM_PREFIX, Lead
from domain.values.org import LeadDescription, LeadField, OrgDescription, OrgPermissions


class OrgService:
    """Tells about the org and how its leads look."""

    def __init__(self, org: Org, rules: LeadRules) -> None:
        self._org = org
        self._rules = rules

    async def about(self, *, read_only: bool = False, tools: Sequence[str] | None = None) -> OrgDescription:
        """Who the caller is, in which org, and what it may do where nothing is written or only some tools are there."""
        org = await self._org.about()
        permissions = org.permissions
        if read_only:
            permissions = OrgPermissions(
                read_leads=permissions.read_leads, create_leads=False, update_leads=False, delete_leads=False
            )
        here = {"permissions": permissions, "read_only": read_only, "tools": None if tools is None else list(tools)}
        return org.model_copy(update=here)

    async def describe_lead(self) -> LeadDescription:
        """The fields and statuses of the org's leads, and what `scheduled` and `objected` lead to."""
        described, statuses = await self._org.described_lead()
        converted = [status.name for status in statuses if status.is_converted]
        return LeadDescription(
            fields=[_lead_field(field) for field in described.fields if _is_offered(field)],
            statuses=statuses,
            scheduled_status=self._rules.converted_status or next(iter(converted), None),
            objected_status=self._rules.objected_status,
        )

    async def fault_of_external_id(self, field: str) -> str | None:
        """Why syncs can not find leads by this field of theirs (its API name); None when they can."""
        described, _ = await self._org.described_lead()
        found = described.field(f"{CUSTOM_PREFIX}{field}")
        if found is None or not found.external_id:
            return "leads have no such field, or it is not marked as an external id"
        if not found.unique:
            return "the field is not unique, so Salesforce would let two leads have one external id"
        return None


def _is_offered(field: DescribedField) -> bool:
    return field.custom or field.name in Lead.model_fields


def _lead_field(field: DescribedField) -> LeadField:
    return LeadField(
        name=field.name.removeprefix(CUSTOM_PREFIX),
        label=field.label,
        type=field.type,
        custom=field.custom,
        required=field.required,
        writable=field.createable or field.updateable,
        max_length=field.length or None,
        values=list(field.values),
        restricted=field.restricted,
    )
