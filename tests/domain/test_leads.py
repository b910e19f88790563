"""Leads one by one."""

import pytest

from domain.errors import (
    AmbiguousLeadError,
    InvalidInputError,
    InvalidRequestError,
    InvalidStatusError,
    LeadConvertedError,
    LeadExistsError,
    LeadNotFoundError,
    OutcomeUnknownError,
)
from domain.leads import LeadService
from domain.ports import WriteOptions
from domain.values.inputs import ConvertOptions, LeadChanges, LeadDraft
from domain.values.listing import LeadFilter
from tests.domain.conftest import services
from tests.domain.test_sync import SomebodyWasFaster
from tests.support.in_memory import InMemoryLeads

QUIETLY = WriteOptions(assign=False, allow_duplicate=False)


async def lead(leads: InMemoryLeads, email: str = "ada@example.com", **values: object) -> str:
    """A lead that is there already; its Id."""
    created = await leads.create({"email": email, "last_name": "Okafor", "company": "Acme", **values}, QUIETLY)
    return created.id


async def converted_lead(leads: InMemoryLeads) -> str:
    lead_id = await lead(leads)
    await leads.convert(lead_id, "Closed - Converted", ConvertOptions())
    return lead_id


def service(leads: InMemoryLeads) -> LeadService:
    return services(leads).leads


async def test_a_lead_is_found_by_id_of_15_or_18_characters_and_by_email() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)

    found = [await service(leads).get(ref) for ref in (lead_id, lead_id[:15], "ADA@example.com")]

    assert [each.id for each in found] == [lead_id] * 3


async def test_by_email_the_others_with_it_are_named() -> None:
    leads = InMemoryLeads()
    converted = await converted_lead(leads)
    first, second = await lead(leads), await lead(leads)

    found = await service(leads).get("ada@example.com")

    assert (found.id, found.duplicates) == (first, [second, converted])


async def test_what_is_not_there_is_not_found() -> None:
    for ref in ("00Q000000000001", "nobody@example.com"):
        with pytest.raises(LeadNotFoundError):
            await service(InMemoryLeads()).get(ref)


async def test_a_second_open_lead_with_an_email_is_refused() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)

    with pytest.raises(LeadExistsError) as refusal:
        await service(leads).create(LeadDraft(email="Ada@Example.com", last_name="Okafor"))

    assert refusal.value.details == ({"lead_id": lead_id},)


async def test_a_converted_lead_does_not_stand_in_the_way_of_a_new_one() -> None:
    leads = InMemoryLeads()
    converted = await converted_lead(leads)

    created = await service(leads).create(LeadDraft(email="ada@example.com", last_name="Okafor"))

    assert created.id != converted


async def test_a_created_lead_whose_answer_got_lost_is_found() -> None:
    leads = InMemoryLeads()
    leads.lose_answers_of_writes = True

    created = await service(leads).create(LeadDraft(email="ada@example.com", last_name="Okafor"))

    assert created.email == "ada@example.com"
    assert leads.writes == 1


async def test_a_lead_that_somebody_else_made_is_not_passed_off_as_ours() -> None:
    with pytest.raises(LeadExistsError):
        await service(SomebodyWasFaster()).create(LeadDraft(email="ada@example.com", last_name="Okafor"))


async def test_a_creation_that_left_no_trace_is_unknown() -> None:
    leads = InMemoryLeads()
    leads.lose_writes = True

    with pytest.raises(OutcomeUnknownError):
        await service(leads).create(LeadDraft(email="ada@example.com", last_name="Okafor"))


async def test_only_what_is_sent_changes_and_null_clears() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads, phone="1", title="CTO")

    changed = await service(leads).update("ada@example.com", LeadChanges(phone=None, city="Lagos"))

    assert (changed.id, changed.phone, changed.title, changed.city) == (lead_id, None, "CTO", "Lagos")


async def test_an_email_that_another_open_lead_has_can_not_be_taken() -> None:
    leads = InMemoryLeads()
    first, second = await lead(leads), await lead(leads, "bola@example.com")

    with pytest.raises(LeadExistsError) as refusal:
        await service(leads).update(second, LeadChanges(email="ada@example.com"))

    assert refusal.value.details == ({"lead_id": first},)


async def test_a_lead_may_keep_its_own_email() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)

    changed = await service(leads).update(lead_id, LeadChanges(email="Ada@example.com", phone="2"))

    assert changed.phone == "2"


async def test_an_email_of_several_open_leads_does_not_say_which_one_to_change() -> None:
    leads = InMemoryLeads()
    ids = [await lead(leads), await lead(leads)]

    for act in (
        service(leads).update("ada@example.com", LeadChanges(phone="2")),
        service(leads).delete("ada@example.com"),
        service(leads).set_status("ada@example.com", "objected", ConvertOptions()),
    ):
        with pytest.raises(AmbiguousLeadError) as refusal:
            await act
        assert [detail["lead_id"] for detail in refusal.value.details] == ids


async def test_a_converted_lead_can_not_change() -> None:
    leads = InMemoryLeads()
    lead_id = await converted_lead(leads)

    for act in (
        service(leads).update(lead_id, LeadChanges(phone="2")),
        service(leads).update("ada@example.com", LeadChanges(phone="2")),
        service(leads).set_status(lead_id, "objected", ConvertOptions()),
        service(leads).delete("ada@example.com"),
    ):
        with pytest.raises(LeadConvertedError) as refusal:
            await act
        assert refusal.value.details[0]["account_id"].startswith("001")


async def test_a_deleted_lead_is_gone() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)

    deleted = await service(leads).delete("ada@example.com")

    assert deleted.lead_id == lead_id
    with pytest.raises(LeadNotFoundError):
        await service(leads).get(lead_id)


async def test_a_status_is_set_once() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)

    first = await service(leads).set_status(lead_id, "objected", ConvertOptions())
    again = await service(leads).set_status(lead_id, "objected", ConvertOptions())

    assert (first.action, first.status, first.changed_fields) == ("updated", "Closed - Not Converted", ["status"])
    assert (again.action, again.changed_fields) == ("unchanged", [])


async def test_scheduled_converts_and_says_so_again() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)

    first = await service(leads).set_status(lead_id, "scheduled", ConvertOptions())
    again = await service(leads).set_status(lead_id, "scheduled", ConvertOptions())

    assert first.action == "updated"
    assert again.action == "skipped"
    assert first.conversion is not None
    assert again.conversion is not None
    assert first.conversion.contact_id == again.conversion.contact_id


async def test_an_unknown_status_names_the_allowed_ones() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)

    with pytest.raises(InvalidStatusError, match=r"scheduled, objected, Open - Not Contacted"):
        await service(leads).set_status(lead_id, "Nonsense", ConvertOptions())


async def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    leads = InMemoryLeads()
    ids = [await lead(leads, f"{number}@example.com") for number in range(7)]

    seen: list[str] = []
    cursor = None
    while True:
        page = await service(leads).list(LeadFilter(limit=3, sort="created_at"), None, cursor)
        seen += [each.id for each in page.leads]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == ids


@pytest.mark.parametrize("cursor", ["nonsense", "e30", "%%%", "ä"])
async def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequestError, match="next_cursor"):
        await service(InMemoryLeads()).list(LeadFilter(), None, cursor)


async def test_a_cursor_belongs_to_its_sort() -> None:
    leads = InMemoryLeads()
    for number in range(2):
        await lead(leads, f"{number}@example.com")
    page = await service(leads).list(LeadFilter(limit=1), None, None)

    with pytest.raises(InvalidRequestError, match="sort"):
        await service(leads).list(LeadFilter(limit=1, sort="modified_at"), None, page.next_cursor)


async def test_an_unknown_field_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidInputError, match="did you mean phone"):
        await service(InMemoryLeads()).list(LeadFilter(), ["fone"], None)
