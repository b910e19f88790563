"""Values in SOQL are values, whatever they hold."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.salesforce.wire import soql_builder

UNESCAPED = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "\\b": "\b", "\\f": "\f", "\\'": "'", '\\"': '"', "\\\\": "\\"}


def read(literal: str) -> str:
    """What Salesforce reads in a string literal (fact sheet 4.2); fails where the literal would end early."""
    inner, text, at = literal[1:-1], "", 0
    assert literal[0] == literal[-1] == "'"
    while at < len(inner):
        width = 2 if inner[at] == "\\" else 1
        part = inner[at : at + width]
        assert part != "'", "the literal ends in the middle of the value"
        text += UNESCAPED[part] if width == 2 else part
        at += width
    return text


@given(st.text())
def test_a_literal_reads_as_the_value(value: str) -> None:
    assert read(soql_builder.string_literal(value)) == value


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("o'brien", r"'o\'brien'"),
        ("a\\", r"'a\\'"),
        ("a\\'b", r"'a\\\'b'"),
        ("x' OR Name != '", r"'x\' OR Name != \''"),
    ],
)
def test_hostile_text_stays_inside(value: str, literal: str) -> None:
    assert soql_builder.string_literal(value) == literal


def test_wildcards_in_a_search_match_themselves() -> None:
    assert soql_builder.like_pattern("100%_o'") == r"'%100\%\_o\'%'"


def test_moments_are_utc() -> None:
    at_noon = datetime(2026, 1, 2, 12, 0)

    assert soql_builder.datetime_literal(at_noon) == "2026-01-02T12:00:00Z"
    assert soql_builder.datetime_literal(at_noon.replace(tzinfo=timezone(timedelta(hours=2)))) == "2026-01-02T10:00:00Z"


def test_clauses_come_in_their_order() -> None:
    query = soql_builder.select(["Id", "Name"], "Lead", ["A = 1", "B = 2"], "Id ASC", limit=5)

    assert query == "SELECT Id, Name FROM Lead WHERE A = 1 AND B = 2 ORDER BY Id ASC LIMIT 5"
