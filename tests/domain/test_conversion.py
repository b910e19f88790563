"""Conversion leaves every lead converted at most once, and tells what it became."""

from typing import Any

import pytest

from domain.errors import (
    ConversionRejectedError,
    InvalidInputError,
    InvalidStatusError,
    LeadConvertedError,
    LeadNotFoundError,
    OutcomeUnknownError,
)
from domain.ports import FieldValues
from domain.rules import LeadRules
from domain.values.inputs import ConvertOptions
from domain.values.lead import Lead
from domain.values.results import Conversion
from tests.domain.conftest import services
from tests.domain.test_leads import lead
from tests.support.in_memory import InMemoryLeads

PLAINLY = ConvertOptions()


async def convert(
    leads: InMemoryLeads, ref: str, options: ConvertOptions = PLAINLY, rules: LeadRules | None = None
) -> Conversion:
    return await services(leads, rules).conversion.convert(ref, options)


async def test_a_lead_becomes_an_account_and_a_contact() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)

    conversion = await convert(leads, lead_id)

    assert conversion.account_id
    assert conversion.contact_id
    assert conversion.opportunity_id is None
    assert (conversion.status, conversion.already_converted) == ("Closed - Converted", False)


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        (ConvertOptions(create_opportunity=True), LeadRules()),
        (ConvertOptions(opportunity_name="Big deal"), LeadRules()),
        (ConvertOptions(), LeadRules(create_opportunity=True)),
    ],
)
async def test_an_opportunity_is_made_when_asked_for(options: ConvertOptions, rules: LeadRules) -> None:
    leads = InMemoryLeads()

    conversion = await convert(leads, await lead(leads), options, rules)

    assert conversion.opportunity_id


@pytest.mark.parametrize("options", [ConvertOptions(), ConvertOptions(account_id="001000000000001AAA")])
@pytest.mark.parametrize(
    ("known", "kind"), [({"company": "Acme"}, "business"), ({"company": None}, "person"), ({}, None)]
)
async def test_the_company_tells_which_kind_of_account_it_is_to_those_who_may_see_it(
    known: dict[str, Any], kind: str | None, options: ConvertOptions
) -> None:
    leads = InMemoryLeads(Lead(id="00Q000000000001AAA", email="ada@example.com", **known))

    first = await convert(leads, "ada@example.com", options)
    again = await convert(leads, "ada@example.com")

    assert [first.account_kind, again.account_kind] == [kind, kind]


async def test_what_is_asked_for_too_late_is_told() -> None:
    leads = InMemoryLeads()
    lead_id, with_opportunity = await lead(leads), await lead(leads, "bola@example.com")
    asked = ConvertOptions(create_opportunity=True)
    await convert(leads, lead_id)
    await convert(leads, with_opportunity, asked)

    too_late = await convert(leads, lead_id, asked)
    again = await convert(leads, with_opportunity, asked)

    assert (too_late.already_converted, too_late.opportunity_id) == (True, None)
    assert "converted before, without an opportunity" in str(too_late.note)
    assert (again.already_converted, again.note) == (True, None)


async def test_a_lead_is_converted_once() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)
    first = await convert(leads, lead_id)

    again = await convert(leads, "ada@example.com")

    assert again == first.model_copy(update={"already_converted": True})


async def test_who_was_slower_is_told_what_the_lead_became() -> None:
    class Slow(InMemoryLeads):
        """Somebody else converts the lead between the look and the conversion."""

        async def convert(self, lead_id: str, status: str, options: ConvertOptions) -> Conversion:
            await super().convert(lead_id, status, options)
            raise LeadConvertedError(lead_id, {})

    leads = Slow()
    lead_id = await lead(leads)

    conversion = await convert(leads, lead_id)

    assert conversion.already_converted
    assert conversion.account_id


async def test_an_open_lead_is_not_called_converted() -> None:
    class Triggering(InMemoryLeads):
        """A trigger changes another lead along with this one, and that one is converted."""

        async def convert(self, lead_id: str, status: str, options: ConvertOptions) -> Conversion:
            raise LeadConvertedError(lead_id, {})

    leads = Triggering()
    lead_id = await lead(leads)

    with pytest.raises(ConversionRejectedError, match=f"refused to convert lead {lead_id}"):
        await convert(leads, lead_id)


async def test_a_conversion_whose_answer_got_lost_is_found() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)
    leads.lose_answers_of_writes = True

    conversion = await convert(leads, lead_id)

    assert conversion.contact_id
    assert not conversion.already_converted


async def test_a_conversion_that_left_no_trace_is_unknown() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)
    leads.lose_writes = True

    with pytest.raises(OutcomeUnknownError):
        await convert(leads, lead_id)


async def test_the_status_of_converted_leads_must_be_one_of_the_org() -> None:
    leads = InMemoryLeads()
    lead_id = await lead(leads)

    with pytest.raises(InvalidStatusError, match="Closed - Converted"):
        await convert(leads, lead_id, ConvertOptions(converted_status="Working - Contacted"))


async def test_a_lead_of_a_queue_needs_an_owner() -> None:
    leads = InMemoryLeads()
    queued: FieldValues = {"owner_id": "00G000000000001"}
    lead_id = await lead(leads, **queued)

    with pytest.raises(InvalidInputError, match="owner_id"):
        await convert(leads, lead_id)


async def test_nobody_can_not_be_converted() -> None:
    with pytest.raises(LeadNotFoundError):
        await convert(InMemoryLeads(), "nobody@example.com")
