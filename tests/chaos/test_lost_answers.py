"""A lost answer makes no duplicate and no failure, since a look-up tells."""

import pytest

from tests.chaos.lost_answers import OPERATIONS, lose_answers

TIMES = 20


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_lost_answer_is_found_out(operation: str) -> None:
    statuses, stats = await lose_answers(operation, TIMES)

    assert set(statuses) <= {200, 201}
    assert stats["duplicate_emails"] == {}
    assert stats["leads"] == (0 if operation == "delete" else TIMES)
