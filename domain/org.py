"""The org the leads live in."""

from collections.abc import Sequence
from typing import Any

from domain.errors import InvalidStatusError
from domain.lead_status import objected_status, status_of_converted
from domain.missing_fields import refuse_missing
from domain.ports import Org
from domain.rules import LeadRules
from domain.values.described import DescribedField, DescribedLead
from domain.values.lead import CUSTOM_PREFIX, SHOWN
from domain.values.lead_fields import LeadFields
from domain.values.org import (
    ActiveRules,
    LeadDescription,
    LeadField,
    LeadRecordType,
    LeadStatus,
    OrgDescription,
    OrgPermissions,
)

_WRITTEN = frozenset(LeadFields.model_fields) | {"email", "status"}


class OrgService:
    """Tells about the org and how its leads look."""

    def __init__(self, org: Org, rules: LeadRules) -> None:
        self._org = org
        self._rules = rules

    async def about(self, *, read_only: bool = False, tools: Sequence[str] | None = None) -> OrgDescription:
        """Who the caller is, in which org, and what it may do where nothing is written or only some tools are there."""
        org = await self._org.about()
        permissions = org.permissions
        if read_only and permissions:
            permissions = OrgPermissions(
                read_leads=permissions.read_leads, create_leads=False, update_leads=False, delete_leads=False
            )
        here = {"permissions": permissions, "read_only": read_only, "tools": None if tools is None else list(tools)}
        return org.model_copy(update=here)

    async def active_rules(self) -> ActiveRules:
        """The rules that have a say in what becomes of a lead."""
        return await self._org.active_rules()

    async def describe_lead(self, names: Sequence[str] | None = None) -> LeadDescription:
        """The fields, statuses and record types of the org's leads, and what `scheduled` and `objected` lead to.

        With `names` only those fields. Raises InvalidInputError for one that is not there.
        """
        described, statuses = await self._org.described_lead()
        refuse_missing(names or (), described)
        company = described.field("company")
        special: dict[str, Any] = {}
        scheduled = self._scheduled_status(statuses)
        if described.record_types:
            special["record_types"] = record_types = await self._record_types(described, statuses)
            # Of new leads, when nothing is said.
            scheduled = next((each.scheduled_status for each in record_types if each.default), scheduled)
        if company and not company.required:
            special["person_accounts"] = True
        return LeadDescription(
            fields=[self._lead_field(field) for field in described.fields if _is_offered(field, names)],
            statuses=statuses,
            scheduled_status=scheduled,
            objected_status=objected_status(statuses, self._rules),
            **special,
        )

    async def _record_types(self, described: DescribedLead, statuses: Sequence[LeadStatus]) -> list[LeadRecordType]:
        values = await self._org.values_by_record_type()
        offered = {field.name: [value.value for value in field.values] for field in described.fields}
        found = []
        for each in described.record_types:
            if not each.available:
                continue
            own = values.get(each.id, {})
            of_type = [status.name for status in statuses if status.name in own.get("status", [status.name])]
            fewer = {
                name.removeprefix(CUSTOM_PREFIX): list(some)
                for name, some in own.items()
                if name != "status" and set(some) < set(offered.get(name, ()))
            }
            found.append(
                LeadRecordType(
                    name=each.name,
                    label=each.label,
                    default=each.default,
                    statuses=of_type,
                    scheduled_status=self._scheduled_status(statuses, of_type),
                    values=fewer,
                )
            )
        return found

    def _scheduled_status(self, statuses: Sequence[LeadStatus], offered: Sequence[str] | None = None) -> str | None:
        """What a conversion sets where these statuses are offered; None when it can not succeed."""
        try:
            return status_of_converted(None, statuses, self._rules, offered)
        except InvalidStatusError:
            return None

    def _lead_field(self, field: DescribedField) -> LeadField:
        # A new lead without a company gets the operator's.
        is_given = field.name == "company" and bool(self._rules.default_company)
        is_number = field.type in ("double", "currency", "percent")
        more = {
            "controlling_field": (field.controlling_field or "").removeprefix(CUSTOM_PREFIX),
            "unique": field.unique,
            "external_id": field.external_id,
        }
        return LeadField(
            name=field.name.removeprefix(CUSTOM_PREFIX),
            label=field.label,
            type=field.type,
            custom=field.custom,
            required=field.required and not is_given,
            writable=(field.custom or field.name in _WRITTEN) and (field.createable or field.updateable),
            max_length=field.length or None,
            values=list(field.values),
            restricted=field.restricted,
            **({"decimals": field.decimals} if is_number else {}),
            **{name: value for name, value in more.items() if value},
        )


def _is_offered(field: DescribedField, names: Sequence[str] | None) -> bool:
    if names is not None:
        return field.name.removeprefix(CUSTOM_PREFIX).casefold() in {
            name.removeprefix(CUSTOM_PREFIX).casefold() for name in names
        }
    return field.custom or field.name in SHOWN
