"""The checker finds what it is there to find."""

from typing import Any

import pytest

from tests.chaos.checker import Attempt, Effect, effects_in, problems

ADA = "ada@example.com"
HISTORY = [
    Attempt(ADA, "1", "unknown", "lost"),
    Attempt(ADA, "1", "unchanged"),
    Attempt(ADA, "2", "refused", "SALESFORCE_UNAVAILABLE"),
    Attempt(ADA, "2", "updated"),
    Attempt("bob@example.com", "3", "created"),
    Attempt("bob@example.com", "4", "unknown", "lost"),
]
HAPPENED = [
    Effect("00Q1", True, ADA, "1"),
    Effect("00Q2", True, "bob@example.com", "3"),
    Effect("00Q1", False, ADA, "2"),
]


def test_what_was_told_truly_is_no_problem() -> None:
    assert problems(HISTORY, HAPPENED) == []


def test_an_unknown_may_have_happened() -> None:
    assert problems(HISTORY, [*HAPPENED, Effect("00Q2", False, "bob@example.com", "4")]) == []


@pytest.mark.parametrize(
    ("kind", "happened"),
    [
        ("duplicate", [*HAPPENED, Effect("00Q3", True, ADA, "1")]),
        ("loss", HAPPENED[:2]),
        ("loss", HAPPENED[1:]),
        ("phantom", [*HAPPENED, Effect("00Q2", False, "bob@example.com", "9")]),
        ("phantom", [*HAPPENED, Effect("00Q4", True, "nobody@example.com", "5")]),
        ("phantom", [*HAPPENED, Effect("00Q2", False, "bob@example.com", "3")]),
    ],
)
def test_a_planted_problem_is_found(kind: str, happened: list[Effect]) -> None:
    assert any(problem.startswith(kind) for problem in problems(HISTORY, happened))


def test_a_refusal_that_happened_is_a_phantom() -> None:
    history = [Attempt(ADA, "1", "created"), Attempt(ADA, "2", "refused", "OVERLOADED")]

    [problem] = problems(history, [HAPPENED[0], Effect("00Q1", False, ADA, "2")])

    assert problem.startswith("phantom")


def entry(op: str, lead_id: str, **fields: Any) -> dict[str, Any]:
    return {"object": "Lead", "op": op, "id": lead_id, "fields": fields}


def test_the_ledger_is_read_and_a_repeated_update_counts_once() -> None:
    ledger = [
        entry("create", "00Q1", Email=ADA, Phone="1"),
        entry("update", "00Q1", Phone="2"),
        entry("update", "00Q1", Phone="2"),
        {"object": "Account", "op": "create", "id": "001", "fields": {}},
        entry("update", "00Q1", Phone="1"),
    ]

    assert [effect.marker for effect in effects_in(ledger)] == ["1", "2", "1"]
