"""What `describe` told a caller is kept for some minutes, and for nobody else."""

from domain.values.described import DescribedField, DescribedLead
from infra.salesforce.descriptions import KEPT_SECONDS, MAX_CALLERS, MAX_DIFFERENT, Descriptions


def described(label: str = "Email") -> DescribedLead:
    return DescribedLead((DescribedField("email", "email", label),))


def test_a_description_is_kept_for_some_minutes_and_for_its_caller_only() -> None:
    now = 0.0
    descriptions = Descriptions(lambda: now)
    kept = descriptions.keep("ada", described())

    assert descriptions.get("ada") is kept
    assert descriptions.get("bea") is None
    now = KEPT_SECONDS
    assert descriptions.get("ada") is None


def test_no_more_callers_are_kept_than_there_is_room_for() -> None:
    descriptions = Descriptions(lambda: 0.0)
    for number in range(MAX_CALLERS + 1):
        descriptions.keep(str(number), described())

    assert descriptions.get("0") is None
    assert descriptions.get("1") == described()


def test_what_many_are_told_is_kept_once_and_what_differs_only_while_there_is_room() -> None:
    descriptions = Descriptions(lambda: 0.0)
    for caller in ("ada", "bea"):
        descriptions.keep(caller, described())
    for number in range(MAX_DIFFERENT - 1):
        descriptions.keep(str(number), described(str(number)))

    assert descriptions.get("ada") is descriptions.get("bea")
    descriptions.keep("new", described("new"))
    assert descriptions.get("0") is None
    assert (descriptions.get("ada"), descriptions.get("new")) == (described(), described("new"))


def test_what_one_caller_forgets_others_keep() -> None:
    descriptions = Descriptions(lambda: 0.0)
    for caller in ("ada", "bea"):
        descriptions.keep(caller, described())

    descriptions.forget("ada")

    assert descriptions.get("ada") is None
    assert descriptions.get("bea") == described()
