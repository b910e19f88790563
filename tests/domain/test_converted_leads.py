"""By an email that only converted leads have, no call answers, or writes to, the wrong one of them."""

from datetime import date, datetime, timezone
from typing import Any

import pytest

from domain.errors import AmbiguousLeadError, LeadConvertedError
from domain.values.inputs import ConvertOptions, LeadChanges, LeadSync
from domain.values.lead import Lead
from tests.domain.conftest import services
from tests.support.in_memory import InMemoryLeads

EMAIL = "ada@example.com"


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=timezone.utc)


def converted(number: int, *, on: int | None, made: int = 1, touched: int = 20, into: int | None = None) -> Lead:
    """A converted lead; days of January 2026."""
    return Lead(
        id=f"00Q{number:012}AAA",
        email=EMAIL,
        company="Acme",
        status="Closed - Converted",
        is_converted=True,
        converted_on=date(2026, 1, on) if on else None,
        created_at=day(made),
        modified_at=day(touched),
        converted_account_id=f"001{into or number:012}AAA",
        converted_contact_id=f"003{into or number:012}AAA",
    )


CERTAIN = {
    "the days differ": [converted(1, on=5), converted(2, on=6)],
    "the first one was over before the second was made": [
        converted(1, on=5, made=1, touched=3),
        converted(2, on=5, made=4),
    ],
    "both became the same": [converted(1, on=5, into=7), converted(2, on=5, made=2, into=7)],
}
UNCERTAIN = {
    "the same day": [converted(1, on=5), converted(2, on=5, made=2)],
    "no day is known": [converted(1, on=None), converted(2, on=None, made=2)],
    "three, of which two on the last day": [converted(1, on=5), converted(2, on=6), converted(3, on=6, made=2)],
}


@pytest.mark.parametrize("leads", CERTAIN.values(), ids=CERTAIN)
async def test_a_conversion_by_email_means_the_lead_that_was_converted_last(leads: list[Lead]) -> None:
    for there in (leads, leads[::-1]):
        told = await services(InMemoryLeads(*there)).conversion.convert(EMAIL, ConvertOptions())

        assert (told.lead_id, told.already_converted) == (leads[1].id, True)
        assert leads[0].id in str(told.note)


@pytest.mark.parametrize("leads", UNCERTAIN.values(), ids=UNCERTAIN)
async def test_no_lead_is_guessed_when_it_is_not_certain_which_one_was_the_last(leads: list[Lead]) -> None:
    in_memory = InMemoryLeads(*leads)
    convert = services(in_memory).conversion.convert
    set_status = services(in_memory).leads.set_status
    plan = services(in_memory).dry_run.convert

    for answer in (
        convert(EMAIL, ConvertOptions()),
        set_status(EMAIL, "scheduled", ConvertOptions()),
        plan(EMAIL, ConvertOptions()),
    ):
        with pytest.raises(AmbiguousLeadError) as refused:
            await answer
        assert {detail["lead_id"] for detail in refused.value.details} == {lead.id for lead in leads}
        assert all(detail["account_id"] in refused.value.message for detail in refused.value.details)

    by_id = await convert(leads[0].id, ConvertOptions())
    assert (by_id.lead_id, by_id.note) == (leads[0].id, None)


@pytest.mark.parametrize("leads", [*CERTAIN.values(), *UNCERTAIN.values()], ids=[*CERTAIN, *UNCERTAIN])
async def test_a_change_by_email_is_told_of_all_that_are_converted(leads: list[Lead]) -> None:
    in_memory = InMemoryLeads(*leads)
    all_of = services(in_memory)

    for answer in (
        all_of.leads.update(EMAIL, LeadChanges(phone="1")),
        all_of.leads.set_status(EMAIL, "objected", ConvertOptions()),
        all_of.leads.delete(EMAIL),
        all_of.dry_run.update(EMAIL, LeadChanges(phone="1")),
        all_of.dry_run.set_status(EMAIL, "objected", ConvertOptions()),
        all_of.dry_run.delete(EMAIL),
    ):
        with pytest.raises(LeadConvertedError) as refused:
            await answer
        assert {detail["lead_id"] for detail in refused.value.details} == {lead.id for lead in leads}
        assert all(lead.id in refused.value.message for lead in leads)

    assert in_memory.writes == 0


async def test_of_leads_converted_on_one_day_the_youngest_is_read_first() -> None:
    leads = InMemoryLeads(converted(1, on=5), converted(3, on=5), converted(2, on=5))

    got = await services(leads).leads.get(EMAIL)

    assert [got.id, *got.duplicates] == [f"00Q{number:012}AAA" for number in (3, 2, 1)]


async def test_reading_and_skipping_begin_with_the_lead_that_was_converted_last() -> None:
    leads = InMemoryLeads(converted(1, on=5), converted(2, on=7), converted(3, on=6))
    in_order = ["00Q000000000002AAA", "00Q000000000003AAA", "00Q000000000001AAA"]

    got = await services(leads).leads.get(EMAIL)
    skipped = await services(leads).sync.sync(LeadSync(email=EMAIL))

    assert [got.id, *got.duplicates] == in_order
    assert [skipped.lead_id, *skipped.duplicates] == in_order


@pytest.mark.parametrize("leads", UNCERTAIN.values(), ids=UNCERTAIN)
async def test_no_contact_is_written_that_may_be_the_wrong_one(leads: list[Lead]) -> None:
    in_memory = InMemoryLeads(*leads)
    lead = LeadSync(email=EMAIL, phone="9", on_converted="update_contact")

    for answer in (services(in_memory).sync.sync(lead), services(in_memory).dry_run.sync(lead)):
        with pytest.raises(AmbiguousLeadError, match="on_converted: skip"):
            await answer

    assert in_memory.writes == 0


BEFORE = converted(1, on=5).model_copy(update={"converted_opportunity_id": "006000000000001AAA", "owner_id": "005A"})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, None),
        ({"create_opportunity": True}, None),
        ({"account_id": "001000000000001"}, None),
        ({"account_id": "001000000000001", "contact_id": "003000000000001AAA"}, None),
        ({"converted_status": "closed - converted"}, None),
        ({"match_existing": True}, None),
        ({"account_id": "001000000000002AAA"}, "into account 001000000000001AAA instead of 001000000000002AAA"),
        (
            {"account_id": "001000000000001AAA", "contact_id": "003000000000002AAA"},
            "into contact 003000000000001AAA instead of 003000000000002AAA",
        ),
        ({"converted_status": "Sold"}, "to the status Closed - Converted instead of Sold"),
        ({"create_opportunity": False}, "with opportunity 006000000000001AAA"),
        ({"opportunity_name": "Big deal"}, "opportunity_name"),
        ({"owner_id": "005000000000001AAA"}, "owner_id"),
        ({"send_notification_email": True}, "send_notification_email"),
    ],
)
async def test_what_an_earlier_conversion_does_not_meet_is_told(options: dict[str, Any], told: str | None) -> None:
    conversion = await services(InMemoryLeads(BEFORE)).conversion.convert(BEFORE.id, ConvertOptions(**options))

    assert conversion.already_converted
    assert (conversion.note is None) is (told is None)
    assert (told or "") in (conversion.note or "")
