"""Errors keep what they say, whatever their class: as copies, between processes, and behind a step that was done."""

import copy
import pickle
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.errors import (
    AmbiguousCampaignError,
    AmbiguousLeadError,
    DuplicateDetectedError,
    LeadConvertedError,
    LeadError,
    LeadExistsError,
    OutcomeUnknownError,
    SharedExternalIdError,
    TryLaterError,
)
from domain.ports import FieldValues, Found
from domain.values.campaigns import Campaign, CampaignMember
from domain.values.inputs import ConvertOptions, LeadSync
from domain.values.lead import Lead
from domain.values.results import Conversion
from tests.domain.conftest import services
from tests.support.campaigns_in_memory import InMemoryCampaigns
from tests.support.every_error import every_error
from tests.support.in_memory import InMemoryLeads

LEAD = "00Q000000000001AAA"
ADA = {"email": "ada@example.com", "last_name": "Okafor"}

every_kind = pytest.mark.parametrize("error", [*every_error()], ids=lambda error: type(error).__name__)


@every_kind
def test_a_copy_says_the_same(error: LeadError) -> None:
    pickled = [pickle.loads(pickle.dumps(error, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]

    for copied in (copy.copy(error), copy.deepcopy(error), *pickled):
        assert type(copied) is type(error)
        assert (str(copied), copied.args, vars(copied)) == (str(error), error.args, vars(error))


MANY = [f"00Q{number:012}AAA" for number in range(2_000)]
BECAME = {lead_id: {"account": lead_id, "contact": lead_id} for lead_id in MANY}


@pytest.mark.parametrize(
    "error",
    [
        LeadExistsError("ada@example.com", MANY),
        AmbiguousLeadError("ada@example.com", MANY),
        AmbiguousLeadError("ada@example.com", MANY, BECAME),
        SharedExternalIdError("Platform_Id__c", "17", MANY),
        LeadConvertedError(MANY[0], {}, others=BECAME),
        AmbiguousCampaignError("Fair", MANY),
        DuplicateDetectedError("Rule", MANY, can_be_allowed=True),
    ],
)
def test_of_very_many_records_the_first_are_named(error: LeadError) -> None:
    assert MANY[0] in error.message
    assert "more" in error.message
    assert len(error.message) < 2_500
    assert len(str(error.details)) < 12_000


@every_kind
def test_what_was_done_before_an_error_is_told_without_touching_the_error(error: LeadError) -> None:
    before = copy.deepcopy(vars(error))

    told = error.after("Lead 1 is created, but not converted.", {"lead_id": "1"})

    assert type(told) is type(error)
    assert told.message.startswith("Lead 1 is created, but not converted. ")
    assert "Nothing was written" not in told.message
    assert told.details == (*error.details, {"lead_id": "1"})
    assert vars(error) == before
    assert told.retryable is error.retryable
    if isinstance(error, TryLaterError) and isinstance(told, TryLaterError):
        assert told.retry_after == error.retry_after


class Breaking(InMemoryLeads):
    """Leads where every step behind a write ends in this error."""

    def __init__(self, error: LeadError, *leads: Lead) -> None:
        super().__init__(*leads)
        self._error = error

    async def look_up(self, lead: str, **asked: Any) -> Found:
        self._fail_behind_a_write()
        return await super().look_up(lead, **asked)

    async def convert(self, lead_id: str, status: str, options: ConvertOptions) -> Conversion:
        self._fail_behind_a_write()
        return await super().convert(lead_id, status, options)

    def _fail_behind_a_write(self) -> None:
        if self.writes:
            raise self._error


class BreakingContacts(InMemoryLeads):
    """Leads whose contacts take nothing."""

    def __init__(self, error: LeadError) -> None:
        super().__init__()
        self._error = error

    async def update_contact(self, contact_id: str, values: FieldValues) -> None:
        raise self._error


async def sync_of_a_new_lead(error: LeadError) -> object:
    return await _sync(Breaking(error))


async def sync_of_a_changed_lead(error: LeadError) -> object:
    return await _sync(Breaking(error, Lead(id=LEAD, email=ADA["email"], status="Open - Not Contacted")))


async def sync_by_external_id(error: LeadError) -> object:
    return await _sync(Breaking(error), external_id="17", company="Acme")


async def sync_to_a_contact(error: LeadError) -> object:
    leads = BreakingContacts(error)
    await _sync(leads)
    change = LeadSync.model_validate({**ADA, "phone": "2", "on_converted": "update_contact"})
    return await services(leads).sync.sync(change)


class BreakingCampaigns(InMemoryCampaigns):
    """Campaigns that take nobody."""

    def __init__(self, error: LeadError, leads: InMemoryLeads) -> None:
        super().__init__(leads, Campaign("701000000000001AAA", "Fair", True, ["Sent"], "Sent"))
        self._error = error

    async def add(self, campaign_id: str, person_id: str, status: str | None) -> CampaignMember:
        raise self._error


async def sync_into_a_campaign(error: LeadError) -> object:
    leads = InMemoryLeads()
    sync = services(leads, campaigns=BreakingCampaigns(error, leads)).sync
    return await sync.sync(LeadSync.model_validate({**ADA, "campaign": {"name": "Fair"}}))


async def restore(error: LeadError) -> object:
    leads = Breaking(error, Lead(id=LEAD, email=ADA["email"]))
    await leads.delete(LEAD)
    leads.writes = 0
    return await services(leads).leads.restore(LEAD)


async def _sync(leads: InMemoryLeads, **more: str) -> object:
    lead = LeadSync.model_validate({**ADA, **more, "status": "scheduled"})
    return await services(leads).sync.sync(lead)


@every_kind
@pytest.mark.parametrize(
    ("operation", "done", "then"),
    [
        (sync_of_a_new_lead, "is created", "converted"),
        (sync_of_a_changed_lead, "is updated", "converted"),
        (sync_by_external_id, "is created", "converted"),
        (sync_to_a_contact, "is converted to contact 003000000000001AAA", "updated there"),
        (sync_into_a_campaign, "is created", "in the campaign"),
        (restore, "is out of the recycle bin", "read"),
    ],
)
async def test_whatever_fails_behind_a_write_the_write_is_told(
    operation: Callable[[LeadError], Awaitable[object]], done: str, then: str, error: LeadError
) -> None:
    with pytest.raises(type(error)) as raised:
        await operation(error)

    unknown = isinstance(error, OutcomeUnknownError)
    outcome = f"and whether it is {then} is not known" if unknown else f"but not {then}"
    assert raised.value.message.startswith(f"Lead {LEAD} {done}, {outcome}. ")
    assert LEAD in [detail.get("lead_id") for detail in raised.value.details]
