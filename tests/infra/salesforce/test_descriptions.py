"""What `describe` told a caller is kept for some minutes, and for nobody else."""

from domain.values.described import DescribedField, DescribedLead
from infra.salesforce.descriptions import KEPT_SECONDS, MAX_CALLERS, Descriptions

DESCRIBED = DescribedLead((DescribedField("email", "email"),))


def test_a_description_is_kept_for_some_minutes_and_for_its_caller_only() -> None:
    now = 0.0
    descriptions = Descriptions(lambda: now)
    descriptions.keep("ada", DESCRIBED)

    assert descriptions.get("ada") is DESCRIBED
    assert descriptions.get("bea") is None
    now = KEPT_SECONDS
    assert descriptions.get("ada") is None


def test_no_more_callers_are_kept_than_there_is_room_for() -> None:
    descriptions = Descriptions(lambda: 0.0)
    for number in range(MAX_CALLERS + 1):
        descriptions.keep(str(number), DESCRIBED)

    assert descriptions.get("0") is None
    assert descriptions.get("1") is DESCRIBED
