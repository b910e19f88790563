"""The services over leads in memory."""

from domain.idempotency import IdempotencyRecord
from domain.rules import LeadRules
from domain.services import Services, services_on
from domain.values.described import DescribedLead
from domain.values.org import ActiveRules, LeadStatus, OrgDescription
from domain.values.session import Session
from tests.support.campaigns_in_memory import InMemoryCampaigns
from tests.support.in_memory import InMemoryLeads

SESSION = Session("https://acme.my.salesforce.com", "token")


class NoOrg:
    """An org nobody asks about here."""

    async def described_lead(self) -> tuple[DescribedLead, list[LeadStatus]]:
        raise AssertionError

    async def values_by_record_type(self) -> dict[str, dict[str, list[str]]]:
        raise AssertionError

    async def active_rules(self) -> ActiveRules:
        raise AssertionError

    async def about(self) -> OrgDescription:
        raise AssertionError


class NoRecords:
    """Records for requests without a key."""

    async def claim(self, key: str, fingerprint: str) -> IdempotencyRecord | None:
        raise AssertionError

    async def finish(self, key: str, fingerprint: str, answer: str) -> None:
        raise AssertionError

    async def release(self, key: str) -> None:
        raise AssertionError


def services(
    leads: InMemoryLeads, rules: LeadRules | None = None, campaigns: InMemoryCampaigns | None = None
) -> Services:
    """The services, as the composition root would put them together."""
    there, with_ids = campaigns or InMemoryCampaigns(leads), LeadRules(external_id_field="Platform_Id__c")
    return services_on(leads, leads, there, NoOrg(), NoRecords(), rules or with_ids, lambda: SESSION, lambda _: None)
