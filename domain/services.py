"""The services one caller works with during one request."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.campaigns import CampaignService
from domain.conversion import ConversionService
from domain.dry_run import DryRunService
from domain.duplicates import DuplicateService
from domain.idempotency import IdempotencyRecords, IdempotencyService
from domain.leads import LeadService
from domain.org import OrgService
from domain.ports import Campaigns, Conversions, Leads, Org, ReportProgress
from domain.rules import LeadRules
from domain.sync import SyncService
from domain.values.session import Session


@dataclass(frozen=True)
class Services:
    """Everything there is to do, for one caller."""

    leads: LeadService
    sync: SyncService
    conversion: ConversionService
    duplicates: DuplicateService
    campaigns: CampaignService
    dry_run: DryRunService
    org: OrgService
    idempotency: IdempotencyService
    session: Callable[[], Session]
    """The caller's session as it is now; another one than at first after a refresh."""
    report_progress_to: Callable[[ReportProgress], None]
    """From now on each step of the work is told there, just before it begins."""


def services_on(
    leads: Leads,
    conversions: Conversions,
    campaigns: Campaigns,
    org: Org,
    records: IdempotencyRecords,
    rules: LeadRules,
    session: Callable[[], Session],
    report_progress_to: Callable[[ReportProgress], None],
) -> Services:
    """The services over one caller's leads and org."""
    conversion = ConversionService(leads, conversions, rules)
    campaign_service = CampaignService(leads, campaigns)
    return Services(
        leads=LeadService(leads, rules, conversion),
        sync=SyncService(leads, rules, conversion, campaign_service),
        conversion=conversion,
        duplicates=DuplicateService(leads),
        campaigns=campaign_service,
        dry_run=DryRunService(leads, org, rules, conversion, campaign_service),
        org=OrgService(org, rules),
        idempotency=IdempotencyService(records),
        session=session,
        report_progress_to=report_progress_to,
    )
