"""An owner that a write changed is always told."""

import pytest

from domain.ownership import with_chosen_owner
from domain.values.lead import Lead
from domain.values.results import SyncResult

ME, SELLER, QUEUE = "005000000000001AAA", "005000000000002AAA", "00G000000000001AAA"
LEAD = "00Q000000000001AAA"
WRITTEN = SyncResult(
    action="updated",
    reason=None,
    lead_id=LEAD,
    changed_fields=["title"],
    duplicates=[],
    conversion=None,
    status=None,
)


def lead(owner_id: str | None, created_by_id: str | None = ME) -> Lead:
    return Lead(id=LEAD, owner_id=owner_id, created_by_id=created_by_id)


@pytest.mark.parametrize(
    ("before", "named", "after", "told"),
    [
        (lead(ME), None, lead(ME), None),
        (lead(ME), None, lead(QUEUE), QUEUE),
        (lead(ME[:15]), None, lead(ME), None),
        (lead(SELLER), SELLER, lead(SELLER), None),
        (lead(ME), SELLER, lead(SELLER), None),
        (lead(ME), SELLER, lead(QUEUE), QUEUE),
        (None, None, lead(ME), None),
        (None, None, lead(QUEUE), QUEUE),
        (None, SELLER, lead(SELLER), None),
        (None, SELLER, lead(QUEUE), QUEUE),
        (None, None, lead(None, None), None),
    ],
)
def test_an_owner_whom_nobody_named_is_told(
    before: Lead | None, named: str | None, after: Lead, told: str | None
) -> None:
    result = with_chosen_owner(WRITTEN, before, {"owner_id": named} if named else {}, after)

    assert result.owner_id == told
    assert result.changed_fields == (["title", "owner_id"] if told else ["title"])


def test_an_owner_that_was_written_is_told_once() -> None:
    written = WRITTEN.model_copy(update={"changed_fields": ["owner_id"]})

    assert with_chosen_owner(written, lead(ME), {"owner_id": SELLER}, lead(QUEUE)).changed_fields == ["owner_id"]
