"""A sync brings a lead in once, and says what it did."""

from typing import Any

import pytest

from domain.errors import (
    InvalidInputError,
    InvalidStatusError,
    LeadError,
    LeadExistsError,
    OutcomeUnknownError,
    SalesforceUnavailableError,
)
from domain.ports import FieldValues, Found, WriteOptions
from domain.rules import LeadRules
from domain.values.inputs import ConvertOptions, LeadSync
from domain.values.lead import Lead
from domain.values.results import Conversion, SyncResult
from tests.domain.conftest import services
from tests.support.in_memory import InMemoryLeads


class Unconvertible(InMemoryLeads):
    """Leads whose conversion ends in this error."""

    def __init__(self, error: LeadError) -> None:
        super().__init__()
        self._error = error

    async def convert(self, lead_id: str, status: str, options: ConvertOptions) -> Conversion:
        raise self._error


def ada(**fields: object) -> LeadSync:
    return LeadSync.model_validate({"email": "ada@example.com", "last_name": "Okafor", **fields})


async def sync(leads: InMemoryLeads, lead: LeadSync, rules: LeadRules | None = None) -> SyncResult:
    return await services(leads, rules).sync.sync(lead)


async def test_a_new_lead_is_created() -> None:
    leads = InMemoryLeads()

    result = await sync(leads, ada(phone="1"))

    assert result.action == "created"
    [lead] = (await leads.look_up("ada@example.com")).leads
    assert (lead.id, lead.last_name, lead.phone) == (result.lead_id, "Okafor", "1")


async def test_a_lead_without_a_company_gets_the_default_one() -> None:
    leads = InMemoryLeads()

    await sync(leads, ada(), LeadRules(default_company="Private"))

    [lead] = (await leads.look_up("ada@example.com")).leads
    assert lead.company == "Private"


async def test_the_same_sync_again_writes_nothing() -> None:
    leads = InMemoryLeads()
    first = await sync(leads, ada(phone="1", company="Acme", custom_fields={"Size__c": 3}))

    again = await sync(leads, ada(phone="1", company="Acme", custom_fields={"Size__c": 3}))

    assert (again.action, again.changed_fields, again.lead_id) == ("unchanged", [], first.lead_id)
    assert leads.writes == 1


async def test_the_case_of_an_email_and_line_ends_are_no_difference() -> None:
    leads = InMemoryLeads()
    await sync(leads, ada(description="one\r\ntwo"))

    again = await sync(leads, ada(email="ADA@example.com", description="one\ntwo"))

    assert again.action == "unchanged"


async def test_only_what_differs_is_written() -> None:
    leads = InMemoryLeads()
    await sync(leads, ada(phone="1", company="Acme"))

    result = await sync(leads, ada(phone="2", company="Acme"))

    assert (result.action, result.changed_fields) == ("updated", ["phone"])


async def test_missing_and_empty_values_erase_nothing() -> None:
    leads = InMemoryLeads()
    await sync(leads, ada(phone="1", city="Lagos"))

    result = await sync(leads, ada(phone=None, city=" "))

    assert result.action == "unchanged"


async def test_the_oldest_open_lead_is_taken_and_the_others_are_named() -> None:
    leads = InMemoryLeads()
    first, second = [(await sync(leads, ada(email=f"{name}@example.com"))).lead_id for name in ("ada", "bola")]
    await leads.update(second, {"email": "ada@example.com"}, WriteOptions(assign=False, allow_duplicate=False))

    result = await sync(leads, ada(phone="2"))

    assert (result.lead_id, result.duplicates) == (first, [second])


async def test_scheduled_creates_and_converts() -> None:
    result = await sync(InMemoryLeads(), ada(status="Scheduled"))

    assert result.action == "created"
    assert result.status == "Closed - Converted"
    assert result.conversion is not None
    assert result.conversion.account_id
    assert result.conversion.contact_id
    assert result.conversion.opportunity_id is None


async def test_a_converted_lead_is_skipped_with_what_it_became() -> None:
    leads = InMemoryLeads()
    first = await sync(leads, ada(status="scheduled"))

    again = await sync(leads, ada(status="scheduled", phone="2"))

    assert (again.action, again.reason, again.lead_id) == ("skipped", "lead_already_converted", first.lead_id)
    assert again.conversion is not None
    assert again.conversion.already_converted
    assert first.conversion is not None
    assert again.conversion.account_id == first.conversion.account_id
    assert leads.writes == 2


async def test_objected_goes_into_the_same_write_and_never_converts() -> None:
    leads = InMemoryLeads()

    result = await sync(leads, ada(status="objected"))

    assert (result.status, result.conversion) == ("Closed - Not Converted", None)
    assert leads.writes == 1


async def test_any_other_status_of_the_org_is_set_by_its_name() -> None:
    result = await sync(InMemoryLeads(), ada(status="working - contacted"))

    assert result.status == "Working - Contacted"


@pytest.mark.parametrize("status", ["Nonsense", "Closed - Converted"])
async def test_a_status_that_can_not_be_set_is_refused_before_anything_is_written(status: str) -> None:
    leads = InMemoryLeads()

    with pytest.raises(InvalidStatusError) as refusal:
        await sync(leads, ada(status=status))

    assert "Working - Contacted" in refusal.value.details[0]["allowed"]
    assert leads.writes == 0


async def test_an_org_without_the_objected_status_names_the_setting() -> None:
    for status in ("objected", "Nonsense"):
        with pytest.raises(InvalidStatusError) as refusal:
            await sync(InMemoryLeads(), ada(status=status), LeadRules(objected_status="Refused"))

        assert ("LEAD_STATUS_OBJECTED" in refusal.value.message) is (status == "objected")
        allowed = refusal.value.details[0]["allowed"]
        assert ("scheduled" in allowed, "objected" in allowed) == (True, False)


async def test_a_new_lead_needs_a_last_name() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        await sync(InMemoryLeads(), LeadSync(email="ada@example.com"))

    assert refusal.value.details[0]["field"] == "last_name"


async def test_a_known_lead_needs_no_last_name() -> None:
    leads = InMemoryLeads()
    await sync(leads, ada())

    result = await sync(leads, LeadSync(email="ada@example.com", title="CTO"))

    assert result.changed_fields == ["title"]


async def test_a_lost_answer_is_looked_up_before_anything_is_said() -> None:
    leads = InMemoryLeads()
    leads.lose_answers_of_writes = True

    result = await sync(leads, ada())

    assert result.action == "created"
    assert leads.writes == 1


async def test_a_lost_request_is_unknown_and_not_sent_again() -> None:
    leads = InMemoryLeads()
    leads.lose_writes = True

    with pytest.raises(OutcomeUnknownError):
        await sync(leads, ada())


async def test_a_failed_conversion_tells_that_the_lead_stands() -> None:
    leads = Unconvertible(SalesforceUnavailableError("Salesforce is away."))

    with pytest.raises(SalesforceUnavailableError) as failure:
        await sync(leads, ada(status="scheduled"))

    [lead] = (await leads.look_up("ada@example.com")).leads
    assert failure.value.message.startswith(f"Lead {lead.id} is created, but not converted.")
    assert {"lead_id": lead.id} in failure.value.details


class SomebodyWasFaster(InMemoryLeads):
    """Our request is lost, and somebody besides the gateway makes a lead with the same email."""

    async def create(self, values: FieldValues, options: WriteOptions) -> Lead:
        await super().create({"email": values["email"], "last_name": "Other", "company": "Other"}, options)
        raise OutcomeUnknownError("The request was lost.")


async def test_a_lead_that_somebody_else_made_is_brought_up_to_date() -> None:
    leads = SomebodyWasFaster()

    result = await sync(leads, ada(phone="1"))

    assert (result.action, set(result.changed_fields)) == ("updated", {"last_name", "phone"})
    [lead] = (await leads.look_up("ada@example.com")).leads
    assert (lead.last_name, lead.phone, lead.company) == ("Okafor", "1", "Other")


class SomebodyCameAndWent(SomebodyWasFaster):
    """The other lead is there when ours is looked for, and gone at the next look."""

    looks = 0

    async def look_up(self, lead: str, **options: Any) -> Found:
        self.looks += 1
        found = await super().look_up(lead, **options)
        if self.looks == 2:
            await self.delete(found.leads[0].id)
        return found


async def test_a_lead_that_somebody_else_made_and_took_away_is_told() -> None:
    with pytest.raises(LeadExistsError):
        await sync(SomebodyCameAndWent(), ada(phone="1"))


async def test_what_can_not_be_converted_is_not_written() -> None:
    leads = InMemoryLeads()

    with pytest.raises(InvalidStatusError):
        await sync(leads, ada(status="scheduled"), LeadRules(converted_status="Nope"))

    assert leads.writes == 0


async def test_a_conversion_of_which_nothing_is_known_is_told_as_such() -> None:
    leads = Unconvertible(OutcomeUnknownError("The answer was lost."))

    with pytest.raises(OutcomeUnknownError, match="is created, and whether it is converted is not known"):
        await sync(leads, ada(status="scheduled"))


async def test_a_custom_field_has_no_case() -> None:
    leads = InMemoryLeads()
    await sync(leads, ada(custom_fields={"Size__c": "L"}))

    again = await sync(leads, ada(custom_fields={"size__c": "L"}))

    assert again.action == "unchanged"
