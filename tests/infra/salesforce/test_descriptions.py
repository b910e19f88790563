"""What `describe` told a caller is kept for some minutes, and for nobody else."""

from domain.values.described import DescribedField, DescribedLead
from infra.salesforce.descriptions import KEPT_SECONDS, MAX_CALLERS, MAX_DIFFERENT, RENEWING_SECONDS, Descriptions


def described(label: str = "Email") -> DescribedLead:
    return DescribedLead((DescribedField("email", "email", label),))


def test_a_description_is_kept_for_some_minutes_and_for_its_caller_only() -> None:
    now = 0.0
    descriptions = Descriptions(lambda: now)
    kept = descriptions.keep("ada", described())

    assert descriptions.current("ada") is kept
    assert descriptions.current("bea") is None
    now = KEPT_SECONDS
    assert descriptions.current("ada") is None


def test_while_one_reads_it_anew_the_others_go_by_what_is_old() -> None:
    now = 0.0
    descriptions = Descriptions(lambda: now)
    kept = descriptions.keep("ada", described())

    now = KEPT_SECONDS
    assert [descriptions.current("ada") for _ in range(3)] == [None, kept, kept]
    now += RENEWING_SECONDS
    assert [descriptions.current("ada") for _ in range(3)] == [None, kept, kept]
    now += RENEWING_SECONDS + KEPT_SECONDS
    assert [descriptions.current("ada") for _ in range(3)] == [None] * 3


def test_no_more_callers_are_kept_than_there_is_room_for() -> None:
    descriptions = Descriptions(lambda: 0.0)
    for number in range(MAX_CALLERS + 1):
        descriptions.keep(str(number), described())

    assert descriptions.current("0") is None
    assert descriptions.current("1") == described()


def test_what_many_are_told_is_kept_once_and_what_differs_only_while_there_is_room() -> None:
    descriptions = Descriptions(lambda: 0.0)
    for caller in ("ada", "bea"):
        descriptions.keep(caller, described())
    for number in range(MAX_DIFFERENT - 1):
        descriptions.keep(str(number), described(str(number)))

    assert descriptions.current("ada") is descriptions.current("bea")
    descriptions.keep("new", described("new"))
    assert descriptions.current("0") is None
    assert (descriptions.current("ada"), descriptions.current("new")) == (described(), described("new"))


def test_what_one_caller_forgets_others_keep() -> None:
    descriptions = Descriptions(lambda: 0.0)
    for caller in ("ada", "bea"):
        descriptions.keep(caller, described())

    descriptions.forget("ada")

    assert descriptions.current("ada") is None
    assert descriptions.current("bea") == described()
