"""Record ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.simulator.schema import ids


@pytest.mark.parametrize(
    ("short", "suffix"),
    [("001D000000INjVe", "IAL"), ("003RO0000035WQg", "YAM"), ("0015500001QdQWa", "AAN"), ("00e58000000wYTO", "AA2")],
)
def test_the_suffix_is_the_one_real_orgs_write(short: str, suffix: str) -> None:
    assert ids.with_suffix(short) == short + suffix


@given(st.text(ids.ALPHABET, min_size=15, max_size=15))
def test_a_suffix_repairs_the_case_of_what_it_was_made_for(short: str) -> None:
    full = ids.with_suffix(short)

    assert ids.normalized(short) == full
    assert ids.normalized(full) == full
    assert ids.normalized(full.upper()) == full


@given(st.text())
def test_whatever_is_normalized_is_an_id_or_nothing(text: str) -> None:
    normalized = ids.normalized(text)

    assert normalized is None or ids.with_suffix(normalized[:15]) == normalized


@given(st.integers(0, 62**7), st.integers(0, 62**7))
def test_ids_sort_as_they_were_given_out(one: int, other: int) -> None:
    assert (one < other) == (ids.base62(one, 8) < ids.base62(other, 8))
    assert ids.from_base62(ids.base62(one, 8)) == one
