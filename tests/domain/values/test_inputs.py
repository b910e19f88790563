"""What comes in is stored as it is, or refused with the name of the field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.values.inputs import ConvertOptions, LeadChanges, LeadDraft, LeadSync
from domain.values.listing import LeadFilter

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=100)


@given(last_name=ANY_TEXT)
def test_any_name_is_kept_or_refused_by_its_field(last_name: str) -> None:
    try:
        kept: str | None = LeadDraft(email="ada@example.com", last_name=last_name).last_name
        refused = []
    except ValidationError as error:
        kept = None
        refused = [problem["loc"] for problem in error.errors()]

    assert kept == last_name.strip() or refused == [("last_name",)]


@pytest.mark.parametrize("email", ["o'brien+x@example.com", "ada@example.test", "ADA@example.com"])
def test_emails_that_exist_are_accepted(email: str) -> None:
    assert (LeadSync(email=email).email or "").casefold() == email.casefold()


@pytest.mark.parametrize("email", ["a\\'b@example.com", "Ada <ada@example.com>", "ada", "@", "a b@example.com", ""])
def test_what_is_no_email_is_refused(email: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        LeadSync(email=email)

    [problem] = refusal.value.errors()
    assert problem["loc"] == ("email",) or problem.get("ctx") == {"field": "email"}


def test_what_salesforce_requires_can_not_be_cleared() -> None:
    with pytest.raises(ValidationError, match="can not be cleared") as refusal:
        LeadChanges(last_name=None)

    assert refusal.value.errors()[0]["ctx"] == {"field": "last_name"}


def test_a_change_must_change_something() -> None:
    with pytest.raises(ValidationError, match="nothing to change"):
        LeadChanges(assign=True)


def test_options_are_no_fields_of_the_lead() -> None:
    draft = LeadDraft(
        email="ada@example.com", last_name="Okafor", assign=False, custom_fields={"Size__c": 3, "Note__c": None}
    )

    assert draft.sent() == {
        "email": "ada@example.com",
        "last_name": "Okafor",
        "custom_fields.Size__c": 3,
        "custom_fields.Note__c": None,
    }


@pytest.mark.parametrize(
    "options",
    [
        {"contact_id": "003000000000001"},
        {"create_opportunity": False, "opportunity_name": "Deal"},
        {"overwrite_lead_source": True},
    ],
)
def test_options_of_a_conversion_must_fit_together(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="needs"):
        ConvertOptions.model_validate(options)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_moments_outside_salesforces_time_are_refused(moment: str) -> None:
    with pytest.raises(ValidationError, match="1700"):
        LeadFilter.model_validate({"created_after": moment})


def test_a_blank_opportunity_name_asks_for_none() -> None:
    assert ConvertOptions(opportunity_name=" ").opportunity_name is None


@pytest.mark.parametrize("name", ["limit", "owner_id", "search", "created_after", "modified_before"])
def test_a_blank_filter_that_nothing_can_equal_is_none(name: str) -> None:
    for blank in ("", "  "):
        assert LeadFilter.model_validate({name: blank}) == LeadFilter()
