"""The services one caller works with during one request."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.conversion import ConversionService
from domain.duplicates import DuplicateService
from domain.idempotency import OnceService, Records
from domain.leads import LeadService
from domain.org import OrgService
from domain.plans import PlanService
from domain.ports import Leads, Org, Tell
from domain.rules import LeadRules
from domain.session import Session
from domain.sync import SyncService


@dataclass(frozen=True)
class Services:
    """Everything there is to do, for one caller."""

    leads: LeadService
    sync: SyncService
    conversion: ConversionService
    duplicates: DuplicateService
    plans: PlanService
    org: OrgService
    once: OnceService
    session: Callable[[], Session]
    """The caller's session as it is now; another one than at first after a refresh."""
    tell_steps_to: Callable[[Tell], None]
    """From now on each step of the work is told there, just before it begins."""


def services_on(
    leads: Leads,
    org: Org,
    records: Records,
    rules: LeadRules,
    session: Callable[[], Session],
    tell_steps_to: Callable[[Tell], None],
) -> Services:
    """The services over one caller's leads and org."""
    conversion = ConversionService(leads, rules)
    return Services(
        leads=LeadService(leads, rules, conversion),
        sync=SyncService(leads, rules, conversion),
        conversion=conversion,
        duplicates=DuplicateService(leads),
        plans=PlanService(leads, rules, conversion),
        org=OrgService(org, rules),
        once=OnceService(records),
        session=session,
        tell_steps_to=tell_steps_to,
    )
