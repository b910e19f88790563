"""When an answer or a turn is lost, what happened is looked up."""

import pytest

from domain.errors import CoordinationUnavailableError, LeadNotFoundError, OutcomeUnknownError
from domain.ports import FieldValues, WriteOptions
from domain.values.inputs import LeadChanges, LeadDraft, LeadSync
from domain.values.lead import Lead
from tests.domain.conftest import services
from tests.support.in_memory import InMemoryLeads

ADA = {"email": "ada@example.com", "last_name": "Okafor"}
QUIETLY = WriteOptions(assign=False, allow_duplicate=False)


class Overtaken(InMemoryLeads):
    """While our lead is created the turn is lost, and somebody else creates one with the same email."""

    async def create(self, values: FieldValues, options: WriteOptions) -> Lead:
        self.turn_given.held = False
        await super().create(ADA, QUIETLY)
        return await super().create(values, options)


async def ada(leads: InMemoryLeads) -> str:
    return (await leads.create({**ADA, "phone": "1"}, QUIETLY)).id


async def test_a_turn_lost_before_the_write_writes_nothing() -> None:
    leads = InMemoryLeads()
    leads.turn_given.held = False

    with pytest.raises(CoordinationUnavailableError):
        await services(leads).sync.sync(LeadSync.model_validate(ADA))
    with pytest.raises(CoordinationUnavailableError):
        await services(leads).leads.create(LeadDraft.model_validate(ADA))

    assert leads.writes == 0


async def test_a_turn_lost_during_the_write_is_looked_into_and_told() -> None:
    leads = Overtaken()

    result = await services(leads).sync.sync(LeadSync.model_validate(ADA))

    everyone = {lead.id for lead in (await leads.look_up(ADA["email"])).leads}
    assert result.action == "created"
    assert {result.lead_id, *result.duplicates} == everyone


async def test_a_change_whose_answer_is_lost_is_seen_on_the_lead() -> None:
    leads = InMemoryLeads()
    lead_id = await ada(leads)
    leads.lose_answers_of_writes = True

    changed = await services(leads).leads.update(lead_id, LeadChanges(company="Globex", phone=None))

    assert (changed.company, changed.phone) == ("Globex", None)


async def test_a_change_that_never_arrived_stays_unknown() -> None:
    leads = InMemoryLeads()
    lead_id = await ada(leads)
    leads.lose_writes = True

    with pytest.raises(OutcomeUnknownError) as unknown:
        await services(leads).leads.update("ada@example.com", LeadChanges(phone=None))

    assert {"lead_id": lead_id} in unknown.value.details


async def test_a_contact_whose_answer_is_lost_is_looked_at() -> None:
    leads = InMemoryLeads()
    await services(leads).sync.sync(LeadSync.model_validate({**ADA, "status": "scheduled"}))
    change = LeadSync.model_validate({**ADA, "phone": "2", "on_converted": "update_contact"})
    leads.lose_writes = True
    with pytest.raises(OutcomeUnknownError, match="whether it is updated there is not known"):
        await services(leads).sync.sync(change)
    leads.lose_writes, leads.lose_answers_of_writes = False, True

    result = await services(leads).sync.sync(change)

    assert (result.action, result.changed_fields) == ("updated", ["phone"])


async def test_a_deletion_whose_answer_is_lost_is_seen_by_the_lead_being_gone() -> None:
    leads = InMemoryLeads()
    lead_id = await ada(leads)
    leads.lose_answers_of_writes = True

    deleted = await services(leads).leads.delete(lead_id)

    assert deleted.lead_id == lead_id
    with pytest.raises(LeadNotFoundError):
        await leads.look_up(lead_id)


async def test_a_deletion_that_never_arrived_stays_unknown() -> None:
    leads = InMemoryLeads()
    lead_id = await ada(leads)
    leads.lose_writes = True

    with pytest.raises(OutcomeUnknownError) as unknown:
        await services(leads).leads.delete("ada@example.com")

    assert {"lead_id": lead_id} in unknown.value.details
